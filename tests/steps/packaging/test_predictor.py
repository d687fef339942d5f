"""How what a model returns is read: probabilities, codes, labels, and what is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.steps.mlops_steps.packaging.mlops_predictor import PredictionError, Predictor, decide

if TYPE_CHECKING:
    import pandas

pytestmark = pytest.mark.steps

BINARY, MULTICLASS, REGRESSION = "binary-classification", "multiclass-classification", "regression"


class Fixed:
    """A model that answers what it was given."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def predict(self, frame: pandas.DataFrame) -> Any:
        return self.answer


class Classifier(Fixed):
    """A model in the manner of scikit-learn's classifiers."""

    def __init__(self, answer: Any, shares: Any, classes: list[Any]) -> None:
        import numpy

        super().__init__(answer)
        self.shares, self.classes_ = shares, numpy.array(classes)

    def predict_proba(self, frame: pandas.DataFrame) -> Any:
        return self.shares


def predicted(
    model: Any, rows: int, *, task: str = BINARY, output: str = "value", classes: Any = None, positive: Any = None
) -> list[Any]:
    """Return what is served for that many rows."""
    import pandas

    settings = {"flavor": "mlops_pickle", "features": {}, "task": task, "output": output, "classes": classes}
    predictor = Predictor(model, {**settings, "positive": positive, "threshold": 0.5})
    served: list[Any] = predictor.predict(pandas.DataFrame({"x": range(rows)})).tolist()
    return served


@pytest.mark.parametrize(
    ("answer", "classes", "expected"),
    [
        (["yes", "no"], ["no", "yes"], ["yes", "no"]),
        ([1, 0], ["no", "yes"], ["yes", "no"]),  # positions
        ([1.0, 0.0, 2.0], ["a", "b", "c"], ["b", "a", "c"]),  # as multi:softmax of XGBoost gives them
        ([[0.1, 0.9], [0.8, 0.2]], ["no", "yes"], ["yes", "no"]),
        ([[0.2], [0.7]], ["no", "yes"], ["no", "yes"]),  # one column of sigmoids
        ([0.5, 0.49], ["no", "yes"], ["yes", "no"]),  # the threshold itself decides for the positive class
        ([[0.1, 0.2, 0.7]], ["a", "b", "c"], ["c"]),
        ([[0.4, 0.4, 0.2]], ["a", "b", "c"], ["a"]),  # the first of equals
        ([1, 3], [1, 2, 3], [1, 3]),  # labels that are integers are no positions
        ([1, 0], [False, True], [True, False]),
        ([True, False], [False, True], [True, False]),
        ([2.0, 1.0], [1, 2, 3], [2, 1]),
    ],
)
def test_labels(answer: Any, classes: list[Any], expected: list[Any]) -> None:
    task = BINARY if len(classes) == 2 else MULTICLASS
    found = predicted(Fixed(answer), len(answer), task=task, classes=classes, positive=classes[-1])
    assert found == expected
    assert [type(label) for label in found] == [type(label) for label in expected]


def test_the_positive_class_may_be_the_first() -> None:
    shares = predicted(Fixed([0.9, 0.2]), 2, output="probability", classes=["bad", "good"], positive="bad")
    assert shares == [0.9, 0.2]
    assert predicted(Fixed([0.9, 0.2]), 2, classes=["bad", "good"], positive="bad") == ["bad", "good"]
    columns = predicted(Fixed([[0.9, 0.1]]), 1, output="probability", classes=["bad", "good"], positive="bad")
    assert columns == [0.9]


def test_probabilities_follow_the_order_of_the_spec_and_not_of_the_model() -> None:
    model = Classifier(["c"], [[0.1, 0.7, 0.2]], ["a", "c", "b"])
    found = predicted(model, 1, task=MULTICLASS, output="probability", classes=["a", "b", "c"])
    assert found == [[0.1, 0.2, 0.7]]


def test_a_class_that_the_model_never_saw_has_no_probability() -> None:
    model = Classifier(["c"], [[0.3, 0.7]], ["a", "c"])
    assert predicted(model, 1, task=MULTICLASS, output="probability", classes=["a", "b", "c"]) == [[0.3, 0.0, 0.7]]


