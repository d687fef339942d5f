"""The steps evaluate and gate, on written-down rows and answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.commands.evaluate import STEP as EVALUATE
from mlopsc.steps.mlops_steps.commands.gate import STEP as GATE
from mlopsc.steps.mlops_steps.context import DELIVERY, PULL_REQUEST
from mlopsc.steps.mlops_steps.evaluation import bounds
from mlopsc.steps.mlops_steps.packaging.scoring import Meaning
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.user_code import UserCodeFailed
from steps.evaluation.prepared import DIGEST, MEANING, OTHER_DIGEST, Model, champion, divided, prepared, run
from steps.project import Project

pytestmark = pytest.mark.steps

OTHER_CLASSES = "its classes, or the positive one of them, are others"
PERFECT = "p0\n0.9\n0.9\n0.9\n0.9\n0.9\n0.1\n0.1\n0.9\n"
"""Predictions of a champion that is right about all rows."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A model that predicts churn up to a tenure of 4: six of eight rows are right."""
    return prepared(tmp_path, monkeypatch)


def limits(project: Project, **sections: Any) -> None:
    """Set sections of the tests."""
    project.change(lambda config: config["tests"].update(sections))


def test_everything_is_evaluated(project: Project) -> None:
    limits(
        project,
        slices={"by_contract": {"column": "contract", "metric": "recall", "min": 0.5, "min_samples": 2}},
        fairness={"by_gender": {"column": "gender", "metric": "selection_rate", "max_gap": 0.1, "min_samples": 2}},
        behaviour={
            "invariant_to": {"contract": ["monthly", "yearly"]},
            "directional": {"tenure": {"expect": "decreasing", "tolerance": 0.0}},
        },
    )
    result, _ = run(project, EVALUATE)
    metrics = result.pop("metrics")
    assert metrics["accuracy"] == 0.75
    assert metrics["recall"] == pytest.approx(4 / 6)
    assert metrics["roc_auc"] == pytest.approx(10 / 12)
    assert result == {
        "task": "binary-classification",
        "rows": 8,
        "digest": DIGEST,
        "method": result["method"],
        "slices": {
            "by_contract": {
                "column": "contract",
                "metric": "recall",
                "groups": {
                    "monthly": {"samples": 4, "value": pytest.approx(2 / 3)},
                    "yearly": {"samples": 4, "value": pytest.approx(2 / 3)},
                },
            }
        },
        "fairness": {
            "by_gender": {
                "column": "gender",
                "metric": "selection_rate",
                "groups": {"f": {"samples": 4, "value": 0.5}, "m": {"samples": 4, "value": 0.5}},
            }
        },
        "behaviour": {
            "invariant_to": {"contract": {"changed": 0}},
            "directional": {"tenure": {"rows": 8, "violations": 0, "share": 0.0}},
        },
        "champion": None,
    }
    written = (project.folder / "build" / "evaluation" / "predictions.csv").read_text(encoding="utf-8").splitlines()
    assert written[0] == "p0"
    assert [float(line) for line in written[1:]] == pytest.approx([0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])


def test_a_model_that_uses_what_it_must_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = prepared(tmp_path, monkeypatch, {"model": Model(MEANING, slope=0.01, contract=0.02)})
    limits(
        project,
        behaviour={
            "invariant_to": {"contract": ["monthly", "yearly"]},
            "directional": {"tenure": {"expect": "decreasing", "tolerance": 0.1}},
        },
    )
    run(project, EVALUATE)
    with pytest.raises(Refused) as refused:
        run(project, GATE)
    assert [finding.rule for finding in refused.value.findings] == ["invariant_to", "directional"]


def test_a_model_that_cannot_predict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = prepared(tmp_path, monkeypatch, {"model": Model(MEANING, fails=True)})
    with pytest.raises(UserCodeFailed, match="no column called tenure"):
        run(project, EVALUATE)


def test_a_class_that_the_training_never_saw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = prepared(tmp_path, monkeypatch, classes=[True], positive=True)
    with pytest.raises(Refused, match="2 of 8 true values are none of the 1 classes"):
        run(project, EVALUATE)


def test_without_a_target_there_is_nothing_to_evaluate_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = prepared(tmp_path, monkeypatch, target=None)
    with pytest.raises(Unusable, match="the data has none"):
        run(project, EVALUATE)


