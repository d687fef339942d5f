# SPDX-License-Identifier: MIT-0
"""Limits of metrics on all evaluation rows: smallest and largest value, and the drop against the champion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import bounds
from .bounds import Bound, Draws
from .checks import MAX, MIN, NOT_COMPARABLE, NOT_JUDGED, NOTICE, Check, Limit, number_text, rows_text

MAX_DROP = "max_drop"
ADVICE = "improve the model or change the limit"

Sampler = Callable[[str, bool], "Draws | None"]
"""Returns the draws of a metric; the second argument asks for the champion's beside them."""


def judge(evaluation: Mapping[str, Any], gates: Mapping[str, Any], sampler: Sampler) -> Iterator[Check]:
    """Judge the limits of ``tests.metrics``."""
    for name, gate in gates.items():
        for rule in (MIN, MAX):
            if rule in gate:
                yield from _absolute(evaluation, name, gate, rule, sampler)
        if MAX_DROP in gate:
            yield from _drop(evaluation, name, gate, sampler)


def _absolute(
    evaluation: Mapping[str, Any], name: str, gate: Mapping[str, Any], rule: str, sampler: Sampler
) -> Iterator[Check]:
    """Judge the smallest or largest value of a metric."""
    value, rows, confidence = evaluation["metrics"].get(name), evaluation["rows"], gate.get("confidence")
    limit = Limit("metric", name, rule, gate[rule], confidence=confidence, samples=rows)
    if value is None:
        message = f"{name} is undefined on the {rows_text(rows)}: its {rule} of {limit.limit:.6g} is not judged"
        yield limit.check(NOT_JUDGED, message)
        return
    what = f"{name} is {number_text(value, limit.limit)} on the {rows_text(rows)}"
    if confidence is None:
        yield limit.judge(what, value, ADVICE)
        return
    draws, bound = sampler(name, False), None
    if draws is not None:
        bound = (bounds.lower if rule == MIN else bounds.upper)(draws.candidate, confidence, draws.share)
    side = "lower" if rule == MIN else "upper"
    yield from _by_bound(limit, what, value, bound, f"{side} {confidence * 100:.6g}% bound")


def _drop(evaluation: Mapping[str, Any], name: str, gate: Mapping[str, Any], sampler: Sampler) -> Iterator[Check]:
    """Judge how much worse than the champion the model is."""
    champion, rows, confidence = evaluation["champion"], evaluation["rows"], gate.get("confidence")
    limit = Limit("champion", name, MAX_DROP, gate[MAX_DROP], confidence=confidence, samples=rows)
    if champion is None:
        message = f"there is no champion yet: of {name}, only absolute limits are judged, and no max_drop"
        yield limit.check(NOTICE, message)
        return
    ours, theirs = evaluation["metrics"].get(name), champion["metrics"].get(name)
    who = f"the champion {champion['version'][:12]}"
    if not champion["comparable"]:
        yield limit.check(NOT_COMPARABLE, f"{name} is not comparable with {who}: {champion['reason']}")
        return
    if ours is None:
        message = f"{name} is undefined on the {rows_text(rows)}: its drop against {who} is not judged"
        yield limit.check(NOT_JUDGED, message)
        return
    if theirs is None:
        message = (
            f"{name} is not comparable with {who}, which has no value for it: "
            "put its model into build/champion/model, so that it predicts these rows"
        )
        yield limit.check(NOT_COMPARABLE, message)
        return
    value = _worse(gate, ours, theirs)
    what = (
        f"{name} is {number_text(ours)} on the {rows_text(rows)}, {number_text(theirs)} for {who}: "
        f"a drop of {number_text(value, limit.limit)}"
    )
    if confidence is None:
        yield limit.judge(what, value, ADVICE)
        return
    draws, bound, name_of_bound = sampler(name, True), None, f"upper {confidence * 100:.6g}% bound"
    if draws is not None and draws.champion is None:
        message = (
            f"{what}, and there are no predictions of {who} to compute the {confidence * 100:.6g}% bound from: "
            "put them into build/champion/predictions.csv, or its model into build/champion/model"
        )
        yield limit.check(NOT_COMPARABLE, message, value)
        return
    if draws is not None:
        bound = bounds.upper(_worse(gate, draws.candidate, draws.champion), confidence)
    yield from _by_bound(limit, what, value, bound, name_of_bound)


def _by_bound(limit: Limit, what: str, value: float, bound: Bound | None, name: str) -> Iterator[Check]:
    """Judge a bound in place of the value.

    Args:
        limit: to judge it by.
        what: beginning of the message: the subject and its value.
        value: of the subject.
        bound: of it; None without draws.
        name: of the bound.
    """
    if bound is None or bound.value is None:
        why = "which takes two rows, or groups of rows, at least"
        if bound is not None:
            why = f"since {bound.undefined} of {bounds.DRAWS} bootstrap draws have no value"
        yield limit.check(NOT_JUDGED, f"{what}; it has no {name}, {why}: its {limit.rule} is not judged", value, bound)
        return
    if bound.basis == bounds.EQUAL:
        message = (
            f"{what}, and its {name} equals this value because all bootstrap draws are equal: it says nothing about "
            "chance; evaluate on more rows to know more"
        )
        yield limit.check(NOTICE, message, value, bound)
    exact = "exact " if bound.basis == bounds.EXACT else ""
    what += f", and its {exact}{name} is {number_text(bound.value, limit.limit)}"
    yield limit.judge(what, value, ADVICE, bound)


def _worse(gate: Mapping[str, Any], ours: Any, theirs: Any) -> Any:
    """Return how much worse the model is than the champion; either both numbers, or draws of both.

    A custom task has no table of directions: there the limit beside ``max_drop`` tells.
    """
    better = gate.get("better") or ("higher" if MIN in gate else "lower")
    return theirs - ours if better == "higher" else ours - theirs
