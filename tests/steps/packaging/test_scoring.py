"""Scoring with packaged models, and predictions as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.steps.mlops_steps.packaging.scoring import Meaning, Predictions, load, predict, read_table
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.packaging.small import REGRESSION, Small

pytestmark = pytest.mark.steps

BINARY, MULTICLASS = "binary-classification", "multiclass-classification"

CONSTANT = """
from .value import VALUE


class Constant:
    def predict(self, frame):
        from . import value  # found when it predicts, and not only when it is loaded

        assert value.VALUE == VALUE
        return [VALUE] * len(frame)


def train(data, params, seed):
    return Constant()
"""


def meaning(task: str, output: str, classes: list[Any] | None, positive: Any = None) -> Meaning:
    """Return a meaning with the usual threshold."""
    return Meaning(task=task, output=output, classes=classes, positive=positive, threshold=0.5)


def there_and_back(predictions: Predictions, path: Path) -> Predictions:
    """Write predictions as the step "evaluate" does, and read them."""
    predictions.table().to_csv(path, index=False, lineterminator="\n")
    return read_table(path, predictions.meaning)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_survive_the_file_to_the_last_bit(values: list[float]) -> None:
    import tempfile

    import numpy

    with tempfile.TemporaryDirectory() as folder:
        before = Predictions(numpy.array(values), meaning("regression", "value", None))
        after = there_and_back(before, Path(folder, "predictions.csv"))
    assert after.values.tobytes() == before.values.tobytes()


@pytest.mark.parametrize(
    ("values", "what", "columns"),
    [
        (["a,b", 'say "c"', "", "NA"], meaning(MULTICLASS, "value", ["a,b", 'say "c"', "", "NA"]), ["prediction"]),
        ([True, False], meaning(BINARY, "value", [False, True], True), ["prediction"]),
        ([3, 1], meaning(MULTICLASS, "value", [1, 2, 3]), ["prediction"]),
        ([0.1, 0.9], meaning(BINARY, "probability", ["no", "yes"], "yes"), ["p0"]),
        ([[0.1, 0.2, 0.7], [1.0, 0.0, 0.0]], meaning(MULTICLASS, "probability", ["a", "b", "c"]), ["p0", "p1", "p2"]),
        (["left", "right"], meaning("custom", "value", None), ["prediction"]),
    ],
)
def test_predictions_survive_the_file(tmp_path: Path, values: list[Any], what: Meaning, columns: list[str]) -> None:
    import numpy
    from mlopsc.steps.mlops_steps.packaging.mlops_predictor import label_array

    array = numpy.array(values) if isinstance(values[0], (list, float)) else label_array(values)
    before = Predictions(array, what)
    assert list(before.table().columns) == columns
    after = there_and_back(before, tmp_path / "predictions.csv")
    assert after.values.tolist() == values
    assert after.labels().tolist() == before.labels().tolist()


def test_labels_are_decided_by_threshold_and_by_the_largest_share() -> None:
    import numpy

    binary = Meaning(task=BINARY, output="probability", classes=["no", "yes"], positive="no", threshold=0.8)
    assert Predictions(numpy.array([0.79, 0.8]), binary).labels().tolist() == ["yes", "no"]
    several = meaning(MULTICLASS, "probability", ["a", "b", "c"])
    assert Predictions(numpy.array([[0.1, 0.2, 0.7]]), several).labels().tolist() == ["c"]


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("", "value"),
        ("prediction\nmaybe\n", "value"),
        ("p0\n0.5\n", "value"),
        ("prediction\nyes\n", "probability"),
        ("p0,p1\n0.5,0.5\n", "probability"),
        ("p0\nhigh\n", "probability"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, output: str) -> None:
    path = tmp_path / "predictions.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unusable, match="holds no predictions of this model"):
        read_table(path, meaning(BINARY, output, ["no", "yes"], "yes"))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match='run the step "package" first'):
        load(tmp_path)


def test_candidate_and_champion_each_use_their_own_code(tmp_path: Path) -> None:
    import sys

    loaded = []
    for name, value in (("candidate", 1.5), ("champion", 2.5)):
        small = Small(tmp_path / name, CONSTANT, task=REGRESSION, framework="python")
        small.project.write("src/shop/value.py", f"VALUE = {value}\n")
        small.train()
        small.package()
        loaded.append(load(small.build / "model"))
    features = small.frame[list(small.features)].head(2)
    found = [predict(model, features).values.tolist() for model in (*loaded, *loaded)]
    assert found == [[1.5, 1.5], [2.5, 2.5], [1.5, 1.5], [2.5, 2.5]]
    assert not [entry for entry in sys.path if entry.startswith(str(tmp_path))]
    assert not list(tmp_path.rglob("model/code/**/__pycache__"))
