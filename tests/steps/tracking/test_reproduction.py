"""Comparing a model that was made again with its record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.results import write_json
from mlopsc.steps.mlops_steps.tracking import candidate, reproduction
from mlopsc.steps.mlops_steps.tracking.git import Checkout
from mlopsc.steps.mlops_steps.tracking.reproduction import Recorded, differences, notices
from steps.tracking import documents

OTHER_COMMIT = "d" * 40

RECORDED = Recorded(
    version=documents.VERSION,
    recipe=documents.RECIPE,
    commit=documents.COMMIT,
    dirty=False,
    metrics={"accuracy": 0.9375, "log_loss": 0.25},
    evaluation=documents.DIGESTS["evaluate"],
    sample=False,
)

NOTHING_RELEASED = {
    **{key: documents.release()[key] for key in ("apiVersion", "kind", "metadata")},
    "state": "none",
    "rejected": [],
}


def test_the_same_model_has_no_difference() -> None:
    assert list(differences(RECORDED, RECORDED)) == []


def test_a_metric_may_differ_by_rounding_only() -> None:
    near = replace(RECORDED, metrics={"accuracy": 0.9375 + 5e-10, "log_loss": 0.25})
    assert list(differences(RECORDED, near)) == []
    far = replace(RECORDED, metrics={"accuracy": 0.9375 + 5e-9, "log_loss": 0.25})
    (found,) = differences(RECORDED, far)
    assert (found.rule, found.subject) == ("metric", "accuracy")
    assert "recorded 0.9375, now 0.937500005" in found.message


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ({"accuracy": 0.9375}, "the metric log_loss differs: recorded 0.25, now undefined"),
        ({**RECORDED.metrics, "f1": 0.5}, "the metric f1 differs: recorded undefined, now 0.5"),
    ],
)
def test_a_metric_that_only_one_has_is_a_difference(metrics: dict[str, float], said: str) -> None:
    (found,) = differences(RECORDED, replace(RECORDED, metrics=metrics))
    assert found.message.startswith(said)


@pytest.mark.parametrize("part", ["code", "lock", "data", "model"])
def test_each_part_of_the_recipe_is_named_with_the_version(part: str) -> None:
    other = replace(RECORDED, version="0" * 12, recipe={**documents.RECIPE, part: "f" * 64})
    recipe, version = differences(RECORDED, other)
    assert recipe.message.startswith(f"the recipe differs in its part {part}: recorded {documents.RECIPE[part][:12]}, ")
    assert recipe.facts == {"record": documents.RECIPE[part], "now": "f" * 64}
    assert version.message.startswith(f"the version differs: recorded {documents.VERSION}, now {'0' * 12}; ")


def test_other_evaluation_rows_are_named() -> None:
    (found,) = differences(RECORDED, replace(RECORDED, evaluation=f"sha256:{'0' * 64}"))
    assert (found.rule, found.subject) == ("evaluation", "evaluation rows")


def test_a_version_is_compared_as_far_as_both_go() -> None:
    longer = replace(RECORDED, version=documents.VERSION + "0" * 52)
    assert list(differences(longer, RECORDED)) == []


def test_another_commit_and_changed_files_are_said_beforehand() -> None:
    assert list(notices(RECORDED, documents.COMMIT)) == []
    assert list(notices(RECORDED, None)) == []
    dirty, other = notices(replace(RECORDED, dirty=True), OTHER_COMMIT)
    assert dirty.rule == "dirty"
    assert f"the record is of commit {documents.COMMIT[:12]}, and {OTHER_COMMIT[:12]} is checked out" in other.message


def test_a_candidate_is_read(tmp_path: Path) -> None:
    made = documents.project(tmp_path / "project")
    path = tmp_path / "candidate.json"
    write_json(path, candidate.collect(made.context()))
    read = reproduction.read(path, "birds")
    assert read == reproduction.made(made.context().results, Checkout(None, False))
    assert read.recipe == documents.RECIPE


def test_of_a_release_record_the_stable_release_is_read(tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    write_json(path, documents.release(accuracy=0.9375))
    assert reproduction.read(path, "birds") == replace(RECORDED, recipe={}, metrics={"accuracy": 0.9375})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no record"),
        ("{", "is no JSON"),
        ("[]", "holds no map"),
        ("3", "holds no map"),
        ('{"schema": 1}', "is neither a candidate.json nor a release.json"),
        ('{"schema": 2, "name": "birds"}', "has the schema number 2"),
        (json.dumps(documents.release("churn")), "is of churn, and this is birds"),
        (json.dumps(NOTHING_RELEASED), "nothing was ever released there"),
    ],
)
def test_what_is_no_record_says_what_to_give(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "record.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        reproduction.read(path, "birds")
    assert said in str(refused.value)


def test_a_broken_release_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    write_json(path, {**documents.release(), "stable": {}})
    with pytest.raises(Refused, match="missing"):
        reproduction.read(path, "birds")
