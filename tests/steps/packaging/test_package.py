"""The packaged model: what is in it, and what is refused because it would not run elsewhere."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from mlopsc.steps.mlops_steps.packaging import scoring
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from steps.packaging.small import BINARY, REGRESSION, Small

pytestmark = pytest.mark.steps

TREE = """
from sklearn.tree import DecisionTreeClassifier


def train(data, params, seed):
    return DecisionTreeClassifier(random_state=seed).fit(data.features, data.target)
"""

KEEPS = """
class Model:
    def __init__(self, kept):
        self.kept = kept

    def predict(self, frame):
        {predict}


def train(data, params, seed):
    return Model({kept})
"""


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("shop")
    small = Small(folder, TREE, task=BINARY, output="probability")
    small.project.write("src/shop/__pycache__/model.cpython-311.pyc", "x")
    small.project.write("src/shop/words.txt", "a\n")
    small.project.write(".gitignore", "build/\n")
    for command in ("init", "add .", "commit -m first"):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *identity, *command.split()], cwd=folder, check=True, capture_output=True)
    small.train()
    small.package()
    return small


def test_the_folder_holds_model_code_and_nothing_else(packaged: Small) -> None:
    assert set(files(packaged.build / "model")) == {
        "MLmodel",
        "code/mlops_predictor.py",
        "code/shop/__init__.py",
        "code/shop/model.py",
        "code/shop/words.txt",
        "conda.yaml",
        "input_example.json",
        "mlops_predictor.json",
        "model.skops",
        "python_env.yaml",
        "requirements.txt",
        "serving_input_example.json",
    }


def test_mlmodel_tells_where_the_model_comes_from(packaged: Small) -> None:
    document = yaml.safe_load((packaged.build / "model/MLmodel").read_text(encoding="utf-8"))
    trained, split = packaged.context.results.read("train"), packaged.context.results.read("split")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=packaged.context.root, capture_output=True, check=True)
    assert document["metadata"]["mlops"] == {
        "name": "shop",
        "version": trained["version"],
        "recipe": trained["recipe"],
        "data": {"sales": "sha256:" + "0" * 64},
        "rows": {side: split[side] for side in ("train", "evaluate")},
        "commit": head.stdout.decode().strip(),
        "prediction": {
            "task": BINARY,
            "output": "probability",
            "classes": ["no", "yes"],
            "positive": "yes",
            "threshold": 0.5,
        },
    }
    assert document["flavors"]["python_function"]["loader_module"] == "mlops_predictor"
    assert document["flavors"]["sklearn"]["pickled_model"] == "model.skops"


def test_mlserver_is_told_name_and_version(packaged: Small) -> None:
    assert json.loads((packaged.build / "model-settings.json").read_text(encoding="utf-8")) == {
        "name": "shop",
        "implementation": "mlserver_mlflow.MLflowRuntime",
        "parameters": {"uri": "./model", "version": packaged.context.results.read("train")["version"]},
    }


def test_the_signature_has_the_types_of_the_features(packaged: Small) -> None:
    signature = packaged.context.results.read("package")["signature"]
    assert [(column["name"], column["type"]) for column in signature["inputs"]] == [
        ("width", "double"),
        ("height", "double"),
        ("count", "long"),
    ]
    assert signature["outputs"] == [{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]


def test_the_three_files_of_packages_say_the_same(packaged: Small) -> None:
    from importlib.metadata import version

    model = packaged.build / "model"
    lines = (model / "requirements.txt").read_text(encoding="utf-8").split()
    conda = yaml.safe_load((model / "conda.yaml").read_text(encoding="utf-8"))
    python = yaml.safe_load((model / "python_env.yaml").read_text(encoding="utf-8"))
    assert conda["dependencies"] == ["python=3.11", "pip", {"pip": lines}]
    assert python == {"python": "3.11", "build_dependencies": ["pip"], "dependencies": ["-r requirements.txt"]}
    assert f"scikit-learn=={version('scikit-learn')}" in lines
    assert f"mlflow=={version('mlflow')}" in lines
    assert not [line for line in lines if line.startswith(("hypothesis", "mlserver"))], "only what the model imports"
    assert len(lines) == packaged.context.results.read("package")["requirements"]


def test_the_example_is_read_back_as_training_rows(packaged: Small) -> None:
    import pandas
    from mlflow.models import Model

    model = packaged.build / "model"
    example = Model.load(str(model)).load_input_example(str(model))
    expected = packaged.frame[list(packaged.features)].head(5)
    pandas.testing.assert_frame_equal(example, expected)


def test_the_native_flavour_still_loads(packaged: Small) -> None:
    import mlflow.sklearn

    features = packaged.frame[list(packaged.features)]
    assert set(mlflow.sklearn.load_model(str(packaged.build / "model")).predict(features)) == {"no", "yes"}


def test_packaging_again_gives_the_same_bytes(packaged: Small) -> None:
    before = files(packaged.build / "model")
    packaged.package()
    assert files(packaged.build / "model") == before


def test_changes_since_the_training_are_refused(packaged: Small) -> None:
    packaged.project.write("src/shop/words.txt", "b\n")
    try:
        with pytest.raises(Unusable, match='since the training, this changed: code; run the step "train" again'):
            packaged.package()
        packaged.context.config["model"]["params"]["rounds"] = 6
        with pytest.raises(Unusable, match=r'mlops\.yaml changed since the step "train": run it again'):
            packaged.package()
    finally:
        packaged.project.write("src/shop/words.txt", "a\n")
        packaged.context.config["model"]["params"]["rounds"] = 5


def test_a_folder_whose_name_holds_what_mlflow_takes_for_escapes(tmp_path: Path) -> None:
    small = Small(tmp_path / "main%41%2Ffix", TREE, task=BINARY)
    small.train()
    small.package()
    answers = scoring.load(small.build / "model").predict(small.frame[list(small.features)])
    assert set(answers) == {"no", "yes"}
    assert [path.name for path in tmp_path.iterdir()] == ["main%41%2Ffix"]


def test_without_a_training_there_is_nothing_to_package(tmp_path: Path) -> None:
    small = Small(tmp_path, TREE, task=BINARY)
    small.context.results.write("train", "passed", {})
    with pytest.raises(Unusable, match='run the step "train" first'):
        small.package()


def keeping(folder: Path, kept: str, predict: str = "return ['no'] * len(frame)", **options: Any) -> Small:
    """Return a project whose model keeps something and is trained already."""
    code = KEEPS.format(kept=kept, predict=predict)
    small = Small(folder, code, framework="python", **{"task": BINARY, **options})
    small.train()
    return small


def test_a_model_that_keeps_our_classes_is_refused(tmp_path: Path) -> None:
    small = keeping(tmp_path, "data")
    with pytest.raises(Refused, match=r"(?s)hold nothing of the pipeline.*No module named 'mlopsc'"):
        small.package()
    assert not (small.build / "model").exists(), "what failed is not served"
    assert not (small.build / "model-settings.json").exists()


def test_a_model_that_needs_code_from_elsewhere_is_refused(tmp_path: Path) -> None:
    import sys

    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "far.py").write_text("NO = 'no'\n", encoding="utf-8")
    sys.path.append(str(tmp_path / "lib"))  # as a PYTHONPATH of the user's shell would; the fixture takes it back
    small = keeping(tmp_path, "0", "import far; return [far.NO] * len(frame)")
    with pytest.raises(Refused, match=r"(?s)keep the code that it needs below model.source.*No module named 'far'"):
        small.package()


def test_a_model_that_depends_on_its_process_is_refused(tmp_path: Path) -> None:
    small = keeping(tmp_path, "0", "import os; return frame['width'] * 0 + os.getpid()", task=REGRESSION)
    with pytest.raises(Refused, match="predicts something else in a new process"):
        small.package()


def test_packages_that_the_lock_lacks_or_has_in_another_version_are_noticed(tmp_path: Path) -> None:
    small = Small(tmp_path, TREE, task=BINARY)
    text = (tmp_path / "requirements.txt").read_text(encoding="utf-8").splitlines()
    kept = [line for line in text if not line.startswith(("scipy==", "joblib=="))]
    small.project.write("requirements.txt", "\n".join([*kept, "joblib==0.1"]) + "\n")
    small.train()
    small.package()
    notices = {notice.message for notice in small.context.notices}
    assert len(notices) == 2
    assert any("imports scipy, which requirements.txt does not hold" in notice for notice in notices)
    assert any("(0.1 is locked)" in notice and "install the lock" in notice for notice in notices)
    assert "joblib==0.1" in (small.build / "model/requirements.txt").read_text(encoding="utf-8").split()
