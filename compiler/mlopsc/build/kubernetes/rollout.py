"""How a release of an environment goes, step by step, and what it is judged by.

The plan is data for release automation, and the same checks feed controllers inside the cluster.
"""

from __future__ import annotations

from decimal import Decimal

from mlopsc import naming
from mlopsc.build import queries
from mlopsc.build.kubernetes import gitops
from mlopsc.build.kubernetes.scaling import copies
from mlopsc.build.kubernetes.values import at, whole_percent, whole_seconds
from mlopsc.parts import At, Json
from mlopsc.record import Record
from mlopsc.render.scalar import decimal_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.catalog import Catalog
    from mlopsc.parts import Data
    from mlopsc.record import Path
    from mlopsc.units import Duration

FILE = "rollout.json"
PURPOSE = "The steps of a release, and what judges them; read by release automation."

LIVE_TIMEOUT = 900
"""Seconds without any progress after which a version that should run counts as one that does not come: a GitOps
controller looks every few minutes, an image is pulled, and the probes give a copy five minutes to start."""


class Check(Record):
    """One condition that the new model must meet.

    Attributes:
        name: ``error-rate``, ``latency`` or ``latency-ratio``.
        query: PromQL; one number.
        max: the largest value that passes.
    """

    name: str
    query: At
    max: At

    @property
    def limit(self) -> str:
        """The largest value as text, for conditions."""
        return decimal_text(self.max.value)


class Judge:
    """Makes the queries about a release.

    Args:
        settings: of the environment.
        catalog: of the server.
        namespace: value of the label of that name.
        window: time span that the queries look at.
    """

    def __init__(self, settings: Settings, catalog: Catalog, namespace: At, window: At) -> None:
        self.settings = settings
        self.catalog = catalog
        self.window: Duration = window.value
        self.new = queries.track(namespace.value, settings.project.name, naming.CANARY)
        self.old = queries.track(namespace.value, settings.project.name, naming.STABLE)
        self._decided_by = settings.refs(settings.name, namespace, window)

    def requests(self, least: At) -> At:
        """Return the query for the number of requests to the new model, of which `least` are needed."""
        return self._query(queries.requests(self.catalog, self.new, self.window), least)

    def checks(self) -> list[Check]:
        """Return the conditions: the limits of the canary, and the objectives where it has none."""
        return [check for check in (self._error_rate(), self._latency()) if check is not None]

    def _error_rate(self) -> Check | None:
        canary, slos = self.settings.deployment.strategy.canary, self.settings.monitoring.slos
        if canary is not None and canary.max_error_rate is not None:
            limit = at(canary, "max_error_rate")._replace(value=canary.max_error_rate.fraction)
        elif slos is not None and slos.availability is not None:
            limit = at(slos.availability, "objective")._replace(value=1 - slos.availability.objective.fraction)
        else:
            return None
        query = queries.error_rate(self.catalog, self.new, self.window)
        return Check(name="error-rate", query=self._query(query, limit), max=limit)

    def _latency(self) -> Check | None:
        canary, slos = self.settings.deployment.strategy.canary, self.settings.monitoring.slos
        if canary is not None and canary.max_latency_ratio is not None:
            limit = at(canary, "max_latency_ratio")._replace(value=Decimal(repr(canary.max_latency_ratio)))
            query = queries.latency_ratio(self.catalog, self.new, self.old, self.window)
            return Check(name="latency-ratio", query=self._query(query, limit), max=limit)
        if slos is not None and slos.latency is not None:
            objective = at(slos.latency, "objective")
            query = queries.latency(self.catalog, self.new, self.window, decimal_text(objective.value.fraction))
            limit = at(slos.latency, "under")._replace(value=slos.latency.under.seconds)
            return Check(name="latency", query=self._query(query, limit, objective), max=limit)
        return None

    def _query(self, text: str, limit: At, *more: At) -> At:
        return At(text, limit.path, also=(*self._decided_by, *self.settings.refs(*more)))


