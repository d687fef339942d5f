"""What the digest of a method of evaluation depends on, and what not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.evaluation import method
from steps.evaluation.prepared import CONFIG, SPLIT
from steps.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with scripts and modules that may evaluate."""
    made = Project(tmp_path, CONFIG)
    for name in ("score.py", "tools/score.py", "src/score.py", "src/churn/score.py", "src/churn/__main__.py"):
        made.write(name, f"# {name}\n")
    return made


def digest(project: Project, **split: Any) -> str:
    """Return the digest of a project whose split found something else."""
    return method.digest(project.context(), {**SPLIT, **split})


def test_what_gives_metrics_their_meaning_is_in_it(project: Project) -> None:
    before = digest(project)
    assert re.fullmatch("sha256:[0-9a-f]{64}", before)
    assert digest(project) == before
    assert digest(project, positive=False) != before
    assert digest(project, classes=[True, False]) != before
    assert digest(project, classes=["no", "yes"], positive="yes") != before
    project.change(lambda config: config["model"]["prediction"].update(output="value"))
    value = digest(project)
    assert value != before
    project.change(lambda config: config["model"].update(task="regression"))
    assert digest(project) not in (before, value)


def test_what_is_no_meaning_is_not(project: Project) -> None:
    before = digest(project)
    project.change(lambda config: config["model"].update(params={"C": 2.0}, seed=1))
    project.change(lambda config: config["model"]["prediction"].update(threshold=0.1))
    project.change(lambda config: config["tests"].update(metrics={"accuracy": {"better": "higher", "min": 0.9}}))
    assert digest(project, train={"rows": 1}, evaluate={"rows": 1}) == before


def command(project: Project, words: str) -> None:
    """Let a custom task be evaluated by a command."""
    project.change(lambda config: config["model"].update(task="custom", evaluate={"command": words.split()}))


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("python tools/score.py", "tools/score.py"),
        ("python3 -u -W error score.py --fast", "score.py"),
        ("python -m score", "src/score.py"),
        ("python -X dev -m churn.score --fast", "src/churn/score.py"),
        ("python -m churn", "src/churn/__main__.py"),
    ],
)
def test_the_file_that_a_command_names_is_in_it(project: Project, words: str, file: str) -> None:
    command(project, words)
    before = digest(project)
    for name in ("score.py", "tools/score.py", "src/score.py", "src/churn/score.py", "src/churn/__main__.py"):
        text = project.write(name, f"# {name}\n").read_text(encoding="utf-8")
        project.write(name, text + "# changed\n")
        assert (digest(project) != before) == (name == file), name
        project.write(name, text)
    command(project, f"{words} --slow")
    assert digest(project) != before


@pytest.mark.parametrize("words", ["bash score.sh", "python -m elsewhere", "python -m", "python -c pass", "python"])
def test_a_command_that_names_no_file_is_in_it_by_itself(project: Project, words: str) -> None:
    command(project, words)
    before = digest(project)
    command(project, f"{words} --fast")
    assert digest(project) != before
