# SPDX-License-Identifier: MIT-0
"""What the gate said of the limits of one metric, group or test, as cells of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..evaluation import checks
from .figures import exact, figure

Check = Mapping[str, Any]
"""A limit that the gate judged, as in its result."""

NO_LIMIT = "no limit"

_WORDS = {
    checks.PASSED: "passed",
    checks.FAILED: "**failed**",
    checks.NOT_COMPARABLE: "not comparable",
    checks.NOT_JUDGED: "not judged",
    checks.NOTICE: "not judged",
}
_WORST_FIRST = (checks.FAILED, checks.NOT_COMPARABLE, checks.NOT_JUDGED, checks.PASSED, checks.NOTICE)


def grouped(found: Iterable[Check], key: str) -> dict[str | None, list[Check]]:
    """Return the checks by the value of a key; those without it under None."""
    groups: dict[str | None, list[Check]] = {}
    for check in found:
        groups.setdefault(check.get(key), []).append(check)
    return groups


def limits(found: Sequence[Check]) -> str:
    """Return all limits, each with the bound that is judged in place of the value."""
    return ", ".join(_limit(check) for check in _once(found))


def statuses(found: Sequence[Check]) -> str:
    """Return how the limits ended: one word when all ended alike."""
    ended = {check["rule"]: _WORDS[_status(found, check["rule"])] for check in _once(found)}
    if not ended:
        return NO_LIMIT
    if len(set(ended.values())) == 1:
        return next(iter(ended.values()))
    return ", ".join(f"{rule} {word}" for rule, word in ended.items())


def is_trouble(found: Sequence[Check]) -> bool:
    """Return whether a limit did not pass, and was not merely without anything to judge."""
    return any(check["status"] in checks.REFUSING for check in found)


def limits_of(found: Sequence[Check]) -> list[float]:
    """Return the limits that the value itself is judged by, which numbers must not be rounded across."""
    return [check["limit"] for check in found if check["kind"] != "champion"]


def _once(found: Sequence[Check]) -> list[Check]:
    """Return one check for each limit; besides its judgement it may have a notice."""
    return list({check["rule"]: check for check in found}.values())


def _status(found: Sequence[Check], rule: str) -> str:
    ended = {check["status"] for check in found if check["rule"] == rule}
    return next(status for status in _WORST_FIRST if status in ended)


def _limit(check: Check) -> str:
    text = f"{check['rule']} {exact(check['limit'])}"
    bound, confidence = check.get("bound"), check.get("confidence")
    if bound is None or confidence is None:
        return text
    side = "lower" if check["rule"] == checks.MIN else "upper"
    return f"{text} ({side} {confidence * 100:.6g}% bound: {figure(bound, check['limit'])})"
