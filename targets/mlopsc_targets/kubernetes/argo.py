"""The server under Argo Rollouts: one Rollout, moved and judged by its controller inside the cluster."""

from __future__ import annotations

from mlopsc.build.kubernetes import network, pod, rollout, scaling
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.overlay import Wire
from mlopsc.build.kubernetes.values import at, whole_percent, whole_seconds
from mlopsc.target import At, naming

from mlopsc_targets.kubernetes import server, workload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlopsc.build.kubernetes.settings import BlueGreen, Canary, Settings
    from mlopsc.build.queries import Catalog
    from mlopsc.target import Data

API = "argoproj.io/v1alpha1"
PLUGIN = "argoproj-labs/gatewayAPI"
_NAMESPACE = "{{args.namespace}}"
"""The AnalysisTemplate is the same in every environment: the Rollout tells it the namespace."""


def used(settings: Settings) -> bool:
    """Say whether Argo Rollouts runs the releases."""
    return settings.deployment.mode == "online" and settings.deployment.strategy.controller == "argo-rollouts"


def objects(settings: Settings, catalog: Catalog | None) -> Iterator[Object | None]:
    """Yield the Rollout with its services, its autoscaler and what judges it."""
    strategy = settings.deployment.strategy
    yield _rollout(settings)
    yield _service(settings, settings.name, "service", "Address of the model inside the cluster.")
    canary = _service(settings, settings.canary, "canary-service", "Address of the new model during a release.")
    yield canary.replace(data=At(canary.data, strategy.path))
    yield scaling.autoscaler(settings, API, "Rollout")
    if strategy.canary is not None and catalog is not None:
        yield _analysis_template(settings, strategy.canary, catalog)


def backends(settings: Settings) -> list[Data]:
    """Return where the route sends requests; during a release the controller moves the weights of a canary."""
    stable = {"name": settings.name, "port": server.HTTP}
    canary = settings.deployment.strategy.canary
    if canary is None:
        return [stable]
    return [
        {**stable, "weight": At(100, canary.path, note="Argo Rollouts moves both weights during a release")},
        At({"name": settings.canary, "port": server.HTTP, "weight": 0}, canary.path),
    ]


def ignored(settings: Settings) -> Sequence[Data]:
    """Return what Argo CD must leave alone: the weights belong to the other controller."""
    canary = settings.deployment.strategy.canary
    if canary is None:
        return ()
    weights = {
        "group": "gateway.networking.k8s.io",
        "kind": "HTTPRoute",
        "jqPathExpressions": [".spec.rules[].backendRefs[].weight"],
    }
    return (At(weights, at(settings.deployment.strategy, "controller").path),)


def wires(settings: Settings) -> Iterator[Wire]:
    """Yield what the Rollout takes from the release record: the new image only, the controller does the rest."""
    path = settings.deployment.strategy.path
    yield Wire(field="stable.image", kind="Rollout", name=settings.name, targets=(workload.IMAGE,), path=path)
    yield Wire(field="stable.version", kind="Rollout", name=settings.name, targets=(workload.VERSION,), path=path)
    yield Wire(field="stable.release", kind="Rollout", name=settings.name, targets=(workload.RELEASE,), path=path)


def _service(settings: Settings, name: At, stem: str, purpose: str) -> Object:
    # The controller adds the hash of a track's pods to the selector.
    return network.service(name, settings.labels(), server.service_ports(), stem=stem, purpose=purpose)


def _rollout(settings: Settings) -> Object:
    strategy = settings.deployment.strategy
    moves: dict[str, Data] = {}
    if strategy.canary is not None:
        moves["canary"] = At(_canary(settings, strategy.canary), strategy.canary.path)
    elif strategy.blue_green is not None:
        moves["blueGreen"] = At(_blue_green(settings, strategy.blue_green), strategy.blue_green.path)
    return Object(
        stem="rollout",
        purpose="The pods of the model, and the steps of a release.",
        data=At(
            {
                "apiVersion": API,
                "kind": "Rollout",
                "metadata": pod.workload_metadata(settings, settings.name),
                "spec": {
                    **scaling.replicas(settings, {"matchLabels": settings.labels()}),
                    "strategy": moves,
                    "template": server.template(settings, None),
                },
            },
            at(strategy, "controller").path,
        ),
    )


def _canary(settings: Settings, canary: Canary) -> dict[str, Data]:
    steps: list[Data] = []
    judged = settings.monitoring.prometheus.query_url is not None
    for index, share in enumerate(canary.steps):
        steps.append(At({"setWeight": whole_percent(share)}, (*canary.path, "steps", index)))
        pause = at(canary, "pause")
        steps.append({"pause": {"duration": pause._replace(value=whole_seconds(canary.pause))}})
        if judged:
            namespace = {"name": "namespace", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}}
            steps.append({"analysis": {"templates": [{"templateName": settings.name}], "args": [namespace]}})
    return {
        "stableService": settings.name,
        "canaryService": settings.canary,
        "stableMetadata": _track(naming.STABLE),
        "canaryMetadata": _track(naming.CANARY),
        "trafficRouting": {
            "plugins": {PLUGIN: {"httpRoute": settings.name, "namespace": settings.namespace}},
        },
        "steps": steps,
    }


def _blue_green(settings: Settings, blue_green: BlueGreen) -> dict[str, Data]:
    soak = at(blue_green, "soak")
    return {
        "activeService": settings.name,
        "previewService": settings.canary,
        "activeMetadata": _track(naming.STABLE),
        "previewMetadata": _track(naming.CANARY),
        "autoPromotionEnabled": True,
        "scaleDownDelaySeconds": soak._replace(value=whole_seconds(blue_green.soak)),
    }


def _track(track: str) -> Data:
    return {"labels": {naming.LABEL_TRACK: track}}


def _analysis_template(settings: Settings, canary: Canary, catalog: Catalog) -> Object | None:
    """Return what judges a step. Each metric is measured once, over the pause before; without an answer the rollout
    waits for a person instead of passing or failing.
    """
    prometheus = settings.monitoring.prometheus
    if prometheus.query_url is None:
        return None
    judge = rollout.Judge(settings, catalog, At(_NAMESPACE), at(canary, "pause"))
    least = at(canary, "min_requests")
    address = at(prometheus, "query_url")
    metrics = [
        At(
            {
                "name": "requests",
                "successCondition": f"len(result) > 0 && result[0] >= {least.value}",
                # Without this a measurement that is no success would be a failure.
                "failureCondition": "false",
                "provider": _provider(address, judge.requests(least)),
            },
            least.path,
            note="too few requests are no verdict",
        )
    ]
    for check in judge.checks():
        metrics.append(
            At(
                {
                    "name": check.name,
                    "successCondition": f"len(result) > 0 && result[0] <= {check.limit}",
                    "failureCondition": f"len(result) > 0 && result[0] > {check.limit}",
                    "provider": _provider(address, check.query),
                },
                check.max.path,
            )
        )
    return Object(
        stem="analysistemplate",
        purpose="What judges each step of a release.",
        data=At(
            {
                "apiVersion": API,
                "kind": "AnalysisTemplate",
                "metadata": {"name": settings.name},
                "spec": {"args": [{"name": "namespace"}], "metrics": metrics},
            },
            canary.path,
        ),
    )


def _provider(address: At, query: At) -> Data:
    return {"prometheus": {"address": address, "query": query}}
