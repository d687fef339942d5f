# SPDX-License-Identifier: MIT-0
"""The rows that train and evaluate, as the steps after the split read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..context import Context
from ..refusal import Finding, Refused, Unusable
from . import columns as spec
from . import types
from .origin import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

TRAIN, EVALUATE = "train", "evaluate"


def path(context: Context, side: str) -> Path:
    """Return where the rows of a side lie, ``train`` or ``evaluate``."""
    return context.build / "data" / f"{side}.parquet"


def path_of_dataset(context: Context, name: str) -> Path:
    """Return where the rows of a data set lie, which may be called like a side."""
    return context.build / "data" / "sets" / f"{name}.parquet"


def write(frame: pd.DataFrame, target: Path) -> None:
    """Write a typed frame."""
    target.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(target, index=False)


def dataset(context: Context, side: str) -> str:
    """Return the name of the data set that the rows of a side come from."""
    data = context.config["data"]
    name: str = data["evaluate"].get("dataset", data["train"]) if side == EVALUATE else data["train"]
    return name


def read(context: Context, side: str) -> pd.DataFrame:
    """Return the typed rows of a side, numbered from 0.

    Args:
        context: of the run.
        side: ``train`` or ``evaluate``.

    Raises:
        Unusable: the step "split" has not run.
    """
    return read_typed(path(context, side), spec.of(context.config, dataset(context, side)), "split")


def read_typed(source: Path, columns: spec.Columns, step: str) -> pd.DataFrame:
    """Return a frame that `write` wrote.

    Raises:
        Unusable: the step that writes it has not run.
    """
    import pandas as pd

    if not source.is_file():
        raise Unusable(f'{source.name} is missing: run the step "{step}" first, or "run" for all steps')
    return types.restore(pd.read_parquet(source), columns)


def features(frame: pd.DataFrame, split_result: Mapping[str, Any]) -> pd.DataFrame:
    """Return the inputs of the model: feature columns in the order of the spec, with the data types of the split.

    Args:
        frame: typed rows that have all features.
        split_result: what the step "split" found out.

    Raises:
        Refused: a value is missing in a feature that never misses one in the rows of the split.
    """
    wanted: Mapping[str, str] = split_result["features"]
    refused = []
    for name, to in wanted.items():
        gaps = frame.index[frame[name].isna()]
        if to in ("int64", "bool") and len(gaps):
            refused.append(_never_missing(name, len(frame), gaps))
    if refused:
        raise Refused(refused)
    return frame[list(wanted)].assign(**{name: types.cast(frame[name], to) for name, to in wanted.items()})


def target(frame: pd.DataFrame, split_result: Mapping[str, Any]) -> pd.Series | None:
    """Return the values to predict, None when the data has no target."""
    name = split_result["target"]
    return None if name is None else frame[name]


def weight(frame: pd.DataFrame, split_result: Mapping[str, Any]) -> pd.Series | None:
    """Return the weights of the rows, None when the data has none."""
    name = split_result["weight"]
    return None if name is None else frame[name]


def _never_missing(name: str, total: int, rows: pd.Index) -> Finding:
    return UNKNOWN.finding(
        "missing",
        name,
        {"role": "feature"},
        total,
        rows,
        "missing, and no value was missing when the model was trained",
        'correct the data, or give the column a "max_missing" in the spec and train again',
    )
