"""The whole pipeline of the first example: it trains, is refused when it should be, and repeats itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from steps.project import Project, penguins

pytestmark = pytest.mark.steps

ONE_LIMIT: dict[str, Any] = {
    "metrics": {"accuracy": {"better": "higher", "min": 0.6}},
    "slices": {},
    "behaviour": {"invariant_to": {}, "directional": {}},
}
RESULTS = ("data", "split", "train", "package", "evaluate", "gate", "register")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after one run of everything, started from an unrelated folder."""
    project = penguins(tmp_path_factory.mktemp("penguins"))
    ended = project.run("run", cwd=Path("/"))
    assert ended.returncode == 0, ended.stderr
    return project


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose model is wrong now and then, after a run with a limit that it keeps."""
    project = penguins(tmp_path_factory.mktemp("weak"))
    project.change(lambda config: config["model"]["params"].update(C=0.01))
    project.change(lambda config: config["tests"].update(ONE_LIMIT))
    ended = project.run("run")
    assert ended.returncode == 0, ended.stderr
    return project


@pytest.fixture
def mediocre(weak: Project, tmp_path: Path) -> Project:
    """A copy of it that a test may change."""
    shutil.copytree(weak.folder, tmp_path / "mediocre")
    return Project(tmp_path / "mediocre", weak.config)


@pytest.fixture
def copied(ran: Project, tmp_path: Path) -> Project:
    """A copy of it that a test may change."""
    shutil.copytree(ran.folder, tmp_path / "project")
    return Project(tmp_path / "project", ran.config)


def champion(project: Project, **changes: Any) -> None:
    """Put the candidate of the last run beside the build as the champion of production."""
    candidate = json.loads((project.folder / "build" / "candidate.json").read_text(encoding="utf-8"))
    folder = project.folder / "build" / "champion"
    folder.mkdir(exist_ok=True)
    stable = {
        "release": "a" * 64,
        "image": f"ghcr.io/acme/penguins@sha256:{'b' * 64}",
        "version": candidate["version"],
        "commit": "c" * 40,
        "weight": 100,
        "metrics": candidate["metrics"],
        "evaluation": {**candidate["evaluation"], **changes},
    }
    canary = {**{key: stable[key] for key in ("release", "image", "version", "commit")}, "weight": 0, "replicas": 0}
    record = {
        "apiVersion": "mlopsc/v1",
        "kind": "Release",
        "metadata": {"name": "penguins", "annotations": {"config.kubernetes.io/local-config": "true"}},
        "state": "released",
        "stable": stable,
        "canary": canary,
        "rejected": [],
    }
    (folder / "release.json").write_text(json.dumps(record), encoding="utf-8")
    shutil.copy(project.folder / "build" / "evaluation" / "predictions.csv", folder / "predictions.csv")


def judged(project: Project) -> tuple[int, str, dict[str, Any]]:
    """Evaluate and judge again; return the exit code, what was printed and the result of the gate."""
    ended = project.run("run", "--step", "evaluate", "--step", "gate")
    return ended.returncode, ended.stderr, project.result("gate")


def test_everything_is_written(ran: Project) -> None:
    assert [step for step in RESULTS if ran.result(step)["status"] == "passed"] == list(RESULTS)
    build = ran.folder / "build"
    assert (build / "model" / "MLmodel").is_file()
    settings = json.loads((build / "model-settings.json").read_text(encoding="utf-8"))
    version = ran.result("train")["result"]["version"]
    assert settings["parameters"] == {"uri": "./model", "version": version}
    metrics = ran.result("evaluate")["result"]["metrics"]
    assert 0.9 <= metrics["accuracy"] <= 1
    assert json.loads((build / "candidate.json").read_text(encoding="utf-8"))["version"] == version


def limit_of(project: Project, **limit: float) -> None:
    """Set the limit of the accuracy."""
    project.change(lambda config: config["tests"]["metrics"].update(accuracy={"better": "higher", **limit}))


def test_a_raised_threshold_stops_the_model_and_is_named_with_the_value(mediocre: Project) -> None:
    value = mediocre.result("evaluate")["result"]["metrics"]["accuracy"]
    limit_of(mediocre, min=0.95)
    code, printed, gate = judged(mediocre)
    assert (code, gate["status"], gate["result"]["verdict"]) == (1, "refused", "failed")
    (finding,) = gate["findings"]
    assert finding["message"] in printed
    for word in ("accuracy", "0.95", f"{value:.6g}", "69"):
        assert word in finding["message"]


def test_with_a_confidence_the_bound_is_judged_and_named(mediocre: Project) -> None:
    value = mediocre.result("evaluate")["result"]["metrics"]["accuracy"]
    limit = round(value - 0.005, 4)
    limit_of(mediocre, min=limit)
    assert judged(mediocre)[0] == 0
    limit_of(mediocre, min=limit, confidence=0.95)
    code, _, gate = judged(mediocre)
    assert code == 1
    (finding,) = gate["findings"]
    (check,) = [check for check in gate["result"]["checks"] if check["status"] == "failed"]
    assert check["bound"] < limit < check["value"]
    for word in ("accuracy", "95%", str(limit), f"{value:.6g}", f"{check['bound']:.6g}"):
        assert word in finding["message"]


def test_a_worse_model_than_the_champion_is_refused(mediocre: Project, ran: Project) -> None:
    champion(ran)
    shutil.move(ran.folder / "build" / "champion", mediocre.folder / "build" / "champion")
    value = mediocre.result("evaluate")["result"]["metrics"]["accuracy"]
    limit_of(mediocre, max_drop=0.02, confidence=0.95)
    code, _, gate = judged(mediocre)
    assert code == 1
    (finding,) = gate["findings"]
    assert finding["rule"] == "max_drop"
    for word in ("accuracy", "0.02", "95%", f"{1 - value:.6g}"):
        assert word in finding["message"]


def test_a_better_model_than_the_champion_is_accepted(copied: Project, weak: Project) -> None:
    champion(weak)
    shutil.move(weak.folder / "build" / "champion", copied.folder / "build" / "champion")
    limit_of(copied, max_drop=0.0, confidence=0.95)
    code, _, gate = judged(copied)
    assert (code, gate["result"]["verdict"]) == (0, "passed")
    (check,) = [check for check in gate["result"]["checks"] if check["rule"] == "max_drop"]
    assert check["status"] == "passed"
    assert check["value"] < 0


def test_other_evaluation_rows_cannot_be_compared(copied: Project) -> None:
    champion(copied, digest=f"sha256:{'0' * 64}")
    code, printed, gate = judged(copied)
    assert (code, gate["status"], gate["result"]["verdict"]) == (0, "not-judged", "not-comparable")
    assert "not comparable" in printed
    ended = copied.run("gate", "--purpose", "delivery")
    assert ended.returncode == 1
    assert "not comparable" in ended.stderr


def test_a_champion_on_other_rows_is_scored_again_where_its_model_is_there(copied: Project) -> None:
    champion(copied, digest=f"sha256:{'0' * 64}")
    shutil.copytree(copied.folder / "build" / "model", copied.folder / "build" / "champion" / "model")
    code, printed, gate = judged(copied)
    assert (code, gate["result"]["verdict"]) == (0, "passed"), printed
    found = copied.result("evaluate")["result"]
    assert found["champion"]["rescored"] is True
    assert found["champion"]["metrics"] == found["metrics"]


def test_without_a_champion_absolute_limits_are_judged_and_it_is_said(ran: Project) -> None:
    gate = ran.result("gate")
    assert gate["result"]["verdict"] == "passed"
    assert any("no champion" in notice["message"] for notice in gate["notices"])


def test_a_second_run_gives_the_same_metrics_and_version(ran: Project, tmp_path: Path) -> None:
    again = penguins(tmp_path / "elsewhere", output="generated/mlops")
    again.change(lambda config: config.update(root="../../.."))
    ended = again.run("run", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    for step in RESULTS[:-1]:
        assert again.result(step) == ran.result(step), step
    predictions = [project.folder / "build" / "evaluation" / "predictions.csv" for project in (ran, again)]
    assert predictions[0].read_bytes() == predictions[1].read_bytes()


def _row(project: Project) -> None:
    path = project.folder / "data" / "penguins.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[5] = lines[5].replace("2007", "2008")
    path.write_text("".join(lines), encoding="utf-8")
    project.change(lambda config: config["data"]["datasets"]["penguins"].update(version={"resolve": "at-run"}))


def _dependency(project: Project) -> None:
    lock = project.folder / "requirements.txt"
    text = lock.read_text(encoding="utf-8")
    assert "\nscikit-learn==" in text
    lock.write_text(text.replace("\nscikit-learn==", "\nscikit-learn==0."), encoding="utf-8")


def _code(project: Project) -> None:
    path = project.folder / "src" / "penguins" / "model.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("data", _row),
        ("model", lambda project: project.change(lambda config: config["model"]["params"].update(C=0.9))),
        ("model", lambda project: project.change(lambda config: config["model"].update(seed=43))),
        ("lock", _dependency),
        ("code", _code),
    ],
    ids=["one row", "one parameter", "the seed", "one dependency", "a line of code"],
)
def test_a_change_gives_another_version(copied: Project, part: str, change: Callable[[Project], None]) -> None:
    before = copied.result("train")["result"]
    change(copied)
    ended = copied.run("run", "--step", "data", "--step", "split", "--step", "train")
    assert ended.returncode == 0, ended.stderr
    after = copied.result("train")["result"]
    assert after["version"] != before["version"]
    assert [name for name in before["recipe"] if before["recipe"][name] != after["recipe"][name]] == [part]


def test_a_result_of_another_spec_is_not_gone_on_with(copied: Project) -> None:
    """What was trained with other parameters is no candidate of these; a limit alone needs no training."""
    copied.change(lambda config: config["tests"]["metrics"]["accuracy"].update(min=0.5))
    ended = copied.run("register")
    assert ended.returncode == 2
    assert 'mlops.yaml changed since the step "gate"' in ended.stderr
    assert not (copied.folder / "build" / "candidate.json").exists()
    ended = copied.run("run", "--step", "evaluate", "--step", "gate", "--step", "register")
    assert ended.returncode == 0, ended.stderr
    copied.change(lambda config: config["model"]["params"].update(C=0.9))
    ended = copied.run("run", "--step", "evaluate", "--step", "gate")
    assert ended.returncode == 2
    assert "mlops.yaml changed since the step" in ended.stderr


def test_code_that_changed_behind_the_training_is_found_by_the_gate(copied: Project) -> None:
    _code(copied)
    ended = copied.run("gate")
    assert ended.returncode == 2
    assert "since the training, this changed: code" in ended.stderr


def test_a_change_of_limits_is_no_other_model(copied: Project) -> None:
    before = copied.result("train")["result"]["version"]
    copied.change(lambda config: config["tests"]["metrics"]["accuracy"].update(min=0.5))
    assert copied.run("run", "--step", "data", "--step", "split", "--step", "train").returncode == 0
    assert copied.result("train")["result"]["version"] == before


def test_a_failed_step_leaves_no_older_verdict(copied: Project) -> None:
    copied.change(lambda config: config["model"]["params"].update(C="much"))
    ended = copied.run("run")
    assert ended.returncode == 1
    assert "penguins.model:train" in ended.stderr
    assert copied.result("train")["status"] == "failed"
    assert not (copied.folder / "build" / "results" / "gate.json").exists()
    refused = copied.run("gate")
    assert refused.returncode == 2
    assert not (copied.folder / "build" / "candidate.json").exists()


def test_a_delivery_asks_for_a_champion_that_nobody_fetched(copied: Project) -> None:
    ended = copied.run("evaluate", "--purpose", "delivery")
    assert ended.returncode == 2
    assert 'run the step "champion"' in ended.stderr
    subprocess.run(["git", "init", "--quiet", str(copied.folder)], check=True)
    assert copied.run("champion", "--remote", "").returncode == 0
    assert copied.run("evaluate", "--purpose", "delivery").returncode == 0
