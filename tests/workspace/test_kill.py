"""A compile that is killed at any point leaves each file old or new, and the next one finishes its work."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import mlopsc
import pytest
from mlopsc.workspace import journal
from mlopsc.workspace.check import compare
from workspace.support import output, planned, run, tree, write

if TYPE_CHECKING:
    from mlopsc.parts import Kind, Output

    Made = Mapping[str, tuple[Kind, str]]

DRIVER = Path(__file__).parent / "killed_compile.py"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(mlopsc.__file__).parents[1])}

FIRST: Made = {
    "ml/ops/same": ("managed", "same\n"),
    "ml/ops/changed": ("managed", "old\n"),
    "ml/ops/old/gone": ("managed", "gone\n"),
    ".gitattributes": ("block", "old\n"),
}
SECOND: Made = {
    "ml/ops/same": ("managed", "same\n"),
    "ml/ops/changed": ("managed", "new\n"),
    "ml/ops/new/deep/file": ("managed", "file\n"),
    "ml/ops/seed": ("seed", "seed\n"),
    ".gitattributes": ("block", "new\n"),
}
THIRD: Made = {
    "ml/ops/same": ("managed", "third\n"),
    "ml/ops/changed": ("managed", "third\n"),
    "ml/ops/old/gone": ("managed", "back\n"),
    ".gitattributes": ("block", "third\n"),
}
USER = b"*.png binary\r\n"
POINTS = 64  # more than there are
HALF_WAY = 32  # one file is replaced, another one is not


def outputs(made: Made) -> list[Output]:
    return [output(file, text, kind) for file, (kind, text) in made.items()]


def compiled(root: Path, *steps: Made) -> dict[str, bytes | None]:
    """Compile one spec after the other into a new repository, undisturbed."""
    write(root, ".gitattributes", USER)
    for step in steps:
        assert run(root, outputs(step), inputs={}) == ()
    return tree(root)


def killed(root: Path, made: Made, point: int, scratch: Path) -> bool:
    """Compile in a process that is killed; return False when it came to its end first."""
    scratch.write_text(json.dumps(made))
    command = [sys.executable, str(DRIVER), str(root), str(scratch), str(point)]
    code = subprocess.run(command, env=ENVIRONMENT, check=False).returncode
    assert code in (0, -signal.SIGKILL)
    return code != 0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes | None]]:
    base = tmp_path_factory.mktemp("undisturbed")
    return {
        "first": compiled(base / "first", FIRST),
        "second": compiled(base / "second", FIRST, SECOND),
        "third": compiled(base / "third", FIRST, THIRD),
    }


def old_or_new(found: Mapping[str, bytes | None], *allowed: Mapping[str, bytes | None]) -> None:
    for file, data in found.items():
        if data is not None and not file.endswith((".tmp", journal.NAME)):
            assert data in [state.get(file) for state in allowed], file
    for file in set(allowed[0]).intersection(*allowed[1:]):
        assert file in found, file


def half_way(root: Path) -> None:
    assert (root / "ml/ops/changed").read_text() == "new\n"
    assert not (root / "ml/ops/seed").exists()
    assert (root / "ml" / journal.NAME).exists()


def without_seed(found: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Drop the seed that a compile in between may have written, which nobody ever removes."""
    return {file: data for file, data in found.items() if file != "ml/ops/seed"}


def test_a_kill_at_any_point(tmp_path: Path, undisturbed: dict[str, dict[str, bytes | None]]) -> None:
    start = tmp_path / "start"
    compiled(start, FIRST)
    interrupted = set()
    for point in range(1, POINTS):
        root = tmp_path / "killed"
        shutil.copytree(start, root)
        more = killed(root, SECOND, point, tmp_path / "outputs.json")
        old_or_new(tree(root), undisturbed["first"], undisturbed["second"])
        interrupted.add((root / "ml" / journal.NAME).exists())
        assert more == bool(compare(planned(root, outputs(SECOND), inputs={}))), "a check tells that work is left"

        other = tmp_path / "other"
        shutil.copytree(root, other)
        assert run(root, outputs(SECOND), inputs={}) == ()
        assert tree(root) == undisturbed["second"], f"killed at {point}, compiled again"
        assert run(other, outputs(THIRD), inputs={}) == ()
        assert without_seed(tree(other)) == undisturbed["third"], f"killed at {point}, spec changed in between"
        shutil.rmtree(root)
        shutil.rmtree(other)
        if not more:
            break
    else:
        pytest.fail("more points than expected")
    assert interrupted == {True, False}
    assert point > 30


@pytest.mark.parametrize("second", range(3, 50, 7))
def test_a_second_kill_on_the_way(tmp_path: Path, undisturbed: dict[str, dict[str, bytes | None]], second: int) -> None:
    """The second compile, of another spec, is killed as well: what the first one replaced is still known as ours."""
    start = tmp_path / "start"
    compiled(start, FIRST)
    assert killed(start, SECOND, HALF_WAY, tmp_path / "outputs.json")
    half_way(start)
    killed(start, THIRD, second, tmp_path / "outputs.json")
    old_or_new(tree(start), undisturbed["first"], undisturbed["second"], undisturbed["third"])
    assert run(start, outputs(FIRST), inputs={}) == ()
    assert without_seed(tree(start)) == undisturbed["first"]


def test_an_edit_after_the_kill_survives(tmp_path: Path) -> None:
    compiled(tmp_path, FIRST)
    assert killed(tmp_path, SECOND, HALF_WAY, tmp_path.parent / f"{tmp_path.name}.json")
    half_way(tmp_path)
    write(tmp_path, "ml/ops/changed", "mine\n")
    before = tree(tmp_path)
    [problem] = run(tmp_path, outputs(SECOND), inputs={})
    assert (problem.kind, problem.file) == ("file-edited", "ml/ops/changed")
    assert tree(tmp_path) == before
