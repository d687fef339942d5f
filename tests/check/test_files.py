"""The lock on a real disk: a folder, a link that leads out, and a file that is too large."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from mlopsc.check import files
from mlopsc.compiler import analyze
from mlopsc.inputs import DiskInputs

HERE = Path(__file__).parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with a spec that is fine."""
    root = tmp_path / "repository"
    shutil.copytree(HERE / "common", root)
    shutil.copy(HERE / "rules" / "CHK-401" / "ok.mlops.yaml", root / "mlops.yaml")
    return root


def codes(root: Path) -> list[str]:
    """Return the codes of all findings."""
    return [item.code for item in analyze("mlops.yaml", DiskInputs(str(root))).diagnostics]


def test_a_lock_that_is_fine(root: Path) -> None:
    """The repository of the other tests has no finding."""
    assert codes(root) == []


def test_a_folder_is_no_lock(root: Path) -> None:
    """One finding, not one for each rule that would read it."""
    (root / "requirements.txt").unlink()
    (root / "requirements.txt").mkdir()
    assert codes(root) == ["CHK-497"]


def test_a_link_that_leads_out(root: Path) -> None:
    """A lock elsewhere on this machine is not there in CI."""
    (root / "requirements.txt").rename(root.parent / "requirements.txt")
    (root / "requirements.txt").symlink_to(root.parent / "requirements.txt")
    assert codes(root) == ["CHK-492"]


def test_a_lock_that_is_too_large(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not read as if it were empty."""
    monkeypatch.setattr(files, "LOCK_LIMIT", 100)
    assert codes(root) == ["CHK-497"]


def test_data_is_asked_for_existence_only(root: Path) -> None:
    """The content of a data set never ends up among the inputs of a compile."""
    inputs = DiskInputs(str(root))
    analyze("mlops.yaml", inputs)
    assert inputs.log["data/customers.csv"] == "present"
    assert inputs.log["src/churn/model.py"] == "present"
