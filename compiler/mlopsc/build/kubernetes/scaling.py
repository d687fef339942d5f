"""How many copies run, and how many of them may be taken away at once."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.values import at, whole_percent, whole_seconds
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.parts import Data

CPU = 80
"""Use of the promised cores, in percent, that the autoscaler aims at when the spec says nothing."""
CALM, LONGEST_CALM = 300, 3600
"""Seconds of low load before copies go: what Kubernetes does by itself, and the most that it takes."""


def autoscaled(settings: Settings) -> bool:
    """Say whether an autoscaler owns the number of copies; then no manifest may set it."""
    replicas = settings.deployment.serving.replicas
    return replicas.max is not None and replicas.max > replicas.min


def largest(settings: Settings) -> int:
    """Return the largest number of copies."""
    replicas = settings.deployment.serving.replicas
    return replicas.min if replicas.max is None else max(replicas.max, replicas.min)


def copies(settings: Settings, share: Decimal) -> int:
    """Return the number of copies that carry a share of the traffic: rounded up, at least one."""
    return max(1, int((share * largest(settings)).to_integral_value(ROUND_CEILING)))


def replicas(settings: Settings, selector: Data) -> dict[str, Data]:
    """Return how a workload's spec begins: the number of copies, unless an autoscaler owns it, and the selector."""
    serving = settings.deployment.serving
    if autoscaled(settings):
        return {"selector": At(selector, serving.replicas.path, note="no replicas: the autoscaler owns the number")}
    return {"replicas": at(serving.replicas, "min"), "selector": selector}


def autoscaler(settings: Settings, api_version: str, kind: str) -> Object | None:
    """Return the autoscaler of a workload; None when the number of copies is fixed.

    Args:
        settings: of the environment.
        api_version: of the workload.
        kind: of the workload, which carries the project's name.
    """
    if not autoscaled(settings):
        return None
    serving = settings.deployment.serving
    goal = At(CPU, (*serving.path, "scale_on")) if serving.scale_on is None else at(serving.scale_on, "cpu")
    if serving.scale_on is not None:
        goal = goal._replace(value=whole_percent(serving.scale_on.cpu))
    return Object(
        stem="hpa",
        purpose="Number of copies, by the load on the processor.",
        data=At(
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": settings.name},
                "spec": {
                    "scaleTargetRef": {"apiVersion": api_version, "kind": kind, "name": settings.name},
                    "minReplicas": at(serving.replicas, "min"),
                    "maxReplicas": at(serving.replicas, "max"),
                    **_behavior(settings),
                    "metrics": [
                        {
                            "type": "Resource",
                            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": goal}},
                        }
                    ],
                },
            },
            serving.replicas.path,
        ),
    )


def _behavior(settings: Settings) -> dict[str, Data]:
    """Return what keeps the copies of the old model while a release takes their traffic, for as long as it may come
    back; nothing where a release takes none.
    """
    strategy = settings.deployment.strategy
    if strategy.canary is not None:
        span = at(strategy.canary, "pause")
    elif strategy.blue_green is not None:
        span = at(strategy.blue_green, "soak")
    else:
        return {}
    calm = span._replace(
        value=min(LONGEST_CALM, max(CALM, whole_seconds(span.value))),
        note="the copies of the stable model must still be there when traffic returns to them",
    )
    return {"behavior": At({"scaleDown": {"stabilizationWindowSeconds": calm}}, span.path)}


def disruption_budget(settings: Settings) -> Object:
    """Return the limit for voluntary disruptions such as the draining of nodes: one copy at a time."""
    return Object(
        stem="pdb",
        purpose="One copy at a time when nodes are drained.",
        data={
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": settings.name},
            "spec": {
                "maxUnavailable": 1,
                # A copy that is not ready serves nobody; keeping it would block the draining of its node.
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
                "selector": {"matchLabels": settings.labels()},
            },
        },
    )
