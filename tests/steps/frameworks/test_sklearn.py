"""Models of scikit-learn, from training to the answer of a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from steps.frameworks.answers import pipeline_and_server, share_right
from steps.packaging.small import BINARY, CLASSES, MULTICLASS, ROWS, Small, rows

if TYPE_CHECKING:
    import pandas

pytestmark = pytest.mark.steps

CLASSIFIER = """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(data, params, seed):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(data.features, data.target)
"""

MIXED = """
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from .columns import days, truth


def train(data, params, seed):
    columns = make_column_transformer(
        (SimpleImputer(), ["width"]),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["colour"]),
        (FunctionTransformer(truth), ["sold"]),
        (FunctionTransformer(days), ["since"]),
    )
    return make_pipeline(columns, LogisticRegression()).fit(data.features, data.target)
"""

COLUMNS = """
import numpy


def days(frame):
    return ((frame - numpy.datetime64("2024-01-01")) / numpy.timedelta64(1, "D")).fillna(0).to_numpy()


def truth(frame):
    return frame.map(lambda value: 1.0 if value else 0.0).to_numpy()
"""

MIXED_TYPES = {"width": "float64", "colour": "str", "sold": "object", "since": "datetime64[ns]"}


def test_text_labels_are_served_as_text(tmp_path: Path) -> None:
    small = Small(tmp_path, CLASSIFIER, task=MULTICLASS)
    ours, served = pipeline_and_server(small)
    assert served == ours
    assert set(ours) == set(CLASSES[MULTICLASS])
    assert share_right(small) > 0.8


def test_probabilities_come_in_the_order_of_the_classes_and_not_of_the_model(tmp_path: Path) -> None:
    classes = ["small", "medium", "large"]  # scikit-learn sorts them
    small = Small(tmp_path, CLASSIFIER, task=MULTICLASS, output="probability", classes=classes)
    ours, served = pipeline_and_server(small)
    assert served == ours
    assert [len(row) for row in ours] == [3] * len(small.frame)
    assert share_right(small) > 0.8


def test_features_of_every_type_and_missing_values_reach_the_model(tmp_path: Path) -> None:
    small = Small(tmp_path, MIXED, task=BINARY, output="probability", frame=mixed(), features=MIXED_TYPES)
    small.project.write("src/shop/columns.py", COLUMNS)
    ours, served = pipeline_and_server(small)
    assert served == ours
    assert all(isinstance(value, float) and 0 < value < 1 for value in ours)
    assert share_right(small) > 0.8


def mixed() -> pandas.DataFrame:
    """Return 60 rows with a column of each type, some values missing."""
    import numpy
    import pandas

    frame = rows(BINARY)
    yes = frame["target"] == "yes"
    colour = pandas.Series(numpy.where(yes, "red", "blue"), dtype=object)
    sold = [None if position % 10 == 5 else bool(value) for position, value in enumerate(yes)]
    return pandas.DataFrame(
        {
            "width": frame["width"].where(frame.index % 10 != 3),
            "colour": colour.where(frame.index % 10 != 4),
            "sold": pandas.Series(sold, dtype=object),
            "since": pandas.date_range("2024-01-01", periods=ROWS, freq="D"),
            "target": frame["target"],
        }
    )