def test_the_champion_is_known_by_its_predictions(project: Project) -> None:
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.2}})
    champion(project, PERFECT, metrics={"accuracy": 1.0})
    result, context = run(project, EVALUATE)
    found = result["champion"]
    assert (found["comparable"], found["rescored"], found["metrics"]["roc_auc"]) == (True, False, 1.0)
    assert context.notices == []
    with pytest.raises(Refused) as refused:
        run(project, GATE)
    (finding,) = refused.value.findings
    assert finding.message.startswith(
        "accuracy is 0.75 on the 8 evaluation rows, 1 for the champion 3f2a9c1b7d40: a drop of 0.25, above "
        "the max_drop of 0.2"
    )
    assert refused.value.result["verdict"] == "failed"


def test_a_paired_bound_of_the_drop(project: Project) -> None:
    champion(project, PERFECT)
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.3, "confidence": 0.95}})
    run(project, EVALUATE)
    with pytest.raises(Refused, match=r"its upper 95% bound is 0.5, above the max_drop of 0.3"):
        run(project, GATE)
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.5, "confidence": 0.95}})
    run(project, EVALUATE)
    assert run(project, GATE)[0]["verdict"] == "passed"


def test_predictions_that_do_not_give_the_recorded_metric(project: Project) -> None:
    """As after a change of the threshold: both models are compared with the present one, and it is said."""
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.2}})
    champion(project, PERFECT, metrics={"accuracy": 0.5})
    result, context = run(project, EVALUATE)
    assert result["champion"]["metrics"]["accuracy"] == 1.0
    assert "was 0.5 when it was released and is 1 with" in context.notices[0].message


@pytest.mark.parametrize("with_model", [False, True])
def test_in_a_delivery_such_predictions_are_no_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_model: bool
) -> None:
    """Unless the champion's model is there: it predicts again."""
    models = {"model": Model(MEANING), "champion/model": Model(MEANING, slope=-0.075)}
    project = prepared(tmp_path, monkeypatch, models)
    if not with_model:
        (tmp_path / "build" / "champion" / "model").rmdir()
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.2}})
    champion(project, PERFECT, metrics={"accuracy": 0.5})
    result, context = run(project, EVALUATE, DELIVERY)
    found = result["champion"]
    assert (found["comparable"], found["rescored"], context.notices) == (with_model, with_model, [])
    if with_model:
        assert found["metrics"]["accuracy"] == 0.875
        assert run(project, GATE, DELIVERY)[0]["verdict"] == "passed"
        return
    assert "was 0.5 when it was released and is 1 with the threshold" in found["reason"]
    with pytest.raises(Refused, match="accuracy is not comparable with the champion 3f2a9c1b7d40: the champion's"):
        run(project, GATE, DELIVERY)


@pytest.mark.parametrize("with_model", [False, True])
def test_metrics_of_another_positive_class_are_not_comparable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_model: bool
) -> None:
    """The champion's probabilities of churn would be read as those of staying."""
    inverted = Meaning("binary-classification", "probability", [False, True], False, 0.5)
    models = {"model": Model(inverted, slope=0.1), "champion/model": Model(MEANING)}
    project = prepared(tmp_path, monkeypatch, models)
    if not with_model:
        (tmp_path / "build" / "champion" / "model").rmdir()
    champion(project, PERFECT, metrics={"accuracy": 1.0})
    project.change(lambda config: config["model"]["prediction"].update(positive=False))
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.9}})
    divided(project, positive=False)
    found = run(project, EVALUATE)[0]["champion"]
    assert (found["comparable"], found["metrics"]) == (False, {})
    assert (OTHER_CLASSES if with_model else "its metrics mean something else, since task, output") in found["reason"]
    with pytest.raises(Refused, match="not comparable"):
        run(project, GATE, DELIVERY)


def test_the_record_of_another_project_is_no_champion(project: Project) -> None:
    champion(project, PERFECT, name="penguins")
    with pytest.raises(Unusable, match=r"release\.json is of penguins, and this is churn"):
        run(project, EVALUATE)


@pytest.mark.parametrize(
    ("data", "groups"),
    [
        ({"columns": {"contract": {"type": "category", "role": "group", "values": ["monthly", "yearly"]}}}, 2),
        ({"split": {"by": "group", "column": "gender", "test": 0.2, "seed": 7}}, 2),
        ({"split": {"by": "group", "column": "tenure", "test": 0.2, "seed": 7}}, 8),
        ({}, None),
    ],
    ids=["a column of groups", "a split by groups", "groups of one row", "no groups"],
)
def test_groups_of_rows_are_drawn_whole(project: Project, data: dict[str, Any], groups: int | None) -> None:
    def change(config: dict[str, Any]) -> None:
        config["data"]["datasets"]["customers"]["columns"].update(data.get("columns", {}))
        config["data"]["evaluate"].update({name: value for name, value in data.items() if name == "split"})

    project.change(change)
    limits(project, metrics={"accuracy": {"better": "higher", "min": 0.1, "confidence": 0.95}})
    divided(project)
    run(project, EVALUATE)
    found, context = run(project, GATE)
    assert found["checks"][-1]["bound"] == (0.75 if groups == 2 else 0.5)  # of each two groups, three of four are right
    notices = [notice.message for notice in context.notices if notice.rule == "groups"]
    assert len(notices) == (groups is not None)
    if groups is not None:
        assert f"bounds are computed from the {groups} groups of" in notices[0]


