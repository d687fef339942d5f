# SPDX-License-Identifier: MIT-0
"""The champion: the model that a new one is compared with, as ``build/champion/`` holds it.

Two models are compared on the same rows only. The champion's predictions of these rows are those beside its release
record, when it was evaluated on the same ones, or its model predicts them now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..context import DELIVERY, Context
from ..refusal import Unusable
from ..release import record
from ..release.record import Evaluation, Release

if TYPE_CHECKING:
    import pandas as pd

PREDICTIONS = "predictions.csv"
"""File of ``build/champion`` with its predictions of the rows that it was evaluated on."""
SCORE = "put its model into build/champion/model, so that it is evaluated as this one is"
"""What to do about a champion that cannot be compared by what its release left."""
OTHER_ROWS = f"it was evaluated on other rows; {SCORE}"
OTHER_METHOD = (
    "its metrics mean something else, since task, output, classes, positive class or evaluation command changed after "
    f"its release; {SCORE}"
)
"""Why metrics and predictions that a champion's release left cannot be compared."""


class DoubtError(Exception):
    """The champion's predictions cannot be relied on; the message says why."""


class ScoringError(Exception):
    """The champion's model cannot predict the rows; the message says why."""


@dataclass(frozen=True)
class Comparison:
    """What is known of the champion on the evaluation rows.

    Attributes:
        table: its predictions, in the format of ``predictions.csv``; None when there are none.
        rescored: whether its model predicted now.
        reason: why it cannot be compared; empty when it can.
    """

    table: pd.DataFrame | None = None
    rescored: bool = False
    reason: str = ""


def read(folder: Path, project: str, *, needed: bool = False) -> Release | None:
    """Return the champion's release from ``release.json`` in a folder, None when there is no champion yet.

    Args:
        folder: usually ``build/champion``.
        project: name of the project that it must belong to.
        needed: whether the file must be there. The step "champion" writes it also when nothing was ever released, so
            that a champion which nobody fetched is not taken for one that does not exist.

    Raises:
        Refused: the file is no release record.
        Unusable: it is the record of another project, or missing and needed.
    """
    path = folder / "release.json"
    if not path.is_file():
        if needed:
            raise Unusable(f'{folder.name}/{path.name} is missing: run the step "champion" first')
        return None
    place = f"{folder.name}/{path.name}"
    found = record.read(path.read_text(encoding="utf-8"), place)
    if found.name != project:
        raise Unusable(f'{place} is of {found.name}, and this is {project}: run the step "champion", or remove it')
    return found.stable


def needed(context: Context) -> bool:
    """Return whether an evaluation makes no sense without knowing the champion: a delivery that compares with it."""
    tests = context.config["tests"]
    return (
        context.purpose == DELIVERY and "champion" in tests and any("max_drop" in g for g in tests["metrics"].values())
    )


def unrecorded(release: Release, tests: Mapping[str, Any]) -> bool:
    """Return whether its record lacks a metric that a limit compares, since that limit is newer than the release.

    Args:
        release: of the champion.
        tests: section ``tests`` of ``config.json``.
    """
    return any("max_drop" in gate and name not in release.metrics for name, gate in tests["metrics"].items())


def unlike(recorded: Evaluation, now: Evaluation) -> str:
    """Return why metrics of a champion's release cannot be compared; empty when they can.

    Args:
        recorded: on what its metrics were computed, and how.
        now: the same of this model.
    """
    if recorded.method != now.method:
        return OTHER_METHOD
    return OTHER_ROWS if recorded.digest != now.digest else ""


def compare(
    champion: Release,
    folder: Path,
    evaluation: Evaluation,
    read_table: Callable[[Path], pd.DataFrame | None],
    score: Callable[[Path], pd.DataFrame],
) -> Comparison:
    """Find the champion's predictions of the evaluation rows.

    Args:
        champion: its release.
        folder: holds its ``predictions.csv`` and its ``model/``, if somebody put them there.
        evaluation: on what this model is evaluated, and how.
        read_table: reads a table of predictions; None when these are not of the kind that this project makes now;
            raises `DoubtError`.
        score: lets a model predict the evaluation rows; raises `ScoringError`.
    """
    reason = unlike(champion.evaluation, evaluation)
    predictions, model = folder / PREDICTIONS, folder / "model"
    if not reason and predictions.is_file():
        try:
            table = read_table(predictions)
        except DoubtError as error:
            reason = str(error)
        else:
            if table is not None:
                return Comparison(table)
    if model.is_dir():
        try:
            return Comparison(score(model), rescored=True)
        except ScoringError as error:
            return Comparison(reason=f"its model cannot predict these rows: {error}")
    return Comparison(reason=reason)


def document(
    release: Release,
    metrics: Mapping[str, float | None],
    *,
    slices: Mapping[str, Any] | None = None,
    fairness: Mapping[str, Any] | None = None,
    rescored: bool = False,
    reason: str = "",
) -> dict[str, Any]:
    """Return what the result of the step "evaluate" says of the champion.

    Args:
        release: of the champion.
        metrics: its metrics on the evaluation rows; undefined ones are left out.
        slices: as of the model.
        fairness: as of the model.
        rescored: whether its model predicted now.
        reason: why it cannot be compared; empty when it can.
    """
    return {
        "release": release.id,
        "version": release.version,
        "comparable": not reason,
        "reason": reason or None,
        "rescored": rescored,
        "metrics": {name: value for name, value in metrics.items() if value is not None},
        "slices": dict(slices or {}),
        "fairness": dict(fairness or {}),
    }
