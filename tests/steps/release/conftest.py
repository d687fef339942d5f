"""Settings of the tests of releases."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from steps.release.repositories import Checkout, Remote


@pytest.fixture(autouse=True)
def git_knows_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the git settings of whoever runs the tests, as on a new runner."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A remote repository with the example on its main branch."""
    return Remote(tmp_path)


@pytest.fixture
def here(remote: Remote) -> Checkout:
    """The clone that filled it."""
    return remote.first
