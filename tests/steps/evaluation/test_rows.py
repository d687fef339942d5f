"""Predictions and true values as metrics want them."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc.steps.mlops_steps.evaluation.rows import BINARY, MULTICLASS, REGRESSION, Rows, Rule, UnfitError, read

pytestmark = pytest.mark.steps

YES = Rule(BINARY, ("no", "yes"), "no", 0.35)
COLOURS = Rule(MULTICLASS, ("blue", "green", "red"))


def rows(table: dict[str, list[Any]], target: list[Any], rule: Rule) -> Rows:
    """Return the rows that a table and true values give."""
    import pandas as pd

    return read(pd.DataFrame(table), pd.Series(target), rule)


def test_the_positive_class_is_one() -> None:
    """Whatever its place among the classes; the threshold itself decides for it."""
    found = rows({"p0": [0.35, 0.34, 1.0]}, ["no", "yes", "no"], YES)
    assert found.truth.tolist() == [1, 0, 1]
    assert found.predicted.tolist() == [1, 0, 1]
    assert found.classes == 2


def test_the_largest_probability_decides() -> None:
    """The first one of equals."""
    found = rows({"p0": [0.2, 0.4], "p1": [0.3, 0.4], "p2": [0.5, 0.2]}, ["red", "green"], COLOURS)
    assert found.truth.tolist() == [2, 1]
    assert found.predicted.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("classes", "target", "predicted"),
    [
        ((False, True), [True, False], ["True", "False"]),
        ((0, 1), [1.0, 0.0], ["1", "0"]),
        (("a", "b"), ["b", "a"], ["b", "a"]),
    ],
)
def test_labels_of_a_file_are_those_of_the_data(classes: Any, target: list[Any], predicted: list[Any]) -> None:
    """A CSV file knows text only."""
    found = rows({"prediction": predicted}, target, Rule(BINARY, classes, classes[1]))
    assert found.truth.tolist() == found.predicted.tolist() == [1, 0]
    assert found.probabilities is None


def test_numbers_of_a_regression() -> None:
    """They stay what they are."""
    found = rows({"prediction": [1.5, -2.0]}, [1, 3], Rule(REGRESSION))
    assert (found.truth.tolist(), found.predicted.tolist()) == ([1.0, 3.0], [1.5, -2.0])


UNFIT = [
    ({"p0": [0.1]}, ["no", "yes"], YES, "there are 1 predictions for 2 rows"),
    ({"p0": [0.1, 0.2]}, ["no", "maybe"], YES, "1 of 2 true values are none of the 2 classes"),
    ({"prediction": ["no", None]}, ["no", "yes"], YES, "1 of 2 predictions are none of the 2 classes"),
    ({"p0": [0.1], "p1": [0.9]}, ["red"], COLOURS, "the predictions have the columns p0, p1 and not p0, p1, p2"),
    ({"p0": [float("nan"), 0.2]}, ["no", "yes"], YES, "1 of 2 predictions are missing or infinite"),
    ({"p0": [1.1, 0.2]}, ["no", "yes"], YES, "some predicted probabilities are below 0 or above 1"),
    ({"prediction": [1.0, float("inf")]}, [1, 2], Rule(REGRESSION), "1 of 2 predictions are missing or infinite"),
    ({"prediction": [1.0, 2.0]}, [1, float("nan")], Rule(REGRESSION), "1 of 2 true values are missing or infinite"),
    ({"prediction": ["x"]}, [1], Rule(REGRESSION), "some predictions are no numbers"),
    ({"p0": [0.1]}, [1], Rule(REGRESSION), "the predictions have the columns p0 and not prediction"),
]


@pytest.mark.parametrize(("table", "target", "rule", "reason"), UNFIT)
def test_unfit_predictions(table: dict[str, list[Any]], target: list[Any], rule: Rule, reason: str) -> None:
    """The reason is named, no value is."""
    with pytest.raises(UnfitError) as raised:
        rows(table, target, rule)
    assert str(raised.value) == reason


def test_rounding_of_single_precision() -> None:
    """A probability just above 1 is 1."""
    found = rows({"p0": [1.0000001, -1e-8]}, ["no", "yes"], YES)
    assert found.probabilities is not None
    assert found.probabilities.tolist() == [1.0, 0.0]
