# SPDX-License-Identifier: MIT-0
"""What ``rollout.json`` says beside the steps: how long they last, what judges them, and how to tell what is live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..refusal import Unusable
from ..release.plan import Plan, Step

SHADOW, BLUE_GREEN = "shadow", "blue_green"
GIT = "git"
"""The controller that moves from step to step by commits."""

PUSH = "push"
ONLINE = "online"


@dataclass(frozen=True)
class Check:
    """A limit.

    Attributes:
        name: such as ``error-rate``.
        query: PromQL; one number.
        max: the largest value that passes.
    """

    name: str
    query: str
    max: float


@dataclass(frozen=True)
class Analysis:
    """What judges a step.

    Attributes:
        query_url: of Prometheus.
        window: time span of the queries, as they spell it: ``10m``.
        min_requests: that the new model must have had.
        requests: query for their number.
        checks: the limits.
    """

    query_url: str
    window: str
    min_requests: float
    requests: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Live:
    """Queries that count the copies which run, by version.

    Attributes:
        query_url: of Prometheus.
        queries: by track.
    """

    query_url: str
    queries: Mapping[str, str]


@dataclass(frozen=True)
class Conditions:
    """The conditions of a release.

    Attributes:
        mode: ``online``, or ``batch`` where no server answers.
        gitops: what brings the branch to the cluster: ``argocd``, ``flux``, ``push``; None when nobody knows.
        controller: who moves from step to step: ``git`` or ``argo-rollouts``.
        strategy: ``canary``, ``rolling``, ``blue_green`` or ``shadow``.
        steps: in order; empty where a release replaces the last one at once, or another controller does it.
        pause: seconds of each step of a canary.
        soak: seconds of the last step of a blue-green release.
        url: where the model answers; None when it cannot be reached.
        live: None without a Prometheus.
        live_timeout: seconds without progress after which a version does not come any more.
        analysis: None without a Prometheus, or where nothing is judged.
    """

    mode: str
    gitops: str | None
    controller: str
    strategy: str
    steps: tuple[Step, ...]
    pause: float
    soak: float
    url: str | None
    live: Live | None
    live_timeout: float
    analysis: Analysis | None

    @property
    def by_kubectl(self) -> bool:
        """Whether a move ends only when all copies run, since it waits for ``kubectl rollout status``."""
        return self.gitops == PUSH and self.controller == GIT

    def after(self, weight: int) -> Step | None:
        """Return the step that follows a weight; None after the last one."""
        return next((step for step in self.steps if step.weight > weight), None)

    def lasts(self, weight: int) -> float:
        """Return how many seconds a step lasts; one without traffic has nothing to show."""
        return 0.0 if weight == 0 else self.soak if self.strategy == BLUE_GREEN else self.pause


def read(plan: Plan) -> Conditions:
    """Return the conditions that a plan holds.

    Raises:
        Unusable: the file was edited, or is of a version of mlopsc that did not write them.
    """
    document = plan.document
    try:
        return Conditions(
            mode=document["mode"],
            gitops=document["gitops"],
            controller=document["controller"],
            strategy=document["strategy"],
            steps=plan.steps,
            pause=float(document["pause_seconds"]),
            soak=float(document["soak_seconds"]),
            url=document["url"],
            live=_live(document["live"]),
            live_timeout=float(document["live_timeout_seconds"]),
            analysis=_analysis(document["analysis"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable(
            f'rollout.json of the release cannot be used ({error!r}): run "mlopsc compile", commit what it writes and '
            "release that"
        ) from None


def _live(document: Mapping[str, Any] | None) -> Live | None:
    if document is None:
        return None
    return Live(document["query_url"], {track: document[track] for track in ("stable", "canary")})


def _analysis(document: Mapping[str, Any] | None) -> Analysis | None:
    if document is None:
        return None
    return Analysis(
        query_url=document["query_url"],
        window=document["window"],
        min_requests=float(document["min_requests"]),
        requests=document["requests"],
        checks=tuple(Check(check["name"], check["query"], float(check["max"])) for check in document["checks"]),
    )