def test_classes_of_the_model_may_be_positions() -> None:
    model = Classifier([1], [[0.3, 0.7]], [0, 1])
    assert predicted(model, 1, output="probability", classes=["no", "yes"], positive="yes") == [0.7]
    assert predicted(model, 1, classes=["no", "yes"], positive="yes") == ["yes"]


def test_labels_that_are_numbers_of_a_classifier_are_no_probabilities() -> None:
    model = Classifier([1.0, 0.0], [[0.0, 1.0]] * 2, [0.0, 1.0])
    assert predicted(model, 2, classes=[0.0, 1.0], positive=0.0) == [1.0, 0.0]


def test_two_classes_of_a_multiclass_task_have_two_probabilities() -> None:
    assert predicted(Fixed([[0.3, 0.7]]), 1, task=MULTICLASS, output="probability", classes=["a", "b"]) == [[0.3, 0.7]]


def test_numbers_of_a_regression_are_float64() -> None:
    found = predicted(Fixed([1, 2]), 2, task=REGRESSION)
    assert found == [1.0, 2.0]
    assert {type(value) for value in found} == {float}


def test_a_task_of_ones_own_is_left_alone() -> None:
    answer = [[1, 2, 3], [4, 5, 6]]
    assert predicted(Fixed(answer), 2, task="custom", classes=["a", "b"]) == answer


@pytest.mark.parametrize(
    ("answer", "settings", "said"),
    [
        (["maybe"], {"classes": ["no", "yes"]}, "predicts maybe, and the classes are no, yes"),
        ([7], {"classes": ["no", "yes"]}, "predicts 7, and the classes"),
        ([0], {"classes": [1, 2]}, "predicts 0, and the classes"),
        (["no", "yes"], {"classes": ["no", "yes"]}, "for 1 rows the model returned"),
        ("no", {"classes": ["no", "yes"]}, "for 1 rows the model returned"),
        (["no"], {"classes": ["no", "yes"], "output": "probability"}, "no predict_proba"),
        ([2.5], {"classes": ["no", "yes"]}, "sigmoid or softmax"),
        ([[-3.0, 1.0]], {"classes": ["no", "yes"], "output": "probability"}, "sigmoid or softmax"),
        ([float("nan")], {"classes": ["no", "yes"]}, "no probabilities"),
        ([[0.2, 0.3, 0.5]], {"classes": ["no", "yes"]}, "there are 2 classes"),
        ([["a", "b"]], {"classes": ["no", "yes"]}, "probabilities are numbers"),
        ([float("nan")], {"task": REGRESSION}, "NaN or infinity"),
        ([float("inf")], {"task": REGRESSION}, "NaN or infinity"),
        ([[1.0, 2.0]], {"task": REGRESSION}, "one number a row"),
        (["a"], {"task": REGRESSION}, "one number a row"),
        ([1.0, 2.0], {"task": REGRESSION}, "for 1 rows"),
    ],
)
def test_what_is_no_prediction_is_refused(answer: Any, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(PredictionError, match=said):
        predicted(Fixed(answer), 1, positive="yes", **settings)


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0, 1))
def test_a_threshold_splits_the_probabilities(shares: list[float], threshold: float) -> None:
    import numpy

    found = decide(numpy.array(shares), ["no", "yes"], "yes", threshold).tolist()
    assert found == ["yes" if share >= threshold else "no" for share in shares]


def test_null_reaches_the_model_as_the_training_saw_it() -> None:
    import math

    import pandas

    class Seen(Fixed):
        def predict(self, frame: pandas.DataFrame) -> Any:
            self.frame = frame
            return self.answer

    model = Seen([1.0, 2.0])
    features = {"colour": "str", "sold": "object", "width": "float64"}
    settings = {"flavor": "mlops_pickle", "features": features, "task": REGRESSION, "output": "value", "classes": None}
    predictor = Predictor(model, {**settings, "positive": None, "threshold": 0.5})
    given = {"colour": ["red", None], "sold": pandas.Series([True, float("nan")], dtype=object), "width": [1.0, None]}
    frame = pandas.DataFrame(given)
    predictor.predict(frame)
    colour, sold = model.frame["colour"].tolist(), model.frame["sold"].tolist()
    assert colour[0] == "red"
    assert math.isnan(colour[1])
    assert sold == [True, None]
    assert frame["colour"].tolist() == ["red", None], "the request stays as it is"
