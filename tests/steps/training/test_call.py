"""The call contract: what the user's function is given, and what it may return."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.user_code import UserCodeFailed
from steps.packaging.small import BINARY, REGRESSION, Small

pytestmark = pytest.mark.steps

RETURNS = """
class Model:
    def predict(self, frame):
        return {answer}


def train(data, params, seed):
    return Model()
"""


def returning(answer: str) -> str:
    """Return a training whose model answers with an expression of ``frame``."""
    return RETURNS.format(answer=answer)


def test_the_function_is_given_features_target_and_classes(tmp_path: Path) -> None:
    code = """
import json
from pathlib import Path


def train(data, params, seed):
    given = {
        "features": {name: str(dtype) for name, dtype in data.features.dtypes.items()},
        "index": list(data.features.index) == list(data.target.index) == list(range(len(data.target))),
        "target": sorted(set(data.target)), "weight": data.weight, "classes": data.classes,
        "params": params, "seed": seed,
    }
    Path(__file__).with_name("given.json").write_text(json.dumps(given))
    params["rounds"] = 99
    data.features["width"] = 0.0
    from sklearn.linear_model import LogisticRegression
    return LogisticRegression().fit(data.features[["height"]], data.target)
"""
    small = Small(tmp_path, code, task=BINARY)
    small.context.config["model"]["params"] = {"rounds": 5}
    with pytest.raises(UserCodeFailed, match="feature names should match"):  # it forgot that it saw one column only
        small.train()
    given = json.loads((tmp_path / "src/shop/given.json").read_text(encoding="utf-8"))
    assert given == {
        "features": {"width": "float64", "height": "float64", "count": "int64"},
        "index": True,
        "target": ["no", "yes"],
        "weight": None,
        "classes": ["no", "yes"],
        "params": {"rounds": 5},
        "seed": 42,
    }
    assert small.context.config["model"]["params"] == {"rounds": 5}, "what the training changes stays its own"


def test_weights_come_apart_from_the_features(tmp_path: Path) -> None:
    code = """
def train(data, params, seed):
    assert list(data.features.columns) == ["width", "height"]
    assert data.weight.name == "count"
    from sklearn.linear_model import LinearRegression
    return LinearRegression().fit(data.features, data.target, sample_weight=data.weight)
"""
    small = Small(tmp_path, code, task=REGRESSION, features={"width": "float64", "height": "float64"})
    small.add_column("count", {"type": "integer", "role": "weight"}, weight="count")
    assert small.train()["seeded"][:2] == ["random", "numpy"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("['maybe'] * len(frame)", "shop.model:train: the model predicts maybe, and the classes are no, yes"),
        ("['no']", "for 60 rows the model returned"),
        ("[float('nan')] * len(frame)", "no probabilities"),
        ("[7.5] * len(frame)", "sigmoid or softmax"),
    ],
)
def test_a_model_that_predicts_something_else_is_refused(tmp_path: Path, answer: str, said: str) -> None:
    small = Small(tmp_path, returning(answer), task=BINARY, framework="python")
    with pytest.raises(Refused, match=said):
        small.train()
    assert not (small.build / "trained" / "model").exists()


def test_a_regression_that_predicts_nan_is_refused(tmp_path: Path) -> None:
    small = Small(tmp_path, returning("frame['width'] * float('nan')"), task=REGRESSION, framework="python")
    with pytest.raises(Refused, match="NaN or infinity"):
        small.train()


def test_what_cannot_predict_is_refused(tmp_path: Path) -> None:
    small = Small(tmp_path, "def train(data, params, seed):\n    return {}\n", task=BINARY, framework="python")
    with pytest.raises(Refused, match=r"returned dict, without a method predict\(frame\): return the trained model"):
        small.train()


def test_a_model_that_cannot_be_stored_is_refused(tmp_path: Path) -> None:
    code = returning("['no'] * len(frame)").replace(
        "return Model()", "m = Model()\n    m.lock = __import__('threading').Lock()\n    return m"
    )
    small = Small(tmp_path, code, task=BINARY, framework="python")
    with pytest.raises(Refused, match=r"a Model cannot be stored .*locks"):
        small.train()


def test_an_error_of_the_training_names_the_users_line(tmp_path: Path) -> None:
    small = Small(tmp_path, "def train(data, params, seed):\n    return data.features['wide']\n", task=BINARY)
    with pytest.raises(UserCodeFailed, match=r"(?s)shop.model:train raised:.*model\.py.*line 2.*KeyError: 'wide'"):
        small.train()


def test_an_error_of_predict_names_the_users_line(tmp_path: Path) -> None:
    small = Small(tmp_path, returning("1 / 0"), task=BINARY, framework="python")
    with pytest.raises(
        UserCodeFailed, match=r"(?s)predict of what shop.model:train returned raised:.*ZeroDivisionError"
    ):
        small.train()


def test_a_training_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    code = """
import time


def train(data, params, seed):
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass
"""
    small = Small(tmp_path, code, task=BINARY)
    small.context.config["execution"]["train"]["timeout_seconds"] = 0.3
    with pytest.raises(UserCodeFailed, match=r"took longer than 0\.3 s, see execution\.train\.timeout"):
        small.train()


def test_a_training_without_split_is_told_what_to_run(tmp_path: Path) -> None:
    small = Small(tmp_path, returning("0"), task=BINARY)
    small.context.results.forget(["split"])
    with pytest.raises(Unusable, match='the step "split" has not run'):
        small.train()


def test_what_skops_cannot_hold_is_stored_with_cloudpickle(tmp_path: Path) -> None:
    code = """
from sklearn.base import BaseEstimator, ClassifierMixin


class Rule(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        self.decide_ = lambda width: self.classes_[int(width > 0)]
        return self

    def predict(self, X):
        return [self.decide_(width) for width in X["width"]]


def train(data, params, seed):
    return Rule().fit(data.features, data.target)
"""
    small = Small(tmp_path, code, task=BINARY)
    small.train()
    assert sorted(path.suffix for path in (small.build / "trained/model").glob("model.*")) == [".pkl"]


def test_an_ordinary_estimator_is_stored_with_skops(tmp_path: Path) -> None:
    code = """
from sklearn.tree import DecisionTreeClassifier


def train(data, params, seed):
    return DecisionTreeClassifier(random_state=seed).fit(data.features, data.target)
"""
    small = Small(tmp_path, code, task=BINARY)
    small.train()
    assert sorted(path.suffix for path in (small.build / "trained/model").glob("model.*")) == [".skops"]