def plan(settings: Settings, catalog: Catalog | None, port: int) -> Json:
    """Return the plan of a release.

    Args:
        settings: of an environment.
        catalog: of the server; None when nothing is measured, as in a batch job.
        port: of the service inside the cluster.
    """
    name, strategy = settings.strategy
    controller = at(settings.deployment.strategy, "controller")
    document: dict[str, Data] = {
        "apiVersion": "mlopsc/v1",
        "kind": "Rollout",
        "name": settings.name,
        "environment": settings.environment.name,
        "namespace": settings.namespace,
        "mode": at(settings.deployment, "mode"),
        "gitops": _gitops(settings),
        "controller": controller,
        "strategy": At(name, strategy.path),
        "steps": [],
        "pause_seconds": 0,
        "soak_seconds": 0,
        "url": _url(settings, port),
        "live": _live(settings, catalog),
        "live_timeout_seconds": _live_timeout(settings),
        "analysis": None,
    }
    deployment = settings.deployment.strategy
    if controller.value != "git":
        return Json(document=document)
    if deployment.canary is not None:
        canary = deployment.canary
        steps = [
            (whole_percent(share), share.fraction, (*canary.path, "steps", index))
            for index, share in enumerate(canary.steps)
        ]
        _, first, path = steps[0]
        # A Service without ready pods answers its share of the traffic with 503: the pods come before the traffic.
        document["steps"] = [_step(settings, *step) for step in ((0, first, path), *steps)]
        document["pause_seconds"] = at(canary, "pause")._replace(value=whole_seconds(canary.pause))
        document["analysis"] = _analysis(settings, catalog, at(canary, "pause"), at(canary, "min_requests"))
    elif deployment.blue_green is not None:
        soak = at(deployment.blue_green, "soak")
        document["steps"] = [_step(settings, weight, Decimal(1), deployment.blue_green.path) for weight in (0, 100)]
        document["soak_seconds"] = soak._replace(value=whole_seconds(soak.value))
        document["analysis"] = _analysis(settings, catalog, soak, At(1, soak.path))
    elif deployment.shadow is not None:
        share = at(deployment.shadow, "percent")
        document["steps"] = [_step(settings, 0, share.value.fraction, share.path)]
    return Json(document=document)


def _gitops(settings: Settings) -> At:
    """Return what brings the branch to the cluster; null when the spec leaves it to others."""
    name = gitops.controller(settings)
    field = at(settings.deployment, "gitops")
    return field._replace(value=name, path=(*field.path, name) if name else field.path)


def _url(settings: Settings, port: int) -> At:
    """Return where release automation reaches the model: through the gateway, or, where it runs on machines of the
    user's own and there is no gateway, inside the cluster; null when it cannot.
    """
    deployment = settings.deployment
    if deployment.mode != "online":
        return at(deployment, "mode")._replace(value=None)
    if deployment.ingress is not None:
        host = at(deployment.ingress, "host")
        return host._replace(value=f"https://{host.value}")
    runner = at(settings.environment.execution.runners, "deploy")
    if runner.value is None:
        return runner
    namespace = settings.namespace
    url = f"http://{settings.project.name}.{namespace.value}.svc:{port}"
    return runner._replace(value=url, also=settings.refs(settings.name, namespace))


def _live(settings: Settings, catalog: Catalog | None) -> Data:
    """Return the queries that tell which versions run on the two tracks; None without an address for queries."""
    prometheus = settings.monitoring.prometheus
    if settings.deployment.mode != "online" or prometheus.query_url is None or catalog is None:
        return None
    address = at(prometheus, "query_url")
    namespace, name = settings.namespace, settings.name
    decided_by = settings.refs(name, namespace)
    queried = {
        track: At(
            queries.live(catalog, queries.track(namespace.value, name.value, track)), address.path, also=decided_by
        )
        for track in (naming.STABLE, naming.CANARY)
    }
    return {"query_url": address, **queried}


def _live_timeout(settings: Settings) -> Data:
    """Return how long to wait for a version; where a controller in the cluster takes the steps, their pauses too."""
    strategy = settings.deployment.strategy
    if strategy.controller == "git" or strategy.canary is None:
        return LIVE_TIMEOUT
    pause, steps = at(strategy.canary, "pause"), at(strategy.canary, "steps")
    total = LIVE_TIMEOUT + len(steps.value) * whole_seconds(pause.value)
    return pause._replace(value=total, also=settings.refs(steps))


def _step(settings: Settings, weight: int, share: Decimal, path: Path) -> Data:
    replicas = settings.deployment.serving.replicas
    count = at(replicas, "min" if replicas.max is None else "max")
    cause = At(weight, path)
    return {"weight": cause, "replicas": count._replace(value=copies(settings, share), also=settings.refs(cause))}


def _analysis(settings: Settings, catalog: Catalog | None, window: At, least: At) -> Data:
    """Return what judges each step; None without an address for queries."""
    prometheus = settings.monitoring.prometheus
    if prometheus.query_url is None or catalog is None:
        return None
    judge = Judge(settings, catalog, settings.namespace, window)
    return {
        "query_url": at(prometheus, "query_url"),
        "window": window,
        "min_requests": least,
        "requests": judge.requests(least),
        "checks": [
            At({"name": check.name, "query": check.query, "max": check.max}, check.max.path) for check in judge.checks()
        ],
    }
