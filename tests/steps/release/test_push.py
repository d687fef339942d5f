"""Clusters without a GitOps controller: the step applies the deploy branch itself."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import tools
import yaml
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.release import push
from steps.release import standin_kubectl
from steps.release.repositories import Checkout, Remote, image

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "penguins"}}
OURS = {
    "app.kubernetes.io/name": "penguins",
    "app.kubernetes.io/managed-by": "mlopsc",
    "mlops.environment": "production",
}


def thing(kind: str, name: str, labels: dict[str, str] | None = None, **metadata: Any) -> dict[str, Any]:
    """Return an object of production."""
    group = next(group for group, known in standin_kubectl.RESOURCES if known == kind)
    labels = OURS if labels is None else labels
    return {
        "apiVersion": f"{group}/v1" if group else "v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "penguins", "labels": labels, **metadata},
    }


class Cluster:
    """The cluster of production, which the stand-in for kubectl reaches.

    Args:
        folder: for its file and the program.
        monkeypatch: puts the program on PATH.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = folder / "cluster.json"
        self.change(
            objects=[], calls=[], fails={}, lacks=[], stuck=[], built=None, broken_extension=False, preferred={}
        )
        real = shutil.which("kubectl")
        program = folder / "bin" / "kubectl"
        program.parent.mkdir()
        program.write_text(
            f"#!/bin/sh\nexec '{sys.executable}' '{standin_kubectl.__file__}' \"$@\"\n", encoding="utf-8"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")
        monkeypatch.setenv("STANDIN_CLUSTER", str(self.file))
        monkeypatch.setenv("REAL_KUBECTL", real or "")
        monkeypatch.delenv("KUBECONFIG", raising=False)

    @property
    def state(self) -> dict[str, Any]:
        """What the file holds."""
        document: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return document

    def change(self, **state: Any) -> None:
        """Change parts of the file."""
        old = self.state if self.file.exists() else {}
        self.file.write_text(json.dumps({**old, **state}), encoding="utf-8")

    def built(self, *objects: dict[str, Any]) -> None:
        """Let kustomize give these objects, whatever is on the branch."""
        self.change(built=yaml.safe_dump_all(objects))

    @property
    def names(self) -> set[str]:
        """What there is, as ``Kind/name``."""
        return {f"{item['kind']}/{item['metadata']['name']}" for item in self.state["objects"]}

    def commands(self) -> list[str]:
        """Return the commands since the last time."""
        found = [call["arguments"][0] for call in self.state["calls"]]
        self.change(calls=[])
        return found

    def item(self, kind: str, name: str) -> dict[str, Any]:
        """Return an object."""
        return next(o for o in self.state["objects"] if (o["kind"], o["metadata"]["name"]) == (kind, name))


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A cluster that holds nothing but what others put there."""
    return Cluster(tmp_path, monkeypatch)


@pytest.fixture
def here(remote: Remote, cluster: Cluster) -> Checkout:
    """A clone in which production is applied by the step; kustomize gives a namespace and a Deployment."""
    remote.first.config["environments"]["production"]["gitops"] = {"push": True}
    cluster.built(NAMESPACE, thing("Deployment", "penguins"))
    return remote.first


ROUND = ["kustomize", "apply", "rollout", "api-resources", "get"]


def test_every_move_is_applied_and_a_dry_run_and_show_are_not(here: Checkout, cluster: Cluster) -> None:
    here.start("a", "--dry-run")
    here.move("show")
    assert cluster.commands() == []
    here.start("a")
    assert cluster.commands() == ROUND
    assert cluster.names == {"Namespace/penguins", "Deployment/penguins"}
    assert "the cluster has the 2 objects of the branch, and they run" in here.printed
    here.move("hold", "--reason", "x")
    assert cluster.commands() == ROUND
    with pytest.raises(Refused):
        here.start("bb")
    assert cluster.commands() == [], "what is refused leaves the cluster alone"
    here.move("abort")
    here.start("a", env="staging")
    assert cluster.commands() == ROUND, "the abort changed nothing and is applied; staging is not in push mode"


def test_what_was_lost_comes_back_with_a_move_that_changes_nothing(here: Checkout, cluster: Cluster) -> None:
    here.start("a")
    cluster.change(objects=[])
    assert here.start("a")["changed"] is False
    assert cluster.names == {"Namespace/penguins", "Deployment/penguins"}


def test_nothing_on_the_branch_is_nothing_to_apply(here: Checkout, cluster: Cluster) -> None:
    here.move("abort")
    assert cluster.commands() == []
    cluster.built()
    here.start("a")
    assert cluster.commands() == ["kustomize"]


def test_what_the_manifests_lost_is_deleted_and_nothing_else(here: Checkout, cluster: Cluster) -> None:
    others = [
        NAMESPACE,
        thing("Service", "of-people", {}),
        thing("Service", "of-another-model", {**OURS, "app.kubernetes.io/name": "churn"}),
        thing("Service", "of-another-environment", {**OURS, "mlops.environment": "staging"}),
        thing("Service", "owned", ownerReferences=[{"kind": "Rollout", "name": "x"}]),
        thing("ConfigMap", "of-a-kind-that-nobody-generates"),
        {**thing("Service", "elsewhere"), "metadata": {"name": "elsewhere", "namespace": "other", "labels": OURS}},
    ]
    leftovers = [thing("Service", "penguins-canary"), thing("HTTPRoute", "penguins")]
    cluster.change(objects=[*others, *leftovers])
    here.start("a")
    kept = {f"{item['kind']}/{item['metadata']['name']}" for item in others}
    assert cluster.names == {*kept, "Deployment/penguins"}
    assert "deleted are Service/penguins-canary, HTTPRoute/penguins" in here.printed
    assert cluster.commands() == [*ROUND, "delete"]


def test_another_version_of_a_kind_is_the_same_object(here: Checkout, cluster: Cluster) -> None:
    """Manifests say autoscaling/v2, and the cluster answers with the version of the group that it prefers."""
    cluster.built(NAMESPACE, {**thing("HorizontalPodAutoscaler", "penguins"), "apiVersion": "autoscaling/v2"})
    cluster.change(preferred={"horizontalpodautoscalers.autoscaling": "autoscaling/v1"})
    here.start("a")
    assert cluster.names == {"Namespace/penguins", "HorizontalPodAutoscaler/penguins"}


def test_kinds_that_the_cluster_lacks_are_not_looked_for(here: Checkout, cluster: Cluster) -> None:
    lacks = ["httproutes.gateway.networking.k8s.io", "podmonitors.monitoring.coreos.com"]
    cluster.change(lacks=lacks, objects=[NAMESPACE, thing("Service", "penguins-canary")])
    here.start("a")
    assert "Service/penguins-canary" not in cluster.names
    asked = next(call["arguments"][1] for call in cluster.state["calls"] if call["arguments"][0] == "get")
    assert not {*lacks} & {*asked.split(",")}
    assert "deployments.apps" in asked.split(",")


def test_a_broken_extension_of_the_cluster_is_no_reason_to_stop(here: Checkout, cluster: Cluster) -> None:
    cluster.change(broken_extension=True, objects=[NAMESPACE, thing("Service", "penguins-canary")])
    here.start("a")
    assert "Service/penguins-canary" not in cluster.names


def test_a_kind_that_is_needed_and_lacking_is_named(here: Checkout, cluster: Cluster, remote: Remote) -> None:
    cluster.built(NAMESPACE, thing("Deployment", "penguins"), thing("PodMonitor", "penguins"))
    cluster.change(lacks=["podmonitors.monitoring.coreos.com"])
    with pytest.raises(Unusable) as error:
        here.start("a")
    assert 'kubectl apply failed: error: resource mapping not found: no matches for kind "PodMonitor"' in str(
        error.value
    )
    assert f"the branch has the commit {str(remote.tip())[:12]} already" in str(error.value)
    assert "run the same move again" in str(error.value)


@pytest.mark.parametrize("command", ["kustomize", "apply", "api-resources", "get", "delete", "rollout"])
def test_what_kubectl_says_last_is_told(here: Checkout, cluster: Cluster, remote: Remote, command: str) -> None:
    cluster.change(fails={command: "warning: x\nthe server is gone"}, objects=[NAMESPACE, thing("Service", "old")])
    with pytest.raises(Unusable, match=rf"kubectl {command} failed: the server is gone; the branch has the commit"):
        here.start("a")
    assert remote.record()["state"] == "released"
    cluster.change(fails={})
    assert here.start("a")["changed"] is False
    assert cluster.names == {"Namespace/penguins", "Deployment/penguins"}


def test_copies_that_do_not_come_are_a_failure(here: Checkout, cluster: Cluster) -> None:
    cluster.change(stuck=["penguins"], objects=[NAMESPACE, thing("Service", "old")])
    with pytest.raises(Unusable, match="kubectl rollout failed: error: timed out waiting for the condition"):
        here.start("a")
    assert "Service/old" in cluster.names, "what is old goes when what is new runs"


@pytest.mark.parametrize(
    ("said", "ill"),
    [
        ("timed out waiting for the condition", True),
        ('deployment "penguins" exceeded its progress deadline', True),
        ("Unable to connect to the server: connection refused", False),
    ],
)
def test_only_copies_that_do_not_run_speak_against_a_release(
    here: Checkout, cluster: Cluster, tmp_path: Path, said: str, ill: bool
) -> None:
    kubectl = tmp_path / "bin" / "kubectl"
    kubectl.rename(kubectl.with_name("other"))
    lines = ["#!/bin/sh", 'if [ "$1" = rollout ]; then', f"  echo 'error: {said}' >&2", "  exit 1", "fi"]
    kubectl.write_text("\n".join([*lines, f'exec "{kubectl.with_name("other")}" "$@"', ""]), encoding="utf-8")
    kubectl.chmod(0o755)
    with pytest.raises(Unusable, match="kubectl rollout failed: error: ") as caught:
        here.start("a")
    assert isinstance(caught.value, push.NotRunningError) == ill


def test_an_answer_that_is_none(here: Checkout, cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "bin" / "kubectl").write_text("#!/bin/sh\necho hello\n", encoding="utf-8")
    with pytest.raises(Unusable, match="kubectl answered with something that is no object of Kubernetes"):
        here.start("a")


def test_kubectl_must_be_installed(
    here: Checkout, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_git = tmp_path / "only-git"
    only_git.mkdir()
    (only_git / "git").symlink_to(str(shutil.which("git")))
    monkeypatch.setenv("PATH", str(only_git))
    with pytest.raises(Unusable, match="kubectl is not installed: put it on PATH; the branch has the commit"):
        here.start("a")
    assert remote.tip() is not None


def test_the_kubeconfig_of_the_environment_is_used_and_removed(
    here: Checkout, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "apiVersion: v1\nkind: Config\nusers: [{name: a, user: {token: s3cret}}]\n"
    monkeypatch.setenv("MLOPS_KUBECONFIG", content)
    monkeypatch.setenv("MLOPS_GIT_TOKEN", "t0ken")
    cluster.change(fails={"get": "no"})
    with pytest.raises(Unusable) as error:
        here.start("a")
    calls = cluster.state["calls"]
    assert [call["kubeconfig"] for call in calls] == [content] * len(ROUND)
    assert {call["mode"] for call in calls} == {"0o600"}
    assert not any(Path(call["place"]).exists() for call in calls), "it is removed, also after a failure"
    assert [call["secrets"] for call in calls] == [[]] * len(ROUND)
    assert "s3cret" not in json.dumps([call["arguments"] for call in calls]) + str(error.value)


def test_without_one_kubectl_finds_its_own(here: Checkout, cluster: Cluster) -> None:
    here.start("a")
    assert {call["kubeconfig"] for call in cluster.state["calls"]} == {None}


def test_the_plan_says_how_long_to_wait(here: Checkout, cluster: Cluster) -> None:
    path = here.deploy / "overlays" / "production" / "rollout.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    here.commit({"overlays/production/rollout.json": json.dumps({**plan, "live_timeout_seconds": 45})})
    here.start("a")
    waiting = [call["arguments"] for call in cluster.state["calls"] if call["arguments"][0] == "rollout"]
    assert waiting == [["rollout", "status", "deployment/penguins", "--namespace=penguins", "--timeout=45s"]]


@pytest.mark.tools
def test_a_whole_life_with_the_manifests_of_the_example(here: Checkout, cluster: Cluster) -> None:
    tools.program("kubectl")
    cluster.change(built=None)

    def tracks() -> dict[str, Any]:
        """Return image and copies of the two Deployments and the weights of the route."""
        route = cluster.item("HTTPRoute", "penguins")["spec"]["rules"][0]["backendRefs"]
        found = {backend["name"]: [backend["weight"]] for backend in route}
        for name, facts in found.items():
            spec = cluster.item("Deployment", name)["spec"]
            facts += [spec["template"]["spec"]["containers"][0]["image"], spec.get("replicas")]
        return found

    here.move("hold", "--reason", "x")
    assert cluster.names == {"Namespace/penguins"}
    here.move("resume", "--reason", "y")
    here.start("a")
    assert tracks() == {"penguins": [100, image("a"), None], "penguins-canary": [0, image("a"), 0]}
    here.start("bb")
    assert tracks() == {"penguins": [100, image("a"), None], "penguins-canary": [0, image("bb"), 1]}
    here.move("weight", "--weight", "10")
    assert tracks() == {"penguins": [90, image("a"), None], "penguins-canary": [10, image("bb"), 1]}
    here.move("rollback", "--reason", "x")
    assert tracks() == {"penguins": [100, image("a"), None], "penguins-canary": [0, image("a"), 0]}
    everything = cluster.names

    kustomization = (here.deploy / "base" / "kustomization.yaml").read_text(encoding="utf-8")
    here.commit({"base/kustomization.yaml": kustomization.replace("  - pdb.yaml\n", "")})
    (here.deploy / "base" / "pdb.yaml").unlink()
    here.commit({})
    here.start("ccc", "--accept-stable-changes")
    here.move("promote")
    here.move("finish")
    assert cluster.names == everything - {"PodDisruptionBudget/penguins"}
    here.move("rollback", "--reason", "y")
    assert cluster.names == everything


@pytest.mark.tools
def test_all_objects_of_the_example_are_found_when_they_are_left_over(here: Checkout, cluster: Cluster) -> None:
    tools.program("kubectl")
    cluster.change(built=None)
    here.start("a")
    served = {standin_kubectl.RESOURCES[standin_kubectl.kind_of(item)] for item in cluster.state["objects"]}
    assert served - {"namespaces"} <= {*push.PRUNED}
    cluster.built(NAMESPACE)
    here.move("hold", "--reason", "x")
    assert cluster.names == {"Namespace/penguins"}
