"""The step as a process of its own, as a workflow runs it."""

from __future__ import annotations

import json
import os

from steps import formats
from steps.protection.repository import TOKEN, Repository


def test_a_workflow_sees_exit_codes_and_result_files(protected: Repository) -> None:
    project = protected.project
    project.ship()
    build = project.folder / "build"

    def run(*arguments: str) -> tuple[int, str]:
        ended = project.run("environments", *arguments, "--build", str(build))
        assert TOKEN not in ended.stdout + ended.stderr
        assert TOKEN not in (build / "results" / "environments.json").read_text(encoding="utf-8")
        assert formats.problems("result", project.result("environments")) == []
        return ended.returncode, ended.stderr

    assert run("check")[0] == 0
    assert project.result("environments")["result"]["environments"][0] == "staging"
    protected.protect("production", can_admins_bypass=True)
    code, said = run("check", "--env", "production")
    assert code == 1
    assert "failed administrators may bypass the protection of production" in said
    assert project.result("environments")["findings"][0]["rule"] == "bypass"
    protected.run_of("17")
    code, said = run("approvals", "--env", "production", "--run", "17", "--author", "zed")
    assert code == 1
    assert project.result("environments")["findings"][0]["facts"]["required"] == 2


def test_an_unusable_call_is_exit_code_2(protected: Repository) -> None:
    protected.project.ship()
    ended = protected.project.run("environments", "check", GH_TOKEN="")
    assert ended.returncode == 2
    assert "gh has no token" in ended.stderr


def test_what_github_says_is_no_command(protected: Repository) -> None:
    """Names of branches and messages come from others."""
    evil = "x\n::set-output name=a::b\x1b[31m"
    protected.project.ship()
    protected.protect(
        "staging", policies=[{"id": 1, "name": "main", "type": "branch"}, {"id": 2, "name": evil, "type": "branch"}]
    )
    ended = protected.project.run("environments", "check")
    assert ended.returncode == 1
    assert "the branch x" in ended.stderr
    assert not [line for line in ended.stderr.splitlines() if line.startswith("::")]
    assert "\x1b[31m" not in ended.stderr
    result = json.loads(
        (protected.project.folder / "build" / "results" / "environments.json").read_text(encoding="utf-8")
    )
    assert result["findings"][0]["facts"]["pattern"] == evil
    assert os.environ["GH_TOKEN"] == TOKEN


def test_all_results_are_of_the_published_format(github: Repository) -> None:
    project = github.project
    project.ship()
    github.run_of("17", {"login": "ann", "state": "approved", "environments": ["production"]})
    for code, *arguments in (
        (0, "environments", "apply", "--dry-run"),
        (0, "environments", "apply"),
        (0, "environments", "approvals", "--env", "staging", "--run", "17"),
        (1, "environments", "approvals", "--env", "production", "--run", "17", "--author", "zed"),
        (0, "exceptions"),
    ):
        ended = project.run(*map(str, arguments))
        assert ended.returncode == code, ended.stderr
        assert formats.problems_of(project) == []
