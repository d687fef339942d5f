"""Result files."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Finding, Unusable
from mlopsc.steps.mlops_steps.results import Results, write_json

CONFIG: dict[str, Any] = {
    "data": {"train": "a", "datasets": {}},
    "model": {
        "source": "src",
        "task": "regression",
        "seed": 1,
        "params": {"C": 1},
        "prediction": {"output": "value", "threshold": 0.5},
    },
    "execution": {"train": {"timeout_seconds": 1}, "pull_request": {"train": "full", "rows": 1}},
    "tests": {"metrics": {"r2": {"min": 0.5}}},
    "environments": {},
}
STEPS = ("data", "split", "train", "package", "evaluate", "gate", "register", "smoke")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    results = Results(tmp_path, CONFIG)
    results.write("split", "passed", {"rows": 3}, notices=[Finding("a", "b", "c")])
    assert results.read("split") == {"rows": 3}


def test_a_result_that_was_not_judged_is_read(tmp_path: Path) -> None:
    Results(tmp_path, CONFIG).write("gate", "not-judged", {"verdict": "not-judged"})
    assert Results(tmp_path, CONFIG).read("gate") == {"verdict": "not-judged"}


@pytest.mark.parametrize("status", ["refused", "failed"])
def test_a_step_that_did_not_pass_cannot_be_built_on(tmp_path: Path, status: str) -> None:
    Results(tmp_path, CONFIG).write("train", status, {})
    with pytest.raises(Unusable, match=f'the step "train" ended with "{status}"'):
        Results(tmp_path, CONFIG).read("train")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, 'the step "train" has not run; run it first'),
        ("{", 'run the step "train" again'),
        ("[]", "holds no map: run the step"),
        ('{"schema": 2, "status": "passed", "result": {}}', "has the schema number 2"),
        ('{"schema": 1, "status": "passed", "result": {}}', 'mlops.yaml changed since the step "train"'),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "train.json").write_text(content, encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        Results(tmp_path, CONFIG).read("train")
    assert said in str(refused.value)


def test_forgetting_what_is_not_there_is_fine(tmp_path: Path) -> None:
    results = Results(tmp_path / "results", CONFIG)
    results.write("train", "passed", {})
    results.forget(("train", "gate"))
    assert list((tmp_path / "results").iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_json(path, {"a": "ä"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"a": float("inf")})
    assert path.read_text(encoding="utf-8") == '{\n  "a": "ä"\n}\n'
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize(
    ("path", "first"),
    [
        (("data", "train"), "data"),
        (("model", "source"), "data"),
        (("model", "task"), "split"),
        (("model", "seed"), "split"),
        (("model", "prediction", "positive"), "split"),
        (("execution", "pull_request", "rows"), "split"),
        (("model", "params", "C"), "train"),
        (("model", "prediction", "threshold"), "train"),
        (("tests", "metrics", "r2", "min"), "evaluate"),
        (("environments", "staging"), "register"),
    ],
)
def test_results_of_another_configuration_are_not_read(tmp_path: Path, path: tuple[str, ...], first: str) -> None:
    """A change makes the results of the steps that depend on it useless, and of no others."""
    for step in STEPS:
        Results(tmp_path, CONFIG).write(step, "passed", {})
    changed = copy.deepcopy(CONFIG)
    part = changed
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = "another"
    results = Results(tmp_path, changed)
    for step in STEPS[: STEPS.index(first)]:
        assert results.read(step) == {}
    for step in STEPS[STEPS.index(first) :]:
        with pytest.raises(Unusable, match=f'mlops.yaml changed since the step "{step}": run it again'):
            results.read(step)
