# SPDX-License-Identifier: MIT-0
"""One-sided confidence bounds of a metric, and of the difference of two models on the same rows, by bootstrap.

Rows are drawn with replacement, as many as there are; the bound is a percentile of the metric's values on such draws
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). For two models the same draws serve both.
Rows of one group are alike and say less than as many rows apart: where rows have groups, whole groups are drawn
(Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).
The rows are put in order first: a bound does not depend on the order of the file.

Draws that are all equal, as of a model without an error on few rows, say nothing about chance. A share of rows then has
the exact bound of the binomial distribution (Clopper and Pearson, 1934); of groups, each counts once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from . import shares
from .metrics import from_labels, measure
from .rows import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 1000
FEWEST_GROUPS = 10
"""With fewer, bounds from whole groups are too narrow to rely on."""
BOOTSTRAP, EXACT, EQUAL = "bootstrap", "exact", "equal"
"""Where a bound comes from: a percentile of draws that differ, the binomial distribution, draws that are all equal."""
_NUMBERS_AT_ONCE = 2_000_000  # numbers of drawn rows that are held in memory at the same time
_ROUNDING = 1e-12  # relative difference of draws that rounding explains


@dataclass(frozen=True)
class Share:
    """Rows, or groups of rows, of which some count as successes."""

    successes: int
    trials: int


@dataclass(frozen=True)
class Draws:
    """Values of a metric on all draws.

    Attributes:
        candidate: shape (draws,), nan where the metric is undefined.
        champion: the same of the champion on the same draws; None without one.
        share: what the candidate's metric is a share of; None when it is none.
    """

    candidate: NDArray[np.float64]
    champion: NDArray[np.float64] | None = None
    share: Share | None = None


@dataclass(frozen=True)
class Bound:
    """A one-sided bound.

    Attributes:
        value: the bound; None when too many draws have no value.
        undefined: number of draws without a value. They count as draws beyond any limit.
        basis: ``bootstrap``, ``exact`` or ``equal``.
    """

    value: float | None
    undefined: int
    basis: str = BOOTSTRAP


def draw(
    task: str,
    metric: str,
    candidate: Rows,
    champion: Rows | None,
    seed: int,
    groups: NDArray[np.int64] | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Draws | None:
    """Compute a metric of one or two models on rows drawn at random.

    Args:
        task: task of the models.
        metric: a metric of the task.
        candidate: rows with the predictions of one model.
        champion: the same rows with the predictions of another one.
        seed: of the random numbers.
        groups: number of the group of each row, shape (n,); None: every row stands for itself.
        advance: called after each draw.

    Returns:
        None when there are fewer than two rows, or groups of rows, which say nothing about chance.
    """
    import warnings

    import numpy as np
    from scipy.stats import DegenerateDataWarning, bootstrap

    models, unit = _ordered([candidate] if champion is None else [candidate, champion], groups)
    units = int(unit[-1]) + 1 if len(unit) else 0
    if units < 2:
        return None
    share = _share(task, metric, models[0], unit)
    positions, kind, distinct = np.arange(len(unit)), None, models
    if from_labels(task, metric):
        kind, distinct = _kinds(models)

    def values(drawn: NDArray[np.int64]) -> list[float | None]:
        often = np.bincount(drawn, minlength=units)[unit]
        if kind is None:
            rows = np.repeat(positions, often)
            return [measure(task, metric, model.take(rows)) for model in distinct]
        counts = np.bincount(kind, often, minlength=len(distinct[0]))
        some = counts > 0
        return [measure(task, metric, model.take(some), counts[some]) for model in distinct]

    def statistic(draws: NDArray[Any], axis: int) -> NDArray[np.float64]:
        found = np.empty((len(models), len(draws)))
        for position, drawn in enumerate(draws.astype(np.int64)):
            found[:, position] = [np.nan if value is None else value for value in values(drawn)]
            advance()
        return found

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # draws without a value, which Bound.undefined counts
        distribution = bootstrap(
            (np.arange(units),),
            statistic,
            vectorized=True,
            method="percentile",
            n_resamples=DRAWS,
            batch=max(1, _NUMBERS_AT_ONCE // units),
            rng=np.random.default_rng(seed),
        ).bootstrap_distribution
    return Draws(distribution[0], distribution[1] if champion is not None else None, share)


def lower(values: NDArray[np.float64], confidence: float, share: Share | None = None) -> Bound:
    """Return the bound that the metric exceeds with a confidence (a fraction)."""
    bound = _percentile(-values, confidence)
    return _settled(replace(bound, value=None if bound.value is None else -bound.value), confidence, share, "greater")


def upper(values: NDArray[np.float64], confidence: float, share: Share | None = None) -> Bound:
    """Return the bound that the metric stays below with a confidence (a fraction)."""
    return _settled(_percentile(values, confidence), confidence, share, "less")


def _percentile(values: NDArray[np.float64], confidence: float) -> Bound:
    import numpy as np

    undefined = np.isnan(values)
    with np.errstate(invalid="ignore"):  # between two infinite values
        bound = float(np.quantile(np.where(undefined, np.inf, values), confidence))
    if not np.isfinite(bound):
        return Bound(None, int(undefined.sum()))
    equal = np.ptp(values[~undefined]) <= _ROUNDING * max(1.0, abs(bound))
    return Bound(bound, int(undefined.sum()), EQUAL if equal else BOOTSTRAP)


def _settled(bound: Bound, confidence: float, share: Share | None, side: Literal["greater", "less"]) -> Bound:
    """Return the exact bound of a share of which all draws are equal, else the bound as it is."""
    from scipy.stats import binomtest

    if bound.basis != EQUAL or share is None:
        return bound
    interval = binomtest(share.successes, share.trials, alternative=side).proportion_ci(confidence, method="exact")
    return replace(bound, value=float(interval.low if side == "greater" else interval.high), basis=EXACT)


def _ordered(models: list[Rows], groups: NDArray[np.int64] | None) -> tuple[list[Rows], NDArray[np.int64]]:
    """Return the rows in an order that follows from groups and content, and the number of what is drawn with each."""
    import numpy as np

    columns = [models[0].truth]
    for model in models:
        columns.append(model.predicted)
        if model.probabilities is not None:
            columns.extend(model.probabilities.reshape(len(model), -1).T)
    if groups is not None:
        columns.append(groups)
    order = np.lexsort(columns)
    unit = np.arange(len(order)) if groups is None else np.unique(groups[order], return_inverse=True)[1]
    return [model.take(order) for model in models], unit


def _kinds(models: list[Rows]) -> tuple[NDArray[np.int64], list[Rows]]:
    """Return the kind of each row, and one row of each kind: equal truth and equal decisions of all models."""
    import numpy as np

    table = np.stack([models[0].truth, *(model.predicted for model in models)])
    kinds, kind = np.unique(table, axis=1, return_inverse=True)
    return kind.reshape(-1), [Rows(kinds[0], decided, None, models[0].classes) for decided in kinds[1:]]


def _share(task: str, metric: str, rows: Rows, unit: NDArray[np.int64]) -> Share | None:
    """Return what a metric is a share of; None when it is none, counts no row, or a group is neither all nor none."""
    import numpy as np

    found = shares.outcomes(task, metric, rows)
    if found is None or not found[0].any():
        return None
    counts, makes = found
    trials = np.unique(unit[counts])
    successes, failures = np.unique(unit[counts & makes]), np.unique(unit[counts & ~makes])
    if len(successes) + len(failures) > len(trials):
        return None
    return Share(len(successes), len(trials))
