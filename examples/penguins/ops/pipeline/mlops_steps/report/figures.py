# SPDX-License-Identifier: MIT-0
"""Numbers for people: few digits, and as many more as it takes not to look like what they are not."""

from __future__ import annotations

from ..evaluation.checks import ROUNDING

DIGITS = 4
_MOST = 17  # digits that tell any two floating point numbers apart
UNDEFINED = "undefined"


def figure(value: float | None, *others: float | None) -> str:
    """Return a number with four significant digits, and those before the point.

    More are shown where it would else look equal to, or be on the other side of, a number that it stands beside and
    does not equal: 0.89999 is not 0.9 where 0.9 is the limit, and nothing but 1 is 1.

    Args:
        value: the number; None when it is undefined.
        others: numbers that it is compared with: a limit, the same figure of another model.
    """
    if value is None:
        return UNDEFINED
    beside = [other for other in (1.0, *others) if other is not None and abs(value - other) > ROUNDING]
    least = max(DIGITS, len(str(int(abs(value)))) if abs(value) < 10**_MOST else DIGITS)
    for digits in range(least, _MOST):
        text = f"{value:.{digits}g}"
        if all(_apart(float(text), value, other, digits) for other in beside):
            return text
    return repr(value)


def change(now: float | None, before: float | None, limit: float | None = None) -> str:
    """Return how much a number changed, with its sign; empty when one of the two is undefined.

    Args:
        now: the number.
        before: what it was.
        limit: of the change, in either direction.
    """
    if now is None or before is None:
        return ""
    difference = now - before
    if abs(difference) <= ROUNDING:
        return "0"
    text = figure(difference, *(() if limit is None else (limit, -limit)))
    return text if difference < 0 else f"+{text}"


def exact(value: float) -> str:
    """Return a number as the spec has it."""
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)


def _apart(shown: float, value: float, other: float, digits: int) -> bool:
    """Return whether a rounded number is on its side of another one, also when that is rounded as well."""
    rounded = float(f"{other:.{digits}g}")
    return all(shown > reference if value > other else shown < reference for reference in (other, rounded))
