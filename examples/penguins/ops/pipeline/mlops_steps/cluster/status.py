# SPDX-License-Identifier: MIT-0
"""What the cluster says of a Job and its pods, in a few words. All functions take objects as kubectl prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .manifests import CONTAINER

Object = dict[str, Any]

LABEL_JOB = "batch.kubernetes.io/job-name"
LABEL_NUMBER = "batch.kubernetes.io/job-completion-index"

COMPLETE, FAILED = "Complete", "Failed"
DEADLINE = "DeadlineExceeded"


@dataclass(frozen=True)
class Ended:
    """How a Job ended.

    Attributes:
        kind: ``Complete`` or ``Failed``.
        reason: one word for machines, such as ``BackoffLimitExceeded``.
        message: a sentence for people; may be empty.
    """

    kind: str
    reason: str
    message: str


def ended(job: Object) -> Ended | None:
    """Return how a Job ended, None while it is under way."""
    for condition in job.get("status", {}).get("conditions", ()):
        if condition["type"] in (COMPLETE, FAILED) and condition["status"] == "True":
            return Ended(condition["type"], condition.get("reason", ""), condition.get("message", ""))
    return None


def number(pod: Object) -> int:
    """Return the number of the worker that a pod is."""
    return int(pod["metadata"].get("labels", {}).get(LABEL_NUMBER, "0"))


def newest(pods: Iterable[Object], worker: int) -> Object | None:
    """Return the pod of a worker; the last one where the cluster had to start it again."""
    own = [pod for pod in pods if number(pod) == worker]
    return max(own, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), default=None)


def phase(pod: Object) -> str:
    """Return ``Pending``, ``Running``, ``Succeeded`` or ``Failed``."""
    return str(pod.get("status", {}).get("phase", "Pending"))


def waits_for(pod: Object) -> str:
    """Return why a pod does not run yet; empty where it does, or where nobody says."""
    if phase(pod) != "Pending":
        return ""
    waiting = _container(pod).get("state", {}).get("waiting", {})
    if waiting.get("message"):
        return f"{waiting.get('reason', 'waiting')}: {waiting['message']}"
    for condition in pod.get("status", {}).get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{condition.get('reason', 'not scheduled')}: {condition.get('message', '')}"
    return str(waiting.get("reason", ""))


def exit_of(pod: Object) -> str:
    """Return how the container of a pod ended, such as ``OOMKilled, exit code 137``; empty while it runs."""
    found = _terminated(pod)
    if not found:
        return ""
    reason = found.get("reason", "")
    code = f"exit code {found.get('exitCode', '?')}"
    return code if reason in ("", "Error", "Completed") else f"{reason}, {code}"


def message_of(pod: Object) -> str:
    """Return what a container wrote to its termination message."""
    return str(_terminated(pod).get("message", ""))


def _terminated(pod: Object) -> Object:
    found: Object = _container(pod).get("state", {}).get("terminated", {})
    return found


def _container(pod: Object) -> Object:
    for status in pod.get("status", {}).get("containerStatuses", ()):
        if status["name"] == CONTAINER:
            return dict(status)
    return {}
