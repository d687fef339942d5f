"""What the step "champion" hands on: the image of the champion, and whether its model must predict anew."""

from __future__ import annotations

import argparse
import copy
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.commands import champion
from mlopsc.steps.mlops_steps.evaluation import method
from steps import formats
from steps.release.repositories import Remote, image, version

DIGEST, OTHER_DIGEST = f"sha256:{'d' * 64}", f"sha256:{'e' * 64}"

SPLIT: dict[str, Any] = {
    "evaluate": {"rows": 2, "digest": DIGEST},
    "sample": False,
    "classes": None,
    "positive": None,
}
CONFIG: dict[str, Any] = {
    "data": {"datasets": {}},
    "model": {
        "task": "custom",
        "source": "src",
        "evaluate": {"command": ["evaluate"]},
        "prediction": {"output": "value", "threshold": 0.5},
    },
    "tests": {"champion": "production", "metrics": {"ndcg": {"min": 0.5, "max_drop": 0.01}}},
}


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """A remote repository with the example on its main branch, and git without settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return Remote(tmp_path)


def released(remote: Remote, metrics: dict[str, float], digest: str = DIGEST) -> None:
    """Release a candidate with metrics on evaluation rows, by the method of `CONFIG`."""
    here = remote.first
    here.config.update(copy.deepcopy(CONFIG))
    meaning = method.digest(here.context(), SPLIT)
    here.candidate("a", metrics=metrics, evaluation={"digest": digest, "method": meaning})
    here.move("start", "--image", image("a"))


def run(remote: Remote, outputs: Path, split: dict[str, Any] | None) -> tuple[dict[str, Any], dict[str, str]]:
    """Run the step after a split, if there was one; return its result and what it handed on."""
    context = replace(remote.first.context(), outputs_file=outputs)
    context.results.forget(["split"])
    if split is not None:
        context.results.write("split", "passed", split)
    outputs.unlink(missing_ok=True)
    result = champion.STEP.run(context, argparse.Namespace(remote=None))
    document = {"schema": 1, "step": "champion", "config": "0" * 64, "status": "passed", "findings": [], "notices": []}
    assert formats.problems("result", {**document, "result": result}) == []
    lines = outputs.read_text(encoding="utf-8").splitlines()
    return result, dict(line.split("=", 1) for line in lines)


def test_before_the_first_release(remote: Remote, tmp_path: Path) -> None:
    remote.first.config.update(copy.deepcopy(CONFIG))
    result, handed_on = run(remote, tmp_path / "outputs", SPLIT)
    assert result["release"] is None
    assert handed_on == {"image": "", "rescore": "false"}


def test_without_an_environment_to_compare_with(remote: Remote, tmp_path: Path) -> None:
    remote.first.config.update(copy.deepcopy(CONFIG), tests={"metrics": {}})
    assert run(remote, tmp_path / "outputs", SPLIT)[1] == {"image": "", "rescore": "false"}


def test_the_same_rows_and_method_need_no_model(remote: Remote, tmp_path: Path) -> None:
    released(remote, {"ndcg": 0.8})
    result, handed_on = run(remote, tmp_path / "outputs", SPLIT)
    assert result["version"] == version("a")
    assert handed_on == {"image": image("a"), "rescore": "false"}
    assert (result["image"], result["rescore"]) == (image("a"), False)


@pytest.mark.parametrize(
    ("split", "rescore"),
    [
        ({"evaluate": {"rows": 2, "digest": OTHER_DIGEST}}, "true"),
        ({"evaluate": {"rows": 2, "digest": OTHER_DIGEST}, "sample": 100}, "false"),
        ({"positive": True}, "true"),
    ],
    ids=["rows", "sample", "method"],
)
def test_other_rows_and_another_method_need_it(
    remote: Remote, tmp_path: Path, split: dict[str, Any], rescore: str
) -> None:
    released(remote, {"ndcg": 0.8})
    assert run(remote, tmp_path / "outputs", {**SPLIT, **split})[1]["rescore"] == rescore


def test_a_limit_of_a_metric_that_the_record_lacks_needs_it(remote: Remote, tmp_path: Path) -> None:
    released(remote, {"precision": 0.8})
    assert run(remote, tmp_path / "outputs", SPLIT)[1]["rescore"] == "true"
    remote.first.config["tests"]["metrics"]["ndcg"].pop("max_drop")
    assert run(remote, tmp_path / "outputs", SPLIT)[1]["rescore"] == "false"


def test_nobody_knows_before_the_split(remote: Remote, tmp_path: Path) -> None:
    released(remote, {"ndcg": 0.8}, OTHER_DIGEST)
    assert run(remote, tmp_path / "outputs", None)[1] == {"image": image("a"), "rescore": "false"}


def test_a_split_of_another_spec_tells_nothing(remote: Remote, tmp_path: Path) -> None:
    released(remote, {"ndcg": 0.8}, OTHER_DIGEST)
    remote.first.context().results.write("split", "passed", SPLIT)
    remote.first.config["data"] = {"datasets": {"more": {}}}
    context = replace(remote.first.context(), outputs_file=tmp_path / "outputs")
    assert champion.STEP.run(context, argparse.Namespace(remote=None))["rescore"] is False
