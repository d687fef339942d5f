"""One run of the first example that is recorded in MLflow, and the same model made again from its record."""

from __future__ import annotations

import argparse
import filecmp
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mlopsc.steps.mlops_steps.commands import register
from mlopsc.steps.mlops_steps.context import PULL_REQUEST
from mlopsc.steps.mlops_steps.packaging import recipe
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.tracking import candidate
from steps.formats import problems_of
from steps.project import Project, penguins
from steps.tracking.test_git import commit, git

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

pytestmark = pytest.mark.steps

NO_OPTIONS = argparse.Namespace()


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in a repository after one run of everything."""
    project = penguins(tmp_path_factory.mktemp("penguins"))
    project.change(lambda config: config.update(tracking="mlflow"))
    project.write(".gitignore", "build/\n__pycache__/\n")
    git(project.folder, "init", "--quiet")
    commit(project.folder)
    ended = project.run("run", MLFLOW_TRACKING_URI="")
    assert ended.returncode == 0, ended.stderr
    return project


@pytest.fixture
def copied(ran: Project, tmp_path: Path) -> Project:
    """A copy of it that a test may change. The copied database names the files of the original."""
    shutil.copytree(ran.folder, tmp_path / "project")
    return Project(tmp_path / "project", ran.config)


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave MLflow's global state as it was found."""
    import mlflow

    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_RUN_ID"):
        monkeypatch.setenv(name, "")  # and, at the end, what MLflow sets is undone
    before = mlflow.get_tracking_uri()
    yield
    mlflow.set_tracking_uri(before)


def database(project: Project) -> str:
    return f"sqlite:///{project.folder / 'build' / 'mlflow.db'}"


def client(project: Project) -> MlflowClient:
    from mlflow import MlflowClient

    return MlflowClient(database(project))


def runs(project: Project) -> list[Run]:
    """Return the runs, the newest first."""
    server = client(project)
    return list(server.search_runs([experiment.experiment_id for experiment in server.search_experiments()]))


def versions(project: Project) -> list[Any]:
    return sorted(client(project).search_model_versions("name = 'penguins'"), key=lambda version: int(version.version))


def left(project: Project) -> candidate.Candidate:
    document: candidate.Candidate = json.loads((project.folder / "build/candidate.json").read_text(encoding="utf-8"))
    return document


def test_the_run_holds_what_the_candidate_holds(ran: Project) -> None:
    (run,) = runs(ran)
    document = left(ran)
    lineage = candidate.lineage(document)
    assert {name: value for name, value in run.data.tags.items() if name in lineage} == lineage
    assert [name for name in run.data.tags if name.startswith("mlops.") and name not in lineage] == []
    assert lineage["mlflow.source.git.commit"] == document["commit"] == git(ran.folder, "rev-parse", "HEAD")
    assert document["dirty"] is False
    assert run.data.metrics == document["metrics"]
    assert run.data.params == {"C": "1.0"}
    assert run.info.status == "FINISHED"


def test_the_run_names_its_rows_by_digest_and_holds_none(ran: Project) -> None:
    (run,) = runs(ran)
    inputs = {dataset.dataset.name: dataset for dataset in run.inputs.dataset_inputs}
    document = left(ran)
    for side in ("train", "evaluate"):
        dataset = inputs[side].dataset
        assert dataset.digest == document["rows"][side]["digest"].removeprefix("sha256:")[:36]
        assert [tag.value for tag in inputs[side].tags] == [side]
        assert "data/penguins.csv" in dataset.source
        assert str(ran.folder) not in dataset.source
        assert "Torgersen" not in dataset.schema + dataset.profile


def test_the_registered_version_is_the_folder_as_it_is(ran: Project, tmp_path: Path) -> None:
    import mlflow

    (version,) = versions(ran)
    document = left(ran)
    assert list((ran.folder / "build" / "mlruns").rglob("MLmodel"))
    assert document["registry"] == {"name": "penguins", "version": "1", "uri": "models:/penguins/1"}
    assert version.tags == candidate.lineage(document)
    assert client(ran).get_model_version_by_alias("penguins", "challenger").version == version.version
    mlflow.set_tracking_uri(database(ran))
    copy = Path(mlflow.artifacts.download_artifacts("models:/penguins@challenger", dst_path=str(tmp_path)))
    original = ran.folder / "build" / "model"
    names = sorted(path.relative_to(original).as_posix() for path in original.rglob("*") if path.is_file())
    assert filecmp.cmpfiles(original, copy, names, shallow=False) == (names, [], [])


def test_all_files_are_of_their_formats(ran: Project) -> None:
    assert problems_of(ran) == []


def test_nothing_is_written_outside_of_build(ran: Project) -> None:
    assert git(ran.folder, "status", "--porcelain") == ""


