"""Objectives and alerts. The predictions that are watched have a module of their own."""

from __future__ import annotations

from decimal import Decimal

from mlopsc.check import predictions
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Environment, Project
    from mlopsc.project.monitoring import Availability, CustomSlo, Latency, Monitoring, Slos
    from mlopsc.record import Path

_DAY = 86400
_PERIODS = (28 * _DAY, 30 * _DAY)
_PAGE_BUDGET = Decimal("0.05")  # share of the error budget that the slower page may cost ...
_PAGE_WINDOW = 6 * 3600  # ... within its long window
_WINDOW = "{{.window}}"


@rule("CHK-517", "monitoring")
def period_without_windows(project: Project, context: Context) -> None:
    """The burn rates of the alerts are known for two periods."""
    for environment in project.environments:
        slos = environment.monitoring.slos
        if slos is not None and slos.period.seconds not in _PERIODS:
            context.report("CHK-517", (*slos.path, "period"), env=environment.name, given=slos.period)


@rule("CHK-518", "monitoring")
def nothing_to_tell(project: Project, context: Context) -> None:
    """Whoever is told has something that is watched."""
    for environment in project.environments:
        monitoring = environment.monitoring
        if _watches(monitoring):
            continue
        for key in ("page", "ticket"):
            receiver = getattr(monitoring.alerts, key)
            if receiver is not None:
                context.report("CHK-518", receiver.path, env=environment.name, who=key)


def _watches(monitoring: Monitoring) -> bool:
    watched = (monitoring.drift, monitoring.quality, monitoring.prediction_shift, monitoring.performance)
    objectives = _objectives(monitoring.slos) if monitoring.slos is not None else ()
    return any(item is not None for item in watched) or any(True for _objective in objectives)


def _objectives(slos: Slos) -> Iterator[Availability | Latency | CustomSlo]:
    yield from (item for item in (slos.availability, slos.latency) if item is not None)
    yield from slos.custom.values()


@rule("CHK-519", "monitoring")
def no_error_budget(project: Project, context: Context) -> None:
    """An objective leaves room for errors, and asks for something."""
    for environment, slos in _slos(project):
        for item in _objectives(slos):
            if item.objective.fraction in (0, 1):
                path = (*item.path, "objective")
                budget = "no error at all" if item.objective.fraction == 1 else "every error"
                context.report("CHK-519", path, env=environment.name, given=item.objective, budget=budget)


@rule("CHK-520", "monitoring")
def page_that_never_fires(project: Project, context: Context) -> None:
    """A page compares the share of errors with a multiple of the budget, which must be a share that can be."""
    for environment, slos in _slos(project):
        factor = _PAGE_BUDGET * slos.period.seconds / _PAGE_WINDOW
        for item in _objectives(slos):
            needed = factor * (1 - item.objective.fraction)
            if slos.period.seconds in _PERIODS and item.objective.fraction > 0 and needed >= 1:
                context.report(
                    "CHK-520",
                    (*item.path, "objective"),
                    env=environment.name,
                    given=item.objective,
                    needed=f"{needed * 100:.0f}%",
                    factor=f"{factor.normalize():f}",
                )


def _slos(project: Project) -> Iterator[tuple[Environment, Slos]]:
    for environment in project.environments:
        if environment.monitoring.slos is not None:
            yield environment, environment.monitoring.slos


@rule("CHK-521", "monitoring", "deployment")
def nothing_to_scrape(project: Project, context: Context) -> None:
    """Metrics of the server come from a Prometheus that is let in."""
    for environment in project.environments:
        deployment, prometheus = environment.deployment, environment.monitoring.prometheus
        let_in = prometheus.namespace is not None or (deployment.ingress is not None and deployment.ingress.allow_from)
        if deployment.mode != "online" or let_in:
            continue
        for path, what in _readers(environment):
            context.report("CHK-521", path, prometheus.path, env=environment.name, what=what)


def _readers(environment: Environment) -> Iterator[tuple[Path, str]]:
    """Yield what is computed from the metrics of the server."""
    slos, canary = environment.monitoring.slos, environment.deployment.strategy.canary
    if slos is not None:
        yield from ((item.path, "objective") for item in (slos.availability, slos.latency) if item is not None)
    if canary is not None:
        yield canary.path, "canary"


@rule("CHK-529", "monitoring")
def query_without_window(project: Project, context: Context) -> None:
    """Queries of an objective are asked for several windows."""
    for environment, slos in _slos(project):
        for item in slos.custom.values():
            for key in ("errors", "total"):
                if _WINDOW not in getattr(item, key):
                    context.report("CHK-529", (*item.path, key), env=environment.name, window=_WINDOW)


RULES = (
    *predictions.RULES,
    period_without_windows,
    nothing_to_tell,
    no_error_budget,
    page_that_never_fires,
    nothing_to_scrape,
    query_without_window,
)
