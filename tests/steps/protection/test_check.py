"""Reading the protection back."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.protection.repository import TOKEN, Repository, entry, guarded

TWO = [("production",), ("production-second",)]


def test_what_is_as_wanted_passes_and_nothing_is_written(protected: Repository) -> None:
    assert protected("check")["environments"] == ["staging", "production", "production-second", "production-rollback"]
    assert protected("check", "--env", "production") == {"environments": ["production", "production-second"]}
    assert protected("check", "--env", "production-rollback") == {"environments": ["production-rollback"]}
    assert {method for method, _ in protected.calls()} == {"GET"}
    assert "protected as wanted: production-rollback" in protected.said


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"reviewers": []}, "reviewers", "production asks nobody for approval"),
        ({"reviewers": [{"type": "User", "id": 1}]}, "reviewers", "@acme/risk does not review production"),
        ({"reviewers": [{"type": "Team", "id": 1}]}, "reviewers", "@jane does not review production"),
        (
            {"reviewers": [{"type": "Team", "id": 1}, {"type": "User", "id": 1}, {"type": "User", "id": 2}]},
            "reviewers",
            "@Bob reviews production and is not asked for in mlops.yaml",
        ),
        ({"prevent_self_review": False}, "self_review", "who starts a run may approve it for production"),
        ({"can_admins_bypass": True}, "bypass", "administrators may bypass the protection of production"),
        ({"wait_timer": 7}, "wait_timer", "production waits 7 min and should wait 0 min"),
        ({"deployment_branch_policy": None}, "branches", "any branch may use production"),
        (
            {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": False}},
            "branches",
            "any protected branch may use production",
        ),
        ({"policies": []}, "branches", "the branch main may not use production"),
        (
            {"policies": [{"id": 1, "name": "main", "type": "branch"}, {"id": 2, "name": "f/*", "type": "branch"}]},
            "branches",
            "the branch f/* may use production and should not",
        ),
        (
            {"policies": [{"id": 1, "name": "main", "type": "branch"}, {"id": 2, "name": "main", "type": "tag"}]},
            "branches",
            "the tag main may use production and should not",
        ),
    ],
)
def test_a_difference_is_refused(protected: Repository, changes: dict[str, Any], rule: str, said: str) -> None:
    protected.protect("production", **changes)
    ((found, subject, message),) = protected.refused("check")
    assert (found, subject) == (rule, "production")
    assert said in message
    assert 'run "python ops/pipeline environments apply" as an administrator' in message
    assert protected("check", "--env", "staging") == {"environments": ["staging"]}


def test_every_difference_is_named(protected: Repository) -> None:
    protected.protect("production", can_admins_bypass=True, wait_timer=3, deployment_branch_policy=None)
    protected.protect("production-second", reviewers=[])
    assert protected.rules("check") == [
        ("wait_timer", "production"),
        ("bypass", "production"),
        ("branches", "production"),
        ("reviewers", "production-second"),
    ]


def test_a_missing_environment_is_refused(github: Repository) -> None:
    findings = github.refused("check", "--env", "production")
    assert [(rule, subject) for rule, subject, _ in findings] == [
        ("environment", "production"),
        ("environment", "production-second"),
    ]
    assert "private repositories on GitHub Free have no environments" in findings[0][2]


@pytest.mark.parametrize(("plan", "rights"), [("free", ["actions"]), ("enterprise", [])])
def test_what_cannot_be_read_never_passes(protected: Repository, plan: str, rights: list[str]) -> None:
    protected.change(plan=plan, rights=rights)
    findings = protected.refused("check")
    assert {rule for rule, _, _ in findings} == ({"environment"} if plan == "free" else {"unreadable"})
    assert len(findings) == 4


def test_a_token_that_may_not_read_is_told_what_it_needs(protected: Repository) -> None:
    protected.change(rights=[])
    (message, *_) = (message for _, _, message in protected.refused("check"))
    assert "cannot be read, so nobody knows it: Resource not accessible by integration (HTTP 403)" in message
    assert "the token needs the right to read actions" in message


def test_a_bypass_that_github_does_not_tell_is_refused(protected: Repository) -> None:
    protected.change(hides=["bypass"])
    assert protected.rules("check") == [("bypass", "production"), ("bypass", "production-second")]


def test_reviewers_that_the_spec_does_not_name_only_have_to_be_there(github: Repository) -> None:
    github.want(guarded("production", reviewers=[]))
    github("apply", "--reviewer", "@jane")
    assert github("check") == {"environments": ["production"]}
    github.protect("production", reviewers=[])
    assert github.rules("check") == [("reviewers", "production")]


def test_a_reviewer_nobody_asked_for_is_refused(protected: Repository) -> None:
    """A rollback would wait for somebody."""
    protected.protect("production-rollback", reviewers=[{"type": "User", "id": 2}])
    ((rule, subject, message),) = protected.refused("check")
    assert (rule, subject) == ("reviewers", "production-rollback")
    assert "@Bob reviews production-rollback" in message


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"code": 1, "error": "gh: Bad credentials (HTTP 401)\n", "answer": ""}, "Bad credentials"),
        ({"code": 1, "error": "gh: Server Error (HTTP 502)\n", "answer": "<html>"}, "Server Error"),
        ({"code": 1, "error": "error connecting to api.github.com\n", "answer": ""}, "error connecting"),
        ({"code": 1, "error": "", "answer": ""}, "it said nothing"),
        ({"code": 0, "error": "", "answer": "<html>"}, "is no JSON"),
    ],
)
def test_when_github_cannot_be_asked_it_is_unusable(protected: Repository, says: dict[str, Any], said: str) -> None:
    protected.change(says=says)
    with pytest.raises(Unusable, match=said):
        protected("check")


def test_without_a_token_it_says_so(protected: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GH_TOKEN")
    with pytest.raises(Unusable, match="gh has no token: set GH_TOKEN, or log in with gh auth login"):
        protected("check")


def test_without_gh_it_says_so(protected: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unusable, match="there is no program gh: install the command line of GitHub"):
        protected("check")


@pytest.mark.parametrize("name", ["../../users", "a/b", "a?b=c", "$(id)", "{owner}", "a\nb", "A", "", "-", 7])
def test_a_name_that_is_none_is_never_asked_for(github: Repository, name: Any) -> None:
    github.want(entry("staging"), {**entry("x"), "name": name})
    with pytest.raises(Unusable, match=r"environments\.json"):
        github("check")
    assert github.calls() == []


@pytest.mark.parametrize(
    "reviewer",
    [
        {"type": "User", "name": "jane/../x"},
        {"type": "User", "name": "acme/risk"},
        {"type": "Team", "name": "risk"},
        {"type": "Team", "name": "acme/../.."},
        {"type": "App", "name": "jane"},
        {"name": "jane"},
        "jane",
    ],
)
def test_a_reviewer_that_is_none_is_never_asked_for(github: Repository, reviewer: Any) -> None:
    github.want(guarded("production", reviewers=[reviewer]))
    with pytest.raises(Unusable, match=r'environments\.json.*run "mlopsc compile"'):
        github("apply")
    assert github.calls() == []


def test_a_file_that_is_missing_or_of_another_format_is_told(github: Repository) -> None:
    github.file.write_text('{"schema": 2, "environments": []}', encoding="utf-8")
    with pytest.raises(Unusable, match="schema number 2"):
        github("check")
    github.file.write_text('{"schema": 1}', encoding="utf-8")
    with pytest.raises(Unusable, match="is not of its format"):
        github("check")
    github.file.unlink()
    with pytest.raises(Unusable, match=r"environments\.json is missing"):
        github("check")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "--reviewer", "@jane"), "check takes no --reviewer: it is for apply"),
        (("check", "--dry-run"), "check takes no --dry-run: it is for apply"),
        (("apply", "--run", "1"), "apply takes no --run: it is for approvals"),
        (("apply", "--author", "jane"), "apply takes no --author: it is for approvals"),
        (("check", "--commit", "a" * 40), "check takes no --commit: it is for approvals"),
    ],
)
def test_an_option_of_another_action_is_refused(github: Repository, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(Unusable, match=said):
        github(*arguments)


def test_the_stand_in_takes_nothing_else(protected: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the other tests would prove little."""
    monkeypatch.setenv("GH_REPO", "acme/other")
    with pytest.raises(Unusable, match="GH_REPO names another repository"):
        protected("check")
    monkeypatch.setenv("GH_REPO", "acme/penguins")
    from mlopsc.steps.mlops_steps.protection.github import GitHub

    asked = GitHub(protected.project.folder)
    with pytest.raises(Unusable, match="takes no such call"):
        asked.of_repository("secrets")
    with pytest.raises(Unusable, match="takes no such call"):
        asked.send("PUT", "environments", "staging", body={"deployment_branch_policy": None, "colour": "red"})
    with pytest.raises(Unusable, match="takes no such call"):
        asked.get("users", TOKEN)
