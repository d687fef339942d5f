# SPDX-License-Identifier: MIT-0
"""Limits of metrics on all evaluation rows: smallest and largest value, and the drop against the champion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import bounds
from .bounds import Bound, Draws
from .checks import FAILED, NOT_COMPARABLE, NOT_JUDGED, NOTICE, PASSED, ROUNDING, Check, number_text, rows_text

MIN, MAX, MAX_DROP = "min", "max", "max_drop"

Sampler = Callable[[str, bool], "Draws | None"]
"""Returns the draws of a metric; the second argument asks for the champion's beside them."""


def judge(evaluation: Mapping[str, Any], gates: Mapping[str, Any], sampler: Sampler) -> Iterator[Check]:
    """Judge the limits of ``tests.metrics``."""
    for name, gate in gates.items():
        for rule in (MIN, MAX):
            if rule in gate:
                yield _limit(evaluation, name, gate, rule, sampler)
        if MAX_DROP in gate:
            yield _drop(evaluation, name, gate, sampler)


def _limit(evaluation: Mapping[str, Any], name: str, gate: Mapping[str, Any], rule: str, sampler: Sampler) -> Check:
    """Judge the smallest or largest value of a metric."""
    value, limit, rows = evaluation["metrics"].get(name), gate[rule], evaluation["rows"]
    confidence = gate.get("confidence")
    bound: Bound | None = None

    def check(status: str, message: str) -> Check:
        return Check(
            kind="metric",
            name=name,
            rule=rule,
            value=value,
            limit=limit,
            status=status,
            message=message,
            confidence=confidence,
            samples=rows,
            **_of(bound),
        )

    if value is None:
        return check(
            NOT_JUDGED, f"{name} is undefined on the {rows_text(rows)}: its {rule} of {limit:.6g} is not judged"
        )
    what = f"{name} is {number_text(value, limit)} on the {rows_text(rows)}"
    judged = value
    if confidence is not None:
        draws = sampler(name, False)
        side = "lower" if rule == MIN else "upper"
        if draws is not None:
            bound = (bounds.lower if rule == MIN else bounds.upper)(draws.candidate, confidence)
        if bound is None or bound.value is None:
            return check(NOT_JUDGED, f"{what}; {_no_bound(side, confidence, bound)}: its {rule} is not judged")
        judged = bound.value
        what += f", and its {side} {confidence * 100:.6g}% bound is {number_text(judged, limit)}"
    if judged >= limit - ROUNDING if rule == MIN else judged <= limit + ROUNDING:
        return check(PASSED, f"{what}, within the {rule} of {limit:.6g}")
    relation = "below" if rule == MIN else "above"
    return check(FAILED, f"{what}, {relation} the {rule} of {limit:.6g}: improve the model or change the limit")


def _drop(evaluation: Mapping[str, Any], name: str, gate: Mapping[str, Any], sampler: Sampler) -> Check:
    """Judge how much worse than the champion the model is."""
    champion, limit, rows = evaluation["champion"], gate[MAX_DROP], evaluation["rows"]
    confidence = gate.get("confidence")
    value: float | None = None
    bound: Bound | None = None

    def check(status: str, message: str) -> Check:
        return Check(
            kind="champion",
            name=name,
            rule=MAX_DROP,
            value=value,
            limit=limit,
            status=status,
            message=message,
            confidence=confidence,
            samples=rows,
            **_of(bound),
        )

    if champion is None:
        return check(NOTICE, f"there is no champion yet: of {name}, only absolute limits are judged, and no max_drop")
    ours, theirs = evaluation["metrics"].get(name), champion["metrics"].get(name)
    who = f"the champion {champion['version'][:12]}"
    if not champion["comparable"]:
        return check(NOT_COMPARABLE, f"{name} is not comparable with {who}: {champion['reason']}")
    if ours is None:
        return check(NOT_JUDGED, f"{name} is undefined on the {rows_text(rows)}: its drop against {who} is not judged")
    if theirs is None:
        return check(
            NOT_COMPARABLE,
            f"{name} is not comparable with {who}, which has no value for it: "
            "put its model into build/champion/model, so that it predicts these rows",
        )
    value = _worse(gate, ours, theirs)
    what = (
        f"{name} is {number_text(ours)} on the {rows_text(rows)}, {number_text(theirs)} for {who}: "
        f"a drop of {number_text(value, limit)}"
    )
    judged = value
    if confidence is not None:
        draws = sampler(name, True)
        if draws is not None and draws.champion is None:
            return check(
                NOT_COMPARABLE,
                f"{what}, and there are no predictions of {who} to compute the {confidence * 100:.6g}% bound from: "
                "put them into build/champion/predictions.csv, or its model into build/champion/model",
            )
        if draws is not None:
            bound = bounds.upper(_worse(gate, draws.candidate, draws.champion), confidence)
        if bound is None or bound.value is None:
            return check(NOT_JUDGED, f"{what}; {_no_bound('upper', confidence, bound)}: it is not judged")
        judged = bound.value
        what += f", and its upper {confidence * 100:.6g}% bound is {number_text(judged, limit)}"
    if judged <= limit + ROUNDING:
        return check(PASSED, f"{what}, within the max_drop of {limit:.6g}")
    return check(FAILED, f"{what}, above the max_drop of {limit:.6g}: improve the model or change the limit")


def _worse(gate: Mapping[str, Any], ours: Any, theirs: Any) -> Any:
    """Return how much worse the model is than the champion; either both numbers, or draws of both.

    A custom task has no table of directions: there the limit beside ``max_drop`` tells. Of a metric without a better
    direction, every change is one for the worse.
    """
    better = gate.get("better") or ("higher" if MIN in gate else "lower")
    if better == "higher":
        return theirs - ours
    if better == "lower":
        return ours - theirs
    return abs(theirs - ours)


def _of(bound: Bound | None) -> dict[str, Any]:
    return {} if bound is None else {"bound": bound.value, "undefined": bound.undefined or None}


def _no_bound(side: str, confidence: float, bound: Bound | None) -> str:
    of = f"it has no {side} {confidence * 100:.6g}% bound"
    if bound is None:
        return f"{of}, which takes two rows at least"
    return f"{of}, since {bound.undefined} of {bounds.DRAWS} bootstrap draws have no value"
