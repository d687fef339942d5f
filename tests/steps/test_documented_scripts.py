"""The scripts of docs/pipeline.md run as they stand there; the commands import nothing of ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from steps.formats import problems, problems_of
from steps.project import ROOT, Project, penguins

PAGE = ROOT / "docs" / "pipeline.md"

_SCRIPT = re.compile(r"^```python\n# (src/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def scripts() -> dict[str, str]:
    """Return the scripts of the page by the path in their first line."""
    return dict(_SCRIPT.findall(PAGE.read_text(encoding="utf-8")))


def run(folder: Path, *steps: str, **model: Any) -> Project:
    """Run steps on the first example with the scripts of the page as its code."""
    project = penguins(folder)
    for path, text in scripts().items():
        project.write(path, text)
    project.change(lambda config: config["model"].update(model))
    if model.get("task") == "custom":
        nothing: dict[str, Any] = {"slices": {}, "fairness": {}, "behaviour": {"invariant_to": {}, "directional": {}}}
        project.change(lambda config: config["tests"].update(metrics={"right": {"min": 0.9}}, **nothing))
    ended = project.run("run", *(word for step in steps for word in ("--step", step)))
    assert ended.returncode == 0, ended.stderr
    assert problems_of(project) == []
    return project


def test_the_scripts_import_nothing_of_ours() -> None:
    assert sorted(scripts()) == ["src/penguins/evaluate.py", "src/penguins/model.py", "src/penguins/train.py"]
    assert not [path for path, text in scripts().items() if "mlops_steps" in text or "mlopsc" in text]


@pytest.mark.steps
def test_the_function_trains(tmp_path: Path) -> None:
    project = run(tmp_path, "data", "split", "train", "package", "evaluate", "gate", "register")
    assert project.result("train")["result"]["seeded"] == ["random", "numpy"]


@pytest.mark.steps
def test_the_commands_train_and_evaluate(tmp_path: Path) -> None:
    project = run(
        tmp_path,
        "data",
        "split",
        "train",
        "package",
        "evaluate",
        "gate",
        task="custom",
        train={"command": ["python", "-m", "penguins.train"]},
        evaluate={"command": ["python", "-m", "penguins.evaluate"]},
    )
    metrics = project.result("evaluate")["result"]["metrics"]
    assert metrics == {"right": pytest.approx(1.0, abs=0.1)}
    build = project.folder / "build"
    for name, path in (("train-config", "training/config.json"), ("evaluate-config", "evaluation/config.json")):
        assert problems(name, json.loads((build / path).read_text(encoding="utf-8"))) == []
