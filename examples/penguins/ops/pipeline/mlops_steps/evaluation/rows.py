# SPDX-License-Identifier: MIT-0
"""Evaluation rows as metrics want them: true classes and predictions as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

BINARY, MULTICLASS, REGRESSION, CUSTOM = "binary-classification", "multiclass-classification", "regression", "custom"

SLACK = 1e-6
"""How far from 0 and 1 rounding may take a probability of single precision."""


class UnfitError(Exception):
    """Predictions or true values that no metric can be computed from; the message says why, without any value."""


@dataclass(frozen=True)
class Rule:
    """How the predictions of a project are read.

    Attributes:
        task: task of the model.
        classes: its classes in the order of the probabilities; empty for numbers.
        positive: the positive class of a binary classification.
        threshold: smallest probability of the positive class that is decided as positive.
    """

    task: str
    classes: tuple[Any, ...] = ()
    positive: Any = None
    threshold: float = 0.5


@dataclass(frozen=True)
class Rows:
    """What is known of n evaluation rows.

    Attributes:
        truth: shape (n,). Classes are numbers: 1 is the positive one of two, else the position among the classes.
        predicted: shape (n,), decided classes as in ``truth``, or numbers of a regression.
        probabilities: shape (n,) for the positive one of two classes, (n, k) for k classes; None when the model
            returns none.
        classes: number of classes, 0 for a regression.
    """

    truth: NDArray[Any]
    predicted: NDArray[Any]
    probabilities: NDArray[np.float64] | None = None
    classes: int = 0

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, chosen: NDArray[Any]) -> Rows:
        """Return the chosen rows, by positions or by a mask."""
        probabilities = None if self.probabilities is None else self.probabilities[chosen]
        return Rows(self.truth[chosen], self.predicted[chosen], probabilities, self.classes)


def read(table: pd.DataFrame, target: pd.Series, rule: Rule) -> Rows:
    """Return rows from a table of predictions and the true values beside it.

    Args:
        table: predictions in the format of ``predictions.csv``: ``prediction``, or ``p0``, ``p1``, ...
        target: true values, in the same order.
        rule: how to read them.

    Raises:
        UnfitError: another number of rows or of columns, something missing, a class that the model does not have.
    """
    import numpy as np

    if len(table) != len(target):
        raise UnfitError(f"there are {len(table)} predictions for {len(target)} rows")
    if rule.task == REGRESSION:
        truth = target.to_numpy(dtype=np.float64)
        return Rows(_finite(truth, "true values"), _finite(_column(table), "predictions"))
    codes, count = _codes(rule), 2 if rule.task == BINARY else len(rule.classes)
    truth = _coded(target.tolist(), codes, "true values")
    if "prediction" in table.columns:
        return Rows(truth, _coded(table["prediction"].tolist(), codes, "predictions"), None, count)
    width = 1 if rule.task == BINARY else count
    names = [f"p{position}" for position in range(width)]
    if list(table.columns) != names:
        raise UnfitError(
            f"the predictions have the columns {', '.join(map(str, table.columns))} and not {', '.join(names)}"
        )
    probabilities = _finite(table.to_numpy(dtype=np.float64), "predictions")
    if ((probabilities < -SLACK) | (probabilities > 1 + SLACK)).any():
        raise UnfitError("some predicted probabilities are below 0 or above 1")
    probabilities = probabilities.clip(0, 1)
    if rule.task == BINARY:
        single = probabilities[:, 0]
        return Rows(truth, (single >= rule.threshold).astype(np.int64), single, count)
    return Rows(truth, probabilities.argmax(axis=1), probabilities, count)


def _column(table: pd.DataFrame) -> NDArray[np.float64]:
    import numpy as np

    if list(table.columns) != ["prediction"]:
        raise UnfitError(f"the predictions have the columns {', '.join(table.columns)} and not prediction")
    try:
        return table["prediction"].to_numpy(dtype=np.float64)  # type: ignore[no-any-return,unused-ignore]
    except ValueError:
        raise UnfitError("some predictions are no numbers") from None


def _finite(values: NDArray[np.float64], what: str) -> NDArray[np.float64]:
    import numpy as np

    wrong = len(values) - int(np.isfinite(values.reshape(len(values), -1)).all(axis=1).sum())
    if wrong:
        raise UnfitError(f"{wrong} of {len(values)} {what} are missing or infinite")
    return values


def _codes(rule: Rule) -> dict[str, int]:
    if rule.task == BINARY:
        return {_text(name): int(_text(name) == _text(rule.positive)) for name in rule.classes}
    return {_text(name): position for position, name in enumerate(rule.classes)}


def _coded(values: Sequence[Any], codes: dict[str, int], what: str) -> NDArray[np.int64]:
    import numpy as np

    coded = np.fromiter((codes.get(_text(value), -1) for value in values), dtype=np.int64, count=len(values))
    unknown = int((coded < 0).sum())
    if unknown:
        raise UnfitError(f"{unknown} of {len(values)} {what} are none of the {len(codes)} classes")
    return coded


def _text(value: Any) -> str:
    """Return a class as text, the same for 1, 1.0 and the "1" that a CSV file holds."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
