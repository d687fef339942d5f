"""Metrics against scikit-learn, the table of the compiler, and rows that allow no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlopsc import metrics as compiler
from mlopsc.steps.mlops_steps.evaluation import metrics
from mlopsc.steps.mlops_steps.evaluation.rows import BINARY, MULTICLASS, REGRESSION, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = pytest.mark.steps

AVERAGED = ("precision", "recall", "f1", "jaccard")


def binary(truth: list[int], probabilities: list[float], threshold: float = 0.5) -> Rows:
    """Return rows of two classes."""
    import numpy as np

    given_ = np.array(probabilities, dtype=float)
    return Rows(np.array(truth, dtype=np.int64), (given_ >= threshold).astype(np.int64), given_, 2)


def several(truth: list[int], probabilities: list[list[float]]) -> Rows:
    """Return rows of several classes."""
    import numpy as np

    given_ = np.array(probabilities, dtype=float)
    return Rows(np.array(truth, dtype=np.int64), given_.argmax(axis=1), given_, given_.shape[1])


def numbers(truth: list[float], predicted: list[float]) -> Rows:
    """Return rows of a regression."""
    import numpy as np

    return Rows(np.array(truth, dtype=float), np.array(predicted, dtype=float))


def random_rows(task: str, size: int, seed: int = 0) -> Rows:
    """Return rows with predictions that are better than chance, ties among them."""
    import numpy as np

    rng = np.random.default_rng(seed)
    if task == REGRESSION:
        truth = rng.gamma(2.0, size=size)
        return Rows(truth, truth * rng.uniform(0.5, 1.5, size))
    if task == BINARY:
        truth = rng.integers(0, 2, size)
        probabilities = np.round(np.clip(0.3 * truth + 0.7 * rng.random(size), 0, 1), 2)
        return Rows(truth, (probabilities >= 0.6).astype(np.int64), probabilities, 2)
    truth = rng.integers(0, 3, size)
    scores = rng.random((size, 3)) + np.eye(3)[truth] * 0.4
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    return Rows(truth, probabilities.argmax(axis=1), probabilities, 3)


def expected(task: str, name: str, rows: Rows) -> float:
    """Return a metric as scikit-learn computes it, or by its definition where it has none."""
    import numpy as np
    from sklearn import metrics as library

    truth, predicted, given_ = rows.truth, rows.predicted, rows.probabilities
    base, _, average = name.rpartition("_")
    if base in AVERAGED:
        return float(getattr(library, f"{base}_score")(truth, predicted, average=average))
    if name in AVERAGED:
        return float(getattr(library, f"{name}_score")(truth, predicted))
    if name == "log_loss":
        return float(library.log_loss(truth, given_, labels=list(range(rows.classes))))
    if name.startswith("roc_auc_"):
        kind, _, weighted = name.removeprefix("roc_auc_").partition("_")
        return float(library.roc_auc_score(truth, given_, multi_class=kind, average=weighted or "macro"))
    if name in ("roc_auc", "average_precision"):
        return float(getattr(library, f"{name}_score")(truth, given_))
    if name == "brier_score":
        return float(library.brier_score_loss(truth, given_))
    by_hand: dict[str, NDArray[Any]] = {
        "false_positive_rate": predicted[truth == 0] == 1,
        "false_negative_rate": predicted[truth == 1] == 0,
        "selection_rate": predicted == 1,
    }
    if name in by_hand:
        return float(np.mean(by_hand[name]))
    plain = f"{name}_score" if hasattr(library, f"{name}_score") else name
    return float(getattr(library, plain)(truth, predicted))


ALL = [(task, name) for task, table in metrics.METRICS.items() for name in table]


def test_the_table_is_that_of_the_compiler() -> None:
    """Names, their order, and what needs probabilities."""
    ours = {task: {name: m.probabilities for name, m in table.items()} for task, table in metrics.METRICS.items()}
    theirs = {task: {name: m.probabilities for name, m in table.items()} for task, table in compiler.METRICS.items()}
    assert ours == theirs
    assert {task: list(table) for task, table in ours.items()} == {task: list(table) for task, table in theirs.items()}


@pytest.mark.parametrize(("task", "name"), ALL)
def test_values_are_those_of_scikit_learn(task: str, name: str) -> None:
    """On rows with ties in the scores and classes of unequal size."""
    rows = random_rows(task, 300)
    assert metrics.measure(task, name, rows) == pytest.approx(expected(task, name, rows), rel=1e-12)


@pytest.mark.parametrize(("task", "name"), ALL)
def test_values_lie_where_the_compiler_says(task: str, name: str) -> None:
    """The compiler refuses limits outside of these bounds."""
    value, known = metrics.measure(task, name, random_rows(task, 60)), compiler.METRICS[task][name]
    assert value is not None
    assert known.low is None or value >= known.low
    assert known.high is None or value <= known.high


@pytest.mark.parametrize(("task", "name"), ALL)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_does_not_matter(task: str, name: str, seed: int) -> None:
    """Any permutation has the same value."""
    import numpy as np

    rows = random_rows(task, 30, seed=1)
    other = rows.take(np.random.default_rng(seed).permutation(30))
    assert metrics.measure(task, name, other) == pytest.approx(metrics.measure(task, name, rows), rel=1e-9)


@pytest.mark.parametrize(("task", "name"), [pair for pair in ALL if metrics.from_labels(*pair)])
def test_weights_count_rows(task: str, name: str) -> None:
    """A row of weight 3 is three rows."""
    import numpy as np

    rows, counts = random_rows(task, 40), np.arange(40) % 4 + 1
    repeated = rows.take(np.repeat(np.arange(40), counts))
    weighted = metrics.measure(task, name, rows, counts)
    assert weighted == pytest.approx(metrics.measure(task, name, repeated), rel=1e-12)


ONE_CLASS = [
    ([1, 1, 1], {"false_positive_rate", "roc_auc", "balanced_accuracy", "matthews_corrcoef"}),
    (
        [0, 0, 0],
        {
            *AVERAGED,
            "false_negative_rate",
            "average_precision",
            "roc_auc",
            "balanced_accuracy",
            "matthews_corrcoef",
        },
    ),
]


@pytest.mark.parametrize(("truth", "undefined"), ONE_CLASS)
def test_one_class_only(truth: list[int], undefined: set[str]) -> None:
    """What needs the other class is undefined, not 0 or 1; the rest has its value."""
    rows = binary(truth, [0.2, 0.7, 0.9])
    assert {name for name in metrics.METRICS[BINARY] if metrics.measure(BINARY, name, rows) is None} == undefined


def test_a_class_without_rows() -> None:
    """Averages over all classes are undefined when one has no true row; others are not."""
    rows = several([0, 1, 1, 0], [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
    undefined = {name for name in metrics.METRICS[MULTICLASS] if metrics.measure(MULTICLASS, name, rows) is None}
    areas = {f"roc_auc_{kind}{weighted}" for kind in ("ovr", "ovo") for weighted in ("", "_weighted")}
    assert undefined == {"balanced_accuracy", *(f"{name}_macro" for name in AVERAGED), *areas}


def test_a_class_that_is_never_predicted() -> None:
    """It is the model's fault: a precision of 0, as in scikit-learn, and no lack of a value."""
    rows = binary([0, 1, 1], [0.1, 0.2, 0.3])
    assert metrics.measure(BINARY, "precision", rows) == 0
    assert metrics.measure(BINARY, "f1", rows) == 0
    assert metrics.measure(BINARY, "matthews_corrcoef", rows) == 0


