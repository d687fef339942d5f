"""Environments: their order, what two of them cannot share, and what all of them must."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Environment, Project
    from mlopsc.record import Path

_LABEL = 63
_CRON_JOB = 52
_HOST = 253
_OF_THE_BUILD = ("name", "scan", "login")
"""Fields of the image that are decided when it is built, before any environment gets it."""


@rule("CHK-500", "environments", "deployment")
def shared_host(project: Project, context: Context) -> None:
    """A gateway routes a host name to one environment."""
    seen: dict[tuple[object, ...], Environment] = {}
    for environment in project.environments:
        ingress = environment.deployment.ingress
        if ingress is None or environment.deployment.mode != "online":
            continue
        first = seen.setdefault((environment.cluster, ingress.gateway, ingress.host), environment)
        if first is not environment:
            path = (*ingress.path, "host")
            other = (*first.path, *path)
            context.report(
                "CHK-500",
                path,
                other,
                env=environment.name,
                host=ingress.host,
                first=first.name,
                other=environment.name,
            )


@rule("CHK-501", "environments", "metadata", "deployment")
def shared_namespace(project: Project, context: Context) -> None:
    """Two environments of one cluster live in two namespaces: their objects have the same names."""
    seen: dict[tuple[object, ...], Environment] = {}
    for environment in project.environments:
        if environment.deployment.mode == "none":
            continue
        namespace = _namespace(project, environment)
        first = seen.setdefault((environment.cluster, namespace), environment)
        if first is not environment:
            context.report(
                "CHK-501",
                (*environment.path, "namespace"),
                (*first.path, "namespace"),
                namespace=namespace,
                first=first.name,
                other=environment.name,
            )


def _namespace(project: Project, environment: Environment) -> str:
    return environment.namespace or naming.namespace(project.name, environment.name)


@rule("CHK-502", "environments", "deployment")
def no_predecessor(project: Project, context: Context) -> None:
    """A release comes from an environment that exists and, where it goes on to run, has run there before."""
    by_name = {environment.name: environment for environment in project.environments}
    for environment in project.environments:
        if environment.after is None:
            continue
        place, before = (*environment.path, "after"), by_name.get(environment.after)
        if before is None:
            context.report(
                "CHK-502", place, given=environment.after, problem="there is none of that name", allowed=tuple(by_name)
            )
        elif environment.deployment.mode != "none" and before.deployment.mode == "none":
            problem = 'its mode is "none", so nothing is released there'
            names = tuple(item.name for item in _deployed(project) if item is not environment)
            mode = (*before.path, "deployment", "mode")
            context.report("CHK-502", place, mode, given=environment.after, problem=problem, allowed=names)


@rule("CHK-503", "environments")
def circle(project: Project, context: Context) -> None:
    """Somewhere a release begins."""
    told: set[str] = set()
    for environment in project.environments:
        members = _circle(project, environment)
        if members and environment.name not in told:
            told.update(item.name for item in members)
            first, *others = ((*item.path, "after") for item in members)
            names = [item.name for item in members]
            context.report("CHK-503", first, *others, way=" after ".join((*names, names[0])))


def _circle(project: Project, start: Environment) -> list[Environment]:
    """Return the environments of the circle that `start` is in, empty when it is in none."""
    by_name = {environment.name: environment for environment in project.environments}
    way, current = [start], by_name.get(start.after or "")
    while current is not None and current not in way:
        way.append(current)
        current = by_name.get(current.after or "")
    return way if current is start else []


@rule("CHK-504", "environments")
def automatic_from_nowhere(project: Project, context: Context) -> None:
    """An automatic promotion has an environment that starts it."""
    for environment in project.environments:
        if environment.promotion == "automatic" and environment.after is None:
            context.report("CHK-504", (*environment.path, "promotion"), name=environment.name)


@rule("CHK-505", "environments")
def automatic_and_protected(project: Project, context: Context) -> None:
    """A promotion either waits for a person or does not."""
    for environment in project.environments:
        if environment.promotion == "automatic" and environment.protected:
            path = (*environment.path, "promotion")
            context.report("CHK-505", path, (*environment.path, "protected"), name=environment.name)


@rule("CHK-506", "metadata", "environments", "deployment")
def name_too_long(project: Project, context: Context) -> None:
    """Names made of other names fit into what Kubernetes allows."""
    for environment in project.environments:
        for path, what, name, longest in _names(project, environment):
            if len(name) > longest:
                context.report(
                    "CHK-506", path, env=environment.name, what=what, name=name, length=len(name), longest=longest
                )


def _names(project: Project, environment: Environment) -> Iterator[tuple[Path, str, str, int]]:
    deployment = environment.deployment
    own: Path = (*project.metadata.path, "name")
    if deployment.mode != "none" and environment.namespace is None:
        yield own, "namespace", naming.namespace(project.name, environment.name), _LABEL
    if deployment.mode == "batch":
        yield own, "CronJob", project.name, _CRON_JOB
    if deployment.mode == "online" and deployment.strategy.rolling is None:
        yield own, "canary Service", naming.canary(project.name), _LABEL
    if deployment.mode == "online" and deployment.ingress is not None:
        yield (*deployment.ingress.path, "host"), "host", deployment.ingress.host, _HOST


@rule("CHK-507", "metadata", "deployment")
def name_of_service(project: Project, context: Context) -> None:
    """The name of a Service begins with a letter."""
    online = any(environment.deployment.mode == "online" for environment in project.environments)
    if online and not project.name[0].isalpha():
        context.report("CHK-507", (*project.metadata.path, "name"), given=project.name)


@rule("CHK-508", "environments", "deployment")
def one_mode(project: Project, context: Context) -> None:
    """One image is built, and it either serves or scores."""
    deployed = _deployed(project)
    for environment in deployed:
        first = deployed[0]
        if environment.deployment.mode != first.deployment.mode:
            path = (*environment.deployment.path, "mode")
            context.report(
                "CHK-508",
                path,
                (*first.path, *path),
                env=environment.name,
                first=first.name,
                mode=first.deployment.mode,
                other=environment.name,
                given=environment.deployment.mode,
            )
            return


@rule("CHK-509", "environments", "deployment")
def one_image(project: Project, context: Context) -> None:
    """One image is built, scanned and promoted; only how a cluster pulls it is its own business."""
    images = [item.deployment.image for item in _deployed(project) if item.deployment.image is not None]
    for environment in project.environments:
        image = environment.deployment.image
        if not environment.path or image is None:
            continue
        for field in _OF_THE_BUILD:
            path = (*image.path, field)
            overlay = (*environment.path, *path)
            facts = {"field": ".".join(map(str, path)), "name": environment.name}
            if context.written(overlay, None):
                context.report("CHK-509", overlay, **facts)
            elif environment.deployment.mode != "none" and getattr(image, field) != getattr(images[0], field):
                # The overlay sets a variable that the field uses.
                context.report("CHK-509", path, env=environment.name, **facts)


def _deployed(project: Project) -> list[Environment]:
    return [environment for environment in project.environments if environment.deployment.mode != "none"]


RULES = (
    shared_host,
    shared_namespace,
    no_predecessor,
    circle,
    automatic_from_nowhere,
    automatic_and_protected,
    name_too_long,
    name_of_service,
    one_mode,
    one_image,
)
