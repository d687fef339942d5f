"""What the target writes builds with kustomize in every state of the release record, and is valid strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tools
import yaml
from targets.kubernetes import projects

ARGO = {"controller": "argo-rollouts"}
CANARY = {"steps": ["10%", "50%"], "pause": "10m"}
STRATEGIES: dict[str, dict[str, Any]] = {
    "rolling": {"rolling": {}},
    "canary": {"canary": CANARY},
    "blue_green": {"blue_green": {"soak": "5m"}},
    "shadow": {"shadow": {"percent": "2.5%"}},
    "canary-argo": {"canary": CANARY, **ARGO},
    "blue_green-argo": {"blue_green": {"soak": "5m"}, **ARGO},
}
RELEASED = ("first", "canary", "promoted", "rolled-back")
STATES = ("none", *RELEASED)
FLUX = {"flux": {"repo": "git@github.com:acme/penguins.git", "credentials": {"secret": "KEPT"}}}
ARGOCD = {"argocd": {"repo": "https://github.com/acme/penguins"}}
PODS: dict[str, Any] = {
    "env": {"LEVEL": "info"},
    "env_secrets": {"TOKEN": {"secret": "KEPT"}, "OTHER": {"secret": "FETCHED"}},
    "env_from": [{"secret": "FETCHED"}, {"config_map": "settings"}],
    "tolerations": [
        {"key": "gpu", "operator": "Exists", "effect": "NoExecute", "seconds": 30},
        {"key": "pool", "value": "ml"},
    ],
    "node_selector": {"pool": "ml"},
    "annotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "true"},
}
SECRETS: dict[str, Any] = {
    "KEPT": {"kubernetes": {"name": "penguins-keys", "key": "token"}},
    "FETCHED": {"external": {"store": "vault", "key": "penguins/token"}},
    "PULL": {"external": {"store": "vault", "key": "penguins/pull"}},
}
BATCH = {"input": "s3://acme/in/", "output": "s3://acme/out/", "schedule": "0 5 * * *", "key": "id"}

pytestmark = pytest.mark.tools


def variants() -> dict[str, dict[str, Any]]:
    """Return specs that together use every field that the target reads."""
    found = {
        name: projects.spec(
            deployment__strategy=strategy, environments={"production": {"namespace": "penguins", "after": None}}
        )
        for name, strategy in STRATEGIES.items()
    }
    for document in found.values():
        del document["environments"]["production"]["after"]
    found["overlays"] = projects.SPEC
    found["argo-overlays"] = projects.spec(
        deployment__strategy=STRATEGIES["canary-argo"], environments__staging__deployment={}
    )
    found["fixed"] = projects.spec(
        deployment__serving={"replicas": {"min": 3}, "resources": {"cpu": 2, "memory": "4Gi", "gpu": {"count": 1}}},
        deployment__gitops=FLUX,
        monitoring={"prometheus": {"kind": "files", "query_url": "https://prometheus.acme.example"}},
        environments=None,
        secrets={"KEPT": SECRETS["KEPT"]},
    )
    found["pods"] = projects.spec(
        deployment__pod=PODS,
        deployment__image={"name": "ghcr.io/acme/penguins", "pull_secret": {"secret": "PULL"}},
        deployment__kubernetes={"egress": "dns", "pod_security": "baseline", "scrape_interval": "15s"},
        deployment__ingress__allow_from=["namespace:web", "cidr:10.0.0.0/8"],
        secrets=SECRETS,
    )
    found["bare"] = projects.spec(
        deployment={
            "image": {"name": "ghcr.io/acme/penguins"},
            "kubernetes": {"create_namespace": False, "egress": "all"},
            "pod": {"service_account": "own"},
        },
        environments=None,
    )
    batch = {"mode": "batch", "batch": BATCH, "image": {"name": "ghcr.io/acme/penguins"}, "gitops": ARGOCD}
    found["batch"] = projects.spec(deployment=batch, environments=None)
    found["mixed"] = projects.spec(
        deployment=batch,
        environments={"nightly": {}, "off": {"deployment": {"mode": "none", "batch": None}}},
    )
    return found


VARIANTS = variants()


def environments(name: str) -> list[str]:
    """Return the environments of a variant that run something."""
    return [env for env in VARIANTS[name].get("environments", {"default": {}}) if env != "off"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write every variant once."""
    return {name: projects.write(spec, tmp_path_factory.mktemp(name)) for name, spec in VARIANTS.items()}


