"""What stands in base and what in an overlay, and which spec path each line names."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from mlopsc import compiler
from mlopsc.inputs import MemoryInputs
from mlopsc.record import Path
from targets.kubernetes import projects


def document(files: dict[str, Any], path: str) -> Any:
    """Return the data of a YAML file."""
    return yaml.safe_load(files[path].text)


def refs(path: str, text: str, spec: dict[str, Any] | None = None) -> list[tuple[str | None, Path]]:
    """Return the origins of the lines of a file that hold a text."""
    rendered = projects.rendered(spec or projects.SPEC)[path]
    lines = rendered.text.splitlines()
    found = [ref for line, ref in zip(lines, rendered.refs, strict=True) if text in line]
    assert found, (path, text)
    return found


def test_what_all_have_is_in_base_and_the_rest_in_the_overlay() -> None:
    files = projects.rendered(projects.SPEC)
    base = {path.rpartition("/")[2] for path in files if path.startswith("ops/deploy/base/")}
    assert base == {
        "deployment.yaml",
        "hpa.yaml",
        "httproute.yaml",
        "kustomization.yaml",
        "networkpolicy.yaml",
        "pdb.yaml",
        "podmonitor.yaml",
        "service.yaml",
        "serviceaccount.yaml",
    }
    own = {path for path in files if path.startswith("ops/deploy/overlays/production/released/")}
    assert {path.rpartition("/")[2] for path in own} == {
        "canary-deployment.yaml",
        "canary-service.yaml",
        "hpa.patch.yaml",
        "httproute.patch.yaml",
        "kustomization.yaml",
    }


def test_base_holds_the_spec_without_overlay() -> None:
    files = projects.rendered(projects.SPEC)
    assert document(files, "ops/deploy/base/hpa.yaml")["spec"]["maxReplicas"] == 6
    assert document(files, "ops/deploy/base/httproute.yaml")["spec"]["hostnames"] == ["penguins.acme.example"]


def test_a_patch_says_only_what_differs() -> None:
    files = projects.rendered(projects.SPEC)
    released = "ops/deploy/overlays/staging/released/"
    assert document(files, released + "hpa.patch.yaml") == [
        {"op": "replace", "path": "/spec/minReplicas", "value": 1},
        {"op": "replace", "path": "/spec/maxReplicas", "value": 2},
    ]
    assert [item["path"] for item in document(files, released + "httproute.patch.yaml")] == [
        "/spec/hostnames/0",
    ]
    patches = document(files, released + "kustomization.yaml")["patches"]
    assert [item["path"] for item in patches] == ["hpa.patch.yaml", "httproute.patch.yaml"]


def test_an_environment_without_differences_has_no_patch() -> None:
    spec = projects.spec(deployment__strategy={"rolling": {}}, environments={"one": {}, "two": {}})
    files = projects.rendered(spec)
    assert not [path for path in files if path.endswith(".patch.yaml")]
    assert "patches" not in document(files, "ops/deploy/overlays/one/released/kustomization.yaml")


def test_an_object_that_one_environment_lacks_is_deleted_there() -> None:
    without: dict[str, Any] = {"ingress": None, "strategy": {"rolling": {}}}
    before = projects.rendered(projects.SPEC)
    files = projects.rendered(projects.spec(environments__staging__deployment=without))
    released = "ops/deploy/overlays/staging/released/"
    assert document(files, released + "httproute.patch.yaml") == {
        "$patch": "delete",
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "penguins"},
    }
    assert {"path": "httproute.patch.yaml"} in document(files, released + "kustomization.yaml")["patches"]
    others = {path for path in before if "/staging" not in path}
    assert {path for path in others if before[path].text != files[path].text} == set()


ARGO = {"canary": {"steps": ["10%"], "pause": "10m"}, "controller": "argo-rollouts"}


def test_an_object_that_no_environment_has_is_not_in_base() -> None:
    spec = projects.spec(
        deployment__strategy=ARGO, environments={"staging": {}, "production": {"deployment": {"pod": {}}}}
    )
    files = projects.rendered(spec)
    assert "ops/deploy/base/deployment.yaml" not in files
    assert "deployment.yaml" not in document(files, "ops/deploy/base/kustomization.yaml")["resources"]
    assert "service.yaml" in document(files, "ops/deploy/base/kustomization.yaml")["resources"]
    for env in ("staging", "production"):
        released = document(files, f"ops/deploy/overlays/{env}/released/kustomization.yaml")
        assert "rollout.yaml" in released["resources"]
        assert "deployment.patch.yaml" not in [item["path"] for item in released["patches"]]


@pytest.mark.parametrize(("name", "codes"), [("deployment", ["LNK-610"]), ("service", [])])
def test_a_patch_of_what_is_not_in_base_is_found(name: str, codes: list[str]) -> None:
    operation = {"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}
    patch = {"file": f"deploy/base/{name}.yaml", "reason": "a note", "ops": [operation]}
    spec = projects.spec(deployment__strategy=ARGO, environments={"staging": {}}, patches=[patch])
    inputs = MemoryInputs({"mlops.yaml": yaml.safe_dump(spec, sort_keys=False).encode()})
    found = compiler.generate(compiler.analyze("mlops.yaml", inputs)).diagnostics
    assert [item.code for item in found if item.code.startswith("LNK")] == codes


def test_an_object_that_one_environment_has_stays_in_base() -> None:
    spec = projects.spec(environments={"staging": {}, "production": {"deployment": {"strategy": ARGO}}})
    files = projects.rendered(spec)
    assert "ops/deploy/base/deployment.yaml" in files
    gone = document(files, "ops/deploy/overlays/production/released/deployment.patch.yaml")
    assert gone["$patch"] == "delete"
    assert "ops/deploy/overlays/staging/released/deployment.patch.yaml" not in files


def test_an_object_that_one_environment_adds_is_a_file_of_its_own() -> None:
    spec = projects.spec(deployment__serving={"replicas": {"min": 2}})
    files = projects.rendered(spec)
    assert "ops/deploy/base/hpa.yaml" not in files
    assert "hpa.yaml" in document(files, "ops/deploy/overlays/staging/released/kustomization.yaml")["resources"]
    assert not [path for path in files if "production" in path and "hpa" in path]


def test_what_is_deployed_in_overlays_only_has_no_base() -> None:
    online: dict[str, Any] = {
        "image": {"name": "ghcr.io/acme/penguins"},
        "pod": {"service_account": "own"},
        "mode": "none",
    }
    spec = projects.spec(deployment=online, environments={"trial": {}, "live": {"deployment": {"mode": "online"}}})
    files = projects.rendered(spec)
    assert not [path for path in files if path.startswith("ops/deploy/base/") or "/trial" in path]
    assert document(files, "ops/deploy/overlays/live/released/kustomization.yaml")["resources"] == [
        "deployment.yaml",
        "networkpolicy.yaml",
        "pdb.yaml",
        "podmonitor.yaml",
        "service.yaml",
    ]


def test_nothing_is_written_when_nothing_is_deployed() -> None:
    assert projects.files(projects.spec(deployment={"mode": "none"}, environments=None)) == {}
    assert projects.contributions(projects.spec(deployment={"mode": "none"}, environments=None)) == []


def test_overlay_files_know_their_environment() -> None:
    for path, file in projects.files(projects.SPEC).items():
        parts = path.split("/")
        expected = next((env for env in ("staging", "production") if env in parts or f"{env}.yaml" in parts), None)
        assert file.env == expected, path


def test_seeds_are_the_release_folders_and_nothing_else() -> None:
    for path, file in projects.files(projects.SPEC).items():
        assert (file.kind == "seed") == ("/releases/" in path), path


def test_lines_name_the_field_that_they_come_from() -> None:
    base = "ops/deploy/base/"
    staging = "ops/deploy/overlays/staging/"
    deployment: Path = ("deployment",)
    replicas = (*deployment, "serving", "replicas")
    canary = (*deployment, "strategy", "canary")
    assert refs(base + "service.yaml", "name: penguins") == [(None, ("metadata", "name"))]
    assert refs(base + "deployment.yaml", "image: ") == [(None, (*deployment, "image", "name"))]
    assert refs(base + "deployment.yaml", "cpu: ") == [(None, (*deployment, "serving", "resources", "cpu"))]
    assert set(refs(base + "deployment.yaml", "memory: ")) == {(None, (*deployment, "serving", "resources", "memory"))}
    assert refs(base + "hpa.yaml", "averageUtilization") == [(None, (*deployment, "serving", "scale_on", "cpu"))]
    assert refs(base + "networkpolicy.yaml", "name: web") == [(None, (*deployment, "ingress", "allow_from", 0))]
    assert refs(base + "podmonitor.yaml", "release: kps") == [
        (None, ("monitoring", "prometheus", "selector_labels", "release"))
    ]
    assert refs(base + "podmonitor.yaml", "interval") == [(None, (*deployment, "kubernetes", "scrape_interval"))]
    assert refs(staging + "released/hpa.patch.yaml", "value: 1") == [("staging", (*replicas, "min"))]
    assert refs(staging + "released/hpa.patch.yaml", "/spec/maxReplicas") == [("staging", (*replicas, "max"))]
    assert refs(staging + "released/httproute.patch.yaml", "staging.acme") == [
        ("staging", (*deployment, "ingress", "host"))
    ]
    assert refs(staging + "kustomization.yaml", "namespace: ") == [
        ("staging", ("environments", "staging", "namespace"))
    ]
    assert refs(staging + "released/kustomization.yaml", "domain: ") == [("staging", ("metadata", "labels", "domain"))]
    production = "ops/deploy/overlays/production/"
    assert refs(production + "released/canary-service.yaml", "kind: Service") == [
        ("production", (*deployment, "strategy"))
    ]
    assert refs(production + "rollout.json", '"weight": 50') == [("production", (*canary, "steps", 1))]
    assert refs(production + "rollout.json", '"pause_seconds"') == [("production", (*canary, "pause"))]
    assert refs(production + "rollout.json", '"url"') == [("production", (*deployment, "ingress", "host"))]
    assert refs(production + "rollout.json", '"gitops"') == [("production", (*deployment, "gitops", "argocd"))]
    assert refs(production + "rollout.json", '"max": 0.01') == [("production", (*canary, "max_error_rate"))]


def test_a_namespace_that_is_not_written_comes_from_the_name() -> None:
    spec = projects.spec(environments={"staging": {}})
    assert refs("ops/deploy/overlays/staging/kustomization.yaml", "namespace: penguins-staging", spec) == [
        ("staging", ("metadata", "name"))
    ]
