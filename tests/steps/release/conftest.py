"""Settings of the tests of releases."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def git_knows_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the git settings of whoever runs the tests, as on a new runner."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
