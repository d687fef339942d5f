"""How a release of an environment goes, step by step, and what it is judged by.

The plan is data for release automation, and the same checks feed controllers inside the cluster.
"""

from __future__ import annotations

from decimal import Decimal

from mlopsc import naming
from mlopsc.build import queries
from mlopsc.build.kubernetes.scaling import copies, largest
from mlopsc.build.kubernetes.values import at, whole_percent, whole_seconds
from mlopsc.parts import At, Json
from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.catalog import Catalog
    from mlopsc.parts import Data
    from mlopsc.record import Path
    from mlopsc.units import Duration

FILE = "rollout.json"
PURPOSE = "The steps of a release, and what judges them; read by release automation."


class Check(Record):
    """One condition that the new model must meet.

    Attributes:
        name: ``error-rate``, ``latency`` or ``latency-ratio``.
        query: PromQL; one number.
        max: the largest value that passes, with the spec path that it comes from.
    """

    name: str
    query: str
    max: At


def checks(settings: Settings, catalog: Catalog, namespace: str, window: Duration) -> list[Check]:
    """Return the conditions: the limits of the canary, and the objectives where it has none.

    Args:
        settings: of the environment.
        catalog: of the server.
        namespace: value of the label of that name.
        window: that the conditions look at.
    """
    new = queries.track(namespace, settings.project.name, naming.CANARY)
    old = queries.track(namespace, settings.project.name, naming.STABLE)
    canary = settings.deployment.strategy.canary
    slos = settings.monitoring.slos
    found = []
    rate: At | None = None
    if canary is not None and canary.max_error_rate is not None:
        rate = at(canary, "max_error_rate")._replace(value=canary.max_error_rate.fraction)
    elif slos is not None and slos.availability is not None:
        rate = at(slos.availability, "objective")._replace(value=1 - slos.availability.objective.fraction)
    if rate is not None:
        found.append(Check(name="error-rate", query=queries.error_rate(catalog, new, window), max=rate))
    if canary is not None and canary.max_latency_ratio is not None:
        ratio = at(canary, "max_latency_ratio")._replace(value=Decimal(repr(canary.max_latency_ratio)))
        found.append(Check(name="latency-ratio", query=queries.latency_ratio(catalog, new, old, window), max=ratio))
    elif slos is not None and slos.latency is not None:
        quantile = str(slos.latency.objective.fraction.normalize())
        bound = at(slos.latency, "under")._replace(value=slos.latency.under.seconds)
        found.append(Check(name="latency", query=queries.latency(catalog, new, window, quantile), max=bound))
    return found


def plan(settings: Settings, catalog: Catalog | None) -> Json:
    """Return the plan of a release.

    Args:
        settings: of an environment.
        catalog: of the server; None when nothing is measured, as in a batch job.
    """
    name, strategy = settings.strategy
    controller = at(settings.deployment.strategy, "controller")
    document: dict[str, Data] = {
        "apiVersion": "mlopsc/v1",
        "kind": "Rollout",
        "name": settings.name,
        "environment": settings.environment.name if settings.environment else "",
        "namespace": settings.namespace,
        "controller": controller,
        "strategy": At(name, strategy.path),
        "steps": [],
        "pause_seconds": 0,
        "soak_seconds": 0,
        "analysis": None,
    }
    deployment = settings.deployment.strategy
    if controller.value != "git":
        return Json(document=document)
    if deployment.canary is not None:
        canary = deployment.canary
        document["steps"] = [
            _step(settings, whole_percent(share), share.fraction, (*canary.path, "steps", index))
            for index, share in enumerate(canary.steps)
        ]
        document["pause_seconds"] = at(canary, "pause")._replace(value=whole_seconds(canary.pause))
        document["analysis"] = _analysis(settings, catalog, canary.pause, at(canary, "min_requests"))
    elif deployment.blue_green is not None:
        soak = at(deployment.blue_green, "soak")
        document["steps"] = [_step(settings, weight, Decimal(1), deployment.blue_green.path) for weight in (0, 100)]
        document["soak_seconds"] = soak._replace(value=whole_seconds(soak.value))
        document["analysis"] = _analysis(settings, catalog, soak.value, At(0, soak.path))
    elif deployment.shadow is not None:
        share = at(deployment.shadow, "percent")
        document["steps"] = [_step(settings, 0, share.value.fraction, share.path)]
    return Json(document=document)


def _step(settings: Settings, weight: int, share: Decimal, path: Path) -> Data:
    replicas = settings.deployment.serving.replicas
    count = largest(settings) if share == 1 else copies(settings, share)
    field = "min" if replicas.max is None else "max"
    return {"weight": At(weight, path), "replicas": at(replicas, field)._replace(value=count)}


def _analysis(settings: Settings, catalog: Catalog | None, window: Duration, least: At) -> Data:
    """Return what judges each step; None without an address for queries."""
    prometheus = settings.monitoring.prometheus
    if prometheus.query_url is None or catalog is None:
        return None
    new = queries.track(settings.namespace.value, settings.project.name, naming.CANARY)
    return {
        "query_url": at(prometheus, "query_url"),
        "min_requests": least,
        "requests": settings.namespace._replace(value=queries.requests(catalog, new, window)),
        "checks": [
            At({"name": check.name, "query": check.query, "max": check.max}, check.max.path)
            for check in checks(settings, catalog, settings.namespace.value, window)
        ],
    }