@pytest.mark.parametrize("name", sorted(VARIANTS))
@pytest.mark.parametrize("state", STATES)
def test_overlay_builds_and_validates(written: dict[str, Path], name: str, state: str) -> None:
    deploy = written[name]
    for env in environments(name):
        projects.release(deploy, env, state)
        objects = tools.kustomize_objects(deploy / "overlays" / env)
        assert tools.validate(objects) == []
        kinds = {item["kind"] for item in objects}
        if state == "none":
            assert kinds <= {"Namespace"}
        else:
            assert kinds & {"Deployment", "Rollout", "CronJob"}
        assert "Release" not in kinds
        spaces = {item["metadata"].get("namespace") for item in objects if item["kind"] != "Namespace"}
        assert len(spaces) <= 1
        assert None not in spaces


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_gitops_objects_are_valid(written: dict[str, Path], name: str) -> None:
    found = [*written[name].glob("argocd/*.yaml"), *written[name].glob("flux/*.yaml")]
    documents = [item for path in found for item in yaml.safe_load_all(path.read_text(encoding="utf-8"))]
    assert tools.validate_crd(documents) == []
    assert bool(documents) == ("gitops" in VARIANTS[name]["deployment"])


@pytest.mark.parametrize("name", ["canary-argo", "blue_green-argo"])
def test_pod_template_of_a_rollout_is_valid_in_a_deployment(written: dict[str, Path], name: str) -> None:
    """The schema of a Rollout leaves containers open; that of a Deployment does not."""
    projects.release(written[name], "production", "first")
    objects = tools.kustomize_objects(written[name] / "overlays" / "production")
    rollout = next(item for item in objects if item["kind"] == "Rollout")
    spec = {key: rollout["spec"][key] for key in ("selector", "template")}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": rollout["metadata"], "spec": spec}
    assert tools.validate_kubernetes([deployment]) == []
    assert rollout["spec"]["template"]["metadata"]["labels"]["mlops.environment"] == "production"
    deployment["spec"]["template"]["spec"]["containers"][0]["imagePullPolicyy"] = "Always"
    assert tools.validate_kubernetes([deployment])


def test_the_validation_bites(written: dict[str, Path]) -> None:
    deploy = written["rolling"]
    projects.release(deploy, "production", "first")
    service = deploy / "base" / "service.yaml"
    good = service.read_text(encoding="utf-8")
    service.write_text(good.replace("selector:", "selectorz:"), encoding="utf-8")
    try:
        objects = tools.kustomize_objects(deploy / "overlays" / "production")
        assert tools.validate(objects)
    finally:
        service.write_text(good, encoding="utf-8")


def test_an_overlay_without_its_base_does_not_build(written: dict[str, Path], tmp_path: Path) -> None:
    deploy = projects.write(VARIANTS["rolling"], tmp_path)
    projects.release(deploy, "production", "first")
    (deploy / "base" / "kustomization.yaml").unlink()
    with pytest.raises(tools.BuildError):
        tools.kustomize(deploy / "overlays" / "production")


