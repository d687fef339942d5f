"""The target's parts: which objects each environment has, and the files that they end up in."""

from __future__ import annotations

from mlopsc.build.kubernetes import gitops, network, overlay, pod, rollout, scaling, scrape, secrets
from mlopsc.build.kubernetes import settings as of
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.overlay import Stage, Wire
from mlopsc.build.kubernetes.settings import Settings

from mlopsc_targets.kubernetes import argo, batch, server, training, workload
from mlopsc_targets.kubernetes.server import PACKAGE, TARGET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.queries import Catalog
    from mlopsc.target import At, Part, Project, Role, Training


def lower(role: Role, project: Project) -> Iterator[Part | Training]:
    """Yield everything that the target writes for a role."""
    return training.files(project) if role == "train" else _serve(project)


def _serve(project: Project) -> Iterator[Part]:
    settings = [item for item in (of.of(project, env) for env in project.environments) if _deployed(item)]
    if not settings:
        return
    if any(item.deployment.mode == "online" for item in settings):
        yield server.settings_file(project)
        yield from server.requirements()
        yield server.address(settings[0])
    catalog = _catalog(settings)
    plain = of.base(project)
    base = objects(plain, catalog) if _deployed(plain) else []
    stages = [_stage(item, catalog) for item in settings]
    yield from overlay.files(project, base, stages, TARGET)
    for item in settings:
        yield from gitops.files(item, TARGET, argo.ignored(item) if argo.used(item) else ())


def objects(settings: Settings, catalog: Catalog | None) -> list[Object]:
    """Return the objects that run the model, without its namespace.

    Args:
        settings: of an environment, or of the base.
        catalog: of the server; needed where the cluster judges releases.
    """
    found = list(_batch(settings) if settings.deployment.mode == "batch" else _online(settings, catalog))
    return [item for item in (*found, *secrets.fetched(settings)) if item is not None]


def _online(settings: Settings, catalog: Catalog | None) -> Iterator[Object | None]:
    yield pod.service_account(settings)
    if argo.used(settings):
        yield from argo.objects(settings, catalog)
        yield network.http_route(settings, server.model_path(settings), argo.backends(settings))
    else:
        yield from workload.objects(settings)
        path = server.model_path(settings)
        yield network.http_route(settings, path, workload.backends(settings), workload.filters(settings))
    yield scaling.disruption_budget(settings)
    egress = _egress(settings, "none", "the model is in the image: the server needs nobody")
    yield network.network_policy(settings, egress, public=("http",), direct=("http", "grpc"), metrics="metrics")
    yield scrape.pod_monitor(settings, "metrics", server.METRICS_PATH, settings.option(TARGET, "scrape_interval"))


def _batch(settings: Settings) -> Iterator[Object | None]:
    yield pod.service_account(settings)
    yield batch.cron_job(settings)
    yield network.network_policy(settings, _egress(settings, "https", "names and data sets"))


def _stage(settings: Settings, catalog: Catalog | None) -> Stage:
    wanted = settings.option(TARGET, "create_namespace")
    level = settings.option(TARGET, "pod_security")
    controller = gitops.controller(settings)
    return Stage(
        settings=settings,
        objects=tuple(objects(settings, catalog)),
        wires=tuple(_wires(settings)),
        namespace=overlay.namespace(settings, level, controller, wanted) if wanted.value else None,
        files={rollout.FILE: (rollout.plan(settings, catalog, server.HTTP), rollout.PURPOSE)},
    )


def _wires(settings: Settings) -> Iterator[Wire]:
    if settings.deployment.mode == "batch":
        return batch.wires(settings)
    return argo.wires(settings) if argo.used(settings) else workload.wires(settings)


def _catalog(settings: list[Settings]) -> Catalog | None:
    """Return the catalog of the server; None, which saves reading it, where nobody can ask for its metrics."""
    if all(item.deployment.mode != "online" or item.monitoring.prometheus.query_url is None for item in settings):
        return None
    from mlopsc.build import queries

    return queries.load(PACKAGE)


def _deployed(settings: Settings) -> bool:
    return settings.deployment.mode != "none"


def _egress(settings: Settings, otherwise: str, why: str) -> At:
    chosen = settings.option(TARGET, "egress")
    return chosen._replace(value=otherwise, note=why) if chosen.value is None else chosen