def test_enough_groups_are_no_notice(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "FEWEST_GROUPS", 8)
    split = {"by": "group", "column": "tenure", "test": 0.2, "seed": 7}
    project.change(lambda config: config["data"]["evaluate"].update(split=split))
    limits(project, metrics={"accuracy": {"better": "higher", "min": 0.1, "confidence": 0.95}})
    divided(project)
    run(project, EVALUATE)
    assert run(project, GATE)[1].notices == []


def test_the_champion_is_known_by_its_record_alone(project: Project) -> None:
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.0}})
    champion(project, metrics={"accuracy": 0.625})
    result, _ = run(project, EVALUATE)
    assert result["champion"]["metrics"] == {"accuracy": 0.625}
    assert run(project, GATE)[0]["verdict"] == "passed"
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.0, "confidence": 0.9}})
    run(project, EVALUATE)
    found, _ = run(project, GATE)
    assert (found["verdict"], found["status"]) == ("not-comparable", "not-judged")
    assert "there are no predictions of the champion" in found["checks"][0]["message"]


def test_predictions_of_another_kind_are_not_used(project: Project) -> None:
    champion(project, "prediction\nTrue\n")
    result, context = run(project, EVALUATE)
    assert result["champion"]["metrics"] == {"accuracy": 0.625}
    assert "of another kind" in context.notices[0].message


def test_too_few_predictions(project: Project) -> None:
    champion(project, "p0\n0.5\n")
    found = run(project, EVALUATE)[0]["champion"]
    assert found["comparable"] is False
    assert found["reason"] == (
        "of its predictions, there are 1 predictions for 8 rows; put its model into build/champion/model, so that it "
        "is evaluated as this one is"
    )


@pytest.mark.parametrize("purpose", [PULL_REQUEST, DELIVERY])
def test_other_rows_are_not_comparable(project: Project, purpose: str) -> None:
    limits(project, metrics={"accuracy": {"better": "higher", "min": 0.5, "max_drop": 0.9}})
    champion(project, PERFECT, digest=OTHER_DIGEST)
    assert run(project, EVALUATE)[0]["champion"]["comparable"] is False
    if purpose == DELIVERY:
        with pytest.raises(Refused, match="put its model into build/champion/model"):
            run(project, GATE, purpose)
        return
    found, context = run(project, GATE, purpose)
    assert (found["status"], found["verdict"]) == ("not-judged", "not-comparable")
    assert [notice.rule for notice in context.notices] == ["max_drop"]


def test_other_rows_matter_only_to_a_comparison(project: Project) -> None:
    limits(project, metrics={"accuracy": {"better": "higher", "min": 0.5}})
    champion(project, PERFECT, digest=OTHER_DIGEST)
    run(project, EVALUATE)
    assert run(project, GATE, DELIVERY)[0]["verdict"] == "passed"


def test_the_model_of_the_champion_predicts_other_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = {"model": Model(MEANING), "champion/model": Model(MEANING, slope=-0.075)}
    project = prepared(tmp_path, monkeypatch, models)
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.1}})
    champion(project, PERFECT, digest=OTHER_DIGEST)
    found = run(project, EVALUATE)[0]["champion"]
    assert (found["comparable"], found["rescored"], found["metrics"]["accuracy"]) == (True, True, 0.875)
    with pytest.raises(Refused, match=r"a drop of 0.125"):
        run(project, GATE)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Model(MEANING, fails=True), "ValueError: no column called tenure"),
        (Model(Meaning("binary-classification", "probability", ["a", "b"], "b", 0.5)), OTHER_CLASSES),
        (Model(Meaning("binary-classification", "probability", [False, True], False, 0.5)), OTHER_CLASSES),
    ],
)
def test_the_model_of_the_champion_cannot_predict_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Model, reason: str
) -> None:
    project = prepared(tmp_path, monkeypatch, {"model": Model(MEANING), "champion/model": model})
    champion(project, digest=OTHER_DIGEST)
    found = run(project, EVALUATE)[0]["champion"]
    assert (found["comparable"], found["reason"]) == (False, f"its model cannot predict these rows: {reason}")


