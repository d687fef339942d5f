"""The steps as users run them: exit codes, what is printed, and result files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from steps.project import Project
from steps.release.repositories import Checkout, Remote, image, version

KEYS = [
    "environment",
    "move",
    "message",
    "changed",
    "branch",
    "commit",
    "phase",
    "release",
    "version",
    "plan",
    "record",
]


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A remote repository with the example on its main branch, the pipeline included."""
    remote = Remote(tmp_path)
    Project(remote.first.project, remote.first.config).ship()
    remote.first.commit({})
    return remote


def run(here: Checkout, *words: str) -> tuple[int, str, dict[str, Any]]:
    """Run a step in a process of its own, from another folder; return exit code, print and result file."""
    ended = subprocess.run(
        [sys.executable, str(here.pipeline), *words],
        cwd=here.top.parent,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    path = here.project / "build" / "results" / f"{words[0]}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return ended.returncode, ended.stderr, document


def test_a_release_from_a_runner(remote: Remote) -> None:
    runner = remote.clone("runner", "--depth=1")
    runner.candidate("a")
    code, printed, result = run(runner, "release", "start", "--env", "production", "--image", image("a"))
    assert code == 0, printed
    assert "gets all traffic" in printed
    assert result["status"] == "passed"
    assert list(result["result"]) == KEYS
    assert result["result"]["record"] == remote.record()
    code, printed, result = run(runner, "champion")
    assert (code, result["result"]["version"], result["result"]["predictions"]) == (0, version("a"), True)
    assert (runner.project / "build" / "champion" / "predictions.csv").is_file()


def test_a_no_is_exit_code_one_and_in_the_result(remote: Remote) -> None:
    code, printed, result = run(remote.first, "release", "rollback", "--env", "production")
    assert (code, result["status"]) == (1, "refused")
    assert "nothing to go back to" in printed
    assert result["findings"][0]["rule"] == "previous"


def test_wrong_use_is_exit_code_two(remote: Remote) -> None:
    code, printed, result = run(remote.first, "release", "hold", "--env", "production")
    assert (code, result) == (2, {})
    assert 'hold needs a reason: --reason "..."' in printed


def test_no_champion_is_said(remote: Remote) -> None:
    code, printed, result = run(remote.first, "champion")
    assert (code, result["result"]) == (0, {"environment": "production", "release": None})
    assert "no champion yet: nothing was released to production" in printed


def test_no_environment_to_compare_with(remote: Remote) -> None:
    here = remote.first
    del here.config["tests"]["champion"]
    Project(here.project, here.config)
    code, printed, result = run(here, "champion")
    assert (code, result["result"]) == (0, {"environment": None, "release": None})
    assert "no environment to compare with" in printed
