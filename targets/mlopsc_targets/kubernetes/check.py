"""What only this target can know to be wrong: limits of MLServer, of the Gateway API and of the controllers."""

from __future__ import annotations

from decimal import Decimal

from mlopsc.build.kubernetes import gitops, scaling
from mlopsc.build.kubernetes import settings as of
from mlopsc.build.kubernetes.settings import Settings
from mlopsc.build.kubernetes.values import at

from mlopsc_targets.kubernetes import argo, server, training, workload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.target import At, Project, Report

SCRAPES = 4
"""Scrapes that a query needs in its window: two for a rate, and room for two that are late or lost."""


def check(project: Project, report: Report) -> None:
    """Report what cannot work, in each environment."""
    training.check(project, report)
    if project.stack.serve != server.TARGET:
        return
    online = False
    for environment in project.environments:
        settings = of.of(project, environment)
        if not training.used(project):
            _store(settings, report)
        if settings.deployment.mode == "none":
            continue
        _cluster(settings, report)
        _repository(settings, report)
        _namespace(settings, report)
        _credentials(settings, report)
        if settings.deployment.mode == "online":
            online = True
            for rule in (_ingress, _controller, _shares, _window, _scale_to_zero, _bucket):
                rule(settings, report)
        if settings.deployment.mode == "batch":
            _batch_data(settings, report)
    if online and project.model.dependencies.python not in server.PYTHON:
        report(
            "K8S-103",
            (*project.model.dependencies.path, "python"),
            given=project.model.dependencies.python,
            version=server.VERSION,
            allowed=server.PYTHON,
        )


def _store(settings: Settings, report: Report) -> None:
    """The server has its model in its image."""
    store = settings.deployment.model_store
    if store is not None:
        report("K8S-118", store.path, env=settings.env)


def _batch_data(settings: Settings, report: Report) -> None:
    """What a job reads and writes is not in its image."""
    batch = settings.deployment.batch
    if batch is None:
        return
    for place in (at(batch, "input"), at(batch, "output")):
        if "://" not in place.value:
            report("K8S-114", place.path, env=settings.env, given=place.value)


def _ingress(settings: Settings, report: Report) -> None:
    """Moving or copying a part of the traffic takes a route; the blue-green of Argo Rollouts switches services."""
    name, strategy = settings.strategy
    routed = workload.two_tracks(settings) and not (name == "blue_green" and argo.used(settings))
    if routed and settings.deployment.ingress is None:
        report("K8S-101", strategy.path, env=settings.env, strategy=name)


def _controller(settings: Settings, report: Report) -> None:
    if not argo.used(settings):
        return
    name, strategy = settings.strategy
    path = at(settings.deployment.strategy, "controller").path
    if name in ("rolling", "shadow"):
        report("K8S-102", path, strategy.path, env=settings.env, strategy=name)
    if name == "canary" and gitops.controller(settings) == "flux":
        report("K8S-107", path, settings.deployment.gitops.path if settings.deployment.gitops else (), env=settings.env)


def _shares(settings: Settings, report: Report) -> None:
    """Weights of a route, and goals of an autoscaler, are whole numbers."""
    canary = settings.deployment.strategy.canary
    scale_on = settings.deployment.serving.scale_on
    shares = [] if canary is None else [((*canary.path, "steps", n), share) for n, share in enumerate(canary.steps)]
    if scale_on is not None:
        shares.append(((*scale_on.path, "cpu"), scale_on.cpu))
    for path, share in shares:
        percent = share.fraction * 100
        if percent != percent.to_integral_value():
            report("K8S-104", path, env=settings.env, given=share)


def _window(settings: Settings, report: Report) -> None:
    """A window that holds no two scrapes has no rate, so nothing could ever be judged."""
    strategy = settings.deployment.strategy
    if strategy.canary is not None:
        window = at(strategy.canary, "pause")
    elif strategy.blue_green is not None and _soak_is_judged(settings):
        window = at(strategy.blue_green, "soak")
    else:
        return
    interval = settings.duration(server.TARGET, "scrape_interval").value
    if window.value.seconds < SCRAPES * interval.seconds:
        report(
            "K8S-106",
            window.path,
            env=settings.env,
            given=window.value,
            interval=interval,
            needed=f"{int(SCRAPES * interval.seconds)}s",
        )


