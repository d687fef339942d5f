"""What Argo CD and Flux are told."""

from __future__ import annotations

from typing import Any

import yaml
from targets.kubernetes import projects


def controller_files(folder: str = "", **changes: Any) -> dict[str, list[Any]]:
    """Return the documents of the controllers' files by path below deploy."""
    files = projects.rendered(projects.spec(**changes), folder)
    return {
        path.removeprefix("ops/deploy/"): list(yaml.safe_load_all(file.text))
        for path, file in files.items()
        if path.split("/")[2] in ("argocd", "flux")
    }


def application(folder: str = "", **changes: Any) -> Any:
    """Return the spec of the Application of production."""
    return controller_files(folder, **changes)["argocd/production.yaml"][0]["spec"]


def test_argo_cd_follows_the_deploy_branch() -> None:
    spec = application()
    assert spec["source"] == {
        "repoURL": "https://github.com/acme/penguins",
        "targetRevision": "deploy/penguins/production",
        "path": "ops/deploy/overlays/production",
    }
    assert spec["destination"] == {"server": "https://kubernetes.default.svc", "namespace": "penguins"}
    assert spec["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True}
    assert "ignoreDifferences" not in spec


def test_the_cluster_is_named_or_addressed() -> None:
    named = application(environments__production={"cluster": {"name": "prod-eu"}})
    assert named["destination"] == {"name": "prod-eu", "namespace": "penguins-production"}
    addressed = application(environments__production={"cluster": {"server": "https://prod.k8s.example"}})
    assert addressed["destination"]["server"] == "https://prod.k8s.example"


def test_paths_begin_at_the_root_of_the_repository() -> None:
    assert application("models/penguins")["source"]["path"] == "models/penguins/ops/deploy/overlays/production"
    separate = {
        "argocd": {"repo": "https://github.com/acme/penguins"},
        "repository": {
            "url": "https://github.com/acme/manifests",
            "path": "models/penguins/",
            "credentials": {"secret": "PUSH"},
        },
    }
    source = application("elsewhere", deployment__gitops=separate, secrets={"PUSH": {"github": "PUSH"}})["source"]
    assert source["repoURL"] == "https://github.com/acme/penguins"  # the address that the controller uses
    assert source["path"] == "models/penguins/ops/deploy/overlays/production"


def test_paths_follow_the_output_folder() -> None:
    files = projects.rendered(projects.spec(output={"dir": "generated"}))
    spec = yaml.safe_load(files["generated/deploy/argocd/production.yaml"].text)["spec"]
    assert spec["source"]["path"] == "generated/deploy/overlays/production"


def test_weights_that_argo_rollouts_moves_are_left_alone() -> None:
    strategy = {"canary": {"steps": ["10%"], "pause": "10m"}, "controller": "argo-rollouts"}
    spec = application(deployment__strategy=strategy)
    assert spec["ignoreDifferences"][0]["jqPathExpressions"] == [".spec.rules[].backendRefs[].weight"]
    assert "RespectIgnoreDifferences=true" in spec["syncPolicy"]["syncOptions"]
    blue_green = {"blue_green": {}, "controller": "argo-rollouts"}
    assert "ignoreDifferences" not in application(deployment__strategy=blue_green)


def test_flux_follows_the_deploy_branch() -> None:
    files = controller_files(
        deployment__gitops={"flux": {"repo": "git@github.com:acme/penguins.git", "credentials": {"secret": "KEY"}}},
        secrets={"KEY": {"kubernetes": {"name": "penguins-deploy", "key": "identity"}}},
    )
    assert set(files) == {"flux/staging.yaml", "flux/production.yaml"}
    repository, kustomization = files["flux/production.yaml"]
    assert repository["spec"]["url"] == "ssh://git@github.com/acme/penguins.git"
    assert repository["spec"]["ref"] == {"branch": "deploy/penguins/production"}
    assert repository["spec"]["secretRef"] == {"name": "penguins-deploy"}
    assert kustomization["spec"]["path"] == "./ops/deploy/overlays/production"
    assert kustomization["spec"]["prune"] is True
    assert "targetNamespace" not in kustomization["spec"]


def test_flux_reads_a_public_repository_without_a_secret() -> None:
    files = controller_files(deployment__gitops={"flux": {"repo": "https://github.com/acme/penguins"}})
    assert "secretRef" not in files["flux/production.yaml"][0]["spec"]


def test_a_push_needs_no_file() -> None:
    assert controller_files(deployment__gitops={"push": {}}) == {}
    assert controller_files(deployment__gitops=None) == {}


def test_the_namespace_is_kept_by_its_controller() -> None:
    def namespace(gitops: Any) -> Any:
        files = projects.rendered(projects.spec(deployment__gitops=gitops))
        return yaml.safe_load(files["ops/deploy/overlays/production/namespace.yaml"].text)["metadata"]

    argocd = {"argocd": {"repo": "https://github.com/acme/penguins"}}
    assert namespace(argocd)["annotations"] == {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    flux = {"flux": {"repo": "https://github.com/acme/penguins"}}
    assert namespace(flux)["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert "annotations" not in namespace({"push": {}})
    shared = projects.rendered(projects.spec(deployment__kubernetes={"create_namespace": False}))
    assert not [path for path in shared if path.endswith("namespace.yaml")]
    assert namespace(None)["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}
