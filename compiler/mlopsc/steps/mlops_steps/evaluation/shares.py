# SPDX-License-Identifier: MIT-0
"""Metrics that are a share of rows: which rows they count, and which of these make the share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .rows import BINARY, MULTICLASS, Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Outcomes = tuple[NDArray[np.bool_], NDArray[np.bool_]]
    """Which rows count, and which rows make the share if they count; both of shape (n,)."""


def outcomes(task: str, metric: str, rows: Rows) -> Outcomes | None:
    """Return what a metric counts, None when it is no share of rows.

    Args:
        task: task of the model.
        metric: a metric of the task.
        rows: what it is computed on.
    """
    known = _SHARES.get(task, {}).get(metric)
    return None if known is None else known(rows.truth, rows.predicted)


def _accuracy(truth: NDArray[Any], predicted: NDArray[Any]) -> Outcomes:
    return _all(truth), truth == predicted


def _all(values: NDArray[Any]) -> NDArray[np.bool_]:
    import numpy as np

    return np.ones(len(values), dtype=bool)


_SHARES: dict[str, dict[str, Callable[[NDArray[Any], NDArray[Any]], Outcomes]]] = {
    BINARY: {
        "accuracy": _accuracy,
        "precision": lambda truth, predicted: (predicted == 1, truth == 1),
        "recall": lambda truth, predicted: (truth == 1, predicted == 1),
        "false_positive_rate": lambda truth, predicted: (truth == 0, predicted == 1),
        "false_negative_rate": lambda truth, predicted: (truth == 1, predicted == 0),
        "selection_rate": lambda truth, predicted: (_all(truth), predicted == 1),
    },
    MULTICLASS: {"accuracy": _accuracy},
}
