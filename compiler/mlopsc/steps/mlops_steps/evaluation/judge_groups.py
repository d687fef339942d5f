# SPDX-License-Identifier: MIT-0
"""Limits of groups of rows: slices that must be good enough, and groups that must not differ too much.

A group with too few rows, or without a class that the metric needs, is a notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from .checks import MAX, MIN, NOTICE, Check, Limit, number_text, rows_text

MAX_GAP = "max_gap"
ADVICE = "improve the model there or change the limit"


def slices(evaluation: Mapping[str, Any], tests: Mapping[str, Any]) -> Iterator[Check]:
    """Judge the limits of ``tests.slices``, group by group."""
    for name, test in tests.items():
        for group, found in evaluation["slices"][name]["groups"].items():
            for rule in (MIN, MAX):
                if rule in test:
                    yield _slice(name, test, rule, group, found)


def _slice(name: str, test: Mapping[str, Any], rule: str, group: str, found: Mapping[str, Any]) -> Check:
    metric, value, samples = test["metric"], found["value"], found["samples"]
    limit = Limit("slice", name, rule, test[rule], metric=metric, group=group, samples=samples)
    where = f"{test['column']} = {group}"
    unjudged = _unjudged(metric, found, test["min_samples"])
    if unjudged:
        message = f"slice {name}: where {where}, {unjudged}: its {rule} of {limit.limit:.6g} is not judged"
        return limit.check(NOTICE, message, value)
    what = f"slice {name}: {metric} is {number_text(value, limit.limit)} on the {rows_text(samples)} where {where}"
    return limit.judge(what, value, ADVICE)


def fairness(evaluation: Mapping[str, Any], tests: Mapping[str, Any]) -> Iterator[Check]:
    """Judge the gaps of ``tests.fairness``: the largest value of a group less the smallest one."""
    for name, test in tests.items():
        metric, column = test["metric"], test["column"]
        limit = Limit("fairness", name, MAX_GAP, test[MAX_GAP], metric=metric)
        groups, judged = evaluation["fairness"][name]["groups"], {}
        for group, found in groups.items():
            unjudged = _unjudged(metric, found, test["min_samples"])
            if unjudged:
                message = f"fairness {name}: where {column} = {group}, {unjudged}: the group is not compared"
                yield replace(limit, group=group, samples=found["samples"]).check(NOTICE, message)
            else:
                judged[group] = found["value"]
        if len(judged) < 2:
            message = f"fairness {name}: only {len(judged)} of {len(groups)} groups of {column} can be compared"
            yield limit.check(NOTICE, f"{message}: its max_gap of {limit.limit:.6g} is not judged")
            continue
        low, high = min(judged, key=judged.__getitem__), max(judged, key=judged.__getitem__)
        gap = judged[high] - judged[low]
        what = (
            f"fairness {name}: {metric} is {number_text(judged[high])} where {column} = {high} and "
            f"{number_text(judged[low])} where {column} = {low}, a gap of {number_text(gap, limit.limit)}"
        )
        samples = sum(groups[group]["samples"] for group in judged)
        yield replace(limit, samples=samples).judge(what, gap, ADVICE)


def _unjudged(metric: str, found: Mapping[str, Any], least: int) -> str:
    """Return why a group is not judged; empty when it is."""
    if found["samples"] < least:
        return f"there are {found['samples']} of at least {least} rows"
    if found["value"] is None:
        return f"{metric} is undefined on the {rows_text(found['samples'])}"
    return ""
