"""Where the repository begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlopsc.workspace.root import detect


@pytest.fixture
def spec(tmp_path: Path) -> str:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    return str(tmp_path / "a" / "b" / "c" / "mlops.yaml")


@pytest.mark.parametrize("folder", ["a", "a/b", "a/b/c"])
@pytest.mark.parametrize("marker", [".git", ".mlops-root"])
def test_the_nearest_marker_wins_over_the_named_root(tmp_path: Path, spec: str, marker: str, folder: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / folder / marker).write_text("", encoding="utf-8")
    assert detect(spec) == detect(spec, str(tmp_path)) == str(tmp_path / folder)


def test_git_below_a_marker_wins(tmp_path: Path, spec: str) -> None:
    (tmp_path / "a" / ".mlops-root").write_text("", encoding="utf-8")
    (tmp_path / "a" / "b" / ".git").mkdir()
    assert detect(spec) == str(tmp_path / "a" / "b")


def test_a_marker_beside_git_changes_nothing(tmp_path: Path, spec: str) -> None:
    (tmp_path / "a" / ".git").mkdir()
    (tmp_path / "a" / ".mlops-root").write_text("", encoding="utf-8")
    assert detect(spec) == str(tmp_path / "a")


def test_another_name_is_no_marker(tmp_path: Path, spec: str) -> None:
    (tmp_path / "a" / ".git").mkdir()
    (tmp_path / "a" / "b" / ".mlops-root.txt").write_text("", encoding="utf-8")
    assert detect(spec) == str(tmp_path / "a")
