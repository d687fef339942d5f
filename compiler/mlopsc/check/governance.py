"""Governance: approvals that somebody can give, of releases that need them."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.lifecycle import accounts
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Project
    from mlopsc.project.governance import Approval
    from mlopsc.record import Path

MOST_REVIEWERS = 6
"""Users and teams that an environment of GitHub takes (REST reference, "Create or update an environment")."""


@rule("CHK-540", "governance", "environments", "deployment")
def approval_of_nothing(project: Project, context: Context) -> None:
    """An approval belongs to an environment whose releases wait for it."""
    by_name = {environment.name: environment for environment in project.environments}
    guarded = [item.name for item in project.environments if item.protected and item.deployment.mode != "none"]
    for name, approval in project.governance.approvals.items():
        environment = by_name.get(name)
        if environment is None:
            problem = "there is none of that name"
        elif environment.deployment.mode == "none":
            problem = 'its mode is "none", so nothing is released there'
        elif not environment.protected:
            problem = 'it has no "protected: true"'
        else:
            continue
        others = () if environment is None else (environment.path,)
        allowed = guarded or "none"
        context.report("CHK-540", approval.path, *others, given=name, problem=problem, allowed=allowed)


@rule("CHK-541", "governance")
def reviewer_by_mail(project: Project, context: Context) -> None:
    """Who approves on GitHub has an account there."""
    for approval, index, owner in _reviewers(project):
        if not owner.startswith("@"):
            context.report("CHK-541", (*approval.path, "from", index), given=owner)


@rule("CHK-542", "governance")
def too_many_reviewers(project: Project, context: Context) -> None:
    """GitHub takes a few reviewers an environment."""
    for approval in project.governance.approvals.values():
        count = len(_distinct(approval))
        if count > MOST_REVIEWERS:
            context.report("CHK-542", (*approval.path, "from"), count=count, most=MOST_REVIEWERS)


@rule("CHK-543", "governance")
def too_few_people(project: Project, context: Context) -> None:
    """As many people may approve as must."""
    for approval in project.governance.approvals.values():
        people = _distinct(approval)
        if approval.min > naming.MOST_APPROVALS:
            problem = f"{naming.MOST_APPROVALS} approvals are the most"
        elif approval.min > len(people) and all("/" not in owner for owner in people):
            problem = f'"from" names {len(people)}'
        else:
            continue
        context.report("CHK-543", (*approval.path, "min"), (*approval.path, "from"), min=approval.min, problem=problem)


@rule("CHK-544", "governance", "environments", "deployment", "execution")
def taken_name(project: Project, context: Context) -> None:
    """Environments of GitHub that the workflows need are not environments of the spec as well."""
    used = [environment for environment in project.environments if environment.deployment.mode != "none"]
    made = dict(_made(project))
    for environment in used:
        if environment.name in made:
            purpose, origin = made[environment.name]
            context.report("CHK-544", environment.path, origin, given=environment.name, purpose=purpose)


@rule("CHK-545", "governance", "environments", "deployment")
def nobody_approves(project: Project, context: Context) -> None:
    """Who approves a release stands in the spec."""
    for environment in project.environments:
        guarded = environment.protected and environment.deployment.mode != "none"
        if guarded and environment.name not in project.governance.approvals:
            context.report("CHK-545", (*environment.path, "protected"), name=environment.name)


@rule("CHK-546", "governance", "environments", "deployment")
def on_call_by_mail(project: Project, context: Context) -> None:
    """Who is on call approves rollbacks, if GitHub can ask."""
    owners = project.governance.owners
    released = any(environment.deployment.mode != "none" for environment in project.environments)
    if released and owners.oncall is not None and not owners.oncall.startswith("@"):
        context.report("CHK-546", (*owners.path, "oncall"), given=owners.oncall)


def _reviewers(project: Project) -> Iterator[tuple[Approval, int, str]]:
    for approval in project.governance.approvals.values():
        for index, owner in enumerate(approval.from_):
            yield approval, index, owner


def _distinct(approval: Approval) -> set[str]:
    """Return who may approve, each once: names of GitHub have no case."""
    return {owner.casefold() for owner in approval.from_}


def _made(project: Project) -> Iterator[tuple[str, tuple[str, Path]]]:
    """Yield the names of environments that the workflows need, with what for and the spec path that asks for them."""
    for environment in project.environments:
        if environment.deployment.mode == "none":
            continue
        name, approval = environment.name, project.governance.approvals.get(environment.name)
        yield naming.rollback_environment(name), (f'the rollbacks of "{name}"', environment.path)
        if approval is not None and environment.protected:
            for further in naming.approval_environments(name, approval.min)[1:]:
                yield further, (f'a further approval of "{name}"', (*approval.path, "min"))
    cloud, delivery = project.execution.cloud, accounts.delivery_environment(project)
    if cloud is not None:
        yield naming.CI_ENVIRONMENT, ("jobs that sign in to the cloud", cloud.path)
    if delivery is not None:
        yield naming.DELIVERY_ENVIRONMENT, ("jobs that sign in somewhere", delivery.path)


RULES = (
    approval_of_nothing,
    reviewer_by_mail,
    too_many_reviewers,
    too_few_people,
    taken_name,
    nobody_approves,
    on_call_by_mail,
)
