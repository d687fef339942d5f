# SPDX-License-Identifier: MIT-0
"""Push mode: where no GitOps controller follows the deploy branch, release automation applies it to the cluster itself.

The branch stays the truth: what is applied is what kustomize builds from its last commit, each time as a whole, so that
what was lost on the way comes right with the next move.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import kubectl
from ..refusal import Unusable
from .environment import Environment, State

MANAGER = "mlops"
"""Name under which Kubernetes keeps which fields are ours."""

PRUNED = (
    "analysistemplates.argoproj.io",
    "cronjobs.batch",
    "deployments.apps",
    "externalsecrets.external-secrets.io",
    "horizontalpodautoscalers.autoscaling",
    "httproutes.gateway.networking.k8s.io",
    "networkpolicies.networking.k8s.io",
    "poddisruptionbudgets.policy",
    "podmonitors.monitoring.coreos.com",
    "prometheusrules.monitoring.coreos.com",
    "rollouts.argoproj.io",
    "serviceaccounts",
    "services",
)
"""Kinds of objects that manifests may hold, and lose again; only these are looked through for leftovers."""

_WAITED_FOR = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds that ``kubectl rollout status`` knows."""

_LATE = re.compile(r"timed out waiting|exceeded its progress deadline")
"""What ``kubectl rollout status`` says when the copies do not run; all else is about kubectl and the cluster."""

_MARGIN = 30
"""Seconds that kubectl has beyond the time that it is told to wait."""

_PATIENCE = 600
"""Seconds until all copies must run, where the plan of the release says nothing else."""


class NotRunningError(Unusable):
    """The cluster has the manifests, and the copies do not run in time."""


@dataclass(frozen=True)
class Applied:
    """What a cluster got.

    Attributes:
        objects: number of objects in the manifests.
        deleted: the objects that were there and are in the manifests no more, as ``Kind/name``.
    """

    objects: int
    deleted: tuple[str, ...]


def apply(environment: Environment, state: State) -> Applied | None:
    """Make the cluster what the deploy branch says, and wait until all copies run.

    Args:
        environment: whose cluster.
        state: of the branch, after a move.

    Returns:
        What was done; None where a controller does it, or nothing is on the branch yet.

    Raises:
        NotRunningError: the copies do not run in time.
        Unusable: kubectl is missing or fails.
    """
    if not environment.pushes or state.tip is None:
        return None
    try:
        return _apply(environment, state)
    except Unusable as error:
        raise type(error)(
            f"the cluster of {environment.name} is not as {environment.branch.name} says: {error}; the branch has the "
            f"commit {state.tip[:12]} already, so run the same move again, which applies it once more, or take the "
            "release back"
        ) from None


def _apply(environment: Environment, state: State) -> Applied:
    manifests = _build(environment, state)
    if not manifests.strip():
        return Applied(0, ())
    # Without force: fields that another controller moves, such as the weights of Argo Rollouts, are not taken from it.
    options = ["--server-side", f"--field-manager={MANAGER}", "--output=json", "--filename=-"]
    objects = _objects(kubectl.run(["apply", *options], manifests))
    _wait(objects, _patience(environment, state))
    deleted = tuple(
        name
        for namespace in sorted({_namespace(item) for item in objects} - {""})
        for name in _prune(environment, namespace, objects)
    )
    return Applied(len(objects), deleted)


def _build(environment: Environment, state: State) -> bytes:
    """Return what kustomize makes of the last commit of the branch."""
    files = environment.git.contents(environment.on_branch(state))
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return kubectl.run(["kustomize", str(Path(folder) / state.folder / "overlays" / environment.name)])


def _patience(environment: Environment, state: State) -> float:
    plan = environment.current_plan(state)
    seconds: float = _PATIENCE if plan is None else plan.document.get("live_timeout_seconds", _PATIENCE)
    return seconds


def _wait(objects: Sequence[Mapping[str, Any]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for item in objects:
        if item["kind"] in _WAITED_FOR:
            left = max(1, round(deadline - time.monotonic()))
            name = f"{item['kind'].lower()}/{item['metadata']['name']}"
            where = f"--namespace={_namespace(item)}"
            try:
                kubectl.run(["rollout", "status", name, where, f"--timeout={left}s"], timeout=left + _MARGIN)
            except Unusable as error:
                if not _LATE.search(str(error)):
                    raise
                raise NotRunningError(str(error)) from None


def _prune(environment: Environment, namespace: str, objects: Iterable[Mapping[str, Any]]) -> list[str]:
    """Delete what earlier manifests brought and these do not; return it as ``Kind/name``.

    What another object owns goes with its owner. Kinds that the cluster does not know have no objects.
    """
    # An extension of the cluster that does not answer makes this fail, and is none of ours.
    listed = kubectl.run(["api-resources", "--namespaced=true", "--verbs=list,delete", "--output=name"], partly=True)
    served = listed.decode().split()
    kinds = sorted({*PRUNED} & {*served})
    if not kinds:
        return []
    labels = {
        "app.kubernetes.io/managed-by": "mlopsc",
        "app.kubernetes.io/name": environment.project,
        "mlops.environment": environment.name,
    }
    selector = ",".join(f"{name}={value}" for name, value in labels.items())
    where = [f"--namespace={namespace}", f"--selector={selector}"]
    found = _objects(kubectl.run(["get", ",".join(kinds), *where, "--output=json"]))
    kept = {_identity(item) for item in objects}
    left = [item for item in found if _identity(item) not in kept and "ownerReferences" not in item["metadata"]]
    if left:
        leftovers = {"apiVersion": "v1", "kind": "List", "items": [_reference(item) for item in left]}
        options = ["--ignore-not-found", "--wait=false", "--filename=-"]
        kubectl.run(["delete", *options], json.dumps(leftovers).encode())
    return [f"{item['kind']}/{item['metadata']['name']}" for item in left]


def _objects(text: bytes) -> list[dict[str, Any]]:
    """Return the objects in an answer, which is a list unless there is one object only."""
    try:
        document = json.loads(text)
        found: list[dict[str, Any]] = document["items"] if document["kind"] == "List" else [document]
    except (ValueError, KeyError, TypeError):
        raise Unusable(
            "kubectl answered with something that is no object of Kubernetes: install another version"
        ) from None
    return found


def _namespace(item: Mapping[str, Any]) -> str:
    name: str = item["metadata"]["name"] if item["kind"] == "Namespace" else item["metadata"].get("namespace", "")
    return name


def _identity(item: Mapping[str, Any]) -> tuple[str, str, str, str]:
    group = item["apiVersion"].rpartition("/")[0]
    return group, item["kind"], _namespace(item), item["metadata"]["name"]


def _reference(item: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"name": item["metadata"]["name"], "namespace": _namespace(item)}
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": metadata}