def test_the_same_recipe_makes_no_second_version(copied: Project) -> None:
    before = left(copied)
    found = register.STEP.run(copied.context(), NO_OPTIONS)
    assert found["registry"] == before["registry"]
    assert len(versions(copied)) == 1
    newest, oldest = runs(copied)
    assert newest.data.metrics == oldest.data.metrics


def test_another_recipe_makes_a_version_and_takes_the_alias(copied: Project) -> None:
    context = copied.context()
    trained = context.results.read("train")
    context.results.write("train", "passed", {**trained, "version": "0" * 12})
    found = register.STEP.run(context, NO_OPTIONS)
    assert found["registry"]["version"] == "2"
    assert [version.tags["mlops.version"] for version in versions(copied)] == [trained["version"], "0" * 12]
    assert str(client(copied).get_model_version_by_alias("penguins", "challenger").version) == "2"


@pytest.mark.parametrize("verdict", ["not-judged", "not-comparable"])
def test_what_the_gate_did_not_pass_is_logged_and_not_registered(copied: Project, verdict: str) -> None:
    context = copied.context()
    context.results.write("train", "passed", {**context.results.read("train"), "version": "0" * 12})
    context.results.write("gate", "not-judged", {"verdict": verdict, "checks": []})
    found = register.STEP.run(context, NO_OPTIONS)
    assert "registry" not in found
    assert len(versions(copied)) == 1
    assert runs(copied)[0].data.tags["mlops.gate"] == verdict


def test_a_pull_request_registers_nothing(copied: Project) -> None:
    context = copied.context(PULL_REQUEST)
    context.results.write("train", "passed", {**context.results.read("train"), "version": "0" * 12})
    found = register.STEP.run(context, NO_OPTIONS)
    assert found["gate"] == "passed"
    assert "registry" not in found
    assert len(versions(copied)) == 1
    assert [notice.rule for notice in context.notices] == ["purpose"]
    assert runs(copied)[0].data.tags["mlops.purpose"] == "pull-request"


def test_the_server_and_the_experiment_of_the_environment_are_used(
    copied: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    shutil.copy(copied.folder / "build/mlflow.db", tmp_path / "server.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'server.db'}")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "team")
    before = (copied.folder / "build/mlflow.db").read_bytes()
    register.STEP.run(copied.context(), NO_OPTIONS)
    server = MlflowClient(f"sqlite:///{tmp_path / 'server.db'}")
    experiment = server.get_experiment_by_name("team")
    assert experiment is not None
    assert len(server.search_runs([experiment.experiment_id])) == 1
    assert (copied.folder / "build/mlflow.db").read_bytes() == before


def test_a_server_that_does_not_answer_is_told(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(Unusable, match="MLflow does not take the run") as told:
        register.STEP.run(copied.context(), NO_OPTIONS)
    assert "127.0.0.1" in str(told.value)
    assert "secret" not in str(told.value)


def test_a_parameter_that_mlflow_cannot_name_is_told(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    results = {path.stem: copied.result(path.stem) for path in (copied.folder / "build" / "results").glob("*.json")}
    copied.change(lambda config: config["model"].update(params={"a?": 1}))
    for step, document in results.items():
        copied.context().results.write(step, document["status"], document["result"])
    monkeypatch.setattr(recipe, "check_unchanged", lambda _context: None)
    with pytest.raises(Unusable, match=r"MLflow does not take the run: .*a\?"):
        register.STEP.run(copied.context(), NO_OPTIONS)


def test_the_same_model_comes_out_again(copied: Project) -> None:
    record = copied.folder / "build" / "candidate.json"
    ended = copied.run("reproduce", "--record", str(record), cwd=Path("/"))
    assert ended.returncode == 0, ended.stderr
    assert "15 metrics are as recorded" in ended.stderr
    result = copied.result("reproduce")
    assert (result["status"], result["notices"]) == ("passed", [])
    assert result["result"]["now"] == result["result"]["record"]
    assert copied.result("gate")["status"] == "passed"


def test_another_model_is_refused_and_every_difference_named(copied: Project) -> None:
    document = left(copied)
    document["metrics"]["accuracy"] = 0.5
    record = copied.write("old.json", json.dumps({**document, "commit": "c" * 40}))
    copied.write("src/penguins/extra.py", "# one more file\n")
    copied.change(lambda config: config["model"]["params"].update(C=0.5))
    ended = copied.run("reproduce", "--record", str(record))
    assert ended.returncode == 1, ended.stderr
    assert problems_of(copied) == []
    result = copied.result("reproduce")
    named = {(finding["rule"], finding["subject"]) for finding in result["findings"]}
    assert {("recipe", "code"), ("recipe", "model"), ("version", "version"), ("metric", "accuracy")} <= named
    assert not {("recipe", "lock"), ("recipe", "data"), ("evaluation", "evaluation rows")} & named
    assert result["notices"][0]["rule"] == "commit"
    assert all(finding["message"] in ended.stderr for finding in result["findings"])
