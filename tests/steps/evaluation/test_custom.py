"""A task whose metrics the user's own command writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.commands.evaluate import STEP as EVALUATE
from mlopsc.steps.mlops_steps.commands.gate import STEP as GATE
from mlopsc.steps.mlops_steps.context import DELIVERY
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.user_code import UserCodeFailed
from steps.evaluation.prepared import MEANING, OTHER_DIGEST, Model, champion, divided, prepared, run
from steps.project import Project

pytestmark = pytest.mark.steps

SCRIPT = """
import json, os, pathlib
config = json.load(open(os.environ["MLOPSC_CONFIG"]))
assert sorted(config) == ["evaluate", "model", "params", "schema", "seed"], config
assert sorted(config["evaluate"]) == ["features", "format", "path", "target"]
assert os.path.isfile(config["evaluate"]["path"]) and os.path.isdir(config["model"])
names = "champion" if config["model"].endswith("champion/model") else "model"
found = {"champion": {"ndcg": 0.9}, "model": {"ndcg": 0.8, "seed": config["seed"]}}[names]
(pathlib.Path(os.environ["MLOPSC_OUT"]) / "metrics.json").write_text(json.dumps(found))
"""


def custom(tmp_path: Path, patch: pytest.MonkeyPatch, script: str = SCRIPT, **gate: Any) -> Project:
    """Return a project of a custom task with a limit on ndcg."""
    models = {"model": Model(MEANING), "champion/model": Model(MEANING)}
    project = prepared(tmp_path, patch, models)
    project.write("src/score.py", script)
    project.change(
        lambda config: config["model"].update(task="custom", evaluate={"command": ["python", "-m", "score"]})
    )
    project.change(lambda config: config["tests"].update(metrics={"ndcg": gate}))
    divided(project, target=None, classes=None, positive=None)
    return project


def test_the_command_writes_the_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = custom(tmp_path, monkeypatch, min=0.8)
    result, _ = run(project, EVALUATE)
    assert (result["task"], result["rows"], result["metrics"]) == ("custom", 8, {"ndcg": 0.8, "seed": 42.0})
    assert run(project, GATE)[0]["verdict"] == "passed"
    project.change(lambda config: config["tests"]["metrics"]["ndcg"].update(min=0.81))
    run(project, EVALUATE)
    with pytest.raises(Refused, match=r"ndcg is 0.8 on the 8 evaluation rows, below the min of 0.81"):
        run(project, GATE)


def test_behaviour_of_its_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = custom(tmp_path, monkeypatch, min=0.8)
    tests = {
        "invariant_to": {"contract": ["monthly", "yearly"]},
        "directional": {"tenure": {"expect": "increasing", "tolerance": 0.0}},
    }
    project.change(lambda config: config["tests"].update(behaviour=tests))
    assert run(project, EVALUATE)[0]["behaviour"] == {
        "invariant_to": {"contract": {"changed": 0}},
        "directional": {"tenure": {"rows": 8, "violations": 8, "share": 1.0}},
    }


def test_the_champion_by_its_record_and_by_its_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = custom(tmp_path, monkeypatch, min=0.5, max_drop=0.05)
    champion(project, metrics={"ndcg": 0.81})
    assert run(project, EVALUATE)[0]["champion"]["metrics"] == {"ndcg": 0.81}
    assert run(project, GATE)[0]["verdict"] == "passed"
    champion(project, metrics={"ndcg": 0.81}, digest=OTHER_DIGEST)
    found = run(project, EVALUATE)[0]["champion"]
    assert (found["rescored"], found["metrics"]) == (True, {"ndcg": 0.9})
    with pytest.raises(Refused, match=r"a drop of 0.1"):
        run(project, GATE)


def test_a_limit_that_is_newer_than_the_champion_is_judged_by_its_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its record lacks the metric, on the same rows."""
    project = custom(tmp_path, monkeypatch, min=0.5, max_drop=0.05)
    champion(project, metrics={"precision": 0.81})
    found = run(project, EVALUATE)[0]["champion"]
    assert (found["rescored"], found["metrics"]) == (True, {"ndcg": 0.9})
    (project.folder / "build" / "champion" / "model").rmdir()
    assert run(project, EVALUATE)[0]["champion"]["metrics"] == {"precision": 0.81}
    with pytest.raises(Refused, match="which has no value for it"):
        run(project, GATE, DELIVERY)


def test_a_champion_that_cannot_be_evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = custom(tmp_path, monkeypatch, SCRIPT.replace('"champion": {"ndcg": 0.9}', '"champion": {}'), min=0.5)
    champion(project, digest=OTHER_DIGEST)
    assert "did not write the metric ndcg" in run(project, EVALUATE)[0]["champion"]["reason"]
    (project.folder / "build" / "champion" / "model").rmdir()
    assert "it was evaluated on other rows" in run(project, EVALUATE)[0]["champion"]["reason"]


def test_another_evaluation_measures_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The champion's model is evaluated by the present command; without it nothing can be compared."""
    project = custom(tmp_path, monkeypatch, min=0.5, max_drop=0.05)
    champion(project, metrics={"ndcg": 0.81})
    project.write("src/score.py", SCRIPT + "# counts otherwise\n")
    found = run(project, EVALUATE)[0]["champion"]
    assert (found["comparable"], found["rescored"], found["metrics"]) == (True, True, {"ndcg": 0.9})
    (project.folder / "build" / "champion" / "model").rmdir()
    found = run(project, EVALUATE)[0]["champion"]
    assert (found["comparable"], found["metrics"]) == (False, {})
    assert found["reason"].startswith("its metrics mean something else")
    with pytest.raises(Refused, match="is not comparable with the champion"):
        run(project, GATE, DELIVERY)


WRONG = [
    ("pass", "wrote no metrics.json"),
    ("write('{')", "is no JSON"),
    ("write('[1]')", "is no map from names to numbers"),
    ("write(json.dumps({'ndcg': True}))", "the metric ndcg is no finite number"),
    ("write('{\"ndcg\": NaN}')", "the metric ndcg is no finite number"),
    ("write(json.dumps({'ndcg': '0.9'}))", "the metric ndcg is no finite number"),
    ("write(json.dumps({'mrr': 0.9}))", "did not write the metric ndcg, which tests.metrics has a limit for"),
]


@pytest.mark.parametrize(("line", "reason"), WRONG)
def test_unusable_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, reason: str) -> None:
    head = "import json, os\ndef write(text): open(os.environ['MLOPSC_OUT'] + '/metrics.json', 'w').write(text)\n"
    project = custom(tmp_path, monkeypatch, head + line, min=0.5)
    with pytest.raises(Refused, match=reason):
        run(project, EVALUATE)


def test_all_unusable_metrics_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps({"a": "x", "b": None})
    script = f"import os; open(os.environ['MLOPSC_OUT'] + '/metrics.json', 'w').write({text!r})"
    project = custom(tmp_path, monkeypatch, script, min=0.5)
    with pytest.raises(Refused) as refused:
        run(project, EVALUATE)
    assert [finding.subject for finding in refused.value.findings] == ["a", "b", "ndcg"]


def test_a_failing_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserCodeFailed, match="exit code 3"):
        run(custom(tmp_path, monkeypatch, "raise SystemExit(3)", min=0.5), EVALUATE)
