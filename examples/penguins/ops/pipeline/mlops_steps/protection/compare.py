# SPDX-License-Identifier: MIT-0
"""What differs between the wanted protection of an environment and the one that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..refusal import Finding
from .live import ANY, PATTERNS, Live
from .wanted import Reviewer, Wanted

APPLY = 'run "python ops/pipeline environments apply" as an administrator'
PLANS = "on GitHub Free, Pro and Team environments ask for approval in public repositories only"


def differences(wanted: Wanted, live: Live | None) -> tuple[Finding, ...]:
    """Return every difference; none when the environment is protected as it should be.

    Args:
        wanted: from ``environments.json``.
        live: what GitHub says, None when it shows no such environment.
    """
    if live is None:
        return (
            _finding(
                wanted,
                "environment",
                f"GitHub shows no environment {wanted.name}: {APPLY}; private repositories on GitHub Free have no "
                "environments",
            ),
        )
    return (*_reviewers(wanted, live), *_rules(wanted, live), *_branches(wanted, live))


def _reviewers(wanted: Wanted, live: Live) -> Iterator[Finding]:
    name = wanted.name
    if wanted.required and not live.required:
        yield _finding(wanted, "reviewers", f"{name} asks nobody for approval: {APPLY}; {PLANS}")
        return
    for reviewer in _without(wanted.reviewers, live.reviewers):
        yield _finding(wanted, "reviewers", f"{reviewer} does not review {name}: {APPLY}", reviewer=str(reviewer))
    if wanted.required and not wanted.reviewers:
        return  # the spec does not say who
    for reviewer in _without(live.reviewers, wanted.reviewers):
        yield _finding(
            wanted,
            "reviewers",
            f"{reviewer} reviews {name} and is not asked for in mlops.yaml: {APPLY}",
            reviewer=str(reviewer),
        )


def _without(some: Iterable[Reviewer], others: Iterable[Reviewer]) -> list[Reviewer]:
    keys = {reviewer.key for reviewer in others}
    return [reviewer for reviewer in some if reviewer.key not in keys]


def _rules(wanted: Wanted, live: Live) -> Iterator[Finding]:
    name = wanted.name
    if wanted.prevent_self_review != live.prevent_self_review and (live.required or not wanted.required):
        word = "may" if wanted.prevent_self_review else "may not"
        yield _finding(wanted, "self_review", f"who starts a run {word} approve it for {name}: {APPLY}")
    if wanted.wait_timer != live.wait_timer:
        message = f"{name} waits {live.wait_timer} min and should wait {wanted.wait_timer} min: {APPLY}"
        yield _finding(wanted, "wait_timer", message)
    if wanted.required and live.admins_bypass is None:
        message = f"GitHub does not say whether administrators may bypass the protection of {name}: look at it there"
        yield _finding(wanted, "bypass", message)
    elif wanted.required and live.admins_bypass:
        yield _finding(wanted, "bypass", f"administrators may bypass the protection of {name}: {APPLY}")


def _branches(wanted: Wanted, live: Live) -> Iterator[Finding]:
    name = wanted.name
    if live.branches != PATTERNS:
        which = "any branch" if live.branches == ANY else "any protected branch"
        yield _finding(wanted, "branches", f"{which} may use {name}: {APPLY}")
        return
    patterns = {policy.name for policy in live.policies if policy.is_branch}
    for pattern in wanted.branches:
        if pattern not in patterns:
            yield _finding(wanted, "branches", f"the branch {pattern} may not use {name}: {APPLY}", pattern=pattern)
    for policy in live.policies:
        if not policy.is_branch or policy.name not in wanted.branches:
            message = f"the {policy.kind} {policy.name} may use {name} and should not: {APPLY}"
            yield _finding(wanted, "branches", message, pattern=policy.name)


def _finding(wanted: Wanted, rule: str, message: str, **facts: str) -> Finding:
    return Finding(rule, wanted.name, message, facts)
