# SPDX-License-Identifier: MIT-0
"""The Job of a training in the cluster, by kubectl."""

from __future__ import annotations

import json
from typing import Any

from .. import kubectl
from ..refusal import Unusable
from .manifests import CONTAINER, Training
from .status import LABEL_JOB, Object

_MANAGER = "mlops"
TAIL = 40  # lines of a log that are shown when a worker failed


class Jobs:
    """Asks and tells the cluster about one training.

    Args:
        training: the training.
    """

    def __init__(self, training: Training) -> None:
        self._training = training
        self._space = f"--namespace={training.namespace}"

    def find(self) -> Object | None:
        """Return the Job; None when there is none.

        Raises:
            Unusable: the cluster gives no answer.
        """
        found = kubectl.run(["get", "job", self._training.name, self._space, "--ignore-not-found", "--output=json"])
        return _object(found) if found.strip() else None

    def create(self) -> None:
        """Create what the Job needs, and the Job, unless somebody else just did.

        Raises:
            Unusable: the cluster refuses it, or gives no answer.
        """
        for item in self._training.others:
            kubectl.run(
                ["apply", "--server-side", f"--field-manager={_MANAGER}", self._space, "--filename=-"],
                json.dumps(item).encode(),
            )
        try:
            kubectl.run(["create", self._space, "--filename=-"], json.dumps(self._training.job).encode())
        except Unusable:
            if self.find() is None:
                raise

    def pods(self) -> list[Object]:
        """Return the pods of the Job.

        Raises:
            Unusable: the cluster gives no answer.
        """
        selector = f"--selector={LABEL_JOB}={self._training.name}"
        found: list[Object] = _object(kubectl.run(["get", "pods", self._space, selector, "--output=json"]))["items"]
        return found

    def delete(self) -> None:
        """Delete the Job with its pods, if it is there.

        Raises:
            Unusable: the cluster gives no answer.
        """
        options = ["--ignore-not-found", "--cascade=background", "--wait=false"]
        kubectl.run(["delete", "job", self._training.name, self._space, *options])

    def log(self, pod: str) -> str:
        """Return the last lines of the log of a pod.

        Raises:
            Unusable: the cluster gives no answer, or has no log of it any more.
        """
        found = kubectl.run(["logs", pod, self._space, f"--container={CONTAINER}", f"--tail={TAIL}"])
        return found.decode(errors="replace").rstrip()

    def follow(self, pod: str, since: str | None) -> list[str]:
        """Return the words of the command that prints the log of a pod line by line, each behind its time.

        Args:
            pod: its name.
            since: time of the first line, as an earlier line had it; None for all lines.
        """
        words = ["kubectl", "logs", pod, self._space, f"--container={CONTAINER}", "--follow", "--timestamps"]
        return [*words, f"--since-time={since}"] if since else words


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise Unusable("kubectl answered with something else than JSON: is it the program of Kubernetes?") from None
    if not isinstance(found, dict):
        raise Unusable("kubectl answered with something else than an object: is it the program of Kubernetes?")
    return found
