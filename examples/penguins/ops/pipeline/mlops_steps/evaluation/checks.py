# SPDX-License-Identifier: MIT-0
"""What the gate says of one limit, and of all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bounds import Bound

PASSED, FAILED, NOTICE = "passed", "failed", "notice"
NOT_JUDGED, NOT_COMPARABLE = "not-judged", "not-comparable"

MIN, MAX = "min", "max"
"""Rules of the smallest and of the largest value; all other limits are largest values under names of their own."""

REFUSING = (FAILED, NOT_COMPARABLE, NOT_JUDGED)
"""The first of these that some check ends with is the verdict; without any, the model passed."""

ROUNDING = 1e-12
"""Differences of floating point numbers that are no differences: 0.92 - 0.9 is above 0.02."""


@dataclass(frozen=True)
class Check:
    """One limit, judged.

    Attributes:
        kind: ``metric``, ``champion``, ``slice``, ``fairness`` or ``behaviour``.
        name: the metric, or the name of the test in the spec.
        rule: the limit by its name in the spec.
        value: what is judged: the metric, its drop, the gap, the number or the share of rows; None if undefined.
        limit: the limit.
        status: ``passed``; ``failed``; ``notice``: nothing to judge, which stops nothing; ``not-judged`` and
            ``not-comparable``: nobody knows, so that the model has not passed.
        message: one sentence.
        metric: the metric of a slice or a comparison of groups.
        group: the group that a slice judges.
        bound: the one-sided bound that is judged in place of the value.
        confidence: of this bound, a fraction.
        samples: number of rows.
        undefined: number of bootstrap draws without a value.
    """

    kind: str
    name: str
    rule: str
    value: float | None
    limit: float
    status: str
    message: str
    metric: str | None = None
    group: str | None = None
    bound: float | None = None
    confidence: float | None = None
    samples: int | None = None
    undefined: int | None = None

    def document(self) -> dict[str, Any]:
        """Return the check as it stands in the result file; what does not apply is left out."""
        always = {"kind", "name", "rule", "value", "limit", "status", "message"}
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in pairs if name in always or value is not None}


@dataclass(frozen=True)
class Limit:
    """One limit of the spec, to be judged; the attributes are those of `Check`."""

    kind: str
    name: str
    rule: str
    limit: float
    metric: str | None = None
    group: str | None = None
    confidence: float | None = None
    samples: int | None = None

    def check(self, status: str, message: str, value: float | None = None, bound: Bound | None = None) -> Check:
        """Return the check with a status, and what is known of the value."""
        return Check(
            **{field.name: getattr(self, field.name) for field in fields(self)},
            value=value,
            status=status,
            message=message,
            bound=None if bound is None else bound.value,
            undefined=None if bound is None else bound.undefined or None,
        )

    def judge(self, what: str, value: float, advice: str, bound: Bound | None = None) -> Check:
        """Return the check of a value, or of a bound that has one, against the limit.

        Args:
            what: beginning of the message: the subject and its value.
            value: of the subject.
            advice: what to do about a value beyond the limit.
            bound: judged in place of the value.
        """
        judged = value if bound is None or bound.value is None else bound.value
        limit = f"the {self.rule} of {self.limit:.6g}"
        if judged >= self.limit - ROUNDING if self.rule == MIN else judged <= self.limit + ROUNDING:
            return self.check(PASSED, f"{what}, within {limit}", value, bound)
        relation = "below" if self.rule == MIN else "above"
        return self.check(FAILED, f"{what}, {relation} {limit}: {advice}", value, bound)


def on_sample(checks: Sequence[Check]) -> list[Check]:
    """Return the checks of a model that was trained on a sample: the values stand, and none of them is judged."""
    return [replace(check, status=NOT_JUDGED, message="not judged: sample") for check in checks]


def verdict(checks: Sequence[Check]) -> str:
    """Return what all checks together say."""
    found = {check.status for check in checks}
    return next((status for status in REFUSING if status in found), PASSED)


def rows_text(count: int) -> str:
    """Return a number of evaluation rows in words."""
    return "1 evaluation row" if count == 1 else f"{count} evaluation rows"


def number_text(value: float, limit: float | None = None) -> str:
    """Return a number for people: six significant digits, more where they are needed to tell it from its limit."""
    short = f"{value:.6g}"
    return f"{value:.12g}" if limit is not None and float(short) == limit else short
