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

from ..release import record
from ..release.record import Release

if TYPE_CHECKING:
    import pandas as pd


OTHER_ROWS = "it was evaluated on other rows; put its model into build/champion/model, so that it predicts these"
"""Why a champion cannot be compared of which only the metrics on other rows are known."""


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


def read(folder: Path) -> Release | None:
    """Return the champion's release from ``release.json`` in a folder, None when there is no champion yet.

    Raises:
        Refused: the file is no release record.
    """
    path = folder / "release.json"
    if not path.is_file():
        return None
    return record.read(path.read_text(encoding="utf-8"), f"{folder.name}/{path.name}").stable


def compare(
    champion: Release,
    folder: Path,
    digest: str,
    read_table: Callable[[Path], pd.DataFrame | None],
    score: Callable[[Path], pd.DataFrame],
) -> Comparison:
    """Find the champion's predictions of the evaluation rows.

    Args:
        champion: its release.
        folder: holds its ``predictions.csv`` and its ``model/``, if somebody put them there.
        digest: of the evaluation rows.
        read_table: reads a table of predictions; None when these are not of the kind that this project makes now.
        score: lets a model predict the evaluation rows; raises `ScoringError`.
    """
    same = champion.evaluation == digest
    predictions, model = folder / "predictions.csv", folder / "model"
    table = read_table(predictions) if same and predictions.is_file() else None
    if table is not None:
        return Comparison(table)
    if model.is_dir():
        try:
            return Comparison(score(model), rescored=True)
        except ScoringError as error:
            return Comparison(reason=f"its model cannot predict these rows: {error}")
    if same:
        return Comparison()
    return Comparison(reason=OTHER_ROWS)


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
