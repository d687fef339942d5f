# SPDX-License-Identifier: MIT-0
"""Whether the model may go on: reads what the step "evaluate" left, judges it, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..context import DELIVERY, Context
from ..refusal import Finding, Refused, Unusable
from ..results import NOT_JUDGED, PASSED
from . import bounds, checks, clusters, judge, report
from .bounds import Draws
from .checks import Check
from .evaluate import CHAMPION_PREDICTIONS, PREDICTIONS, read_rows
from .rows import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def run(context: Context) -> dict[str, Any]:
    """Judge the model.

    Raises:
        Refused: a limit is broken. In a delivery also: a limit could not be judged, or the champion not be compared.
        Unusable: an earlier step has not run.
    """
    evaluation, split = context.results.read("evaluate"), context.results.read("split")
    sample = split["sample"]
    found = judge.judge(evaluation, context.config["tests"], _no_draws if sample else _Sampler(context, split).draws)
    if sample:
        found = checks.on_sample(found)
    for line in report.lines(found, evaluation):
        context.console.say(f"  {line}")
    verdict = checks.verdict(found)
    result = {"verdict": verdict, "checks": [check.document() for check in found]}
    if sample and found:
        message = f"not judged: sample: the model was trained on {sample} rows only; a delivery judges all limits"
        context.notice("sample", "gate", message, rows=sample)
        return {**result, "status": NOT_JUDGED}
    refusing = checks.REFUSING if context.purpose == DELIVERY else (checks.FAILED,)
    for check in found:
        if check.status != checks.PASSED and check.status not in refusing:
            context.notice(check.rule, check.name, check.message, **_facts(check))
    refused = [
        Finding(check.rule, check.name, check.message, _facts(check)) for check in found if check.status in refusing
    ]
    if refused:
        raise Refused(refused, result)
    return {**result, "status": PASSED if verdict == checks.PASSED else NOT_JUDGED}


def _facts(check: Check) -> dict[str, Any]:
    return {name: value for name, value in check.document().items() if name not in ("name", "rule", "message")}


def _no_draws(metric: str, paired: bool) -> Draws | None:
    """Spare the bootstrap where nothing is judged."""
    return None


class _Sampler:
    """Bootstrap draws of the metrics of the project, each computed once."""

    def __init__(self, context: Context, split: Mapping[str, Any]) -> None:
        self._context, self._split = context, split
        self._known: dict[tuple[str, bool], Draws | None] = {}

    def draws(self, metric: str, paired: bool) -> Draws | None:
        """Return the draws of a metric, with those of the champion beside them when they are asked for and known."""
        champion = self._champion if paired else None
        key = (metric, champion is not None)
        if key not in self._known:
            model = self._context.config["model"]
            with self._context.console.counter(f"bootstrap of {metric}", bounds.DRAWS) as counter:
                self._known[key] = bounds.draw(
                    model["task"], metric, self._candidate, champion, model["seed"], self._groups, counter.advance
                )
        return self._known[key]

    @cached_property
    def _groups(self) -> NDArray[np.int64] | None:
        found = clusters.read(self._context)
        if found is None:
            return None
        if found.count < bounds.FEWEST_GROUPS:
            message = (
                f"bounds are computed from the {found.count} groups of {found.column} in the evaluation rows, and are "
                f"too narrow with fewer than {bounds.FEWEST_GROUPS}: evaluate on more groups"
            )
            self._context.notice("groups", found.column, message, groups=found.count)
        return found.numbers

    @cached_property
    def _candidate(self) -> Rows:
        found = read_rows(self._context, self._split, PREDICTIONS)
        if found is None:
            raise Unusable(f'build/evaluation/{PREDICTIONS} is missing: run the step "evaluate" again')
        return found

    @cached_property
    def _champion(self) -> Rows | None:
        return read_rows(self._context, self._split, CHAMPION_PREDICTIONS)
