"""The table of metrics, and what a user meant by another name."""

from __future__ import annotations

import pytest
from mlopsc.metrics import METRICS, find, unknown

BINARY, MULTICLASS, REGRESSION = "binary-classification", "multiclass-classification", "regression"


@pytest.mark.parametrize(
    ("task", "name", "meant"),
    [
        (BINARY, "auc", "roc_auc"),
        (MULTICLASS, "auc", "roc_auc_ovr"),
        (MULTICLASS, "roc_auc", "roc_auc_ovr"),
        (MULTICLASS, "f1", "f1_macro"),
        (MULTICLASS, "recall_score", "recall_macro"),
        (BINARY, "f1_weighted", "f1"),
        (BINARY, "pr_auc", "average_precision"),
        (BINARY, "neg_brier_score", "brier_score"),
        (BINARY, "Accuracy", "accuracy"),
        (REGRESSION, "RMSE", "root_mean_squared_error"),
        (REGRESSION, "neg_mean_absolute_error", "mean_absolute_error"),
        (REGRESSION, "r2_score", "r2"),
    ],
)
def test_other_names(task: str, name: str, meant: str) -> None:
    """A name from elsewhere leads to the one of the table."""
    facts = unknown(task, name)
    assert facts is not None
    assert (facts["metric"], facts["given"]) == (name, meant)


def test_a_name_that_means_nothing_stays() -> None:
    """Without a better idea the name itself is what a suggestion is looked up with."""
    facts = unknown(REGRESSION, "mean_absolut_error")
    assert facts is not None
    assert facts["given"] == "mean_absolut_error"
    assert "mean_absolute_error" in facts["allowed"].split(", ")


def test_known_names_and_custom_tasks_are_fine() -> None:
    """The table itself is no finding, and a custom task has no table."""
    assert [(task, name) for task, names in METRICS.items() for name in names if unknown(task, name)] == []
    assert unknown("custom", "bleu") is None
    assert find("custom", "bleu") is None


def test_directions_and_ranges_agree() -> None:
    """What is called a loss or an error is better when lower and never negative; a score has a best value."""
    for names in METRICS.values():
        for name, metric in names.items():
            if name.endswith(("_loss", "_error")) or "error" in name or name.startswith(("brier", "false_")):
                assert (metric.better, metric.low) == ("lower", 0), name
            else:
                assert metric.better != "lower", name
                assert metric.high == 1, name
