"""The document ``environments.json``: each environment of GitHub with its reviewers and the branches that may use it.

Its format is `mlopsc_schemas`' ``environments.v1.schema.json``.

GitHub is content with one approval of an environment. More of them need further environments, one after the other, and
a step that counts different people.
"""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.lifecycle import accounts
from mlopsc.parts import At
from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.parts import Data, Ref
    from mlopsc.project import Project
    from mlopsc.project.environments import Environment
    from mlopsc.record import Path

SCHEMA = 1
"""Number of the format; the step refuses any other."""

_QUEUE = "gh-readonly-queue/{}/*"
"""Branches of GitHub's merge queue for a branch."""

_PULL_REQUESTS = "refs/pull/*/merge"
"""What a job of a pull request runs on: rules on branches look at it since December 2025 (changelog of GitHub,
7 November 2025, "pull_request_target and environment branch protections changes")."""


class _Approval(Record):
    """Who approves what is released to an environment. Paths say what decides each of them.

    Attributes:
        number: what decides how many environments there are for it.
    """

    required: At
    not_author: At
    reviewers: tuple[At, ...]
    number: Path


_NOBODY = _Approval(required=At(0), not_author=At(False), reviewers=(), number=())


def document(project: Project) -> dict[str, Data] | None:
    """Return the wanted protection of all environments, None when the workflows use none."""
    entries = [*_of_releases(project), *_of_accounts(project)]
    return {"schema": SCHEMA, "environments": entries} if entries else None


def branch(project: Project) -> At:
    """Return the branch that deliveries and promotions run on."""
    return At(project.execution.branch, (*project.execution.path, "branch"))


def _of_releases(project: Project) -> Iterator[At]:
    for environment in project.environments:
        if environment.deployment.mode == "none":
            continue
        approval = _approval(project, environment)
        first, *further = naming.approval_environments(environment.name, approval.required.value)
        yield At(_entry(project, first, approval, group=first), environment.path)
        for name in further:
            yield At(_entry(project, name, approval, group=first, there=approval.number), approval.number)
        rollback = naming.rollback_environment(first)
        yield At(_entry(project, rollback, _on_call(project), group=rollback), environment.path)


def _of_accounts(project: Project) -> Iterator[At]:
    """Yield the environments of jobs that release nothing, and sign in to a cloud or use a secret."""
    cloud, delivery = project.execution.cloud, accounts.delivery_environment(project)
    if cloud is not None:
        main = branch(project)
        on_pull_requests = (At(_QUEUE.format(main.value), main.path), At(_PULL_REQUESTS))
        yield At(_entry(project, naming.CI_ENVIRONMENT, _NOBODY, branches=on_pull_requests), cloud.path)
    if delivery is not None:
        yield At(_entry(project, naming.DELIVERY_ENVIRONMENT, _NOBODY), delivery.path)


def _approval(project: Project, environment: Environment) -> _Approval:
    protected = (*environment.path, "protected")
    if not environment.protected:
        return _Approval(required=At(0, protected), not_author=At(False, protected), reviewers=(), number=protected)
    given = project.governance.approvals.get(environment.name)
    if given is None:
        # One approval, of whom the spec does not say: the step takes the reviewers from its command line.
        return _Approval(required=At(1, protected), not_author=At(True, protected), reviewers=(), number=protected)
    return _Approval(
        required=At(given.min, (*given.path, "min")),
        not_author=At(given.not_author, (*given.path, "not_author")),
        reviewers=tuple(_reviewer(owner, (*given.path, "from", index)) for index, owner in enumerate(given.from_)),
        number=(*given.path, "min"),
    )


def _on_call(project: Project) -> _Approval:
    """Return who approves a rollback: who is on call, else nobody, since it must not wait."""
    owners = project.governance.owners
    path = (*owners.path, "oncall")
    if owners.oncall is None or not owners.oncall.startswith("@"):
        return _Approval(required=At(0, path), not_author=At(False, path), reviewers=(), number=path)
    # Who is on call starts the rollback and approves it.
    reviewer = _reviewer(owners.oncall, path)
    return _Approval(required=At(1, path), not_author=At(False, path), reviewers=(reviewer,), number=path)


def _reviewer(owner: str, path: Path) -> At:
    """Return a user, or a team by organisation and name."""
    name = owner.removeprefix("@")
    return At({"type": "Team" if "/" in name else "User", "name": name}, path)


def _entry(
    project: Project,
    name: str,
    approval: _Approval,
    *,
    group: str | None = None,
    branches: tuple[At, ...] = (),
    there: Path = (),
) -> dict[str, Data]:
    """Return the wanted protection of one environment.

    Args:
        project: the project.
        name: of the environment.
        approval: who approves it.
        group: the environment whose approvals an approval of this one counts for; None when there are none.
        branches: what may use it besides the branch of deliveries.
        there: what decides that there is such an environment, where that is not its origin anyway.
    """
    also: tuple[Ref, ...] = ((None, there),) if there else ()
    entry: dict[str, Data] = {"name": name}
    if group is not None:
        entry["approves"] = group
    return entry | {
        "required": approval.required,
        "not_author": approval.not_author._replace(also=also),
        "reviewers": [_with(reviewer, also) for reviewer in approval.reviewers],
        "prevent_self_review": approval.not_author._replace(also=also),
        "wait_timer": 0,
        "branches": [branch(project)._replace(also=also), *branches],
    }


def _with(reviewer: At, also: tuple[Ref, ...]) -> At:
    return reviewer._replace(value={key: At(value, also=also) for key, value in reviewer.value.items()})
