"""Workflows: jobs that can sign in, last long enough, and reach what they test."""

from __future__ import annotations

from mlopsc.build.lifecycle import accounts, rollout
from mlopsc.check.execution import HOSTED
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.project import Project


@rule("CHK-550", "deployment", "execution", "output", "environments")
def registry_without_account(project: Project, context: Context) -> None:
    """A workflow that pushes an image signs in to its registry."""
    image = project.deployment.image
    if image is None or "/" not in image.name or not project.output.builders.workflows:
        return
    if any(item.deployment.mode != "none" for item in project.environments) and not accounts.registry_kind(
        project, image.name
    ):
        context.report("CHK-550", (*image.path, "name"), registry=accounts.registry_host(image.name))


@rule("CHK-551", "environments", "deployment", "execution", "output")
def release_outlasts_job(project: Project, context: Context) -> None:
    """A job that moves a release step by step lives as long as the release."""
    if not project.output.builders.workflows:
        return
    for environment in project.environments:
        strategy = environment.deployment.strategy
        runners = environment.execution.runners
        label = runners.deploy or runners.default
        minutes = rollout.pauses(environment)
        most = rollout.LONGEST_PAUSES[label.startswith(HOSTED)]
        if minutes <= most or strategy.controller != "git":
            continue
        if strategy.canary is not None:
            path = (*strategy.canary.path, "pause")
        elif strategy.blue_green is not None:
            path = (*strategy.blue_green.path, "soak")
        else:
            continue
        context.report("CHK-551", path, env=environment.name, minutes=minutes, most=most)


@rule("CHK-552", "environments", "deployment", "execution", "tests", "output")
def tests_that_nobody_sends(project: Project, context: Context) -> None:
    """Requests of a test reach the model only where a runner can."""
    if not project.output.builders.workflows:
        return
    for environment in project.environments:
        if environment.deployment.mode != "online" or rollout.reachable(environment):
            continue
        load = environment.tests.load
        if environment.tests.smoke:
            path = (*environment.tests.path, "smoke")
        elif load is not None and load.against == environment.name:
            path = load.path
        else:
            continue
        context.report("CHK-552", path, env=environment.name, name=environment.name)


RULES = (registry_without_account, release_outlasts_job, tests_that_nobody_sends)
