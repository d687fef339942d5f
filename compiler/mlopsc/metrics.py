"""The metrics of each task: which exist, which direction is better, and which values they can take.

The names are those of scikit-learn's scorers, losses without ``neg_`` (``log_loss``, ``mean_absolute_error``). Rates
that it does not score but that comparisons of groups need are called as in its confusion matrix, ``selection_rate`` is
the share of positive predictions. The task ``custom`` has no table: its metrics are what its command writes.
"""

from __future__ import annotations

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


class Metric(Record):
    """A metric.

    Attributes:
        better: the direction of a better model; ``neither`` for a mere description.
        low: smallest possible value, None without a bound.
        high: largest possible value, None without a bound.
        probabilities: whether it is computed from probabilities; predicted classes are not enough.
    """

    better: Literal["higher", "lower", "neither"] = "higher"
    low: float | None = 0
    high: float | None = 1
    probabilities: bool = False


_SHARE = Metric()
_RANKING = Metric(probabilities=True)
_CORRELATION = Metric(low=-1)
_EXPLAINED = Metric(low=None)
_LOSS = Metric(better="lower", high=None)
_ERROR_RATE = Metric(better="lower")
_LOG_LOSS = Metric(better="lower", high=None, probabilities=True)

_CLASSES: dict[str, Metric] = {
    "accuracy": _SHARE,
    "balanced_accuracy": _SHARE,
    "matthews_corrcoef": _CORRELATION,
    "log_loss": _LOG_LOSS,
}
_AVERAGED = ("precision", "recall", "f1", "jaccard")
_AVERAGES = ("macro", "micro", "weighted")

METRICS: dict[str, dict[str, Metric]] = {
    "binary-classification": {
        **_CLASSES,
        **dict.fromkeys(_AVERAGED, _SHARE),
        "roc_auc": _RANKING,
        "average_precision": _RANKING,
        "brier_score": Metric(better="lower", probabilities=True),
        "false_positive_rate": _ERROR_RATE,
        "false_negative_rate": _ERROR_RATE,
        "selection_rate": Metric(better="neither"),
    },
    "multiclass-classification": {
        **_CLASSES,
        **{f"{name}_{average}": _SHARE for name in _AVERAGED for average in _AVERAGES},
        "roc_auc_ovr": _RANKING,
        "roc_auc_ovo": _RANKING,
        "roc_auc_ovr_weighted": _RANKING,
        "roc_auc_ovo_weighted": _RANKING,
    },
    "regression": {
        "r2": _EXPLAINED,
        "explained_variance": _EXPLAINED,
        "mean_absolute_error": _LOSS,
        "median_absolute_error": _LOSS,
        "mean_squared_error": _LOSS,
        "root_mean_squared_error": _LOSS,
        "mean_squared_log_error": _LOSS,
        "root_mean_squared_log_error": _LOSS,
        "mean_absolute_percentage_error": _LOSS,
        "max_error": _LOSS,
    },
}
"""Metrics by task and name."""

_MEANT: dict[str, tuple[str, ...]] = {
    "acc": ("accuracy",),
    "auc": ("roc_auc", "roc_auc_ovr"),
    "auroc": ("roc_auc", "roc_auc_ovr"),
    "roc_auc": ("roc_auc_ovr",),
    "roc_auc_ovr": ("roc_auc",),
    "pr_auc": ("average_precision",),
    "precision_recall_auc": ("average_precision",),
    "mcc": ("matthews_corrcoef",),
    "brier": ("brier_score",),
    "brier_score_loss": ("brier_score",),
    "cross_entropy": ("log_loss",),
    "logloss": ("log_loss",),
    "iou": ("jaccard", "jaccard_macro"),
    "sensitivity": ("recall", "recall_macro"),
    "true_positive_rate": ("recall", "recall_macro"),
    "tpr": ("recall", "recall_macro"),
    "fpr": ("false_positive_rate",),
    "fnr": ("false_negative_rate",),
    "demographic_parity": ("selection_rate",),
    "mae": ("mean_absolute_error",),
    "mse": ("mean_squared_error",),
    "rmse": ("root_mean_squared_error",),
    "rmsle": ("root_mean_squared_log_error",),
    "mape": ("mean_absolute_percentage_error",),
}
"""Other names that a metric goes by, the first one that the task has is meant."""


def find(task: str, name: str) -> Metric | None:
    """Return a metric of a task, None when there is no such metric or the task has no table."""
    return METRICS.get(task, {}).get(name)


def unknown(task: str, name: str) -> dict[str, str] | None:
    """Return the facts of a finding about a metric that the task does not have; None when it is fine.

    Returns:
        ``metric``, ``task``, ``allowed``, and ``given``: the name that the suggestion is looked up with, which is
        the one of this table where the user knows the metric by another name.
    """
    known = METRICS.get(task)
    if known is None or name in known:
        return None
    plain = name.lower().removeprefix("neg_").removesuffix("_score")
    other = (plain, *_MEANT.get(name.lower(), ()), *_MEANT.get(plain, ()))
    averaged = (f"{plain}_{_AVERAGES[0]}", plain.rpartition("_")[0])
    meant = next((word for word in (*other, *averaged) if word in known), name)
    return {"metric": name, "task": task, "allowed": ", ".join(known), "given": meant}
