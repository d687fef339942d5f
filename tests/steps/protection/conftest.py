"""Settings of the tests on protection."""

from __future__ import annotations

from pathlib import Path

import pytest
from steps.protection import repository
from steps.protection.repository import Repository, entry, guarded


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository without any environment; production needs two approvals."""
    folder = tmp_path / "clone"
    repository.install(tmp_path / "bin", folder / "github.json", monkeypatch)
    return Repository(
        folder,
        entry("staging"),
        guarded("production", required=2),
        guarded("production-second", required=2, approves="production"),
        entry("production-rollback"),
    )


@pytest.fixture
def protected(github: Repository) -> Repository:
    """The same, with its environments protected as wanted."""
    github("apply")
    github.calls()
    return github
