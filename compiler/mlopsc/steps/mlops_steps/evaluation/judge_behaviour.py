# SPDX-License-Identifier: MIT-0
"""Limits of how predictions react when a feature changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .checks import FAILED, NOTICE, PASSED, ROUNDING, Check, Limit, number_text

INVARIANT_TO, DIRECTIONAL = "invariant_to", "directional"


def judge(evaluation: Mapping[str, Any], tests: Mapping[str, Any]) -> Iterator[Check]:
    """Judge the limits of ``tests.behaviour``."""
    rows, found = evaluation["rows"], evaluation["behaviour"]
    for name, values in tests["invariant_to"].items():
        changed = found["invariant_to"][name]["changed"]
        message = f"{changed} of {rows} predictions depend on whether {name} is {_listed(values)}, and none may"
        status = FAILED if changed else PASSED
        if changed:
            message += ": keep the model from using it or drop the test"
        yield Limit("behaviour", name, INVARIANT_TO, 0, samples=rows).check(status, message, changed)
    for name, test in tests["directional"].items():
        yield _direction(name, test, found["directional"][name])


def _direction(name: str, test: Mapping[str, Any], found: Mapping[str, Any]) -> Check:
    share, rows = found["share"], found["rows"]
    limit = Limit("behaviour", name, DIRECTIONAL, test["tolerance"], samples=rows)
    if share is None:
        why = "it is constant in the training rows, or the predictions are classes without an order"
        if not rows:
            why = "no evaluation row has a value of it"
        return limit.check(NOTICE, f"the direction of {name} is not judged: {why}")
    wrong = "fall" if test["expect"] == "increasing" else "rise"
    what = (
        f"{found['violations']} of {rows} predictions {wrong} when {name} rises, a share of "
        f"{number_text(share, limit.limit)}"
    )
    if share <= limit.limit + ROUNDING:
        return limit.check(PASSED, f"{what}, within the tolerance of {limit.limit:.6g}", share)
    advice = "improve the model or change the tolerance"
    return limit.check(FAILED, f"{what}, above the tolerance of {limit.limit:.6g}: {advice}", share)


def _listed(values: list[Any]) -> str:
    words = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    return f"{', '.join(words[:-1])} or {words[-1]}"
