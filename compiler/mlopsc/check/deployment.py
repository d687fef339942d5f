"""How the model is packaged, rolled out and scaled. What Kubernetes would refuse has a module of its own."""

from __future__ import annotations

from mlopsc.check import manifests
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.project import Environment, Project
    from mlopsc.record import Path

_DEPLOYED = frozenset({"online", "batch"})
_SERVED = frozenset({"online"})
_EFFECT: dict[Path, frozenset[str]] = {
    ("deployment", "strategy"): _SERVED,
    ("deployment", "ingress"): _SERVED,
    ("deployment", "serving", "replicas"): _SERVED,
    ("deployment", "serving", "scale_on"): _SERVED,
    ("deployment", "serving", "resources"): _DEPLOYED,
    ("deployment", "pod"): _DEPLOYED,
    ("deployment", "gitops"): _DEPLOYED,
    ("monitoring", "slos", "availability"): _SERVED,
    ("monitoring", "slos", "latency"): _SERVED,
}
"""In which modes a field has an effect; fields that are not listed have one in all modes."""


@rule("CHK-470", "deployment")
def replicas_reversed(project: Project, context: Context) -> None:
    """There are not fewer copies at most than at least."""
    for environment in project.environments:
        replicas = environment.deployment.serving.replicas
        if replicas.max is not None and replicas.min > replicas.max:
            path = (*replicas.path, "min")
            context.report(
                "CHK-470", path, (*replicas.path, "max"), env=environment.name, least=replicas.min, most=replicas.max
            )


@rule("CHK-471", "deployment")
def nothing_scales(project: Project, context: Context) -> None:
    """A range of copies needs something that moves their number."""
    for environment in _environments(project, _SERVED):
        serving = environment.deployment.serving
        if _has_room(environment) and serving.scale_on is None:
            path = (*serving.replicas.path, "max")
            least, most = serving.replicas.min, serving.replicas.max
            context.report("CHK-471", path, env=environment.name, least=least, most=most)


@rule("CHK-472", "deployment")
def no_room_to_scale(project: Project, context: Context) -> None:
    """Scaling needs a range of copies. One environment with a range is enough: others may keep their number fixed."""
    environments = _environments(project, _SERVED)
    if any(_has_room(environment) for environment in environments):
        return
    for environment in environments:
        serving = environment.deployment.serving
        if serving.scale_on is not None and (
            serving.replicas.max is None or serving.replicas.max == serving.replicas.min
        ):
            replicas = serving.replicas
            context.report("CHK-472", serving.scale_on.path, replicas.path, env=environment.name, count=replicas.min)


def _has_room(environment: Environment) -> bool:
    replicas = environment.deployment.serving.replicas
    return replicas.max is not None and replicas.max > replicas.min


@rule("CHK-473", "deployment")
def scale_on_nothing(project: Project, context: Context) -> None:
    """An autoscaler cannot aim at no load at all."""
    for environment in project.environments:
        scale_on = environment.deployment.serving.scale_on
        if scale_on is not None and scale_on.cpu.fraction == 0:
            context.report("CHK-473", (*scale_on.path, "cpu"), env=environment.name, given=scale_on.cpu)


@rule("CHK-474", "deployment")
def canary_steps(project: Project, context: Context) -> None:
    """The steps of a canary rise and leave traffic for both models."""
    for environment in project.environments:
        canary = environment.deployment.strategy.canary
        if canary is None:
            continue
        for index, step in enumerate(canary.steps):
            path = (*canary.path, "steps", index)
            earlier = canary.steps[index - 1] if index else None
            if step.fraction == 0:
                problem = "sends no traffic to the new model"
            elif step.fraction == 1:
                problem = "leaves nothing to compare with; all traffic follows after the last step by itself"
            elif earlier is not None and step.fraction <= earlier.fraction:
                problem = f"is not above the step before, {earlier}"
            else:
                continue
            context.report("CHK-474", path, env=environment.name, given=step, problem=problem)


@rule("CHK-475", "deployment", "monitoring")
def canary_without_limit(project: Project, context: Context) -> None:
    """A canary is judged by something: limits of its own or the objectives."""
    for environment in _environments(project, _SERVED):
        canary, slos = environment.deployment.strategy.canary, environment.monitoring.slos
        if canary is None or canary.max_error_rate is not None or canary.max_latency_ratio is not None:
            continue
        if slos is None or (slos.availability is None and slos.latency is None):
            context.report("CHK-475", canary.path, env=environment.name)


@rule("CHK-476", "deployment", "monitoring")
def canary_without_metrics(project: Project, context: Context) -> None:
    """Whoever judges a canary asks Prometheus."""
    for environment in _environments(project, _SERVED):
        canary = environment.deployment.strategy.canary
        prometheus = environment.monitoring.prometheus
        if canary is not None and prometheus.query_url is None:
            context.report("CHK-476", canary.path, prometheus.path, env=environment.name)


@rule("CHK-477", "deployment")
def image_without_registry(project: Project, context: Context) -> None:
    """A bare name is an official image of Docker Hub, where nobody else may push."""
    for environment in project.environments:
        image = environment.deployment.image
        if image is not None and "/" not in image.name:
            context.report("CHK-477", (*image.path, "name"), env=environment.name, given=image.name)


@rule("CHK-478", "deployment")
def batch_mode_without_section(project: Project, context: Context) -> None:
    """Scoring on a schedule says what is scored."""
    for environment in _environments(project, frozenset({"batch"})):
        if environment.deployment.batch is None:
            context.report("CHK-478", (*environment.deployment.path, "mode"), env=environment.name)


@rule("CHK-479", "deployment")
def batch_section_without_mode(project: Project, context: Context) -> None:
    """What is scored on a schedule says nothing in another mode. One environment that reads it is enough."""
    if _environments(project, frozenset({"batch"})):
        return
    for environment in project.environments:
        deployment = environment.deployment
        if deployment.batch is not None:
            context.report(
                "CHK-479",
                deployment.batch.path,
                (*deployment.path, "mode"),
                env=environment.name,
                mode=deployment.mode,
            )


@rule("CHK-480", "deployment")
def no_image(project: Project, context: Context) -> None:
    """What is deployed has an image."""
    for environment in _environments(project, _DEPLOYED):
        deployment = environment.deployment
        if deployment.image is None:
            context.report("CHK-480", deployment.path, env=environment.name, mode=deployment.mode)


@rule("CHK-481", "deployment", "monitoring")
def no_effect_in_mode(project: Project, context: Context) -> None:
    """What no environment reads is not written. One that reads it is enough: others inherit it."""
    for path, modes in _EFFECT.items():
        if _environments(project, modes):
            continue
        for environment in project.environments:
            if context.written(path, environment.name):
                mode = environment.deployment.mode
                place = (*environment.deployment.path, "mode")
                context.report("CHK-481", path, place, env=environment.name, field=".".join(map(str, path)), mode=mode)


def _environments(project: Project, modes: frozenset[str]) -> list[Environment]:
    return [environment for environment in project.environments if environment.deployment.mode in modes]


RULES = (
    replicas_reversed,
    nothing_scales,
    no_room_to_scale,
    scale_on_nothing,
    canary_steps,
    canary_without_limit,
    canary_without_metrics,
    image_without_registry,
    batch_mode_without_section,
    batch_section_without_mode,
    no_image,
    no_effect_in_mode,
    *manifests.RULES,
)
