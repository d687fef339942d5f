"""The server as Deployments: one for each track, moved by commits to the release record."""

from __future__ import annotations

from mlopsc.build.kubernetes import network, pod, scaling
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.overlay import Wire
from mlopsc.build.kubernetes.values import at
from mlopsc.target import At, naming

from mlopsc_targets.kubernetes import server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.target import Data

IMAGE = f"spec.template.spec.containers.[name={server.CONTAINER}].image"
VERSION = f"spec.template.metadata.labels.[{naming.LABEL_VERSION}]"
RELEASE = f"spec.template.metadata.annotations.[{naming.ANNOTATION_RELEASE}]"


def objects(settings: Settings) -> Iterator[Object | None]:
    """Yield the Deployments with their services, and the autoscaler of the first track."""
    yield _deployment(settings, naming.STABLE)
    yield network.service(
        settings.name,
        settings.labels(naming.STABLE),
        server.service_ports(),
        stem="service",
        purpose="Address of the model inside the cluster.",
    )
    yield scaling.autoscaler(settings, "apps/v1", "Deployment")
    if two_tracks(settings):
        strategy = settings.deployment.strategy.path
        yield _below(_deployment(settings, naming.CANARY), strategy)
        canary = network.service(
            settings.canary,
            settings.labels(naming.CANARY),
            server.service_ports(),
            stem="canary-service",
            purpose="Address of the new model during a release.",
        )
        yield _below(canary, strategy)


def backends(settings: Settings) -> list[Data]:
    """Return where the route sends requests."""
    stable = {"name": settings.name, "port": server.HTTP}
    if not _weighted(settings):
        return [stable]
    strategy = settings.strategy[1].path
    canary = At({"name": settings.canary, "port": server.HTTP, "weight": 0}, strategy)
    return [{**stable, "weight": At(100, strategy, note=f"both weights are set by {settings.release_file}")}, canary]


def filters(settings: Settings) -> Data | None:
    """Return the mirror of a shadow release."""
    shadow = settings.deployment.strategy.shadow
    if shadow is None:
        return None
    share = at(shadow, "percent")
    percent = share.value.fraction * 100
    if percent == int(percent):
        amount: dict[str, Data] = {"percent": share._replace(value=int(percent))}
    else:
        numerator, denominator = share.value.fraction.as_integer_ratio()
        amount = {"fraction": share._replace(value={"numerator": numerator, "denominator": denominator})}
    backend = {"name": settings.canary, "port": server.HTTP}
    return At([{"type": "RequestMirror", "requestMirror": {"backendRef": backend, **amount}}], shadow.path)


def wires(settings: Settings) -> Iterator[Wire]:
    """Yield what the objects take from the release record."""
    strategy = settings.deployment.strategy.path

    def wire(field: str, kind: str, name: At, *targets: Data) -> Wire:
        return Wire(field=field, kind=kind, name=name, targets=targets, path=strategy)

    name, canary = settings.name, settings.canary
    yield wire("stable.image", "Deployment", name, IMAGE)
    yield wire("stable.version", "Deployment", name, VERSION)
    yield wire("stable.release", "Deployment", name, RELEASE)
    if two_tracks(settings):
        yield wire("canary.image", "Deployment", canary, IMAGE)
        yield wire("canary.version", "Deployment", canary, VERSION)
        yield wire("canary.release", "Deployment", canary, RELEASE)
        yield wire("canary.replicas", "Deployment", canary, "spec.replicas")
    if _weighted(settings) and settings.deployment.ingress is not None:
        for track, backend in ((naming.STABLE, name), (naming.CANARY, canary)):
            place = name._replace(value=f"spec.rules.0.backendRefs.[name={backend.value}].weight")
            yield wire(f"{track}.weight", "HTTPRoute", name, place)


def two_tracks(settings: Settings) -> bool:
    """Say whether a release runs the new model beside the old one."""
    return settings.strategy[0] != "rolling"


def _weighted(settings: Settings) -> bool:
    return settings.strategy[0] in ("canary", "blue_green")


def _deployment(settings: Settings, track: str) -> Object:
    stable = track == naming.STABLE
    labels = settings.labels(track)
    selector = {"matchLabels": labels}
    count = {"replicas": At(0, note=f"set by {settings.release_file}"), "selector": selector}
    spec: dict[str, Data] = {
        **(scaling.replicas(settings, selector) if stable else count),
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": server.template(settings, track),
    }
    return Object(
        stem="deployment" if stable else "canary-deployment",
        purpose="The pods of the released model." if stable else "The pods of the new model during a release.",
        data={
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": pod.workload_metadata(settings, settings.name if stable else settings.canary),
            "spec": spec,
        },
    )


def _below(item: Object, path: tuple[str | int, ...]) -> Object:
    """Return an object that is there because of a field of the spec."""
    return item.replace(data=At(item.data, path))
