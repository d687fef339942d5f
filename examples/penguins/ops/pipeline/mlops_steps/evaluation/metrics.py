# SPDX-License-Identifier: MIT-0
"""The metrics of each task, under scikit-learn's names; losses are positive, and a higher loss is worse.

Averages over classes count every class of the model. A class that the model never predicts has a precision of 0. A
metric whose rows do not allow a value, such as a ranking of rows of one class, is undefined: None, never 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .rows import BINARY, MULTICLASS, REGRESSION, Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Weights = Any
"""How often each row counts, shape (n,), or None: once. Only metrics of labels take them."""

NOTHING, POSITIVE, NEGATIVE, EVERY_CLASS, TWO_CLASSES, SPREAD, NOT_NEGATIVE = range(7)
"""What a metric needs to have a value: rows of the positive class, of the negative one, of every class, of two classes;
true values that differ; true and predicted values of 0 and more."""


@dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        compute: its value on rows that fulfil its need.
        need: what the rows must have.
        probabilities: whether it is computed from probabilities; of those of classification, the others are
            computed from decided classes only.
    """

    compute: Callable[[Rows, Weights], float]
    need: int = NOTHING
    probabilities: bool = False


def measure(task: str, name: str, rows: Rows, weights: Weights = None) -> float | None:
    """Return the value of a metric, None when it is undefined on these rows.

    Args:
        task: task of the model.
        name: a metric of the task.
        rows: what it is computed on.
        weights: positive numbers that say how often each row counts; only for metrics of decided classes.
    """
    import math

    metric = METRICS[task][name]
    if not len(rows) or not _fulfilled(metric.need, rows):
        return None
    value = float(metric.compute(rows, weights))
    return value if math.isfinite(value) else None


def measurable(task: str, rows: Rows) -> list[str]:
    """Return the metrics of a task that the predictions suffice for."""
    return [
        name for name, metric in METRICS[task].items() if rows.probabilities is not None or not metric.probabilities
    ]


def from_labels(task: str, name: str) -> bool:
    """Return whether a metric depends only on how often each pair of true and decided class occurs."""
    return task != REGRESSION and not METRICS[task][name].probabilities


def _fulfilled(need: int, rows: Rows) -> bool:
    import numpy as np

    if need == NOTHING:
        return True
    if need == NOT_NEGATIVE:
        return bool((rows.truth >= 0).all() and (rows.predicted >= 0).all())
    if need == SPREAD:
        return bool((rows.truth != rows.truth[0]).any())
    present = np.bincount(rows.truth, minlength=rows.classes) > 0
    if need == POSITIVE:
        return bool(present[1])
    if need == NEGATIVE:
        return bool(present[0])
    return int(present.sum()) >= (2 if need == TWO_CLASSES else rows.classes)


def _of_labels(name: str, **options: Any) -> Callable[[Rows, Weights], float]:
    """Return a function of scikit-learn on decided classes."""

    def compute(rows: Rows, weights: Weights) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(rows.truth, rows.predicted, sample_weight=weights, **options))

    return compute


def _of_values(name: str) -> Callable[[Rows, Weights], float]:
    """Return a function of scikit-learn on numbers."""

    def compute(rows: Rows, weights: Weights) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(rows.truth, rows.predicted))

    return compute


def _averaged(name: str, average: str, rows: Rows, weights: Weights) -> float:
    from sklearn import metrics

    function = getattr(metrics, name)
    if average == "binary":
        return float(function(rows.truth, rows.predicted, pos_label=1, sample_weight=weights, zero_division=0))
    labels = range(rows.classes)
    options = {"labels": list(labels), "average": average, "sample_weight": weights, "zero_division": 0}
    return float(function(rows.truth, rows.predicted, **options))


def _selection_rate(rows: Rows, weights: Weights) -> float:
    import numpy as np

    return float(np.average(rows.predicted == 1, weights=weights))


def _error_rate(true: int, rows: Rows, weights: Weights) -> float:
    """Return the share of rows of a true class that are decided as the other one."""
    import numpy as np

    chosen = rows.truth == true
    return float(np.average(rows.predicted[chosen] != true, weights=None if weights is None else weights[chosen]))


def _log_loss(rows: Rows, weights: Weights) -> float:
    """Return the mean of -log(probability of the true class), as `sklearn.metrics.log_loss` clips it.

    Written out because a bootstrap calls it a thousand times: scikit-learn spends 30 of 32 ms on checking 100,000 rows.
    """
    import numpy as np

    given = _probabilities(rows)
    both = np.stack([1 - given, given], axis=1) if given.ndim == 1 else given
    true = both[np.arange(len(both)), rows.truth]
    smallest = np.finfo(np.float64).eps
    return float(-np.log(np.clip(true, smallest, 1 - smallest)).mean())


def _brier_score(rows: Rows, weights: Weights) -> float:
    from sklearn import metrics

    return float(metrics.brier_score_loss(rows.truth, _probabilities(rows), pos_label=1))