@pytest.mark.parametrize("name", ["canary", "blue_green", "shadow", "rolling", "canary-argo"])
@pytest.mark.parametrize("state", RELEASED)
def test_the_record_lands_in_the_objects(written: dict[str, Path], name: str, state: str) -> None:
    deploy = written[name]
    projects.release(deploy, "production", state)
    record = json.loads((projects.RELEASES / f"{state}.json").read_text(encoding="utf-8"))
    objects = {
        (item["kind"], item["metadata"]["name"]): item
        for item in tools.kustomize_objects(deploy / "overlays" / "production")
    }
    kind = "Rollout" if name.endswith("argo") else "Deployment"
    tracks = {"stable": (kind, "penguins")}
    if name in ("canary", "blue_green", "shadow"):
        tracks["canary"] = (kind, "penguins-canary")
    for track, key in tracks.items():
        template = objects[key]["spec"]["template"]
        assert template["spec"]["containers"][0]["image"] == record[track]["image"]
        assert template["metadata"]["annotations"]["mlops.release"] == record[track]["release"]
        assert template["metadata"]["labels"]["mlops.version"] == record[track]["version"]
    if "canary" in tracks:
        assert objects["Deployment", "penguins-canary"]["spec"]["replicas"] == record["canary"]["replicas"]
    backends = objects["HTTPRoute", "penguins"]["spec"]["rules"][0]["backendRefs"]
    weights = {item["name"]: item.get("weight") for item in backends}
    if name in ("canary", "blue_green"):
        expected = {"penguins": record["stable"]["weight"], "penguins-canary": record["canary"]["weight"]}
    elif name == "canary-argo":
        expected = {"penguins": 100, "penguins-canary": 0}
    else:
        expected = {"penguins": None}
    assert weights == expected


def test_the_plug_in_finds_the_route_of_each_environment(written: dict[str, Path]) -> None:
    for env, namespace in (("staging", "penguins-staging"), ("production", "penguins")):
        projects.release(written["argo-overlays"], env, "first")
        objects = tools.kustomize_objects(written["argo-overlays"] / "overlays" / env)
        rollout = next(item for item in objects if item["kind"] == "Rollout")
        plugins = rollout["spec"]["strategy"]["canary"]["trafficRouting"]["plugins"]
        assert plugins["argoproj-labs/gatewayAPI"] == {"httpRoute": "penguins", "namespace": namespace}


@pytest.mark.parametrize(
    ("name", "env"), [("canary", "production"), ("canary-argo", "production"), ("batch", "default")]
)
def test_labels_reach_the_pods(written: dict[str, Path], name: str, env: str) -> None:
    """Selectors keep what the objects say: they cannot be changed later."""
    projects.release(written[name], env, "first")
    common = {
        "app.kubernetes.io/name": "penguins",
        "app.kubernetes.io/managed-by": "mlopsc",
        "mlops.environment": env,
        "domain": "ecology",
    }
    record = json.loads((projects.RELEASES / "first.json").read_text(encoding="utf-8"))
    version = record["stable"]["version"]
    for item in tools.kustomize_objects(written[name] / "overlays" / env):
        assert common.items() <= item["metadata"]["labels"].items()
        spec = item["spec"]["jobTemplate"]["spec"] if item["kind"] == "CronJob" else item.get("spec", {})
        if "template" in spec:
            labels = spec["template"]["metadata"]["labels"]
            assert common.items() <= labels.items()
            assert labels["mlops.model"] == "penguins"
            assert labels["mlops.version"] == version
        if item["kind"] in ("Deployment", "Rollout"):
            assert not common.keys() & spec["selector"]["matchLabels"].keys()
        if item["kind"] != "CronJob":
            assert "mlops.version" not in str(spec.get("selector", spec.get("podSelector"))), "a release changes it"


def test_a_version_of_digits_stays_text(written: dict[str, Path]) -> None:
    deploy = written["rolling"]
    projects.release(deploy, "production", "first")
    path = deploy / "releases" / "production" / "release.json"
    for version in ("123456789012", "1234567890e1", "012345678901"):
        record = json.loads(path.read_text(encoding="utf-8"))
        record["stable"]["version"] = version
        path.write_text(json.dumps(record), encoding="utf-8")
        objects = tools.kustomize_objects(deploy / "overlays" / "production")
        deployment = next(item for item in objects if item["kind"] == "Deployment")
        metadata = deployment["spec"]["template"]["metadata"]
        assert metadata["labels"]["mlops.version"] == version


def test_yaml_is_clean(written: dict[str, Path]) -> None:
    paths = [path for deploy in written.values() for path in deploy.rglob("*.yaml") if "releases" not in path.parts]
    assert len(paths) > 50
    assert tools.yamllint(paths) == []


def test_everything_is_a_fixed_point_of_prettier(tmp_path: Path) -> None:
    for name, spec in VARIANTS.items():
        projects.write(spec, tmp_path / name)
    assert tools.prettier_check([path for path in tmp_path.rglob("*") if path.is_file()]) == []
