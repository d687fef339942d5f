# SPDX-License-Identifier: MIT-0
"""Limits of how predictions react when a feature changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .checks import FAILED, NOTICE, PASSED, ROUNDING, Check, number_text

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
        yield Check("behaviour", name, INVARIANT_TO, changed, 0, status, message, samples=rows)
    for name, test in tests["directional"].items():
        yield _direction(name, test, found["directional"][name], rows)


def _direction(name: str, test: Mapping[str, Any], found: Mapping[str, Any], rows: int) -> Check:
    share, limit = found["share"], test["tolerance"]
    if share is None:
        status = NOTICE
        message = (
            f"the direction of {name} is not judged: it is constant in the training rows, or the predictions are "
            "classes without an order"
        )
    else:
        wrong = "fall" if test["expect"] == "increasing" else "rise"
        status = PASSED if share <= limit + ROUNDING else FAILED
        message = (
            f"{found['violations']} of {rows} predictions {wrong} when {name} rises, a share of "
            f"{number_text(share, limit)}, {'within' if status == PASSED else 'above'} the tolerance of {limit:.6g}"
        )
        if status == FAILED:
            message += ": improve the model or change the tolerance"
    return Check("behaviour", name, DIRECTIONAL, share, limit, status, message, samples=rows)


def _listed(values: list[Any]) -> str:
    words = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    return f"{', '.join(words[:-1])} or {words[-1]}"
