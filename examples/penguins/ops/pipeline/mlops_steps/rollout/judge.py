# SPDX-License-Identifier: MIT-0
"""The judgement of one step: were there enough requests, and does every value keep its limit?

There are three verdicts, since a value that nobody knows is no pass and no failure either: a ratio of latencies is NaN
while stable has no traffic, and a model without requests has no error rate. That there were no requests is a number as
well, 0; no answer to the question for it means that nothing is measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .conditions import Analysis
from .prometheus import DoubtfulError, Prometheus

PASSED, FAILED, UNDECIDED = "passed", "failed", "undecided"


@dataclass(frozen=True)
class Measured:
    """A value beside its limit.

    Attributes:
        check: its name.
        value: None when Prometheus has none that can be used, which includes NaN.
        max: the largest value that passes.
        doubt: what is wrong with the answer of Prometheus, if there is one that cannot be used.
    """

    check: str
    value: float | None
    max: float
    doubt: str = ""

    @property
    def verdict(self) -> str:
        """What the value says."""
        if self.value is None:
            return UNDECIDED
        return PASSED if self.value <= self.max else FAILED


@dataclass(frozen=True)
class Judgement:
    """What a step showed.

    Attributes:
        seconds: length of the time span that was looked at.
        requests: to the new model; None when nobody knows.
        min_requests: that were needed.
        measured: the values.
        doubt: what is wrong with the number of requests, if there is one that cannot be used.
    """

    seconds: float
    requests: float | None
    min_requests: float
    measured: tuple[Measured, ...]
    doubt: str = ""

    @property
    def enough(self) -> bool:
        """Whether there were as many requests as needed."""
        return self.requests is not None and self.requests >= self.min_requests

    @property
    def idle(self) -> bool:
        """Whether there were no requests at all, and none were needed: then there is nothing to measure."""
        return self.enough and self.requests == 0

    @property
    def verdict(self) -> str:
        """What the step says; a failure needs as many requests as a pass."""
        if not self.enough:
            return UNDECIDED
        verdicts = {measured.verdict for measured in self.measured}
        if FAILED in verdicts:
            return FAILED
        return UNDECIDED if UNDECIDED in verdicts and not self.idle else PASSED


def judge(prometheus: Prometheus, analysis: Analysis, seconds: float, *, extended: bool) -> Judgement:
    """Return what the last seconds showed.

    Args:
        prometheus: that is asked.
        analysis: what is asked.
        seconds: length of the time span.
        extended: whether that is longer than the queries say.

    Raises:
        UnansweredError: Prometheus does not answer.
    """

    def asked(query: str) -> tuple[float | None, str]:
        text = query.replace(f"[{analysis.window}]", f"[{math.ceil(seconds)}s]") if extended else query
        try:
            value = prometheus.number(text)
        except DoubtfulError as error:
            return None, str(error)
        return (None if value is None or math.isnan(value) else value), ""

    requests, doubt = asked(analysis.requests)
    found = [(check, *asked(check.query)) for check in analysis.checks]
    return Judgement(
        seconds=seconds,
        requests=requests,
        min_requests=analysis.min_requests,
        measured=tuple(Measured(check.name, value, check.max, doubt) for check, value, doubt in found),
        doubt=doubt,
    )
