"""The Dependabot file: written once, and nothing in it moves a generated file."""

from __future__ import annotations

import fnmatch
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import tools
import yaml
from build_shared.project import generate, line_of, load, rendered
from mlopsc.build.dependabot import COOLDOWN_DAYS

PATH = ".github/dependabot.yml"


def lint(path: Path) -> list[str]:
    """Return what the schema and the strictest rules of zizmor find in a file."""
    schema = [tools.program("check-jsonschema"), "--builtin-schema", "vendor.dependabot", "--output-format", "json"]
    checked = subprocess.run([*schema, str(path)], capture_output=True, text=True, check=False)
    strict = ("--offline", "--no-config", "--persona", "auditor", "--strict-collection", "--format", "json")
    audited = subprocess.run([tools.program("zizmor"), *strict, str(path)], capture_output=True, text=True, check=False)
    errors = json.loads(checked.stdout).get("errors", []) if checked.returncode in (0, 1) else [checked.stderr]
    findings = json.loads(audited.stdout) if audited.stdout.startswith("[") else [audited.stderr]
    return [str(item) for item in (*errors, *findings)]


def updates(changes: dict[str, Any] | None = None, folder: str = "") -> dict[str, Any]:
    document = yaml.safe_load(rendered(load(changes, folder=folder), PATH).text)
    assert document["version"] == 2
    return {item["package-ecosystem"]: item for item in document["updates"]}


def test_it_is_a_seed_at_the_root_of_the_repository() -> None:
    files, _ = generate(load(folder="models/churn"))
    assert files[PATH].kind == "seed"
    assert "do not edit" not in rendered(load(folder="models/churn"), PATH).text


def test_generated_workflows_are_left_out_and_those_of_people_are_not() -> None:
    (pattern,) = updates()["github-actions"]["exclude-paths"]
    files, _ = generate(load())
    workflows = [path for path in files if path.startswith(".github/workflows/")]
    assert all(fnmatch.fnmatchcase(path, pattern) for path in [".github/workflows/churn-ci.yml", *workflows])
    assert not any(fnmatch.fnmatchcase(f".github/workflows/{name}.yml", pattern) for name in ("ci", "churnx-ci"))


@pytest.mark.parametrize(
    ("folder", "lock", "directory"),
    [
        ("", "requirements.txt", "/"),
        ("models/churn", "requirements.txt", "/models/churn"),
        ("models/churn", "locks/all.txt", "/models/churn/locks"),
        ("", "locks/all.txt", "/locks"),
    ],
)
def test_the_lock_is_looked_for_where_it_lies(folder: str, lock: str, directory: str) -> None:
    assert updates({"model.dependencies.lock": lock}, folder)["pip"]["directory"] == directory


def test_ranges_are_not_touched_and_the_pipeline_s_own_must_be_named() -> None:
    assert updates()["pip"]["versioning-strategy"] == "lockfile-only"
    file = rendered(load({"model.dependencies.lock": "locks/all.txt", "output": {"dir": "x/ops"}}), PATH)
    assert 'let all.in have the line "-r ../x/ops/pipeline/requirements.in"' in file.text


def test_every_ecosystem_waits() -> None:
    assert {item["cooldown"]["default-days"] for item in updates().values()} == {COOLDOWN_DAYS} == {7}


def test_lines_come_from_the_fields_that_decide_them() -> None:
    file = rendered(load(folder="a"), PATH)
    assert line_of(file, "churn-*.yml") == (None, ("metadata", "name"))
    assert line_of(file, "directory: /a") == (None, ("model", "dependencies", "lock"))
    assert line_of(file, "- package-ecosystem: pip") == (None, ("output", "builders", "dependabot"))


def test_it_can_be_switched_off() -> None:
    files, _ = generate(load({"output": {"builders": {"dependabot": False}}}))
    assert PATH not in files


def test_no_attribute_says_that_it_is_generated() -> None:
    assert "dependabot" not in rendered(load(), ".gitattributes").text


@pytest.mark.e2e
def test_it_is_a_valid_file_without_a_finding(tmp_path: Path) -> None:
    path = tmp_path / PATH
    path.parent.mkdir()
    path.write_text(rendered(load(folder="models/churn"), PATH).text, encoding="utf-8")
    assert lint(path) == []


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("old", "new"),
    [("default-days: 7", "default-days: 0"), ("default-days: 7", "default-days: 2"), ("directory:", "directry:")],
)
def test_a_bad_file_is_found(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / PATH
    path.parent.mkdir()
    path.write_text(rendered(load(), PATH).text.replace(old, new), encoding="utf-8")
    assert lint(path) != []
