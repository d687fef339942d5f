# SPDX-License-Identifier: MIT-0
"""Counting who approved a release.

GitHub is content with one approval an environment, and one person may approve several of them. Here people are counted.
The fields are those of GitHub's REST reference, "Get the review history for a workflow run" and "Get a workflow run".
The history is of the run and does not tell its attempts apart: all of them release the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..context import Context
from ..refusal import Finding, Refused, refuse
from .github import Declined, GitHub
from .live import NOT_THERE
from .wanted import TEAM, USER, Wanted

_APPROVED, _REJECTED = "approved", "rejected"
_ACTIVE = "active"


def count(
    context: Context,
    github: GitHub,
    environments: Sequence[Wanted],
    run: str,
    authors: Iterable[str],
    commits: Iterable[str],
) -> dict[str, Any]:
    """Return who approved a release.

    Args:
        context: of the step; is told what could not be checked.
        github: the repository.
        environments: that a release to one environment passes, one after the other.
        run: id of the workflow run.
        authors: logins of those who may not approve what they wrote.
        commits: whose authors may not either.

    Raises:
        Refused: fewer people approved than must, or GitHub does not tell.
        Unusable: GitHub cannot be asked.
    """
    first = environments[0]
    subject, required = first.approves or first.name, first.required
    try:
        barred = _barred(github, run, authors, commits) if first.not_author else {}
        history = github.of_repository("actions", "runs", run, "approvals")
        counted, others = _judge(context, github, environments, history, barred)
    except Declined as answer:
        message = f"the approvals of the run {run} cannot be read: {answer}; the token needs the right to read actions"
        raise refuse("unreadable", subject, message, status=answer.status) from None
    result = {"environment": subject, "required": required, "counted": counted, "not_counted": others}
    if len(counted) < required:
        names = ", ".join(f"@{login}" for login in counted) or "nobody"
        not_counted = "".join(f"; @{login} does not count: {reason}" for login, reason in others.items())
        message = (
            f"a release to {subject} needs the approval of {required} people, and {len(counted)} approved: "
            f"{names}{not_counted}; have further people approve a new run"
        )
        raise Refused([Finding("approvals", subject, message, result)])
    return result


def _barred(github: GitHub, run: str, authors: Iterable[str], commits: Iterable[str]) -> dict[str, str]:
    """Return the logins of those who may not approve, without case, with the reason."""
    named = {login.casefold(): "wrote what is released" for login in authors}
    barred = dict(named)
    for commit in commits:
        author = github.of_repository("commits", commit).get("author") or {}
        if not author.get("login") and not named:  # the author of another commit tells nothing about this one
            message = f"GitHub knows no account of the author of {commit}, who may not approve: give it with --author"
            raise refuse("author", commit, message)
        if author.get("login"):
            barred.setdefault(author["login"].casefold(), "wrote what is released")
    found = github.of_repository("actions", "runs", run)
    for field in ("actor", "triggering_actor"):
        login = (found.get(field) or {}).get("login")
        if not login:
            raise refuse("author", run, f"GitHub does not say who started the run {run}: start a new one")
        barred.setdefault(login.casefold(), "started the run")
    return barred


def _judge(
    context: Context,
    github: GitHub,
    environments: Sequence[Wanted],
    history: Iterable[Mapping[str, Any]],
    barred: Mapping[str, str],
) -> tuple[list[str], dict[str, str]]:
    """Return the logins of those who approved and count, and of those who do not, with the reason."""
    names = {wanted.name.casefold() for wanted in environments}
    people: dict[str, Mapping[str, Any]] = {}
    rejected = set()
    for entry in history:
        if not names & {str(found.get("name")).casefold() for found in entry.get("environments") or []}:
            continue
        user = entry.get("user") or {}
        login = str(user.get("login") or "")
        if entry.get("state") == _REJECTED:
            rejected.add(login.casefold())
        elif entry.get("state") == _APPROVED and login:
            people.setdefault(login.casefold(), user)
    members = _Members(context, github, environments)
    counted, others = [], {}
    for key in sorted(people):
        login = str(people[key]["login"])
        if people[key].get("type") != USER:
            others[login] = "is no person"
        elif key in barred:
            others[login] = barred[key]
        elif key in rejected:
            others[login] = "rejected this run as well"
        elif not members.may_review(login):
            others[login] = "is not asked for in mlops.yaml"
        else:
            counted.append(login)
    return counted, others


class _Members:
    """Who may review, as far as the token sees the teams. GitHub itself lets reviewers approve, and nobody else."""

    def __init__(self, context: Context, github: GitHub, environments: Sequence[Wanted]) -> None:
        self._context = context
        self._github = github
        reviewers = environments[0].reviewers
        self._anybody = not reviewers
        self._users = {reviewer.name.casefold() for reviewer in reviewers if reviewer.kind == USER}
        self._teams = [reviewer.name.split("/") for reviewer in reviewers if reviewer.kind == TEAM]

    def may_review(self, login: str) -> bool:
        """Say whether a user is a reviewer; yes when a team cannot be looked into, with a notice."""
        if self._anybody or login.casefold() in self._users:
            return True
        answers = [self._is_member(organisation, team, login) for organisation, team in self._teams]
        if None in answers and True not in answers:
            self._context.notice(
                "membership", login, f"the token does not see who is in the team of @{login}: GitHub alone checked it"
            )
        return any(answer is not False for answer in answers)

    def _is_member(self, organisation: str, team: str, login: str) -> bool | None:
        try:
            found = self._github.get("orgs", organisation, "teams", team, "memberships", login)
        except Declined as answer:
            if answer.status != NOT_THERE:
                return None
            return False if self._sees(organisation, team) else None
        return bool(found.get("state") == _ACTIVE)

    def _sees(self, organisation: str, team: str) -> bool:
        try:
            self._github.get("orgs", organisation, "teams", team)
        except Declined:
            return False
        return True
