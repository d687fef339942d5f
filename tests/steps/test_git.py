"""Running git: no command lasts for ever, and nothing that it started is left behind."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps import git
from mlopsc.steps.mlops_steps.refusal import Unusable


def gone(pid: int) -> bool:
    """Say whether a process has ended, at the latest in a few seconds."""
    for _ in range(100):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_a_command_that_does_not_end_is_stopped_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "LIMIT", 1.0)
    pid = tmp_path / "pid"
    begun = time.monotonic()
    with pytest.raises(Unusable, match=r"git waits did not end within 1 s and was stopped.*run the same again"):
        git.run(tmp_path, "-c", f"alias.waits=!sleep 60 & echo $! > '{pid}'; wait", "waits")
    assert time.monotonic() - begun < 20
    assert gone(int(pid.read_text(encoding="utf-8")))


def test_a_server_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "LIMIT", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/acme/deploy.git"
        with pytest.raises(Unusable, match="git ls-remote did not end within 1 s"):
            git.run(tmp_path, "ls-remote", url)


def settings(folder: Path) -> dict[str, str]:
    """Return the variables that git runs with."""
    said = git.run(folder, "-c", "alias.shows=!env", "shows").stdout.decode()
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line)


def test_nobody_is_asked_and_a_stalled_transfer_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_HTTP_LOW_SPEED_LIMIT", "GIT_HTTP_LOW_SPEED_TIME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "1")
    found = settings(tmp_path)
    assert found["GIT_TERMINAL_PROMPT"] == "0"
    assert (found["GIT_HTTP_LOW_SPEED_LIMIT"], found["GIT_HTTP_LOW_SPEED_TIME"]) == ("1", "60")
    assert found["LC_ALL"] == "C"
    monkeypatch.setenv("GIT_HTTP_LOW_SPEED_TIME", "600")
    assert settings(tmp_path)["GIT_HTTP_LOW_SPEED_TIME"] == "600", "who set it knows why"


def test_what_it_reads_and_how_it_ends(tmp_path: Path) -> None:
    ended = git.run(tmp_path, "hash-object", "--stdin", stdin=b"x")
    assert (ended.returncode, ended.stdout.decode().strip()) == (0, "c1b0730e0133447badcfd47fd144e254807b06e1")
    ended = git.run(tmp_path, "no-such-command")
    assert ended.returncode == 1
    assert b"is not a git command" in ended.stderr


def test_there_is_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(FileNotFoundError):
        git.run(tmp_path, "version")
