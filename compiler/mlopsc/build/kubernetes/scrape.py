"""How Prometheus finds the metrics of the pods."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.kubernetes.objects import Object
from mlopsc.build.kubernetes.values import at, entries
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.parts import Data

POD_LABELS = (naming.LABEL_MODEL, naming.LABEL_TRACK, naming.LABEL_VERSION)
"""Labels of the pods that every scraped series carries: they tell stable from canary, and which version runs."""

RELEASE = {
    "sourceLabels": [f"__meta_kubernetes_pod_annotation_{naming.metric_label(naming.ANNOTATION_RELEASE)}"],
    "targetLabel": naming.metric_label(naming.ANNOTATION_RELEASE),
}
"""Rule that gives every scraped series the release of its pod."""


def pod_annotations(settings: Settings, port: int, path: str) -> dict[str, Data]:
    """Return the pod annotations that scrape configurations look for, where no operator does the finding."""
    prometheus = settings.monitoring.prometheus
    if prometheus.kind == "operator":
        return {}
    kind = (*prometheus.path, "kind")
    return {
        "prometheus.io/scrape": At("true", kind),
        "prometheus.io/port": At(str(port), kind),
        "prometheus.io/path": At(path, kind),
    }


def pod_monitor(settings: Settings, port: str, path: str, interval: At) -> Object | None:
    """Return the scrape target for the Prometheus operator; None where there is no operator.

    Args:
        settings: of the environment.
        port: name of the container port.
        path: of the metrics.
        interval: between two scrapes.
    """
    prometheus = settings.monitoring.prometheus
    if prometheus.kind != "operator":
        return None
    metadata: dict[str, Data] = {"name": settings.name}
    if prometheus.selector_labels:
        metadata["labels"] = At(entries(prometheus, "selector_labels"), (*prometheus.path, "selector_labels"))
    return Object(
        stem="podmonitor",
        purpose="Tells the Prometheus operator to scrape the pods.",
        data=At(
            {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PodMonitor",
                "metadata": metadata,
                "spec": {
                    "selector": {"matchLabels": settings.labels()},
                    "podTargetLabels": list(POD_LABELS),
                    "podMetricsEndpoints": [
                        {"port": port, "path": path, "interval": interval, "relabelings": [RELEASE]}
                    ],
                },
            },
            at(prometheus, "kind").path,
        ),
    )
