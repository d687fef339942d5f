# SPDX-License-Identifier: MIT-0
"""Making the protection of the environments as wanted. Needs an administrator of the repository.

Requests and fields: GitHub's REST reference, "Create or update an environment", "Create a deployment branch policy",
"Get a user", "Get a team by name". As to ``can_admins_bypass`` see `live`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..context import Context
from ..refusal import Finding, Refused, Unusable, refuse
from . import check, compare, live
from .github import Declined, GitHub
from .live import ENVIRONMENTS, POLICIES, Live
from .wanted import TEAM, USER, Reviewer, Wanted

_RIGHTS = "an administrator of the repository, with a token that may write its administration"
_NOT_VALID = 422


def named(environments: Sequence[Wanted], given: Sequence[Reviewer]) -> tuple[Wanted, ...]:
    """Return the environments with the reviewers of the command line where the spec names none.

    Raises:
        Refused: an environment needs reviewers, and nobody named one.
        Unusable: reviewers are given that no environment takes.
    """
    open_ = [wanted for wanted in environments if wanted.required and not wanted.reviewers]
    if given and not open_:
        raise Unusable("--reviewer is for environments whose reviewers mlops.yaml does not name: there is none here")
    if not given:
        findings = [
            Finding(
                "reviewers",
                wanted.name,
                f"nobody is named who approves releases to {wanted.approves}: write governance.approvals."
                f"{wanted.approves}.from in mlops.yaml, or name them with --reviewer @jane or --reviewer @acme/risk",
            )
            for wanted in open_
        ]
        if findings:
            raise Refused(findings)
    return tuple(replace(wanted, reviewers=tuple(given)) if wanted in open_ else wanted for wanted in environments)


def apply(context: Context, github: GitHub, environments: Sequence[Wanted], *, dry_run: bool) -> dict[str, Any]:
    """Make the protection of the environments as wanted, and read it back.

    Args:
        context: of the step; is told what changes.
        github: the repository.
        environments: each with reviewers where it needs approval.
        dry_run: whether to say what would change, and change nothing.

    Raises:
        Refused: GitHub does not take it, knows a reviewer not, or does not do what it took.
        Unusable: GitHub cannot be asked.
    """
    ids = _ids(github, environments)
    changed = []
    for wanted in environments:
        found = _live(github, wanted)
        differences = compare.differences(wanted, found)
        if not differences:
            context.console.say(f"  {wanted.name}: nothing changes")
            continue
        changed.append(wanted.name)
        for finding in differences:
            context.console.say(f"  {wanted.name}: {'would mend' if dry_run else 'mends'} {finding.rule}")
        if not dry_run:
            _write(github, wanted, found, ids)
    if changed and not dry_run:
        check.check(github, environments)
    return {"changed": changed, "dry_run": dry_run, "environments": [wanted.name for wanted in environments]}


def _live(github: GitHub, wanted: Wanted) -> Live | None:
    try:
        return live.read(github, wanted.name)
    except Declined as answer:
        raise refuse("unreadable", wanted.name, f"the protection of {wanted.name} cannot be read: {answer}") from None


def _ids(github: GitHub, environments: Iterable[Wanted]) -> dict[Reviewer, int]:
    """Return the ids of all reviewers, so that nothing changes before all of them are known."""
    findings: list[Finding] = []
    ids = {}
    for reviewer in dict.fromkeys(found for wanted in environments for found in wanted.reviewers):
        try:
            ids[reviewer] = _id(github, reviewer)
        except Refused as refusal:
            findings += refusal.findings
    if findings:
        raise Refused(findings)
    return ids


def _id(github: GitHub, reviewer: Reviewer) -> int:
    try:
        if reviewer.kind == TEAM:
            organisation, team = reviewer.name.split("/")
            found = github.get("orgs", organisation, "teams", team)
        else:
            found = github.get("users", reviewer.name)
    except Declined as answer:
        hint = "; to see teams the token needs the right to read the organisation" if reviewer.kind == TEAM else ""
        message = f"GitHub knows no {reviewer.kind.lower()} {reviewer}: {answer}{hint}"
        raise refuse("reviewers", str(reviewer), message) from None
    if reviewer.kind == USER and found.get("type") != USER:
        message = f"{reviewer} is no person but an account of the type {found.get('type')}: name a user or a team"
        raise refuse("reviewers", str(reviewer), message)
    number: int = found["id"]
    return number


def _write(github: GitHub, wanted: Wanted, found: Live | None, ids: dict[Reviewer, int]) -> None:
    try:
        github.send("PUT", ENVIRONMENTS, wanted.name, body=_body(wanted, found, ids))
        _write_branches(github, wanted)
    except Declined as answer:
        why = compare.PLANS if answer.status == _NOT_VALID else f"it takes {_RIGHTS}"
        message = f"GitHub does not protect {wanted.name}: {answer}; {why}"
        raise refuse("apply", wanted.name, message, status=answer.status) from None


def _body(wanted: Wanted, found: Live | None, ids: dict[Reviewer, int]) -> dict[str, Any]:
    """Return the settings of an environment.

    In private repositories GitHub Pro and Team know rules on branches only and take no other field (google/go-github,
    github/repos_environments.go). So the others are sent where they are needed, or must be taken away.
    """
    body: dict[str, Any] = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}
    ruled = found is not None and (found.required or found.wait_timer)
    if wanted.required or wanted.wait_timer or ruled:
        reviewers = [{"type": reviewer.kind, "id": ids[reviewer]} for reviewer in wanted.reviewers]
        body |= {
            "wait_timer": wanted.wait_timer,
            "prevent_self_review": wanted.prevent_self_review,
            "reviewers": reviewers or None,
            "can_admins_bypass": not wanted.required,
        }
    return body


def _write_branches(github: GitHub, wanted: Wanted) -> None:
    """Make the patterns as wanted. Until the first one is there, no branch may use a new environment."""
    now = live.read(github, wanted.name)
    policies = () if now is None else now.policies
    there = {policy.name for policy in policies if policy.is_branch}
    for pattern in wanted.branches:
        if pattern not in there:
            github.send("POST", ENVIRONMENTS, wanted.name, POLICIES, body={"name": pattern, "type": "branch"})
    for policy in policies:
        if not policy.is_branch or policy.name not in wanted.branches:
            github.send("DELETE", ENVIRONMENTS, wanted.name, POLICIES, str(policy.id))
