# SPDX-License-Identifier: MIT-0
"""The trial of one step: it lasts, and what was measured meanwhile is judged."""

from __future__ import annotations

from dataclasses import dataclass

from ..context import Context
from ..refusal import Finding, Unusable
from ..release.record import Release
from . import findings, judge, live
from .clock import Clock
from .conditions import Analysis, Conditions
from .course import Course
from .endings import TakenBackError
from .journal import Judged
from .judge import Judgement
from .live import STABLE
from .patience import Patience
from .prometheus import Prometheus, UnansweredError

EXTENSIONS = 2
"""How often a step is given the same time once more, when it cannot be judged yet."""


@dataclass(frozen=True)
class Trial:
    """Tries a release.

    Attributes:
        context: of the step.
        course: of the release.
        release: that is tried.
        conditions: from its plan.
        clock: tells the time and passes it.
        patience: with Prometheus.
    """

    context: Context
    course: Course
    release: Release
    conditions: Conditions
    clock: Clock
    patience: Patience

    def must_be_possible(self) -> None:
        """Make sure that Prometheus answers before anything moves.

        Raises:
            Unusable: it does not.
        """
        analysis, known = self.conditions.analysis, self.conditions.live
        try:
            if analysis is not None:
                self._ask_once(analysis.query_url, analysis.requests)
            if known is not None:
                self._ask_once(known.query_url, known.queries[STABLE])
        except UnansweredError as error:
            raise Unusable(
                f"Prometheus cannot judge {self.course.name}: {error}; nothing was started, so let this machine reach "
                "it and run the same again"
            ) from None

    def must_pass(self, weight: int) -> None:
        """Return when a step passes its analysis.

        Args:
            weight: share of the traffic that the release has, in percent.

        Raises:
            TakenBackError: it does not pass, or nobody can judge it.
        """
        seconds, analysis = self.conditions.lasts(weight), self.conditions.analysis
        if not seconds:
            return
        if analysis is None:
            self.context.notice(
                "analysis",
                self.course.environment,
                f"nothing measures {self.course.name} at {weight}% of the traffic, so that only time passes: set "
                "monitoring.prometheus.query_url",
            )
            self.course.wait(seconds)
            return
        judgement = self._judgement(analysis, weight, seconds)
        if judgement.verdict != judge.PASSED:
            raise TakenBackError(
                findings.of(self.release.version, weight, judgement),
                allow_again=judgement.verdict == judge.UNDECIDED,
            )
        if judgement.idle:
            self.context.notice(
                "min_requests",
                self.course.environment,
                f"{self.course.name} had no request at {weight}% of the traffic, and min_requests is 0: nothing was "
                "measured",
            )

    def _judgement(self, analysis: Analysis, weight: int, seconds: float) -> Judgement:
        """Let a step last, longer when it cannot be judged yet, and return what it showed."""
        for number in range(1, EXTENSIONS + 2):
            self.context.console.say(f"  {weight}% of the traffic for {seconds:g} s")
            self.course.wait(seconds)
            judgement = self._judge(analysis, weight, number * seconds, extended=number > 1)
            self.course.journal.judged.append(Judged(weight, judgement))
            if judgement.verdict != judge.UNDECIDED:
                break
            if number <= EXTENSIONS:
                for finding in findings.of(self.release.version, weight, judgement):
                    self.context.console.say(f"  not yet: {finding.message}")
        return judgement

    def _judge(self, analysis: Analysis, weight: int, seconds: float, *, extended: bool) -> Judgement:
        prometheus = Prometheus(analysis.query_url)
        try:
            return self.patience.with_prometheus(
                lambda: judge.judge(prometheus, analysis, seconds, extended=extended), self.course.wait
            )
        except UnansweredError as error:
            message = (
                f"nobody can judge {self.course.name} at {weight}% of the traffic: {error}; let this machine reach "
                "Prometheus and run the same again"
            )
            finding = Finding("prometheus", self.course.environment, message, {"weight": weight})
            raise TakenBackError([finding], allow_again=True) from None

    def _ask_once(self, url: str, query: str) -> None:
        prometheus = Prometheus(url)
        self.patience.with_prometheus(lambda: prometheus.numbers(query, live.RELEASE), self.clock.sleep)
