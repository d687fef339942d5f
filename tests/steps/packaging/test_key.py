"""The key of a cache: another one for whatever decides how a model comes out, the same one for all else."""

from __future__ import annotations

import argparse
import copy
import re
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import pipeline_code
from mlopsc.steps.mlops_steps.commands import key
from mlopsc.steps.mlops_steps.context import DELIVERY, PULL_REQUEST, Context
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.packaging.test_recipe import CONFIG, DATA, SPLIT
from steps.project import Project

ROWS = {**SPLIT, "evaluate": {"rows": 4, "digest": "sha256:cc"}, "sample": False}


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    """A project whose rows were divided."""
    config: dict[str, Any] = copy.deepcopy(CONFIG)
    config.update(name="shop", data={"train": "sales"}, execution={"train": {"timeout_seconds": 60}})
    project = Project(tmp_path, config)
    project.write("src/shop/model.py", "def train(data, params, seed): ...\n")
    project.write("requirements.txt", "numpy==1.0\n")
    return project


def of(project: Project, split: dict[str, Any] = ROWS, data: dict[str, Any] = DATA, purpose: str = DELIVERY) -> str:
    """Return what the step says after the data were loaded and divided."""
    context = project.context(purpose)
    context.results.write("data", "passed", data)
    context.results.write("split", "passed", split)
    found: str = key.STEP.run(context, argparse.Namespace())["key"]
    return found


def test_it_is_a_digest_and_repeats(shop: Project) -> None:
    assert re.fullmatch("[0-9a-f]{64}", of(shop))
    assert of(shop) == of(shop) == of(shop, purpose=PULL_REQUEST)


def test_it_is_handed_on(shop: Project, tmp_path: Path) -> None:
    found, plain = of(shop), shop.context()
    context = Context(plain.config, console=plain.console, pipeline=plain.pipeline, outputs_file=tmp_path / "outputs")
    key.STEP.run(context, argparse.Namespace())
    assert (tmp_path / "outputs").read_text(encoding="utf-8") == f"key={found}\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda shop: shop.write("src/shop/model.py", "x = 1\n"),
        lambda shop: shop.write("requirements.txt", "numpy==1.1\n"),
        lambda shop: shop.change(lambda config: config["model"]["params"].update(C=0.6)),
        lambda shop: shop.change(lambda config: config["model"].update(seed=43)),
        lambda shop: shop.change(lambda config: config.update(name="store")),
        lambda shop: shop.change(lambda config: config["execution"]["train"].update(timeout_seconds=61)),
    ],
    ids=["code", "lock", "parameters", "seed", "name", "execution"],
)
def test_what_decides_the_results_of_train_and_package_counts(shop: Project, change: Callable[[Project], None]) -> None:
    before = of(shop)
    change(shop)
    assert of(shop) != before


@pytest.mark.parametrize(
    "changes",
    [
        {"train": {"rows": 10, "digest": "sha256:zz"}},
        {"evaluate": {"rows": 4, "digest": "sha256:zz"}},
        {"sample": 5},
        {"features": {"width": "float64"}},
    ],
    ids=["training rows", "evaluation rows", "sample", "features"],
)
def test_the_rows_count(shop: Project, changes: dict[str, Any]) -> None:
    assert of(shop, {**ROWS, **changes}) != of(shop)


def test_the_data_sets_count(shop: Project) -> None:
    assert of(shop, data={"datasets": {"sales": {"digest": "sha256:zz"}}}) != of(shop)


def test_limits_and_documents_do_not_count(shop: Project) -> None:
    before = of(shop)
    shop.change(lambda config: config["tests"]["metrics"]["r2"].update(min=0.9))
    shop.write("README.md", "text\n")
    assert of(shop) == before


def test_the_code_of_the_pipeline_counts(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(shop)
    monkeypatch.setattr(pipeline_code, "digest", lambda: "0" * 64)
    assert of(shop) != before


def test_the_interpreter_counts(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(shop)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: "linux-riscv64")
    assert of(shop) != before


@pytest.mark.parametrize("step", ["data", "split"])
def test_both_steps_must_have_run(shop: Project, step: str) -> None:
    of(shop)
    context = shop.context()
    context.results.forget([step])
    with pytest.raises(Unusable, match=f'the step "{step}" has not run'):
        key.STEP.run(context, argparse.Namespace())


def test_the_digest_of_the_pipeline_is_over_names_and_bytes_of_modules(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.py").write_bytes(b"a = 1\n")
    before = pipeline_code.digest(tmp_path)
    (tmp_path / "notes.txt").write_bytes(b"no module\n")
    assert pipeline_code.digest(tmp_path) == before
    (tmp_path / "data" / "one.py").write_bytes(b"a = 2\n")
    assert pipeline_code.digest(tmp_path) != before
    (tmp_path / "data" / "one.py").write_bytes(b"a = 1\n")
    (tmp_path / "data" / "one.py").rename(tmp_path / "data" / "two.py")
    assert pipeline_code.digest(tmp_path) != before
