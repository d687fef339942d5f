"""The wanted protection of the environments of GitHub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from build_shared.project import generate, line_of, load
from mlopsc import assets, naming
from mlopsc.parts import Rendered
from mlopsc.project import Project
from mlopsc.render.document import render
from mlopsc.steps.mlops_steps.protection import wanted

PATH = "ops/governance/environments.json"
CONFIG = "ops/pipeline/config.json"
SCHEMA = json.loads(assets.text("mlopsc_schemas", "environments.v1.schema.json"))
CLOUD = {"aws": {"role": "arn:aws:iam::123456789012:role/churn", "region": "eu-west-1"}}
RISK, JANE = {"type": "Team", "name": "acme/risk"}, {"type": "User", "name": "jane"}
NOBODY = {
    "required": 0,
    "not_author": False,
    "reviewers": [],
    "prevent_self_review": False,
    "wait_timer": 0,
    "branches": ["main"],
}


def approvals(**changes: Any) -> dict[str, Any]:
    """Return what asks for the approvals of production."""
    return {"governance.approvals.production": {"from": ["@acme/risk", "@jane"], **changes}}


def rendered(project: Project, path: str) -> Rendered:
    """Return one file, whatever other builders find."""
    return render(generate(project)[0][path], spec_file=project.file, static_reader=assets.text)


def entries(project: Project) -> dict[str, dict[str, Any]]:
    """Return the entries of the document by name; it is valid, and the step reads it."""
    document = json.loads(rendered(project, PATH).text)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return {entry.pop("name"): entry for entry in document["environments"]}


def test_each_environment_and_its_rollback() -> None:
    found = entries(load())
    assert list(found) == ["staging", "staging-rollback", "production", "production-rollback"]
    for name in ("staging", "staging-rollback", "production-rollback"):
        assert found[name] == {"approves": name, **NOBODY}


def test_protected_without_reviewers_asks_for_one_approval() -> None:
    assert entries(load())["production"] == {
        **NOBODY,
        "approves": "production",
        "required": 1,
        "not_author": True,
        "prevent_self_review": True,
    }


def test_reviewers_are_those_of_the_spec() -> None:
    found = entries(load(approvals(not_author=False)))["production"]
    assert found == {**NOBODY, "approves": "production", "required": 1, "reviewers": [RISK, JANE]}


def test_several_approvals_need_several_environments() -> None:
    found = entries(load(approvals(min=3)))
    names = ["production", "production-second", "production-third"]
    assert list(found) == ["staging", "staging-rollback", *names, "production-rollback"]
    for name in names:
        assert found[name] == {
            **NOBODY,
            "approves": "production",
            "required": 3,
            "not_author": True,
            "prevent_self_review": True,
            "reviewers": [RISK, JANE],
        }


@pytest.mark.parametrize(
    ("oncall", "reviewers"), [("@acme/sre", [{"type": "Team", "name": "acme/sre"}]), ("@jane", [JANE])]
)
def test_who_is_on_call_approves_rollbacks(oncall: str, reviewers: list[dict[str, str]]) -> None:
    found = entries(load({"governance.owners": {"oncall": oncall}}))
    assert found["production-rollback"] == {
        **NOBODY,
        "approves": "production-rollback",
        "required": 1,
        "reviewers": reviewers,
    }
    assert found["staging"]["required"] == 0


def test_an_address_on_call_approves_nothing() -> None:
    found = entries(load({"governance.owners": {"oncall": "sre@acme.example"}}))
    assert found["production-rollback"]["required"] == 0


def test_jobs_that_sign_in_to_a_cloud_have_environments_of_their_own() -> None:
    found = entries(load({"execution.cloud": CLOUD}))
    assert found["delivery"] == NOBODY
    assert found["ci"] == {**NOBODY, "branches": ["main", "gh-readonly-queue/main/*", "refs/pull/*/merge"]}
    assert "ci" not in entries(load())


def test_only_the_branch_of_deliveries_may_use_an_environment() -> None:
    found = entries(load({"execution.branch": "trunk", "execution.cloud": CLOUD}))
    assert {tuple(entry["branches"]) for name, entry in found.items() if name != "ci"} == {("trunk",)}
    assert found["ci"]["branches"][:2] == ["trunk", "gh-readonly-queue/trunk/*"]


def test_where_nothing_runs_nothing_is_protected() -> None:
    quiet = {"deployment": {"mode": "none"}, "environments": {"staging": {}, "production": {"protected": True}}}
    assert PATH not in generate(load(quiet))[0]
    assert list(entries(load({**quiet, "execution.cloud": CLOUD}))) == ["ci", "delivery"]
    some = {"environments.staging.deployment": {"mode": "none", "strategy": None}}
    assert list(entries(load(some))) == ["production", "production-rollback"]


def test_a_spec_without_environments_has_one() -> None:
    assert list(entries(load({"environments": None}))) == ["default", "default-rollback"]


def test_each_line_says_where_it_comes_from() -> None:
    file = rendered(load(approvals(min=2, not_author=False)), PATH)
    lines = file.text.splitlines()

    def origins(text: str) -> set[tuple[Any, ...]]:
        return {path for line, (_, path) in zip(lines, file.refs, strict=True) if text in line}

    place = ("governance", "approvals", "production")
    assert origins('"required": 2') == {(*place, "min")}
    assert origins("acme/risk") == {(*place, "from", 0)}
    assert origins("jane") == {(*place, "from", 1)}
    assert origins('"not_author"') == {
        (*place, "not_author"),
        ("environments", "staging", "protected"),
        ("governance", "owners", "oncall"),
    }
    assert origins('"main"') == {("execution", "branch")}
    assert line_of(file, '"name": "production-second"') == (None, (*place, "min"))
    second = [number for number, line in enumerate(lines) if "jane" in line][1]
    assert file.also[second] == ((None, (*place, "min")),)


def test_the_step_reads_what_the_builder_writes(tmp_path: Path) -> None:
    project = load({**approvals(min=2), "execution.cloud": CLOUD, "governance.owners": {"oncall": "@acme/sre"}})
    path = tmp_path / "environments.json"
    path.write_text(rendered(project, PATH).text, encoding="utf-8")
    found = {item.name: item for item in wanted.read(path)}
    assert [str(reviewer) for reviewer in found["production-second"].reviewers] == ["@acme/risk", "@jane"]
    assert found["ci"].approves == ""
    assert [item.name for item in wanted.chosen(tuple(found.values()), "production")] == [
        "production",
        "production-second",
    ]


def test_names_of_approvals() -> None:
    assert naming.approval_environments("production", 0) == ("production",)
    assert naming.approval_environments("production", 1) == ("production",)
    most = naming.approval_environments("production", naming.MOST_APPROVALS)
    assert len(most) == len(set(most)) == naming.MOST_APPROVALS
    assert most[-1] == "production-sixth"


def test_accepted_findings_reach_the_step_with_their_last_day() -> None:
    accepted = {"CVE-2026-12345": {"reason": "not reachable", "expires": "2026-05-31"}}
    project = load({"deployment.image.scan": {"ignore": accepted}})
    file = rendered(project, CONFIG)
    assert json.loads(file.text)["scan"] == {"ignore": {"CVE-2026-12345": "2026-05-31"}}
    path = ("deployment", "image", "scan", "ignore", "CVE-2026-12345", "expires")
    assert line_of(file, '"CVE-2026-12345"') == (None, path)


def test_without_an_image_nothing_is_scanned() -> None:
    found = json.loads(rendered(load(), CONFIG).text)
    assert found["scan"] == {"ignore": {}}
    quiet = load({"deployment": {"mode": "none"}, "environments": None})
    assert "scan" not in json.loads(rendered(quiet, CONFIG).text)
