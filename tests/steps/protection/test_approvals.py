"""Counting approvals."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.protection.repository import JANE, RISK, Repository, entry, guarded

RUN = "17"
COMMIT = "c" * 40
ASK = ("approvals", "--env", "production", "--run", RUN)


def approval(login: str | None, *environments: str, state: str = "approved", **more: Any) -> dict[str, Any]:
    return {"login": login, "state": state, "environments": list(environments or ["production"]), **more}


def test_two_people_over_both_environments(github: Repository) -> None:
    github.run_of(RUN, approval("ann"), approval("jane", "production-second"))
    assert github(*ASK, "--author", "zed") == {
        "environment": "production",
        "required": 2,
        "counted": ["ann", "jane"],
        "not_counted": {},
    }
    assert "production: approved by @ann, @jane" in github.said
    summary = (github.project.folder / "summary.md").read_text(encoding="utf-8")
    assert summary == "Approved for production by @ann, @jane.\n\n"
    assert {method for method, _ in github.calls()} == {"GET"}


def test_one_person_in_both_environments_counts_once(github: Repository) -> None:
    github.run_of(RUN, approval("ann"), approval("Ann", "production-second"), approval("ann", "production-second"))
    ((rule, subject, message),) = github.refused(*ASK, "--author", "zed")
    assert (rule, subject) == ("approvals", "production")
    assert "needs the approval of 2 people, and 1 approved: @ann" in message


def test_nobody_approved(github: Repository) -> None:
    github.run_of(RUN)
    ((_, _, message),) = github.refused(*ASK, "--author", "zed")
    assert "0 approved: nobody; have further people approve a new run" in message


@pytest.mark.parametrize(
    ("entry_", "reason"),
    [
        (approval("zoe"), "@zoe does not count: started the run"),
        (approval("Zoe"), "@Zoe does not count: started the run"),
        (approval("yan"), "@yan does not count: started the run"),
        (approval("bea"), "@bea does not count: wrote what is released"),
        (approval("Cleo"), "@Cleo does not count: wrote what is released"),
        (approval("robot[bot]", type="Bot"), "@robot[bot] does not count: is no person"),
        (approval("mallory"), "@mallory does not count: is not asked for in mlops.yaml"),
        (approval("sid"), "@sid does not count: is not asked for in mlops.yaml"),
    ],
)
def test_who_does_not_count(github: Repository, entry_: dict[str, Any], reason: str) -> None:
    github.change(commits={COMMIT: "CLEO"})
    github.run_of(RUN, approval("jane"), entry_, triggering_actor="yan")
    ((_, _, message),) = github.refused(*ASK, "--author", "@Bea", "--commit", COMMIT)
    assert reason in message
    assert "1 approved: @jane" in message
    github.run_of(RUN, approval("jane"), entry_, approval("ann", "production-second"), triggering_actor="yan")
    assert github(*ASK, "--author", "@Bea", "--commit", COMMIT)["counted"] == ["ann", "jane"]


@pytest.mark.parametrize(
    "entry_",
    [
        approval("ann", "staging"),
        approval("ann", "production-rollback"),
        approval("ann", "production-seconds"),
        approval("ann", state="pending"),
        approval("ann", state="rejected"),
        approval(None),
    ],
)
def test_what_is_no_approval_of_this_release(github: Repository, entry_: dict[str, Any]) -> None:
    github.run_of(RUN, approval("jane"), entry_)
    ((_, _, message),) = github.refused(*ASK, "--author", "zed")
    assert "1 approved: @jane;" in message


def test_who_rejected_as_well_does_not_count(github: Repository) -> None:
    github.run_of(RUN, approval("jane"), approval("ann"), approval("Ann", "production-second", state="rejected"))
    ((_, _, message),) = github.refused(*ASK, "--author", "zed")
    assert "@ann does not count: rejected this run as well" in message


def test_the_author_may_approve_where_the_spec_says_so(github: Repository) -> None:
    free = {"not_author": False, "prevent_self_review": False, "required": 2}
    github.want(guarded("production", **free), guarded("production-second", approves="production", **free))
    github.run_of(RUN, approval("ann"), approval("bea", "production-second"), actor="ann", triggering_actor="bea")
    assert github(*ASK, "--author", "ann")["counted"] == ["ann", "bea"]
    assert github(*ASK)["counted"] == ["ann", "bea"]


def test_an_author_without_an_account_must_be_named(github: Repository) -> None:
    github.change(commits={COMMIT: None})
    github.run_of(RUN, approval("ann"), approval("jane"))
    ((rule, subject, message),) = github.refused(*ASK, "--commit", COMMIT)
    assert (rule, subject) == ("author", COMMIT)
    assert "give it with --author" in message
    assert github(*ASK, "--commit", COMMIT, "--author", "zed")["counted"] == ["ann", "jane"]


def test_an_author_without_an_account_is_not_made_good_by_that_of_another_commit(github: Repository) -> None:
    known, unknown = "a" * 40, "b" * 40
    github.change(commits={known: "zed", unknown: None})
    github.run_of(RUN, approval("ann"), approval("jane"))
    for commits in ((known, unknown), (unknown, known)):
        words = [word for commit in commits for word in ("--commit", commit)]
        ((rule, subject, _),) = github.refused(*ASK, *words)
        assert (rule, subject) == ("author", unknown)
        assert github(*ASK, *words, "--author", "bea")["counted"] == ["ann", "jane"]


def test_a_run_whose_starter_is_unknown_is_refused(github: Repository) -> None:
    github.run_of(RUN, approval("ann"), approval("jane"), triggering_actor=None)
    assert github.rules(*ASK, "--author", "zed") == [("author", RUN)]


def test_a_member_who_only_was_invited_does_not_count(github: Repository) -> None:
    github.change(invited=["ann"])
    github.run_of(RUN, approval("ann"), approval("jane"))
    ((_, _, message),) = github.refused(*ASK, "--author", "zed")
    assert "@ann does not count: is not asked for in mlops.yaml" in message


def test_teams_that_the_token_does_not_see_are_left_to_github(github: Repository) -> None:
    github.change(rights=["actions"])
    github.run_of(RUN, approval("ann"), approval("jane"))
    assert github(*ASK, "--author", "zed")["counted"] == ["ann", "jane"]
    assert github.notices == ["the token does not see who is in the team of @ann: GitHub alone checked it"]


def test_users_are_checked_without_asking(github: Repository) -> None:
    github.want(guarded("production", reviewers=[JANE]))
    github.run_of(RUN, approval("ann"), approval("Jane"))
    assert github(*ASK, "--author", "zed")["not_counted"] == {"ann": "is not asked for in mlops.yaml"}
    assert all("teams" not in path for _, path in github.calls())


def test_reviewers_that_the_spec_does_not_name_are_anybody(github: Repository) -> None:
    github.want(guarded("production", reviewers=[]))
    github.run_of(RUN, approval("mallory"))
    assert github(*ASK, "--author", "zed")["counted"] == ["mallory"]
    github.run_of(RUN, approval("zoe"))
    assert github.rules(*ASK, "--author", "zed") == [("approvals", "production")]


def test_an_environment_that_needs_none_is_not_asked_about(github: Repository) -> None:
    assert github("approvals", "--env", "staging", "--run", RUN) == {
        "environment": "staging",
        "required": 0,
        "counted": [],
        "not_counted": {},
    }
    assert github.calls() == []


def test_a_rollback_is_approved_by_whoever_is_on_call(github: Repository) -> None:
    github.want(entry("production-rollback", required=1, reviewers=[RISK]))
    github.run_of(RUN, approval("ann", "production-rollback"), actor="ann", triggering_actor="ann")
    assert github("approvals", "--env", "production-rollback", "--run", RUN)["counted"] == ["ann"]


@pytest.mark.parametrize("rights", [["actions"], []])
def test_what_cannot_be_read_never_passes(github: Repository, rights: list[str]) -> None:
    github.change(rights=rights)
    ((rule, subject, message),) = github.refused(*ASK, "--author", "zed")  # there is no such run, or it is not visible
    assert (rule, subject) == ("unreadable", "production")
    assert "the approvals of the run 17 cannot be read" in message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("approvals", "--env", "production"), "approvals needs --env and --run"),
        (("approvals", "--run", RUN), "approvals needs --env and --run"),
        (("approvals", "--env", "prod", "--run", RUN), "there is no environment prod"),
        (("approvals", "--env", "production", "--run", "17/../18"), "--run takes the id of a workflow run"),
        (("approvals", "--env", "production", "--run", "$(id)"), "--run takes the id of a workflow run"),
        (ASK, "who wrote a release to production may not approve it: say with --commit what is released"),
        ((*ASK, "--commit", "main"), "--commit takes the full id of a commit"),
        ((*ASK, "--author", "a b"), "a b is no login of GitHub"),
        ((*ASK, "--author", "../x"), "is no login of GitHub"),
        ((*ASK, "--author", ""), "is no login of GitHub"),
    ],
)
def test_wrong_options_are_told(github: Repository, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(Unusable, match=said.replace("$", r"\$")):
        github(*arguments)
    assert github.calls() == []


def test_an_app_can_be_the_author(github: Repository) -> None:
    github.run_of(RUN, approval("ann"), approval("jane"), actor="github-actions[bot]")
    assert github(*ASK, "--author", "dependabot[bot]")["counted"] == ["ann", "jane"]
