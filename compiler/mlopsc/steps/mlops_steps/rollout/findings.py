# SPDX-License-Identifier: MIT-0
"""Why a rollout says no: each reason with the check, the value, the limit and the step."""

from __future__ import annotations

from collections.abc import Iterator

from ..refusal import Finding
from .judge import FAILED, UNDECIDED, Judgement, Measured


def of(version: str, weight: int, judgement: Judgement) -> list[Finding]:
    """Return why a step does not pass.

    Args:
        version: of the model.
        weight: share of its traffic, in percent.
        judgement: of the step, which did not pass.
    """
    return list(_reasons(version, weight, judgement))


def _reasons(version: str, weight: int, judgement: Judgement) -> Iterator[Finding]:
    facts = {"weight": weight, "requests": judgement.requests, "window_seconds": judgement.seconds}
    step = f"at {weight}% of the traffic"
    span = f"in {judgement.seconds:g} s"
    if judgement.requests is None:
        why = judgement.doubt or "look whether Prometheus still has the metrics that the query names"
        yield Finding(
            "min_requests",
            version,
            f"nobody knows how many requests {version} had {step} {span}, and {number(judgement.min_requests)} are "
            f"needed to judge it: {why}",
            {**facts, "min": judgement.min_requests},
        )
    elif not judgement.enough:
        yield Finding(
            "min_requests",
            version,
            f"{version} had {number(judgement.requests)} requests {step} {span}, and {number(judgement.min_requests)} "
            "are needed to judge it: release it when there is more traffic, or change pause and min_requests of "
            "deployment.strategy.canary",
            {**facts, "min": judgement.min_requests},
        )
    for item in judgement.measured:
        known = {**facts, "check": item.check, "value": item.value, "max": item.max}
        if item.verdict == FAILED:
            shown = f"{number(item.value)}, and the limit is {number(item.max)}"
            enough = f"{number(judgement.requests)} requests"
            yield Finding(item.check, version, f"{item.check} of {version} {step} is {shown} ({enough} {span})", known)
        elif item.verdict == UNDECIDED and judgement.enough:
            yield Finding(item.check, version, f"{item.check} of {version} {step} {_unknown(item, span)}", known)


def _unknown(item: Measured, span: str) -> str:
    why = item.doubt or (
        "it compares both models, so both need requests"
        if item.check == RATIO
        else "look whether Prometheus still has the metrics that the query names"
    )
    value = "no value that can be used" if item.doubt else "no value"
    return f"has {value} {span}, and the limit is {number(item.max)}: {why}"


RATIO = "latency-ratio"
"""The check that compares the new model with the old one."""


def number(value: float | None) -> str:
    """Return a number for people, with the digits that count."""
    if value is None:
        return "none"
    return f"{value:.0f}" if value.is_integer() else f"{value:.4g}"