def test_a_broken_record_is_refused(project: Project) -> None:
    champion(project)
    (project.folder / "build" / "champion" / "release.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Refused, match=r"champion/release\.json"):
        run(project, EVALUATE)


def test_an_environment_without_a_release_has_no_champion(project: Project) -> None:
    champion(project)
    record = (
        '{"apiVersion": "mlopsc/v1", "kind": "Release", "state": "none", "metadata": {"name": "churn", '
        '"annotations": {"config.kubernetes.io/local-config": "true"}}}'
    )
    (project.folder / "build" / "champion" / "release.json").write_text(record, encoding="utf-8")
    limits(project, metrics={"accuracy": {"better": "higher", "max_drop": 0.0}})
    assert run(project, EVALUATE)[0]["champion"] is None
    found, context = run(project, GATE, DELIVERY)
    assert found["verdict"] == "passed"
    assert "no champion yet" in context.notices[0].message


def test_all_broken_limits_are_named(project: Project) -> None:
    limits(
        project,
        metrics={"accuracy": {"better": "higher", "min": 0.9}, "recall": {"better": "higher", "min": 0.5}},
        slices={"by_contract": {"column": "contract", "metric": "recall", "min": 0.9, "min_samples": 2}},
        fairness={"by_gender": {"column": "gender", "metric": "brier_score", "max_gap": 0.0, "min_samples": 2}},
    )
    run(project, EVALUATE)
    with pytest.raises(Refused) as refused:
        run(project, GATE)
    assert [(finding.subject, finding.rule) for finding in refused.value.findings] == [
        ("accuracy", "min"),
        ("by_contract", "min"),
        ("by_contract", "min"),
        ("by_gender", "max_gap"),
    ]
    assert [check["status"] for check in refused.value.result["checks"]].count("passed") == 1


def test_a_bound_that_misses_the_limit(project: Project) -> None:
    limits(project, metrics={"accuracy": {"better": "higher", "min": 0.7, "confidence": 0.95}})
    run(project, EVALUATE)
    with pytest.raises(Refused, match=r"accuracy is 0.75 .* its lower 95% bound is 0.5, below the min of 0.7"):
        run(project, GATE)
    limits(project, metrics={"accuracy": {"better": "higher", "min": 0.5, "confidence": 0.95}})
    run(project, EVALUATE)
    assert run(project, GATE)[0]["checks"][0]["bound"] == 0.5


@pytest.mark.parametrize("purpose", [PULL_REQUEST, DELIVERY])
def test_an_undefined_metric_has_not_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, purpose: str) -> None:
    import pandas as pd

    project = prepared(tmp_path, monkeypatch)
    path = tmp_path / "build" / "data" / "evaluate.parquet"
    pd.read_parquet(path).assign(churned=False).to_parquet(path, index=False)
    limits(project, metrics={"recall": {"better": "higher", "min": 0.1}})
    assert run(project, EVALUATE)[0]["metrics"]["recall"] is None
    if purpose == DELIVERY:
        with pytest.raises(Refused, match="recall is undefined on the 8 evaluation rows"):
            run(project, GATE, purpose)
    else:
        assert run(project, GATE, purpose)[0]["status"] == "not-judged"


def test_a_sample_is_not_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = prepared(tmp_path, monkeypatch, sample=50)
    limits(project, metrics={"accuracy": {"better": "higher", "min": 0.99, "confidence": 0.95}})
    run(project, EVALUATE)
    found, context = run(project, GATE, PULL_REQUEST)
    assert (found["status"], found["verdict"]) == ("not-judged", "not-judged")
    assert found["checks"][0]["message"] == "not judged: sample"
    assert [notice.message for notice in context.notices] == [
        "not judged: sample: the model was trained on 50 rows only; a delivery judges all limits"
    ]


def test_nothing_to_judge(project: Project) -> None:
    run(project, EVALUATE)
    assert run(project, GATE)[0] == {"verdict": "passed", "checks": [], "status": "passed"}


def test_a_second_evaluation_forgets_the_first(project: Project) -> None:
    champion(project, PERFECT)
    run(project, EVALUATE)
    left = project.folder / "build" / "evaluation" / "champion-predictions.csv"
    assert left.is_file()
    (project.folder / "build" / "champion" / "release.json").unlink()
    run(project, EVALUATE)
    assert not left.exists()
