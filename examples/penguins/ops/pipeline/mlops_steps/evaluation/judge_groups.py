# SPDX-License-Identifier: MIT-0
"""Limits of groups of rows: slices that must be good enough, and groups that must not differ too much.

A group with too few rows, or without a class that the metric needs, is a notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .checks import FAILED, NOTICE, PASSED, ROUNDING, Check, number_text, rows_text

MIN, MAX, MAX_GAP = "min", "max", "max_gap"


def slices(evaluation: Mapping[str, Any], tests: Mapping[str, Any]) -> Iterator[Check]:
    """Judge the limits of ``tests.slices``, group by group."""
    for name, test in tests.items():
        for group, found in evaluation["slices"][name]["groups"].items():
            for rule in (MIN, MAX):
                if rule in test:
                    yield _slice(name, test, rule, group, found)


def _slice(name: str, test: Mapping[str, Any], rule: str, group: str, found: Mapping[str, Any]) -> Check:
    metric, value, limit, samples = test["metric"], found["value"], test[rule], found["samples"]

    def check(status: str, message: str) -> Check:
        return Check(
            kind="slice",
            name=name,
            rule=rule,
            value=value,
            limit=limit,
            status=status,
            message=f"slice {name}: {message}",
            metric=metric,
            group=group,
            samples=samples,
        )

    where = f"{test['column']} = {group}"
    unjudged = _unjudged(metric, found, test["min_samples"])
    if unjudged:
        return check(NOTICE, f"where {where}, {unjudged}: its {rule} of {limit:.6g} is not judged")
    what = f"{metric} is {number_text(value, limit)} on the {rows_text(samples)} where {where}"
    if value >= limit - ROUNDING if rule == MIN else value <= limit + ROUNDING:
        return check(PASSED, f"{what}, within the {rule} of {limit:.6g}")
    relation = "below" if rule == MIN else "above"
    return check(FAILED, f"{what}, {relation} the {rule} of {limit:.6g}: improve the model there or change the limit")


def fairness(evaluation: Mapping[str, Any], tests: Mapping[str, Any]) -> Iterator[Check]:
    """Judge the gaps of ``tests.fairness``: the largest value of a group less the smallest one."""
    for name, test in tests.items():
        metric, limit, column = test["metric"], test[MAX_GAP], test["column"]
        groups, left_out, judged = evaluation["fairness"][name]["groups"], [], {}
        for group, found in groups.items():
            unjudged = _unjudged(metric, found, test["min_samples"])
            if unjudged:
                message = f"fairness {name}: where {column} = {group}, {unjudged}: the group is not compared"
                left_out.append(
                    _fairness_check(name, test, None, NOTICE, message, group=group, samples=found["samples"])
                )
            else:
                judged[group] = found["value"]
        yield from left_out
        if len(judged) < 2:
            message = f"fairness {name}: only {len(judged)} of {len(groups)} groups of {column} can be compared"
            yield _fairness_check(name, test, None, NOTICE, f"{message}: its max_gap of {limit:.6g} is not judged")
            continue
        low, high = min(judged, key=judged.__getitem__), max(judged, key=judged.__getitem__)
        gap = judged[high] - judged[low]
        message = (
            f"fairness {name}: {metric} is {number_text(judged[high])} where {column} = {high} and "
            f"{number_text(judged[low])} where {column} = {low}, a gap of {number_text(gap, limit)}"
        )
        samples = sum(groups[group]["samples"] for group in judged)
        if gap <= limit + ROUNDING:
            message += f", within the max_gap of {limit:.6g}"
            yield _fairness_check(name, test, gap, PASSED, message, samples=samples)
        else:
            message += f", above the max_gap of {limit:.6g}: improve the model there or change the limit"
            yield _fairness_check(name, test, gap, FAILED, message, samples=samples)


def _fairness_check(
    name: str,
    test: Mapping[str, Any],
    value: float | None,
    status: str,
    message: str,
    group: str | None = None,
    samples: int | None = None,
) -> Check:
    return Check(
        kind="fairness",
        name=name,
        rule=MAX_GAP,
        value=value,
        limit=test[MAX_GAP],
        status=status,
        message=message,
        metric=test["metric"],
        group=group,
        samples=samples,
    )


def _unjudged(metric: str, found: Mapping[str, Any], least: int) -> str:
    """Return why a group is not judged; empty when it is."""
    if found["samples"] < least:
        return f"there are {found['samples']} of at least {least} rows"
    if found["value"] is None:
        return f"{metric} is undefined on the {rows_text(found['samples'])}"
    return ""
