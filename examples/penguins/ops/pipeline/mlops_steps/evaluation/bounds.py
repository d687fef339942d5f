# SPDX-License-Identifier: MIT-0
"""One-sided confidence bounds of a metric, and of the difference of two models on the same rows, by bootstrap.

Rows are drawn with replacement, as many as there are; the bound is a percentile of the metric's values on such draws
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). For two models the same draws serve both.
The rows are put in order first: a bound does not depend on the order of the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .metrics import from_labels, measure
from .rows import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 1000
_NUMBERS_AT_ONCE = 2_000_000  # numbers of drawn rows that are held in memory at the same time


@dataclass(frozen=True)
class Draws:
    """Values of a metric on all draws.

    Attributes:
        candidate: shape (draws,), nan where the metric is undefined.
        champion: the same of the champion on the same draws; None without one.
    """

    candidate: NDArray[np.float64]
    champion: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Bound:
    """A one-sided bound.

    Attributes:
        value: the bound; None when too many draws have no value.
        undefined: number of draws without a value. They count as draws beyond any limit.
    """

    value: float | None
    undefined: int


def draw(
    task: str,
    metric: str,
    candidate: Rows,
    champion: Rows | None,
    seed: int,
    advance: Callable[[], None] = lambda: None,
) -> Draws | None:
    """Compute a metric of one or two models on rows drawn at random.

    Args:
        task: task of the models.
        metric: a metric of the task.
        candidate: rows with the predictions of one model.
        champion: the same rows with the predictions of another one.
        seed: of the random numbers.
        advance: called after each draw.

    Returns:
        None when there are fewer than two rows, which say nothing about chance.
    """
    import warnings

    import numpy as np
    from scipy.stats import DegenerateDataWarning, bootstrap

    if len(candidate) < 2:
        return None
    models = [candidate] if champion is None else [candidate, champion]
    counted = from_labels(task, metric)
    kinds, models = _counted(models) if counted else (np.arange(len(candidate)), _ordered(models))

    def values(drawn: NDArray[np.int64]) -> list[float | None]:
        if not counted:
            return [measure(task, metric, model.take(drawn)) for model in models]
        counts = np.bincount(drawn, minlength=len(models[0]))
        some = counts > 0
        return [measure(task, metric, model.take(some), counts[some]) for model in models]

    def statistic(draws: NDArray[Any], axis: int) -> NDArray[np.float64]:
        found = np.empty((len(models), len(draws)))
        for position, drawn in enumerate(draws.astype(np.int64)):
            found[:, position] = [np.nan if value is None else value for value in values(drawn)]
            advance()
        return found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # draws without a value, which Bound.undefined counts
        distribution = bootstrap(
            (kinds,),
            statistic,
            vectorized=True,
            method="percentile",
            n_resamples=DRAWS,
            batch=max(1, _NUMBERS_AT_ONCE // len(kinds)),
            rng=np.random.default_rng(seed),
        ).bootstrap_distribution
    return Draws(distribution[0], distribution[1] if champion is not None else None)


def lower(values: NDArray[np.float64], confidence: float) -> Bound:
    """Return the bound that the metric exceeds with a confidence (a fraction)."""
    bound = upper(-values, confidence)
    return Bound(None if bound.value is None else -bound.value, bound.undefined)


def upper(values: NDArray[np.float64], confidence: float) -> Bound:
    """Return the bound that the metric stays below with a confidence (a fraction)."""
    import numpy as np

    undefined = np.isnan(values)
    with np.errstate(invalid="ignore"):  # between two infinite values
        bound = float(np.quantile(np.where(undefined, np.inf, values), confidence))
    return Bound(bound if np.isfinite(bound) else None, int(undefined.sum()))


def _counted(models: list[Rows]) -> tuple[NDArray[np.int64], list[Rows]]:
    """Return the kind of each row, sorted, and one row of each kind: equal truth and equal decisions of all models."""
    import numpy as np

    table = np.stack([models[0].truth, *(model.predicted for model in models)])
    kinds, kind = np.unique(table, axis=1, return_inverse=True)
    distinct = [Rows(kinds[0], decided, None, models[0].classes) for decided in kinds[1:]]
    return np.sort(kind.reshape(-1)), distinct


def _ordered(models: list[Rows]) -> list[Rows]:
    """Return the rows in an order that follows from their content."""
    import numpy as np

    columns = [models[0].truth]
    for model in models:
        columns.append(model.predicted)
        if model.probabilities is not None:
            columns.extend(model.probabilities.reshape(len(model), -1).T)
    order = np.lexsort(columns)
    return [model.take(order) for model in models]
