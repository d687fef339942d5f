"""The training as a Job: what is generated, that a cluster takes it, and what keeps it from being generated."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tools
from mlopsc import assets
from mlopsc.diagnostics import Findings
from mlopsc.parts import Contribution, File
from mlopsc.render.document import render
from mlopsc_targets.kubernetes import TARGET, server
from targets.kubernetes import projects

GOLDENS = Path(__file__).parent / "training"
STORE = {"uri": "s3://acme-ml/models/"}
CLUSTER: dict[str, Any] = {
    "execution": {"train": {"on": "cluster", "timeout": "90m", "resources": {"cpu": "500m", "memory": "2Gi"}}},
    "deployment__model_store": STORE,
}
SEVERAL: dict[str, Any] = {
    "execution": {"train": {"on": "cluster", "workers": 4, "resources": {"cpu": 8, "memory": "32Gi", "gpu": 2}}},
    "deployment__model_store": {**STORE, "credentials": {"secret": "STORE"}},
    "deployment__image": {"name": "ghcr.io/acme/penguins", "pull_secret": {"secret": "PULL"}},
    "deployment__pod": {
        "service_account": "trainer",
        "node_selector": {"pool": "gpu"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
        "annotations": {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
        "env": {"LEVEL": "info"},
        "env_secrets": {"TOKEN": {"secret": "TOKEN"}},
        "env_from": [{"config_map": "settings"}],
    },
    "secrets": {
        "STORE": {"external": {"store": "vault", "key": "penguins/store"}},
        "PULL": {"kubernetes": {"name": "registry", "key": ".dockerconfigjson"}},
        "TOKEN": {"kubernetes": {"name": "penguins-keys", "key": "token"}},
    },
}
CASES = {"one": CLUSTER, "several": SEVERAL}


def parts(document: dict[str, Any]) -> list[File | Contribution]:
    """Return what the target hands over for the training."""
    project, _ = projects.load(document)
    return [
        part for part in TARGET.lower("train", project, Findings().report) if isinstance(part, (File, Contribution))
    ]


def texts(document: dict[str, Any]) -> dict[str, str]:
    """Return the finished files by name."""
    files = [part for part in parts(document) if isinstance(part, File)]
    assert {file.file.rpartition("/")[0] for file in files} == {"ops/training"}
    return {
        file.file.rpartition("/")[2]: render(file, spec_file="mlops.yaml", static_reader=assets.text).text
        for file in files
    }


def objects(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the objects by the names of their files."""
    return {name.removesuffix(".json"): json.loads(text) for name, text in texts(document).items()}


