"""A cached model takes the place of a training, and one of another recipe or configuration is not judged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.commands import key
from mlopsc.steps.mlops_steps.packaging import reuse
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.project import Project, penguins

pytestmark = pytest.mark.steps

CACHED = ("trained", "model", "model-settings.json", "results/train.json", "results/package.json")
"""What a cache keeps, below the build folder."""

EARLY, LATE = (("--step", "data", "--step", "split"), ("--step", "evaluate", "--step", "gate", "--step", "register"))


def run(project: Project, *steps: str) -> None:
    ended = project.run("run", *steps)
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after a training; a cache keeps what it left."""
    project = penguins(tmp_path_factory.mktemp("trained"))
    run(project, *EARLY, "--step", "train", "--step", "package")
    return project


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with other parameters after a training."""
    project = penguins(tmp_path_factory.mktemp("other"))
    project.change(lambda config: config["model"]["params"].update(C=0.7))
    run(project, *EARLY, "--step", "train", "--step", "package")
    return project


@pytest.fixture
def fresh(tmp_path: Path, trained: Project) -> Project:
    """The same project on another machine, whose rows were divided, and to which the cache gave back the training."""
    project = penguins(tmp_path / "fresh")
    shutil.copytree(trained.folder / "build" / "data", project.folder / "build" / "data")
    for step in ("data", "split"):
        copy(trained, project, f"results/{step}.json")
    restore(trained, project)
    return project


def copy(source: Project, target: Project, name: str) -> None:
    """Copy something below the build folder."""
    path, place = source.folder / "build" / name, target.folder / "build" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(path, place)
    else:
        shutil.copy(path, place)


def restore(source: Project, target: Project, *names: str) -> None:
    """Do what a cache does."""
    for name in names or CACHED:
        copy(source, target, name)


def edit(project: Project, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file below the build folder in place."""
    path = project.folder / "build" / name
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_restored_training_is_evaluated_judged_and_registered(fresh: Project, trained: Project) -> None:
    run(fresh, *EARLY)
    assert not (fresh.folder / "build" / "model").exists(), "nothing stale outlives the steps before"
    restore(trained, fresh)
    run(fresh, *LATE)
    candidate = json.loads((fresh.folder / "build" / "candidate.json").read_text(encoding="utf-8"))
    assert candidate["version"] == trained.result("train")["result"]["version"]
    assert candidate["gate"] == "passed"


def test_the_key_is_the_same_on_another_machine_and_another_for_another_recipe(
    fresh: Project, trained: Project, other: Project
) -> None:
    import argparse

    keys = [key.STEP.run(project.context(), argparse.Namespace())["key"] for project in (fresh, trained, other)]
    assert keys[0] == keys[1] != keys[2]


def test_a_model_of_another_recipe_is_refused(fresh: Project, other: Project) -> None:
    restore(other, fresh)
    for step in ("evaluate", "gate"):
        ended = fresh.run(step)
        assert ended.returncode == 2
        assert 'mlops.yaml changed since the step "train": run it again' in ended.stderr


def test_a_recipe_that_hides_behind_the_right_configuration_is_refused(fresh: Project, other: Project) -> None:
    right = fresh.result("train")["config"]
    restore(other, fresh)
    for step in ("train", "package"):
        edit(fresh, f"results/{step}.json", lambda document: document.update(config=right))
    for step in ("evaluate", "gate"):
        ended = fresh.run(step)
        assert ended.returncode == 2
        assert "since the training, this changed: model" in ended.stderr


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("model",), r"build/model is another model than the one of this recipe \(version, recipe\)"),
        (("results/package.json",), 'mlops.yaml changed since the step "package"'),
        (("model-settings.json",), r"build/model-settings\.json is of penguins .* and this is penguins"),
        (("results/train.json",), 'mlops.yaml changed since the step "train"'),
    ],
    ids=["model", "package", "settings", "train"],
)
def test_a_part_of_another_model_is_refused(
    fresh: Project, other: Project, names: tuple[str, ...], message: str
) -> None:
    reuse.check(fresh.context())
    restore(other, fresh, *names)
    with pytest.raises(Unusable, match=message):
        reuse.check(fresh.context())


@pytest.mark.parametrize("name", ["model", "model-settings.json", "results/train.json", "results/package.json"])
def test_a_part_that_is_missing_is_refused(fresh: Project, name: str) -> None:
    path = fresh.folder / "build" / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    with pytest.raises(Unusable, match=r"again|run it first"):
        reuse.check(fresh.context())


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("results/train.json", lambda found: found["result"].update(version="0" * 12), "its recipe gives"),
        ("results/package.json", lambda found: found["result"].update(version="0" * 12), "packaged 000000000000"),
        ("results/train.json", lambda found: found["result"]["recipe"].update(code="0" * 64), "this changed: code"),
        ("results/train.json", lambda found: found.update(status="failed"), 'ended with "failed"'),
        ("model-settings.json", lambda found: found.update(name="other"), "is of other"),
        ("model-settings.json", lambda found: found.pop("parameters"), "is of penguins None"),
    ],
    ids=["version", "packaged", "recipe", "failed", "name", "settings"],
)
def test_a_tampered_result_is_refused(
    fresh: Project, name: str, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    edit(fresh, name, change)
    with pytest.raises(Unusable, match=message):
        reuse.check(fresh.context())


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("name: penguins\n    prediction", "name: finches\n    prediction", "name"),
        ("threshold: 0.5", "threshold: 0.4", "prediction"),
        ("rows: 69", "rows: 68", "rows"),
        ("      penguins: sha256:", "      penguins: sha256:0", "data"),
    ],
)
def test_a_model_with_other_lineage_is_refused(fresh: Project, old: str, new: str, part: str) -> None:
    path = fresh.folder / "build" / "model" / "MLmodel"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Unusable, match=rf"another model than the one of this recipe \({part}\)"):
        reuse.check(fresh.context())


def test_the_commit_that_trained_it_may_be_an_older_one(fresh: Project) -> None:
    path = fresh.folder / "build" / "model" / "MLmodel"
    path.write_text(path.read_text(encoding="utf-8").replace("commit: null", f"commit: {'c' * 40}"), encoding="utf-8")
    reuse.check(fresh.context())


def test_a_model_from_elsewhere_is_refused(fresh: Project) -> None:
    (fresh.folder / "build" / "model" / "MLmodel").write_text("flavors: {}\n", encoding="utf-8")
    with pytest.raises(Unusable, match="another model"):
        reuse.check(fresh.context())


def test_code_that_changed_is_found_before_anything_is_evaluated(fresh: Project) -> None:
    fresh.write("src/penguins/more.py", "")
    ended = fresh.run("evaluate")
    assert ended.returncode == 2
    assert "since the training, this changed: code" in ended.stderr
    assert not (fresh.folder / "build" / "evaluation").exists()
