"""The command contract: a script that imports nothing of the pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.packaging.mlops_predictor import PredictionError
from mlopsc.steps.mlops_steps.packaging.scoring import Meaning
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.training.check import served
from mlopsc.steps.mlops_steps.user_code import UserCodeFailed
from steps.packaging.small import BINARY, MULTICLASS, REGRESSION, Small, rows

pytestmark = pytest.mark.steps

SCRIPT = """
import json
import os

import mlflow.sklearn
import pandas
from sklearn.linear_model import LinearRegression

with open(os.environ["MLOPSC_CONFIG"], encoding="utf-8") as file:
    config = json.load(file)
rows = pandas.read_parquet(config["train"]["path"])
model = LinearRegression().fit(rows[config["train"]["features"]], rows[config["train"]["target"]])
folder = os.environ["MLOPSC_OUT"] + "/model"
mlflow.sklearn.save_model(model, folder, serialization_format="pickle", pip_requirements=[])
"""

CLASSES = """
import os

import mlflow.pyfunc
from shop.own import Own

mlflow.pyfunc.save_model(os.environ["MLOPSC_OUT"] + "/model", python_model=Own(), pip_requirements=["numpy"]{options})
"""

OWN = """
import mlflow.pyfunc
import numpy


class Own(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return {answer}
"""


def project(folder: Path, script: str, **options: Any) -> Small:
    """Return a project that trains with a script as a module."""
    options.setdefault("task", REGRESSION)
    return Small(folder, script, train={"command": ["python", "-m", "shop.model"]}, **options)


def own(folder: Path, answer: str, options: str = "", **more: Any) -> Small:
    """Return a project whose command saves a class of its own."""
    small = project(folder, CLASSES.format(options=options), task=BINARY, **more)
    small.project.write("src/shop/own.py", OWN.format(answer=answer))
    return small


def test_a_script_that_imports_nothing_of_ours_trains_and_is_served(tmp_path: Path) -> None:
    from mlopsc.steps.mlops_steps.packaging import scoring

    frame = rows(REGRESSION).assign(gender="f")
    small = project(tmp_path, SCRIPT, frame=frame)
    small.add_column("gender", {"type": "string", "role": "sensitive"})
    result = small.train()
    assert result["seeded"] == []
    trained = {path.name: path.read_bytes() for path in (small.build / "trained/model").iterdir()}

    given = json.loads((small.build / "training/config.json").read_text(encoding="utf-8"))
    assert given == {
        "schema": 1,
        "name": "shop",
        "task": REGRESSION,
        "framework": "sklearn",
        "params": {"rounds": 5},
        "seed": 42,
        "classes": None,
        "positive": None,
        "prediction": {"output": "value", "threshold": 0.5},
        "train": {
            "path": (small.build / "training/train.parquet").as_posix(),
            "format": "parquet",
            "features": ["width", "height", "count"],
            "target": "target",
            "weight": None,
        },
    }
    import pandas

    assert list(pandas.read_parquet(given["train"]["path"])) == ["width", "height", "count", "target"], "nothing more"

    packaged = small.package()
    model = small.build / "model"
    for name, content in trained.items():
        assert name == "MLmodel" or (model / name).read_bytes() == content, f"{name} is taken as it is"
    assert [column["name"] for column in packaged["signature"]["inputs"]] == ["width", "height", "count"]
    assert packaged["signature"]["outputs"]
    features = small.frame[list(small.features)]
    ours = scoring.predict(scoring.load(model), features).values.tolist()
    assert small.serve(features) == ours
    assert abs(small.frame["target"] - ours).max() < 0.01


def test_a_script_that_writes_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"python -m shop.model wrote no MLflow model: save it to \$MLOPSC_OUT/model"):
        project(tmp_path, "print('done')\n").train()


def test_a_model_without_python_function_is_refused(tmp_path: Path) -> None:
    script = """
import os
from mlflow.models import Model

os.makedirs(os.environ["MLOPSC_OUT"] + "/model")
model = Model()
model.add_flavor("other", data="x")
model.save(os.environ["MLOPSC_OUT"] + "/model/MLmodel")
"""
    with pytest.raises(Refused, match="flavours other and not python_function"):
        project(tmp_path, script).train()


def test_a_broken_mlmodel_is_refused(tmp_path: Path) -> None:
    script = """
import os

os.makedirs(os.environ["MLOPSC_OUT"] + "/model")
open(os.environ["MLOPSC_OUT"] + "/model/MLmodel", "w").write("[]")
"""
    with pytest.raises(Refused, match="wrote a file MLmodel that MLflow cannot read"):
        project(tmp_path, script).train()


def test_a_model_without_its_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"does not load and predict training rows .*shop.*code_paths"):
        own(tmp_path, "numpy.full(len(model_input), 'no')").train()


def test_a_model_that_predicts_something_else_is_refused(tmp_path: Path) -> None:
    small = own(tmp_path, "numpy.zeros(len(model_input), dtype=int)", ", code_paths=['src/shop']")
    with pytest.raises(Refused, match=r"python -m shop\.model: the model predicts codes"):
        small.train()


@pytest.mark.parametrize(
    ("values", "task", "output"),
    [
        (["no", "yes"], BINARY, "value"),
        ([0.0, 1.0], BINARY, "probability"),
        ([[0.0, 1.0], [0.5, 0.5]], MULTICLASS, "probability"),
        ([1.5, -3.0], REGRESSION, "value"),
        ([["a", "b"], ["c", "d"]], "custom", "value"),
    ],
)
def test_what_is_served_may_be(values: list[Any], task: str, output: str) -> None:
    import numpy

    served(numpy.array(values), meaning(task, output), 2)


@pytest.mark.parametrize(
    ("values", "task", "output", "said"),
    [
        (["no", "maybe"], BINARY, "value", "the model predicts maybe"),
        ([0, 1], BINARY, "value", "the model predicts codes"),
        ([["no"], ["yes"]], BINARY, "value", r"have the shape \(2, 1\) and not \(2,\)"),
        ([[0.0, 1.0], [0.5, 0.5]], BINARY, "probability", r"have the shape \(2, 2\) and not \(2,\)"),
        ([0.0, 1.0], MULTICLASS, "probability", r"have the shape \(2,\) and not \(2, 2\)"),
        ([0.0, 1.5], BINARY, "probability", "between 0 and 1"),
        ([0.0, float("nan")], BINARY, "probability", "between 0 and 1"),
        (["no", "yes"], BINARY, "probability", "between 0 and 1"),
        ([1.0, float("nan")], REGRESSION, "value", "NaN or infinity"),
        ([1.0], REGRESSION, "value", "for 2 rows"),
    ],
)
def test_what_is_not_what_the_spec_says_is_refused(values: list[Any], task: str, output: str, said: str) -> None:
    import numpy

    with pytest.raises(PredictionError, match=said):
        served(numpy.array(values), meaning(task, output), 2)


def meaning(task: str, output: str) -> Meaning:
    """Return a meaning with the classes no and yes."""
    classes = None if task == REGRESSION else ["no", "yes"]
    return Meaning(task=task, output=output, classes=classes, positive="yes" if task == BINARY else None, threshold=0.5)


def test_a_script_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserCodeFailed, match=r"python -m shop\.model: exit code 3"):
        project(tmp_path, "raise SystemExit(3)\n").train()


def test_a_script_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    small = project(tmp_path, "import time\ntime.sleep(60)\n")
    small.context.config["execution"]["train"]["timeout_seconds"] = 0.5
    with pytest.raises(UserCodeFailed, match=r"python -m shop\.model: took longer than 0\.5 s"):
        small.train()
