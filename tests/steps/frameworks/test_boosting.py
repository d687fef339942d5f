"""Models of XGBoost and LightGBM, both as estimators and as boosters, from training to the answer of a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from steps.frameworks.answers import pipeline_and_server, share_right
from steps.packaging.small import BINARY, CLASSES, MULTICLASS, Small

pytestmark = pytest.mark.frameworks

# XGBoost wants classes as numbers from 0; the pipeline reads them as positions in the classes of the spec.
XGBOOST_ESTIMATOR = """
import xgboost


def train(data, params, seed):
    codes = data.target.map(data.classes.index)
    return xgboost.XGBClassifier(n_estimators=params["rounds"], random_state=seed).fit(data.features, codes)
"""

XGBOOST_BOOSTER = """
import xgboost


def train(data, params, seed):
    matrix = xgboost.DMatrix(data.features, data.target.map(data.classes.index))
    return xgboost.train({"objective": "binary:logistic", "seed": seed}, matrix, params["rounds"])
"""

LIGHTGBM_ESTIMATOR = """
import lightgbm


def train(data, params, seed):
    model = lightgbm.LGBMClassifier(n_estimators=params["rounds"], min_child_samples=5, random_state=seed, verbose=-1)
    return model.fit(data.features, data.target)
"""

LIGHTGBM_BOOSTER = """
import lightgbm


def train(data, params, seed):
    settings = {"objective": "multiclass", "num_class": len(data.classes), "min_data_in_leaf": 5, "verbose": -1}
    rows = lightgbm.Dataset(data.features, data.target.map(data.classes.index))
    return lightgbm.train({**settings, "seed": seed, "deterministic": True}, rows, params["rounds"])
"""


@pytest.mark.parametrize(
    ("framework", "code"),
    [("xgboost", XGBOOST_ESTIMATOR), ("lightgbm", LIGHTGBM_ESTIMATOR), ("lightgbm", LIGHTGBM_BOOSTER)],
)
def test_labels_are_text(tmp_path: Path, framework: str, code: str) -> None:
    small = Small(tmp_path, code, task=MULTICLASS, framework=framework)
    ours, served = pipeline_and_server(small)
    assert served == ours
    assert set(ours) == set(CLASSES[MULTICLASS])
    assert share_right(small) > 0.8


@pytest.mark.parametrize(
    ("framework", "code"),
    [("xgboost", XGBOOST_BOOSTER), ("xgboost", XGBOOST_ESTIMATOR), ("lightgbm", LIGHTGBM_ESTIMATOR)],
)
def test_probabilities_are_of_the_positive_class(tmp_path: Path, framework: str, code: str) -> None:
    small = Small(tmp_path, code, task=BINARY, framework=framework, output="probability")
    ours, served = pipeline_and_server(small)
    assert served == ours
    assert all(isinstance(value, float) and 0 <= value <= 1 for value in ours)
    assert share_right(small) > 0.8
