"""Two specs that write the same file: whose it is stands in its header."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlopsc.render.header import header, named
from mlopsc.workspace.apply import stops
from mlopsc.workspace.check import compare
from mlopsc.workspace.problem import Problem
from workspace.support import kinds, output, planned, run, tree, write

ONE, TWO = "models/churn/mlops.yaml", "models/copy/mlops.yaml"
CI, DELIVERY = ".github/workflows/churn-ci.yml", ".github/workflows/churn-delivery.yml"


def text(spec: str) -> str:
    return f"# {header(spec)}\nname: churn\n"


def specs(root: Path, *names: str) -> None:
    for name in names:
        write(root, name, "apiVersion: mlopsc/v1\n")


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A repository in which one of two specs was compiled."""
    specs(tmp_path, ONE, TWO)
    assert run(tmp_path, [output(CI, text(ONE)), output(DELIVERY, text(ONE))], spec=ONE) == ()
    return tmp_path


def test_the_second_spec_is_told_of_the_first_and_writes_nothing(first: Path) -> None:
    before = tree(first)
    outputs = [output(CI, text(TWO)), output(DELIVERY, text(TWO)), output("models/copy/ops/a", "a\n")]
    found = run(first, outputs, spec=TWO)
    assert found == tuple(Problem(kind="file-shared", file=file, facts={"other": ONE}) for file in (CI, DELIVERY))
    assert run(first, outputs, spec=TWO, overwrite=True) == found
    assert tree(first) == before


def test_a_check_tells_it_too(first: Path) -> None:
    plan = planned(first, [output(CI, text(TWO))], spec=TWO)
    assert kinds(compare(plan)) == [("lock-missing", "models/copy/mlops.lock"), ("file-shared", CI)]


def test_a_spec_that_was_compiled_before_it_took_the_name_is_told(first: Path) -> None:
    assert run(first, [output(".github/workflows/copy-ci.yml", text(TWO))], spec=TWO) == ()
    plan = planned(first, [output(CI, text(TWO))], spec=TWO)
    assert kinds(stops(plan)) == [("file-shared", CI)]
    assert ("file-shared", CI) in kinds(compare(plan))


def test_a_copied_folder_is_told_of_the_original(first: Path) -> None:
    lock = (first / "models/churn/mlops.lock").read_bytes()
    write(first, "models/copy/mlops.lock", lock)
    assert kinds(stops(planned(first, [output(CI, text(TWO))], spec=TWO))) == [("file-shared", CI)]


def test_a_moved_folder_keeps_its_files(first: Path) -> None:
    (first / "models/churn").rename(first / "models/moved")
    moved = "models/moved/mlops.yaml"
    assert run(first, [output(CI, text(moved)), output(DELIVERY, text(moved))], spec=moved) == ()
    assert (first / CI).read_text(encoding="utf-8") == text(moved)


def test_a_file_of_a_spec_that_is_gone_is_nobody_s(first: Path) -> None:
    (first / ONE).unlink()
    assert kinds(stops(planned(first, [output(CI, text(TWO))], spec=TWO))) == [("file-foreign", CI)]


@pytest.mark.parametrize(
    "content",
    [
        "name: churn\n",
        "a\nb\nc\n" + text(ONE),
        text("../outside/mlops.yaml"),
        text(TWO),
        "# Generated from models/churn/mlops.yaml; do not edit: ask me first.\n",
    ],
)
def test_without_the_header_of_another_spec_the_file_is_somebody_s(tmp_path: Path, content: str) -> None:
    specs(tmp_path, ONE, TWO)
    write(tmp_path.parent, "outside/mlops.yaml", "")
    write(tmp_path, CI, content)
    (found,) = stops(planned(tmp_path, [output(CI, "new\n")], spec=TWO))
    assert found.kind in ("file-foreign", "file-unlocked")


def test_a_header_below_the_folder_of_the_spec_is_its_own(tmp_path: Path) -> None:
    specs(tmp_path, "mlops.yaml", TWO)
    file = "models/copy/ops/README.md"
    write(tmp_path, file, text("mlops.yaml"))
    assert kinds(stops(planned(tmp_path, [output(file, "new\n")], spec=TWO))) == [("file-unlocked", file)]


def test_a_spec_at_the_root_is_told_of_one_below(first: Path) -> None:
    specs(first, "mlops.yaml")
    (found, _) = stops(planned(first, [output(CI, "x\n"), output(DELIVERY, "x\n")], spec="mlops.yaml"))
    assert found == Problem(kind="file-shared", file=CI, facts={"other": ONE})


@pytest.mark.parametrize(
    "name", ["mlops.yaml", "a b/mlops.yaml", "models/\u00e9\u5b66/mlops.yaml", "a; do not/mlops.yaml"]
)
def test_the_header_names_its_spec(name: str) -> None:
    assert named(f"#!/bin/sh\n# {header(name)}\nset -e\n") == name
    assert named(header(name).replace("compile", "check")) is None
