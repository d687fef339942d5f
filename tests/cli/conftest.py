"""What the tests of the commands share: the toy target, whose specs are small, and a repository for it."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import sandbox
from mlopsc.__main__ import main

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
def process(site: Path, root: Path) -> Mlopsc:
    """Runs a command as a process of its own: ``process(*arguments, folder=root, **variables)``."""

    def run(*arguments: str, folder: Path = root, **variables: str) -> subprocess.CompletedProcess[str]:
        done = sandbox.run(folder, *arguments, env=sandbox.environment(site, **variables))
        assert "Traceback (most recent call last)" not in done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def mlopsc(site: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Mlopsc:
    """Runs a command in this process, which is several times faster: ``mlopsc(*arguments, folder=root)``."""
    for folder in (site, sandbox.TOY):
        monkeypatch.syspath_prepend(str(folder))

    def run(*arguments: str, folder: Path = root) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.argv", ["mlopsc", *arguments])
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            code = main()
        texts = []
        for stream in (out, err):
            stream.flush()
            stream.seek(0)
            texts.append(stream.read())
        assert "Traceback (most recent call last)" not in "".join(texts)
        return subprocess.CompletedProcess(arguments, code, *texts)

    return run
