# SPDX-License-Identifier: MIT-0
"""A metric for every value of a column: slices, and the groups that fairness compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .metrics import measure
from .rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MISSING = "(missing)"
"""The group of the rows without a value."""


def by_group(
    task: str, metric: str, rows: Rows, values: pd.Series, column: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return number of rows and value of a metric by group, in the order of the spec, else of the values.

    Values that the spec lists are groups even when no row has them. Values of a sensitive or personal column that it
    does not list stay unsaid: their groups are numbered.

    Args:
        task: task of the model.
        metric: a metric of the task.
        rows: the evaluation rows.
        values: the column that makes the groups, in the same order.
        column: its entry in ``config.json``.
    """
    return {
        name: {"samples": int(mask.sum()), "value": measure(task, metric, rows.take(mask))}
        for name, mask in _masks(values, column)
    }


def _masks(values: pd.Series, column: Mapping[str, Any]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    listed = column.get("values")
    present = sorted(values.dropna().unique().tolist())
    hidden = listed is None and (column["role"] == "sensitive" or column.get("personal", False))
    for position, value in enumerate(present if listed is None else listed, start=1):
        yield f"group {position}" if hidden else _name(value), (values == value).to_numpy(dtype=bool)
    if values.isna().any():
        yield MISSING, values.isna().to_numpy(dtype=bool)


def _name(value: Any) -> str:
    """Return a value as the spec writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
