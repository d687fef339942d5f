"""The recipe: what changes the version of a model, and what does not."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.commands import gate, register
from mlopsc.steps.mlops_steps.context import Context
from mlopsc.steps.mlops_steps.packaging import recipe as recipe_module
from mlopsc.steps.mlops_steps.packaging import source
from mlopsc.steps.mlops_steps.packaging.recipe import check_unchanged, recipe, version
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.step import Step
from steps.project import Project

CONFIG: dict[str, Any] = {
    "schema": 1,
    "root": "../..",
    "model": {
        "task": "regression",
        "framework": "sklearn",
        "source": "src",
        "train": {"call": "shop.model:train"},
        "params": {"C": 0.5},
        "seed": 42,
        "prediction": {"output": "value", "threshold": 0.5},
        "dependencies": {"python": "3.11", "lock": "requirements.txt"},
        "registered_name": "shop",
    },
    "tests": {"metrics": {"r2": {"min": 0.5}}},
}
DATA = {"datasets": {"sales": {"digest": "sha256:aa"}}}
SPLIT = {
    "train": {"rows": 10, "digest": "sha256:bb"},
    "features": {"width": "float64", "count": "int64"},
    "target": "price",
    "weight": None,
    "classes": None,
    "positive": None,
}


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    project = Project(tmp_path, CONFIG)
    project.write("src/shop/model.py", "def train(data, params, seed): ...\n")
    project.write("src/shop/words.txt", "a\n")
    project.write("requirements.txt", "numpy==1.0\n")
    return project


def of(project: Project, data: Any = DATA, split: Any = SPLIT) -> dict[str, str]:
    """Return the recipe as it is now."""
    return recipe(project.context(), split, data)


def changed(project: Project, change: Callable[[], object]) -> set[str]:
    """Return the parts of the recipe that a change touches."""
    before = of(project)
    change()
    after = of(project)
    parts = {name for name in before if before[name] != after[name]}
    assert (version(before) != version(after)) == bool(parts)
    return parts


def test_a_version_is_twelve_hex_digits_and_repeats(shop: Project) -> None:
    first = version(of(shop))
    assert first == version(of(shop))
    assert len(first) == 12
    assert set(first) <= set("0123456789abcdef")


def test_code_and_lock_count(shop: Project) -> None:
    assert changed(shop, lambda: shop.write("src/shop/model.py", "x = 1\n")) == {"code"}
    assert changed(shop, lambda: shop.write("src/shop/words.txt", "b\n")) == {"code"}
    assert changed(shop, lambda: shop.write("src/shop/new.py", "")) == {"code"}
    assert changed(shop, lambda: (shop.folder / "src/shop/new.py").rename(shop.folder / "src/shop/newer.py")) == {
        "code"
    }
    assert changed(shop, lambda: shop.write("requirements.txt", "numpy==1.1\n")) == {"lock"}


def test_caches_and_hidden_files_do_not_count(shop: Project) -> None:
    for name in ("src/shop/__pycache__/model.cpython-311.pyc", "src/.mypy_cache/x.json", "src/shop/.model.py.swp"):
        assert changed(shop, lambda name=name: shop.write(name, "x")) == set()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("task", "custom"),
        ("framework", "python"),
        ("train", {"call": "shop.model:fit"}),
        ("params", {"C": 0.6}),
        ("seed", 43),
        ("prediction", {"output": "probability", "threshold": 0.5}),
        ("dependencies", {"python": "3.12", "lock": "requirements.txt"}),
    ],
)
def test_the_model_configuration_counts(shop: Project, key: str, value: Any) -> None:
    def change(config: dict[str, Any]) -> None:
        config["model"][key] = value

    assert changed(shop, lambda: shop.change(change)) == {"model"}


def test_thresholds_do_not_count(shop: Project) -> None:
    assert changed(shop, lambda: shop.change(lambda config: config["tests"]["metrics"]["r2"].update(min=0.9))) == set()


def test_data_counts(shop: Project) -> None:
    before = of(shop)
    for other in ({"datasets": {"sales": {"digest": "sha256:cc"}}}, {"datasets": {"shops": {"digest": "sha256:aa"}}}):
        assert {name for name, digest in of(shop, data=other).items() if digest != before[name]} == {"data"}
    split = {**SPLIT, "train": {"rows": 10, "digest": "sha256:dd"}}
    assert of(shop, split=split)["data"] != before["data"]


def test_the_script_of_a_command_counts_wherever_it_is(shop: Project) -> None:
    shop.write("scripts/train.py", "x = 1\n")
    shop.change(lambda config: config["model"].update(train={"command": ["python", "scripts/train.py"]}))
    assert changed(shop, lambda: shop.write("scripts/train.py", "x = 2\n")) == {"code"}


def test_results_and_generated_files_in_the_import_root_are_no_code(shop: Project) -> None:
    shop.change(lambda config: config["model"].update(source="."))
    assert changed(shop, lambda: shop.write("build/results/train.json", "{}")) == set()
    names = [path.as_posix() for path in source.files(shop.context())]
    assert names == ["requirements.txt", "src/shop/model.py", "src/shop/words.txt"]


def test_missing_code_and_a_missing_lock_are_said(shop: Project) -> None:
    (shop.folder / "requirements.txt").unlink()
    with pytest.raises(Unusable, match=r"requirements\.txt is missing: lock your requirements"):
        of(shop)
    shop.change(lambda config: config["model"].update(source="lib"))
    with pytest.raises(Unusable, match='no code in "lib"'):
        source.files(shop.context())


@pytest.mark.parametrize(
    "change",
    [
        {"features": {"width": "float64"}},
        {"features": {"count": "int64", "width": "float64"}},
        {"features": {"width": "float64", "count": "float64"}},
        {"target": "count", "features": {"width": "float64", "price": "int64"}},
        {"weight": "count"},
        {"classes": ["a", "b"]},
        {"positive": "a"},
    ],
    ids=["role", "order", "dtype", "swapped target", "weight", "classes", "positive"],
)
def test_what_columns_are_to_the_model_counts(shop: Project, change: dict[str, Any]) -> None:
    """The rows and their digest are the same."""
    before, after = of(shop), of(shop, split={**SPLIT, **change})
    assert {part for part in before if before[part] != after[part]} == {"model"}
    assert version(before) != version(after)


def test_a_model_of_other_code_is_not_gone_on_with(shop: Project) -> None:
    results = shop.context().results
    results.write("data", "passed", DATA)
    results.write("split", "passed", SPLIT)
    results.write("train", "passed", {"recipe": of(shop)})
    check_unchanged(shop.context())
    shop.write("requirements.txt", "numpy==1.1\n")
    shop.write("src/shop/new.py", "")
    with pytest.raises(Unusable, match='this changed: code, lock; run the step "train" again'):
        check_unchanged(shop.context())


@pytest.mark.parametrize("step", [gate.STEP, register.STEP], ids=lambda step: step.name)
def test_gate_and_register_ask_first(shop: Project, monkeypatch: pytest.MonkeyPatch, step: Step) -> None:
    def asked(_context: Context) -> None:
        raise Unusable("asked")

    monkeypatch.setattr(recipe_module, "check_unchanged", asked)
    with pytest.raises(Unusable, match="asked"):
        step.run(shop.context(), argparse.Namespace())
