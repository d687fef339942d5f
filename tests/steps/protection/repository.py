"""A repository on GitHub, as the stand-in for ``gh`` keeps it, and the step that works on it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import commands
from mlopsc.steps.mlops_steps.console import Console
from mlopsc.steps.mlops_steps.context import Context
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.results import write_json
from steps.project import Project

HERE = Path(__file__).parent
TOKEN = "ghs_not-to-be-printed"
RISK = {"type": "Team", "name": "acme/risk"}
JANE = {"type": "User", "name": "jane"}


def entry(name: str, **changes: Any) -> dict[str, Any]:
    """Return the wanted protection of an environment that nobody approves."""
    return {
        "name": name,
        "approves": name,
        "required": 0,
        "not_author": False,
        "reviewers": [],
        "prevent_self_review": False,
        "wait_timer": 0,
        "branches": ["main"],
        **changes,
    }


def guarded(name: str, **changes: Any) -> dict[str, Any]:
    """Return the wanted protection of an environment with reviewers."""
    rules = {"required": 1, "not_author": True, "prevent_self_review": True, "reviewers": [RISK, JANE]}
    return entry(name, **{**rules, **changes})


class Repository:
    """A repository on GitHub and the clone that the step runs in.

    Args:
        folder: of the clone.
        wanted: entries of ``environments.json``.
    """

    def __init__(self, folder: Path, *wanted: dict[str, Any]) -> None:
        self.project = Project(folder, {"schema": 1, "name": "penguins", "root": "../.."})
        self.file = folder / "ops" / "governance" / "environments.json"
        self.said = ""
        self.notices: list[str] = []
        self._state = folder / "github.json"
        self.want(*wanted)
        self.change(
            token=TOKEN,
            repository="acme/penguins",
            plan="enterprise",
            rights=["actions", "administration", "teams"],
            hides=[],
            ignores=[],
            users={
                "jane": {"id": 1, "type": "User"},
                "Bob": {"id": 2, "type": "User"},
                "acme": {"id": 3, "type": "Organization"},
            },
            teams={
                "acme/risk": {"id": 1, "members": ["ann", "bea", "Cleo"]},
                "acme/sre": {"id": 2, "members": ["sid"]},
            },
            invited=[],
            environments={},
            runs={},
            commits={},
            next=100,
            says=None,
            calls=[],
        )

    def want(self, *wanted: dict[str, Any]) -> None:
        """Write ``environments.json``."""
        write_json(self.file, {"schema": 1, "environments": list(wanted)})

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._state.read_text(encoding="utf-8")) if self._state.exists() else {}
        return found

    def change(self, **values: Any) -> None:
        """Change the state of GitHub."""
        write_json(self._state, {**self.state, **values})

    def protect(self, name: str, **values: Any) -> None:
        """Change the protection of one environment past the step."""
        environments = self.state["environments"]
        environments[name].update(values)
        self.change(environments=environments)

    def run_of(self, number: str, *approvals: dict[str, Any], **people: Any) -> None:
        """Make a workflow run with its approvals."""
        starter = {"actor": "zoe", "triggering_actor": "zoe", **people}
        self.change(runs={number: {**starter, "approvals": list(approvals)}})

    def calls(self) -> list[tuple[str, str]]:
        """Return what GitHub was asked since the last time: methods and paths."""
        found = [(method, path) for method, path, _ in self.state["calls"]]
        self.change(calls=[])
        return found

    def context(self) -> Context:
        stream = StringIO()
        context = replace(
            self.project.context(), console=Console(stream), summary_file=self.project.folder / "summary.md"
        )
        self._stream = stream
        return context

    def __call__(self, *arguments: str) -> dict[str, Any]:
        """Run the step and return its result; what it says is kept in `said`."""
        step = commands.STEPS["environments"]
        parser = argparse.ArgumentParser(exit_on_error=False)
        step.options(parser)
        context = self.context()
        try:
            return step.run(context, parser.parse_args(arguments))
        finally:
            self.said = self._stream.getvalue()
            self.notices = [notice.message for notice in context.notices]
            assert TOKEN not in self.said

    def refused(self, *arguments: str) -> list[tuple[str, str, str]]:
        """Run the step, which must refuse, and return the findings: rule, subject, message."""
        with pytest.raises(Refused) as refusal:
            self(*arguments)
        return [(item.rule, item.subject, item.message) for item in refusal.value.findings]

    def rules(self, *arguments: str) -> list[tuple[str, str]]:
        """Run the step, which must refuse, and return rules and subjects."""
        return [(rule, subject) for rule, subject, _ in self.refused(*arguments)]


def install(folder: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-in for ``gh`` on the path, alone."""
    folder.mkdir()
    program = folder / "gh"
    program.write_text(f"#!{sys.executable} -S\n{(HERE / 'gh.py').read_text(encoding='utf-8')}", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("GH_STAND_IN", str(state))
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    monkeypatch.setenv("GH_REPO", "acme/penguins")