def pod_of(job: dict[str, Any]) -> Any:
    return job["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_objects_are_those_that_were_reviewed(name: str) -> None:
    expected = {path.name: path.read_text(encoding="utf-8") for path in (GOLDENS / name).iterdir()}
    assert texts(projects.spec(**CASES[name])) == expected


def test_the_pipeline_is_told_of_the_store() -> None:
    (found,) = (part for part in parts(projects.spec(**CLUSTER)) if isinstance(part, Contribution))
    assert (found.slot, found.key, found.value.value) == ("pipeline/training", "store", "s3://acme-ml/models/")
    assert found.at == ("deployment", "model_store", "uri")


@pytest.mark.parametrize(
    "changes",
    [{}, {"deployment__model_store": STORE}, {"target": None, "stack": {"serve": "kubernetes"}}],
    ids=["runner", "runner with a store", "no role"],
)
def test_a_training_on_the_runner_needs_nothing(changes: dict[str, Any]) -> None:
    assert parts(projects.spec(**changes)) == []
    assert not {code for code, _ in projects.codes(projects.spec(**changes))} - {"K8S-118"}


def test_the_short_form_of_the_stack_trains_in_the_cluster() -> None:
    long = projects.spec(**CLUSTER, target=None, stack={"train": "kubernetes", "serve": "kubernetes"})
    assert texts(projects.spec(**CLUSTER)) == texts(long)


def test_it_runs_in_the_first_environment_and_takes_its_pods() -> None:
    spec = projects.spec(**CLUSTER)
    spec["environments"]["staging"]["deployment"]["pod"] = {"env": {"LEVEL": "debug"}}
    job = objects(spec)["job"]
    assert job["metadata"]["namespace"] == "penguins-staging"
    assert pod_of(job)["containers"][0]["env"] == [{"name": "LEVEL", "value": "debug"}]
    alone = objects(projects.spec(**CLUSTER, environments=None))["job"]
    assert alone["metadata"]["namespace"] == "penguins"


def test_nothing_of_a_release_selects_its_pods() -> None:
    """Services, policies and monitors select by the labels of the model."""
    labels = objects(projects.spec(**CLUSTER))["job"]["spec"]["template"]["metadata"]["labels"]
    assert not {"mlops.model", "mlops.track", "mlops.version"} & set(labels)
    assert labels["mlops.training"] == "penguins"
    own = {item["metadata"]["name"] for item in objects(projects.spec(**SEVERAL)).values()}
    assert "penguins" not in own


def test_an_identity_that_exists_is_not_made() -> None:
    assert "serviceaccount" in objects(projects.spec(**CLUSTER))
    found = objects(projects.spec(**SEVERAL))
    assert "serviceaccount" not in found
    assert pod_of(found["job"])["serviceAccountName"] == "trainer"


def test_the_gpu_is_the_one_that_serves() -> None:
    gpus = {"deployment__serving": {"resources": {"gpu": {"count": 1, "resource": "amd.com/gpu"}}}}
    job = objects(projects.spec(**SEVERAL, **gpus))["job"]
    assert pod_of(job)["containers"][0]["resources"]["limits"] == {"memory": "32Gi", "amd.com/gpu": "2"}


def test_a_model_that_is_not_deployed_may_train() -> None:
    deployment = {"mode": "none", "image": {"name": "ghcr.io/acme/penguins"}, "model_store": STORE}
    found = objects(projects.spec(execution=CLUSTER["execution"], deployment=deployment, environments=None))
    assert set(found) == {"job", "serviceaccount"}


@pytest.mark.parametrize("workers", [1, 4])
def test_the_longest_name_fits(workers: int) -> None:
    """The name at the limit passes; the one that is longer by one is told, with the limit."""
    train = {"on": "cluster", "workers": workers}
    longest = 63 - len("-train-0123456789ab") - (len("-3") if workers > 1 else 0)
    for length, codes in ((longest, []), (longest + 1, [("K8S-117", None)])):
        spec = projects.spec(execution={"train": train}, deployment__model_store=STORE, metadata__name="p" * length)
        assert projects.codes(spec) == codes
    assert projects.load(spec)[1][0].facts["allowed"] == str(longest)


def secured(pod: Any) -> Iterator[bool]:
    """Yield the conditions of the restricted standard, as far as a pod says them."""
    yield pod["securityContext"]["runAsNonRoot"] is True
    yield pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    yield pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        yield container["securityContext"]["allowPrivilegeEscalation"] is False
        yield container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        yield container["securityContext"]["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_pods_meet_the_restricted_standard(name: str) -> None:
    assert all(secured(pod_of(objects(projects.spec(**CASES[name]))["job"])))


@pytest.mark.tools
@pytest.mark.parametrize("name", sorted(CASES))
def test_the_objects_are_valid(name: str) -> None:
    assert tools.validate(objects(projects.spec(**CASES[name])).values()) == []


@pytest.mark.tools
def test_the_validation_bites() -> None:
    job = objects(projects.spec(**SEVERAL))["job"]
    for place in (("spec",), ("spec", "template", "spec"), ("spec", "podFailurePolicy", "rules", 0)):
        broken = copy.deepcopy(job)
        inner: Any = broken
        for key in place:
            inner = inner[key]
        inner["colour"] = "red"
        assert tools.validate([broken]), place


@pytest.mark.tools
def test_the_files_are_a_fixed_point_of_prettier(tmp_path: Path) -> None:
    paths = []
    for case, changes in CASES.items():
        for name, text in texts(projects.spec(**changes)).items():
            paths.append(tmp_path / f"{case}-{name}")
            paths[-1].write_text(text, encoding="utf-8", newline="\n")
    assert tools.prettier_check(paths) == []


def test_the_server_is_not_judged_where_another_target_serves() -> None:
    project, _ = projects.load(
        projects.spec(**CLUSTER, model__dependencies={"python": "3.13", "lock": "requirements.txt"})
    )
    findings = Findings()
    TARGET.check(project.replace(stack=project.stack.replace(serve="other")), findings.report)
    assert [item.code for item in findings.items] == []
    TARGET.check(project, findings.report)
    assert [item.code for item in findings.items] == ["K8S-103"]
    assert "3.13" not in server.PYTHON
