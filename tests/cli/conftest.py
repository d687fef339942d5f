"""What the tests of the commands share: the toy target, whose specs are small, and a repository for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import sandbox

Mlopsc = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the toy is installed."""
    folder = tmp_path_factory.mktemp("site")
    sandbox.install(folder, "toy", "mlopsc_toy:TARGET")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with the spec of the toy, not compiled yet."""
    folder = tmp_path / "repository"
    sandbox.write(folder)
    return folder


@pytest.fixture
def mlopsc(site: Path, root: Path) -> Mlopsc:
    """Runs a command as a process of its own: ``mlopsc(*arguments, folder=root, **variables)``."""

    def run(*arguments: str, folder: Path = root, **variables: str) -> subprocess.CompletedProcess[str]:
        done = sandbox.run(folder, *arguments, env=sandbox.environment(site, **variables))
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run
