"""Models of the framework ``python``: any object of the user's own class, from training to the answer of a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from steps.frameworks.answers import pipeline_and_server, share_right
from steps.packaging.small import BINARY, REGRESSION, Small

pytestmark = pytest.mark.steps

RULE = """
from .limits import LIMIT


class Rule:
    def __init__(self, limit):
        self.limit = limit

    def predict(self, frame):
        size = frame["width"] + frame["height"] + 0.2 * frame["count"]
        return ["yes" if value > self.limit else "no" for value in size]


def train(data, params, seed):
    return Rule(LIMIT)
"""

MEAN = """
class Mean:
    def __init__(self, value):
        self.value = value

    def predict(self, frame):
        return frame["width"] * 0 + self.value


def train(data, params, seed):
    return Mean(float(data.target.mean()))
"""


def test_a_class_of_the_user_is_served_with_its_module(tmp_path: Path) -> None:
    small = Small(tmp_path, RULE, task=BINARY, framework="python")
    small.project.write("src/shop/limits.py", "LIMIT = 0.8\n")
    ours, served = pipeline_and_server(small)
    assert served == ours
    assert share_right(small) > 0.8
    stored = (small.build / "model" / "model.pkl").read_bytes()
    assert b"shop.model" in stored
    assert b"mlops_steps" not in stored
    assert b"0.2" not in stored, "the code of the class is shipped as a module and not in the pickle"


def test_a_series_of_numbers_is_served(tmp_path: Path) -> None:
    small = Small(tmp_path, MEAN, task=REGRESSION, framework="python")
    ours, served = pipeline_and_server(small)
    assert served == ours == [pytest.approx(small.frame["target"].mean())] * len(ours)
