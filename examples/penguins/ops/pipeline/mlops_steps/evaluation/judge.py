# SPDX-License-Identifier: MIT-0
"""Every limit of the spec against what the evaluation found. Pure: no files, no model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import judge_behaviour, judge_groups, judge_metrics
from .checks import Check


def judge(evaluation: Mapping[str, Any], tests: Mapping[str, Any], sampler: judge_metrics.Sampler) -> list[Check]:
    """Judge every limit.

    Args:
        evaluation: what the step "evaluate" found out.
        tests: section ``tests`` of ``config.json``.
        sampler: gives the draws that bounds are computed from.
    """
    return [
        *judge_metrics.judge(evaluation, tests["metrics"], sampler),
        *judge_groups.slices(evaluation, tests["slices"]),
        *judge_groups.fairness(evaluation, tests["fairness"]),
        *judge_behaviour.judge(evaluation, tests["behaviour"]),
    ]