def test_certain_and_wrong() -> None:
    """A loss of probability 0 stays finite, as in scikit-learn."""
    value = metrics.measure(BINARY, "log_loss", binary([1, 0], [0.0, 0.0]))
    assert value is not None
    assert 18 < value < 19


def test_numbers_without_spread_or_below_zero() -> None:
    """Explained variance needs variance, a logarithm needs numbers of 0 and more."""
    assert metrics.measure(REGRESSION, "r2", numbers([2, 2, 2], [1, 2, 3])) is None
    assert metrics.measure(REGRESSION, "explained_variance", numbers([2], [2])) is None
    assert metrics.measure(REGRESSION, "mean_squared_log_error", numbers([1, 2], [-3, 2])) is None
    assert metrics.measure(REGRESSION, "root_mean_squared_log_error", numbers([-1, 2], [1, 2])) is None
    assert metrics.measure(REGRESSION, "mean_absolute_error", numbers([-1, 2], [1, 2])) == 1


def test_no_rows() -> None:
    """No metric of nothing."""
    import numpy as np

    empty = random_rows(BINARY, 3).take(np.zeros(3, dtype=bool))
    assert [metrics.measure(BINARY, name, empty) for name in metrics.METRICS[BINARY]] == [None] * 14


def test_labels_alone_give_no_ranking() -> None:
    """Only metrics that the predictions suffice for are computed."""
    rows = random_rows(BINARY, 9)
    labels = Rows(rows.truth, rows.predicted, None, 2)
    left_out = set(metrics.measurable(BINARY, rows)) - set(metrics.measurable(BINARY, labels))
    assert left_out == {"log_loss", "roc_auc", "average_precision", "brier_score"}