def _average_precision(rows: Rows, weights: Weights) -> float:
    from sklearn import metrics

    return float(metrics.average_precision_score(rows.truth, _probabilities(rows), pos_label=1))


def _area(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve: the share of pairs of a positive and a negative row in the right order.

    It is the Mann-Whitney statistic of the ranks (Hanley and McNeil, 1982), equal to `sklearn.metrics.roc_auc_score`,
    and several times faster, which a bootstrap needs.
    """
    from scipy.stats import rankdata

    ranks, count = rankdata(scores), int(positive.sum())
    smaller = float(ranks[positive].sum()) - count * (count + 1) / 2
    return smaller / (count * (len(scores) - count))


def _roc_auc(rows: Rows, weights: Weights) -> float:
    return _area(rows.truth == 1, _probabilities(rows))


def _roc_auc_ovr(weighted: bool, rows: Rows, weights: Weights) -> float:
    """Return the mean area of each class against the rest, as in scikit-learn; weighted by how frequent classes are."""
    import numpy as np

    given = _probabilities(rows)
    areas = [_area(rows.truth == position, given[:, position]) for position in range(rows.classes)]
    frequency = np.bincount(rows.truth, minlength=rows.classes) if weighted else None
    return float(np.average(areas, weights=frequency))


def _roc_auc_ovo(weighted: bool, rows: Rows, weights: Weights) -> float:
    """Return the mean area of all pairs of classes (Hand and Till, 2001), as in scikit-learn."""
    from itertools import combinations

    import numpy as np

    given, areas, sizes = _probabilities(rows), [], []
    for one, other in combinations(range(rows.classes), 2):
        chosen = (rows.truth == one) | (rows.truth == other)
        truth, pair = rows.truth[chosen], given[chosen]
        areas.append((_area(truth == one, pair[:, one]) + _area(truth == other, pair[:, other])) / 2)
        sizes.append(len(truth))
    return float(np.average(areas, weights=sizes if weighted else None))


def _probabilities(rows: Rows) -> NDArray[np.float64]:
    if rows.probabilities is None:
        raise ValueError("the rows have no probabilities")
    return rows.probabilities


_CLASSES = {
    "accuracy": Metric(_of_labels("accuracy_score")),
    "balanced_accuracy": Metric(_of_labels("balanced_accuracy_score"), EVERY_CLASS),
    "matthews_corrcoef": Metric(_of_labels("matthews_corrcoef"), TWO_CLASSES),
    "log_loss": Metric(_log_loss, probabilities=True),
}
_AVERAGED = ("precision", "recall", "f1", "jaccard")
_AVERAGES = {"macro": EVERY_CLASS, "micro": NOTHING, "weighted": NOTHING}

METRICS: dict[str, dict[str, Metric]] = {
    BINARY: {
        **_CLASSES,
        **{name: Metric(partial(_averaged, f"{name}_score", "binary"), POSITIVE) for name in _AVERAGED},
        "roc_auc": Metric(_roc_auc, EVERY_CLASS, probabilities=True),
        "average_precision": Metric(_average_precision, POSITIVE, probabilities=True),
        "brier_score": Metric(_brier_score, probabilities=True),
        "false_positive_rate": Metric(partial(_error_rate, 0), NEGATIVE),
        "false_negative_rate": Metric(partial(_error_rate, 1), POSITIVE),
        "selection_rate": Metric(_selection_rate),
    },
    MULTICLASS: {
        **_CLASSES,
        **{
            f"{name}_{average}": Metric(partial(_averaged, f"{name}_score", average), need)
            for name in _AVERAGED
            for average, need in _AVERAGES.items()
        },
        "roc_auc_ovr": Metric(partial(_roc_auc_ovr, False), EVERY_CLASS, probabilities=True),
        "roc_auc_ovo": Metric(partial(_roc_auc_ovo, False), EVERY_CLASS, probabilities=True),
        "roc_auc_ovr_weighted": Metric(partial(_roc_auc_ovr, True), EVERY_CLASS, probabilities=True),
        "roc_auc_ovo_weighted": Metric(partial(_roc_auc_ovo, True), EVERY_CLASS, probabilities=True),
    },
    REGRESSION: {
        "r2": Metric(_of_values("r2_score"), SPREAD),
        "explained_variance": Metric(_of_values("explained_variance_score"), SPREAD),
        "mean_absolute_error": Metric(_of_values("mean_absolute_error")),
        "median_absolute_error": Metric(_of_values("median_absolute_error")),
        "mean_squared_error": Metric(_of_values("mean_squared_error")),
        "root_mean_squared_error": Metric(_of_values("root_mean_squared_error")),
        "mean_squared_log_error": Metric(_of_values("mean_squared_log_error"), NOT_NEGATIVE),
        "root_mean_squared_log_error": Metric(_of_values("root_mean_squared_log_error"), NOT_NEGATIVE),
        "mean_absolute_percentage_error": Metric(_of_values("mean_absolute_percentage_error")),
        "max_error": Metric(_of_values("max_error")),
    },
}
"""Metrics by task and name: those that the compiler knows."""
