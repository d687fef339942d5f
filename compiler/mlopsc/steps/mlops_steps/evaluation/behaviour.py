# SPDX-License-Identifier: MIT-0
"""How predictions react when a feature changes: swaps that must not matter, and moves with a known direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .rows import BINARY, MULTICLASS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Predict = Callable[[pd.DataFrame], NDArray[Any]]
    """Returns what is served for a table of features: labels, numbers or probabilities, one row each."""

SAME = 1e-9
"""Numbers that differ by no more, absolutely or relatively, are the same prediction."""
STILL = 1e-12
"""A prediction that moves by no more does not move."""


def swapped(predict: Predict, features: pd.DataFrame, column: str, values: Sequence[Any]) -> int:
    """Return the number of rows whose prediction depends on which of the values a column has.

    Args:
        predict: the model.
        features: rows to predict.
        column: the feature to set.
        values: what it is set to, in every row.
    """
    import numpy as np

    changed = np.zeros(len(features), dtype=bool)
    answers = [predict(features.assign(**{column: _constant(features[column], value)})) for value in values]
    for position, one in enumerate(answers):
        for other in answers[position + 1 :]:
            changed |= _differ(one, other)
    return int(changed.sum())


def moved(features: pd.DataFrame, column: str, deviation: float, whole: bool) -> pd.DataFrame | None:
    """Return the features with one of them risen by a standard deviation.

    Args:
        features: rows.
        column: the feature to move.
        deviation: its standard deviation in the training rows.
        whole: whether it has whole numbers only; these rise by at least 1.

    Returns:
        None when the feature is constant: there is no move that the model could have learned from.
    """
    if not deviation > 0:
        return None
    step = max(1, round(deviation)) if whole else deviation
    return features.assign(**{column: (features[column] + step).astype(features[column].dtype)})


def against(before: NDArray[np.float64], after: NDArray[np.float64], expect: str) -> int:
    """Return the number of predictions that moved the wrong way.

    Args:
        before: predictions as they are, shape (n,).
        after: predictions with the feature risen.
        expect: ``increasing`` or ``decreasing``.
    """
    rise = after - before
    return int((rise < -STILL).sum() if expect == "increasing" else (rise > STILL).sum())


def react(
    predict: Predict,
    features: pd.DataFrame,
    served: NDArray[Any],
    tests: Mapping[str, Any],
    deviation: Mapping[str, float],
    whole: Callable[[str], bool],
    ordered: Callable[[NDArray[Any]], NDArray[np.float64] | None],
) -> dict[str, Any]:
    """Return what all tests of behaviour found, by kind and feature.

    Args:
        predict: the model.
        features: the evaluation rows.
        served: their predictions.
        tests: ``tests.behaviour`` of ``config.json``.
        deviation: standard deviations of the numeric features in the training rows.
        whole: tells whether a feature has whole numbers only.
        ordered: turns predictions into numbers whose order means something; None when there is no such order.

    Returns:
        ``{"invariant_to": {feature: {"changed": n}}, "directional": {feature: {"rows": n, "violations": n, "share":
        x}}}``. A direction is judged on the rows that have the feature; violations and share are None where it has no
        meaning, and without such rows.
    """
    invariant = {
        name: {"changed": swapped(predict, features, name, values)} for name, values in tests["invariant_to"].items()
    }
    before = ordered(served) if tests["directional"] else None
    directional: dict[str, dict[str, Any]] = {}
    for name, test in tests["directional"].items():
        present = features[name].notna().to_numpy()
        judged = int(present.sum())
        directional[name] = {"rows": judged, "violations": None, "share": None}
        risen = moved(features, name, deviation.get(name, 0.0), whole(name))
        after = None if risen is None or before is None else ordered(predict(risen))
        if before is not None and after is not None and judged:
            count = against(before[present], after[present], test["expect"])
            directional[name].update(violations=count, share=count / judged)
    return {"invariant_to": invariant, "directional": directional}


def order(task: str, positive: Any, served: NDArray[Any]) -> NDArray[np.float64] | None:
    """Return predictions as numbers whose order means something, None when they have no such order.

    Args:
        task: of the model.
        positive: the positive one of two classes; it stands above the other one.
        served: predictions: numbers, probabilities of the positive class, or labels.
    """
    import numpy as np

    if task == MULTICLASS or served.ndim != 1:
        return None
    if task == BINARY and served.dtype.kind != "f":
        return np.asarray(served == positive, dtype=np.float64)
    return served.astype(np.float64) if served.dtype.kind in "iuf" else None


def _constant(like: pd.Series, value: Any) -> pd.Series:
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(like.dtype):
        value = pd.to_datetime(value, utc=True).tz_localize(None)
    return pd.Series([value] * len(like), index=like.index, dtype=like.dtype, name=like.name)


def _differ(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which rows of two predictions are not the same."""
    import numpy as np

    if one.dtype.kind == "f" and other.dtype.kind == "f":
        differ = ~np.isclose(one, other, rtol=SAME, atol=SAME)
    else:
        differ = np.asarray(one != other, dtype=bool)
    return differ.reshape(len(one), -1).any(axis=1)  # type: ignore[no-any-return,unused-ignore]
