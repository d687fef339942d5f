# SPDX-License-Identifier: MIT-0
"""Waiting for a training: its log and its state for people, and its end."""

from __future__ import annotations

import time

from ..console import Console
from ..refusal import Refused, Unusable, refuse
from . import status
from .jobs import Jobs
from .logs import Log
from .manifests import Training
from .status import Ended, Object

INTERVAL = 5.0  # seconds between two questions
PATIENCE = 300.0  # seconds without any answer before giving up
_MARGIN = 300.0  # seconds that the cluster has to say that the time of a training is over
_LAST_LINES = 10.0  # seconds that the log has to come to its end
_SHOWN = 3  # workers whose logs are shown when they failed


class Wait:
    """Waits for the end of a training.

    Args:
        training: the training.
        jobs: asks the cluster about it.
        console: takes the log of the first worker, and why a worker does not start.
        seconds: longest time to wait; None for as long as the cluster lets it run.
    """

    def __init__(self, training: Training, jobs: Jobs, console: Console, seconds: float | None) -> None:
        self._training, self._jobs, self._console = training, jobs, console
        self._seconds = training.seconds + _MARGIN if seconds is None else seconds
        self._log: Log | None = None
        self._told: set[tuple[int, str]] = set()

    def end(self) -> list[Object]:
        """Wait, and return the pods of the training that succeeded.

        Raises:
            Refused: it failed, ran out of its time, or took longer than this waits.
            Unusable: the cluster does not answer any more, or the Job is gone.
        """
        try:
            ended, pods = self._ended()
            if self._log is not None:
                self._log.finish(_LAST_LINES)
        finally:
            if self._log is not None:
                self._log.stop()
        if ended.kind == status.COMPLETE:
            return pods
        raise self._failure(ended, pods)

    def _ended(self) -> tuple[Ended, list[Object]]:
        start = time.monotonic()
        answered = start
        while True:
            try:
                found = self._look()
                answered = time.monotonic()
            except Unusable as error:
                if time.monotonic() - answered > PATIENCE:
                    message = (
                        f"{error}; the training {self._training.name} goes on, and the same command finds it again"
                    )
                    raise Unusable(message) from None
                found = None
            if found is not None:
                return found
            if time.monotonic() - start > self._seconds:
                self._jobs.delete()
                message = (
                    f"the training {self._training.name} did not end within {self._seconds:g} s and is deleted: see "
                    "execution.train.timeout, or wait longer with --timeout"
                )
                raise refuse("timeout", self._training.name, message, limit=self._seconds)
            time.sleep(INTERVAL)

    def _look(self) -> tuple[Ended, list[Object]] | None:
        job = self._jobs.find()
        if job is None:
            name = self._training.name
            raise refuse("job", name, f"the Job {name} is gone: somebody deleted it; submit the training once more")
        ended = status.ended(job)
        pods = self._jobs.pods()
        for pod in pods:
            self._tell(pod)
        first = status.newest(pods, 0)
        if first is not None and status.phase(first) != "Pending":
            self._follow(str(first["metadata"]["name"]), over=status.phase(first) != "Running")
        return None if ended is None else (ended, pods)

    def _tell(self, pod: Object) -> None:
        """Say why a worker does not start, each reason once."""
        told = (status.number(pod), status.waits_for(pod))
        if told[1] and told not in self._told:
            self._told.add(told)
            self._console.say(f"  worker {told[0]} waits: {told[1]}")

    def _follow(self, pod: str, *, over: bool) -> None:
        if self._log is None or self._log.pod != pod:
            if self._log is not None:
                self._log.finish(_LAST_LINES)
                self._console.say("  the cluster started the first worker again")
            self._log = Log(self._jobs, pod, self._console)
        self._log.follow(over=over)

    def _failure(self, ended: Ended, pods: list[Object]) -> Refused:
        name = self._training.name
        if ended.reason == status.DEADLINE:
            why = f"it took longer than {self._training.seconds} s, see execution.train.timeout"
        else:
            why = " ".join(filter(None, (ended.reason or ended.kind, ended.message)))
        failed = [pod for pod in pods if status.phase(pod) == "Failed"]
        parts = [f"the training {name} failed: {why}", *(self._last_words(pod) for pod in failed[:_SHOWN])]
        if not failed and self._log is not None:
            parts.append("\n".join(["worker 0 said last:", *self._log.tail]))
        return refuse("training", name, "\n".join(parts), reason=ended.reason)

    def _last_words(self, pod: Object) -> str:
        name = str(pod["metadata"]["name"])
        if self._log is not None and self._log.pod == name:
            said = "\n".join(self._log.tail)
        else:
            try:
                said = self._jobs.log(name)
            except Unusable:  # its node is gone, and the log with it
                said = status.message_of(pod)
        return f"worker {status.number(pod)}: {status.exit_of(pod) or 'failed'}\n{said}".rstrip()