def _soak_is_judged(settings: Settings) -> bool:
    """Say whether release automation asks Prometheus about a blue-green release; Argo Rollouts does not."""
    return settings.deployment.strategy.controller == "git" and settings.monitoring.prometheus.query_url is not None


def _scale_to_zero(settings: Settings, report: Report) -> None:
    replicas = settings.deployment.serving.replicas
    if scaling.autoscaled(settings) and replicas.min == 0:
        report("K8S-108", at(replicas, "min").path, env=settings.env)


def _bucket(settings: Settings, report: Report) -> None:
    """The share of fast requests can be told at the bounds of the server's histogram only."""
    slos = settings.monitoring.slos
    if slos is None or slos.latency is None:
        return
    from mlopsc.build import queries

    metric = queries.load(server.PACKAGE).signal("latency").metric
    bound = slos.latency.under.seconds
    bounds = metric.bounds()
    if bound not in bounds:
        nearest = min(bounds, key=lambda other: abs(other - bound))
        report(
            "K8S-105",
            at(slos.latency, "under").path,
            env=settings.env,
            given=slos.latency.under,
            metric=metric.name,
            nearest=_duration(nearest),
            allowed=[_duration(item) for item in bounds],
        )


def _cluster(settings: Settings, report: Report) -> None:
    """Only Argo CD takes the cluster from a manifest."""
    cluster = settings.environment.cluster
    controller = gitops.controller(settings)
    if cluster is not None and controller != "argocd":
        report("K8S-109", cluster.path, env=settings.env, controller=_OTHERS[controller])


def _repository(settings: Settings, report: Report) -> None:
    """With a repository of their own for the manifests, the controller must read that one."""
    chosen = settings.deployment.gitops
    separate = chosen.repository if chosen is not None else None
    reader = (chosen.argocd or chosen.flux) if chosen is not None else None
    if separate is not None and reader is not None and reader.repo != separate.url:
        path = at(reader, "repo").path
        report("K8S-110", path, separate.path, env=settings.env, given=reader.repo, url=separate.url)


def _namespace(settings: Settings, report: Report) -> None:
    """A namespace that the overlay makes is closed for less safe pods, and is the model's alone."""
    if not settings.option(server.TARGET, "create_namespace").value:
        return
    namespace = settings.namespace
    if namespace.value == "default" or namespace.value.startswith("kube-"):
        report("K8S-111", namespace.path, env=settings.env, given=namespace.value, owner="the cluster itself")
        return
    for owner, other in _namespaces_of_others(settings):
        if namespace.value == other.value:
            report("K8S-111", namespace.path, other.path, env=settings.env, given=namespace.value, owner=owner)
            return


def _namespaces_of_others(settings: Settings) -> Iterator[tuple[str, At]]:
    """Yield the namespaces that the spec names besides the model's own, with whom each belongs to."""
    ingress, gitops = settings.deployment.ingress, settings.deployment.gitops
    if ingress is not None:
        yield "the gateway", at(ingress.gateway, "namespace")
    yield "Prometheus", at(settings.monitoring.prometheus, "namespace")
    if gitops is not None and gitops.argocd is not None:
        yield "Argo CD", at(gitops.argocd, "namespace")
    if gitops is not None and gitops.flux is not None:
        yield "Flux", at(gitops.flux, "namespace")


def _credentials(settings: Settings, report: Report) -> None:
    """Flux reads a Secret beside its own objects, which exists before anything else does."""
    flux = settings.deployment.gitops.flux if settings.deployment.gitops is not None else None
    if flux is None:
        return
    if flux.credentials is not None:
        secret = settings.project.secrets.get(flux.credentials.secret)
        if secret is not None and secret.external is not None:
            path = at(flux.credentials, "secret").path
            report("K8S-113", path, at(secret, "external").path, env=settings.env, name=flux.credentials.secret)
    elif not flux.repo.startswith("https://"):
        report("K8S-112", at(flux, "repo").path, env=settings.env, given=flux.repo, namespace=flux.namespace)


_OTHERS = {
    "flux": "Flux deploys into the cluster that it runs in",
    "push": "a push goes to the cluster of the kubeconfig",
    None: "without deployment.gitops nothing deploys by itself",
}


def _duration(seconds: Decimal) -> str:
    text = f"{seconds * 1000:f}" if seconds < 1 else f"{seconds:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + ("ms" if seconds < 1 else "s")
