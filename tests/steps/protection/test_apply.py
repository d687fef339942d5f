"""Protecting environments."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.protection.repository import JANE, RISK, Repository, entry, guarded

ALL = ["staging", "production", "production-second", "production-rollback"]
PATTERNS = {"protected_branches": False, "custom_branch_policies": True}


def test_environments_are_made_as_wanted(github: Repository) -> None:
    assert github("apply") == {"changed": ALL, "dry_run": False, "environments": ALL}
    made = github.state["environments"]
    assert sorted(made) == sorted(ALL)
    for name in ("production", "production-second"):
        assert made[name] | {"policies": []} == {
            "reviewers": [{"type": "Team", "id": 1}, {"type": "User", "id": 1}],
            "prevent_self_review": True,
            "wait_timer": 0,
            "can_admins_bypass": False,
            "deployment_branch_policy": PATTERNS,
            "policies": [],
        }
    assert made["staging"]["reviewers"] == []
    for name in ALL:
        assert [(policy["name"], policy["type"]) for policy in made[name]["policies"]] == [("main", "branch")]
    assert "production: mends environment" in github.said


def test_a_second_time_nothing_changes(protected: Repository) -> None:
    before = protected.state["environments"]
    assert protected("apply")["changed"] == []
    assert protected.state["environments"] == before
    assert {method for method, _ in protected.calls()} == {"GET"}
    assert "production: nothing changes" in protected.said


def test_a_dry_run_writes_nothing(github: Repository) -> None:
    assert github("apply", "--dry-run")["changed"] == ALL
    assert {method for method, _ in github.calls()} == {"GET"}
    assert github.state["environments"] == {}
    assert "production: would mend environment" in github.said


def test_only_the_environments_of_a_release_can_be_chosen(github: Repository) -> None:
    assert github("apply", "--env", "production")["changed"] == ["production", "production-second"]
    with pytest.raises(Unusable, match=r"there is no environment prod: environments\.json has staging, production"):
        github("apply", "--env", "prod")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("production", {"reviewers": [{"type": "Team", "id": 2}]}),
        ("production", {"reviewers": []}),
        ("production", {"prevent_self_review": False}),
        ("production", {"can_admins_bypass": True}),
        ("production", {"wait_timer": 5}),
        ("production", {"deployment_branch_policy": None}),
        ("staging", {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": False}}),
        ("staging", {"reviewers": [{"type": "User", "id": 2}], "prevent_self_review": True}),
        ("staging", {"policies": [{"id": 1, "name": "*", "type": "branch"}, {"id": 2, "name": "main", "type": "tag"}]}),
        ("staging", {"policies": []}),
    ],
)
def test_what_somebody_changed_is_mended(protected: Repository, name: str, changes: dict[str, Any]) -> None:
    before = _without_ids(protected)
    protected.protect(name, **changes)
    assert _without_ids(protected) != before
    assert protected("apply")["changed"] == [name]
    assert _without_ids(protected) == before
    assert protected("check") == {"environments": ALL}


def _without_ids(github: Repository) -> dict[str, Any]:
    found: dict[str, Any] = github.state["environments"]
    for name, environment in found.items():
        for policy in environment["policies"]:
            del policy["id"]
        if not environment["reviewers"]:
            # What no environment without reviewers shows.
            found[name] = environment | {"prevent_self_review": False, "can_admins_bypass": True}
    return found


def test_reviewers_of_the_command_line_stand_where_the_spec_names_none(github: Repository) -> None:
    github.want(entry("staging"), guarded("production", reviewers=[]))
    ((rule, subject, message),) = github.refused("apply")
    assert (rule, subject) == ("reviewers", "production")
    assert "write governance.approvals.production.from in mlops.yaml, or name them with --reviewer @jane" in message
    assert github.calls() == []
    github("apply", "--reviewer", "@acme/sre", "--reviewer", "@BOB")
    assert github.state["environments"]["production"]["reviewers"] == [
        {"type": "Team", "id": 2},
        {"type": "User", "id": 2},
    ]
    assert github("check") == {"environments": ["staging", "production"]}


def test_a_second_apply_must_name_them_again(github: Repository) -> None:
    github.want(guarded("production", reviewers=[]))
    github("apply", "--reviewer", "@jane")
    assert github.rules("apply") == [("reviewers", "production")]


def test_reviewers_of_the_spec_are_not_replaced(github: Repository) -> None:
    with pytest.raises(Unusable, match="--reviewer is for environments whose reviewers"):
        github("apply", "--reviewer", "@bob")


@pytest.mark.parametrize(
    "name", ["bob", "@", "@a b", "@acme/", "@acme/../users", "@-", "bob@acme.example", "@a/b/c", ""]
)
def test_a_reviewer_is_a_name_of_github(github: Repository, name: str) -> None:
    github.want(guarded("production", reviewers=[]))
    with pytest.raises(Unusable, match="is no user and no team of GitHub: write @jane or @acme/risk"):
        github("apply", "--reviewer", name)
    assert github.calls() == []


def test_all_unknown_reviewers_are_named_before_anything_changes(github: Repository) -> None:
    team, user = {"type": "Team", "name": "acme/none"}, {"type": "User", "name": "nobody"}
    github.want(guarded("production", reviewers=[team, JANE, user, {"type": "User", "name": "acme"}]))
    findings = github.refused("apply")
    assert [subject for _, subject, _ in findings] == ["@acme/none", "@nobody", "@acme"]
    assert "GitHub knows no team @acme/none: Not Found (HTTP 404)" in findings[0][2]
    assert "the right to read the organisation" in findings[0][2]
    assert "@acme is no person but an account of the type Organization" in findings[2][2]
    assert {method for method, _ in github.calls()} == {"GET"}


def test_a_private_repository_without_enterprise_is_told_so(github: Repository) -> None:
    github.change(plan="team")
    ((rule, subject, message),) = github.refused("apply")
    assert (rule, subject) == ("apply", "production")
    assert "(HTTP 422); on GitHub Free, Pro and Team environments ask for approval in public repositories" in message
    assert sorted(github.state["environments"]) == ["staging"]  # which needs a rule on branches only


def test_who_is_no_administrator_is_told_so(github: Repository) -> None:
    github.change(rights=["actions", "teams"])
    ((_, _, message),) = github.refused("apply")
    assert "GitHub does not protect staging: Resource not accessible by integration (HTTP 403)" in message
    assert "it takes an administrator of the repository" in message


def test_without_the_right_to_read_nothing_is_written(github: Repository) -> None:
    github.change(rights=["administration", "teams"])
    assert github.rules("apply") == [("unreadable", "staging")]
    assert {method for method, _ in github.calls()} == {"GET"}


@pytest.mark.parametrize(
    ("setting", "rule"),
    [("can_admins_bypass", "bypass"), ("prevent_self_review", "self_review"), ("reviewers", "reviewers")],
)
def test_what_github_takes_and_does_not_do_is_found(github: Repository, setting: str, rule: str) -> None:
    github.change(ignores=[setting])
    assert (rule, "production") in github.rules("apply")


def test_settings_that_no_plan_misses_are_sent_alone(github: Repository) -> None:
    github.want(entry("staging"))
    github("apply")
    (put,) = (body for method, _, body in github.state["calls"] if method == "PUT")
    assert put == {"deployment_branch_policy": PATTERNS}


def test_six_reviewers_are_fine(github: Repository) -> None:
    users = {f"u{number}": {"id": number, "type": "User"} for number in range(1, 7)}
    github.change(users=users)
    github.want(guarded("production", reviewers=[{"type": "User", "name": name} for name in users]))
    assert github("apply")["changed"] == ["production"]


def test_names_have_no_case(github: Repository) -> None:
    github.want(guarded("production", reviewers=[{"type": "User", "name": "JANE"}, RISK]))
    github("apply")
    assert github("apply")["changed"] == []
