# SPDX-License-Identifier: MIT-0
"""The protection that an environment has on GitHub.

The names of fields are those of GitHub's description of its REST interface (github/rest-api-description, "Get an
environment", "List deployment branch policies"). ``can_admins_bypass`` stands in the answers only, not in the
description; clients such as google/go-github read and send it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .github import PAGE, Declined, GitHub
from .wanted import TEAM, Reviewer

ENVIRONMENTS, POLICIES = "environments", "deployment-branch-policies"
NOT_THERE = 404

PATTERNS, PROTECTED, ANY = "patterns", "protected", "any"
"""Which branches may use an environment: those that match a pattern, all that are protected, or all."""


@dataclass(frozen=True)
class Policy:
    """One pattern of branches or tags whose jobs may use an environment."""

    id: int
    name: str
    kind: str

    @property
    def is_branch(self) -> bool:
        """Whether it is about branches and not about tags."""
        return self.kind == "branch"


@dataclass(frozen=True)
class Live:
    """The protection that an environment has.

    Attributes:
        required: whether somebody must approve.
        reviewers: who may.
        prevent_self_review: whether who started a run may not approve it.
        wait_timer: minutes that a job waits.
        branches: which ones may use it: `PATTERNS`, `PROTECTED` or `ANY`.
        policies: the patterns; empty for the other two.
        admins_bypass: whether administrators may go past the rules; None when GitHub does not say.
    """

    required: bool
    reviewers: tuple[Reviewer, ...]
    prevent_self_review: bool
    wait_timer: int
    branches: str
    policies: tuple[Policy, ...]
    admins_bypass: bool | None


def read(github: GitHub, name: str) -> Live | None:
    """Return the protection of an environment, None when there is no such environment or it is not visible.

    Raises:
        Declined: GitHub does not say.
        Unusable: GitHub cannot be asked.
    """
    try:
        found = github.of_repository(ENVIRONMENTS, name)
    except Declined as answer:
        if answer.status == NOT_THERE:
            return None
        raise
    rules = {rule.get("type"): rule for rule in found.get("protection_rules") or []}
    review = rules.get("required_reviewers", {})
    reviewers = tuple(_reviewer(entry) for entry in review.get("reviewers") or [])
    branches = _branches(found.get("deployment_branch_policy"))
    return Live(
        required=bool(reviewers),
        reviewers=reviewers,
        prevent_self_review=review.get("prevent_self_review") is True,
        wait_timer=rules.get("wait_timer", {}).get("wait_timer", 0),
        branches=branches,
        policies=_policies(github, name) if branches == PATTERNS else (),
        admins_bypass=found.get("can_admins_bypass"),
    )


def _branches(policy: dict[str, bool] | None) -> str:
    if policy is None:
        return ANY
    return PATTERNS if policy.get("custom_branch_policies") else PROTECTED


def _policies(github: GitHub, name: str) -> tuple[Policy, ...]:
    found = github.of_repository(ENVIRONMENTS, name, POLICIES, query=f"per_page={PAGE}")
    return tuple(
        Policy(entry["id"], entry["name"], entry.get("type", "branch")) for entry in found.get("branch_policies") or []
    )


def _reviewer(entry: dict[str, Any]) -> Reviewer:
    kind, who = entry["type"], entry["reviewer"]
    return Reviewer(kind, who["slug"] if kind == TEAM else who["login"])
