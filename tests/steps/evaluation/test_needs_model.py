"""When the champion can be compared only if its model predicts the evaluation rows anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.commands.evaluate import STEP as EVALUATE
from mlopsc.steps.mlops_steps.context import DELIVERY, LAPTOP
from mlopsc.steps.mlops_steps.evaluation import champion as champions
from mlopsc.steps.mlops_steps.evaluation.evaluate import needs_model
from steps.evaluation.prepared import OTHER_DIGEST, champion, divided, prepared, run
from steps.project import Project

pytestmark = pytest.mark.steps

RIGHT = "p0\n0.9\n0.9\n0.9\n0.9\n0.9\n0.1\n0.1\n0.9\n"
"""Predictions that are right about all rows: an accuracy of 1."""
LABELS = "prediction\n" + "true\n" * 8
"""Predictions of another kind than this project makes."""
DROP: dict[str, Any] = {"better": "higher", "max_drop": 0.2}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = prepared(tmp_path, monkeypatch)
    project.change(lambda config: config["tests"].update(metrics={"accuracy": DROP}))
    return project


def asked(project: Project, purpose: str = DELIVERY) -> bool:
    context = project.context(purpose)
    release = champions.read(context.build / "champion", "churn")
    assert release is not None
    return needs_model(context, release)


def test_predictions_of_the_same_rows_will_do(project: Project) -> None:
    champion(project, RIGHT, metrics={"accuracy": 1.0})
    assert not asked(project)


def test_other_rows_will_not(project: Project) -> None:
    champion(project, RIGHT, metrics={"accuracy": 1.0}, digest=OTHER_DIGEST)
    assert asked(project)
    divided(project, sample=8)
    assert not asked(project), "on a sample nothing is judged"


def test_predictions_that_do_not_give_the_recorded_metrics_will_not_in_a_delivery(project: Project) -> None:
    champion(project, RIGHT, metrics={"accuracy": 0.8})
    assert asked(project)
    assert not asked(project, LAPTOP)


@pytest.mark.parametrize("predictions", [None, LABELS], ids=["none", "of another kind"])
def test_without_predictions_the_recorded_metrics_will_do_unless_a_bound_is_asked_for(
    project: Project, predictions: str | None
) -> None:
    champion(project, predictions, metrics={"accuracy": 1.0})
    assert not asked(project)
    project.change(lambda config: config["tests"].update(metrics={"accuracy": {**DROP, "confidence": 0.95}}))
    assert asked(project)
    project.change(lambda config: config["tests"].update(metrics={"recall": DROP}))
    assert asked(project), "the record has no recall"
    project.change(lambda config: config["tests"].update(metrics={"recall": {"better": "higher", "min": 0.1}}))
    assert not asked(project)


@pytest.mark.parametrize(
    ("predictions", "changes"),
    [
        (RIGHT, {"metrics": {"accuracy": 0.8}}),
        (RIGHT, {"digest": OTHER_DIGEST}),
        (RIGHT, {"metrics": {"accuracy": 1.0}}),
    ],
)
def test_a_model_is_asked_for_where_the_evaluation_could_not_compare(
    project: Project, predictions: str, changes: dict[str, Any]
) -> None:
    champion(project, predictions, **changes)
    needed = asked(project)
    result, _ = run(project, EVALUATE, DELIVERY)
    assert result["champion"]["comparable"] is not needed
