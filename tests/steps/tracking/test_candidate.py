"""The candidate that a run leaves, and its lineage as flat tags."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.commands import register
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.tracking import candidate
from steps.project import Project
from steps.tracking import documents
from steps.tracking.test_git import commit, git

NO_OPTIONS = argparse.Namespace()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return documents.project(tmp_path)


def written(project: Project) -> candidate.Candidate:
    document: candidate.Candidate = json.loads((project.folder / "build/candidate.json").read_text(encoding="utf-8"))
    return document


def test_the_candidate_says_where_the_model_comes_from(project: Project) -> None:
    context = project.context()
    result = register.STEP.run(context, NO_OPTIONS)
    assert context.notices == []
    assert result == written(project)
    assert result == {
        "schema": 1,
        "name": "birds",
        "version": documents.VERSION,
        "recipe": documents.RECIPE,
        "commit": None,
        "dirty": False,
        "data": {"birds": documents.DIGESTS["data"]},
        "rows": {side: {"rows": 2, "digest": documents.DIGESTS[side]} for side in ("train", "evaluate")},
        "params": {"C": 0.5, "solver": "lbfgs", "grid": {"b": [1, 2], "a": None}},
        "seed": 42,
        "framework": "sklearn",
        "metrics": {"accuracy": 0.9375, "f1_macro": 0.1 + 0.2},
        "evaluation": {"digest": documents.DIGESTS["evaluate"], "method": documents.DIGESTS["method"]},
        "gate": "passed",
        "purpose": "laptop",
        "sample": False,
    }


def test_it_is_the_same_each_time(project: Project) -> None:
    register.STEP.run(project.context(), NO_OPTIONS)
    first = (project.folder / "build/candidate.json").read_bytes()
    register.STEP.run(project.context(), NO_OPTIONS)
    assert (project.folder / "build/candidate.json").read_bytes() == first


def test_commit_and_purpose_are_in_it(project: Project) -> None:
    git(project.folder, "init", "--quiet")
    (project.folder / ".gitignore").write_text("build/\n", encoding="utf-8")
    head = commit(project.folder)
    found = register.STEP.run(project.context("delivery"), NO_OPTIONS)
    assert (found["commit"], found["dirty"], found["purpose"]) == (head, False, "delivery")
    project.write("src/model.py", "a = 1\n")
    assert register.STEP.run(project.context(), NO_OPTIONS)["dirty"] is True


def test_a_repository_that_git_does_not_read_is_a_notice(project: Project) -> None:
    git(project.folder, "init", "--quiet")
    project.write(".git/config", "[core\n")
    context = project.context()
    register.STEP.run(context, NO_OPTIONS)
    assert [notice.rule for notice in context.notices] == ["git"]


@pytest.mark.parametrize("verdict", ["not-judged", "not-comparable"])
def test_another_verdict_than_passed_is_kept_and_noticed(project: Project, verdict: str) -> None:
    context = project.context()
    context.results.write("gate", "not-judged", {"verdict": verdict, "checks": []})
    found = register.STEP.run(context, NO_OPTIONS)
    assert found["gate"] == verdict
    assert found == written(project)
    (notice,) = context.notices
    assert verdict.replace("-", " ") in notice.message


def test_a_refused_model_is_no_candidate(project: Project) -> None:
    context = project.context()
    context.results.write("gate", "refused", {"verdict": "failed", "checks": []})
    with pytest.raises(Unusable, match='the step "gate" ended with "refused"'):
        register.STEP.run(context, NO_OPTIONS)
    assert not (project.folder / "build/candidate.json").exists()


def test_the_tags_hold_every_fact_but_parameters_and_metrics(project: Project) -> None:
    found = candidate.collect(project.context())
    tags = candidate.lineage({**found, "commit": "c" * 40, "sample": 5000})
    assert tags == {
        "mlops.name": "birds",
        "mlops.version": documents.VERSION,
        **{f"mlops.recipe.{part}": digest for part, digest in documents.RECIPE.items()},
        "mlflow.source.git.commit": "c" * 40,
        "mlops.dirty": "false",
        "mlops.data.birds": documents.DIGESTS["data"],
        "mlops.rows.train.rows": "2",
        "mlops.rows.train.digest": documents.DIGESTS["train"],
        "mlops.rows.evaluate.rows": "2",
        "mlops.rows.evaluate.digest": documents.DIGESTS["evaluate"],
        "mlops.seed": "42",
        "mlops.framework": "sklearn",
        "mlops.evaluation.digest": documents.DIGESTS["evaluate"],
        "mlops.evaluation.method": documents.DIGESTS["method"],
        "mlops.gate": "passed",
        "mlops.purpose": "laptop",
        "mlops.sample": "5000",
    }


def test_without_a_commit_no_tag_names_one(project: Project) -> None:
    tags = candidate.lineage(candidate.collect(project.context()))
    assert not [name for name in tags if "commit" in name]
    assert tags["mlops.sample"] == "false"
