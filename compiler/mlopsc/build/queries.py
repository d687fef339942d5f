"""PromQL for the judgement of a release, made of what the catalog of the server lists and of nothing else."""

from __future__ import annotations

import re

from mlopsc import naming
from mlopsc.catalog import Catalog as Catalog
from mlopsc.catalog import CatalogError as CatalogError
from mlopsc.catalog import load as load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlopsc.catalog import Metric
    from mlopsc.units import Duration

RELEASE = naming.metric_label(naming.ANNOTATION_RELEASE)
"""Label of every series: the release that its copy runs, model and manifests."""

TARGET_LABELS = frozenset(
    {"namespace", naming.metric_label(naming.LABEL_MODEL), naming.metric_label(naming.LABEL_TRACK), "le"}
)
"""Labels that the scrape adds to every series, and the bound of a histogram's bucket."""

RATIO_QUANTILE = "0.95"
"""Quantile by which the latencies of two tracks are compared."""

_PLAIN = re.compile(r"[A-Za-z0-9_-]*")
_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}


def track(namespace: str, model: str, name: str) -> dict[str, str]:
    """Return the labels, and their values, of the series of one track of a model."""
    return {
        "namespace": namespace,
        naming.metric_label(naming.LABEL_MODEL): model,
        naming.metric_label(naming.LABEL_TRACK): name,
    }


def selector(metric: Metric, labels: Mapping[str, str], match: Mapping[str, str], suffix: str = "") -> str:
    """Return the selector of a metric's series.

    Args:
        metric: of the catalog.
        labels: labels with their exact values.
        match: labels with regular expressions.
        suffix: ``_bucket``, ``_sum`` or ``_count`` of a histogram or summary.

    Raises:
        CatalogError: a label that the metric does not have, or a suffix that its type does not have.
    """
    if suffix and suffix not in _SUFFIXES.get(metric.type, ()):
        raise CatalogError(f"{metric.name} is a {metric.type} and has no series {metric.name}{suffix}")
    unknown = sorted({*labels, *match} - {*metric.labels} - TARGET_LABELS)
    if unknown:
        raise CatalogError(f"{metric.name} has no label {', '.join(unknown)}; it has {', '.join(metric.labels)}")
    matchers = [_exactly(labels)] if labels else []
    matchers += [f"{label}{'=' if _PLAIN.fullmatch(value) else '=~'}{_quoted(value)}" for label, value in match.items()]
    return f"{metric.name}{suffix}{{{', '.join(matchers)}}}"


def live(catalog: Catalog, labels: Mapping[str, str]) -> str:
    """Return the number of copies that run, one value for each release.

    A server is scraped before its model is loaded. Where the catalog has the signal ``ready``, only copies count that
    said once that they are ready.
    """
    running = f"up{{{_exactly(labels)}}} == 1"
    if "ready" in catalog.signals:
        ready = catalog.signal("ready")
        running += f" and on (instance) {selector(ready.metric, labels, ready.match)}"
    return f"count by ({RELEASE}) ({running})"


def requests(catalog: Catalog, labels: Mapping[str, str], window: Duration) -> str:
    """Return the number of requests in a window.

    Raises:
        CatalogError: the server does not count requests.
    """
    signal = catalog.signal("requests")
    return f"sum(increase({selector(signal.metric, labels, signal.match)}[{window}]))"


def error_rate(catalog: Catalog, labels: Mapping[str, str], window: Duration) -> str:
    """Return the share of failed requests in a window; no answer without requests.

    Raises:
        CatalogError: the server does not count requests or errors.
    """
    errors, total = catalog.signal("errors"), catalog.signal("requests")
    failed = f"sum(increase({selector(errors.metric, labels, errors.match)}[{window}]))"
    # There is no series of errors before the first one.
    return f"({failed} or vector(0)) / sum(increase({selector(total.metric, labels, total.match)}[{window}]))"


def latency(catalog: Catalog, labels: Mapping[str, str], window: Duration, quantile: str) -> str:
    """Return a quantile of the latency in seconds; the mean where the server has no histogram.

    Raises:
        CatalogError: the server does not measure latency.
    """
    signal = catalog.signal("latency")
    if signal.metric.buckets:
        buckets = selector(signal.metric, labels, signal.match, "_bucket")
        return f"histogram_quantile({quantile}, sum by (le) (rate({buckets}[{window}])))"
    total, count = (selector(signal.metric, labels, signal.match, suffix) for suffix in ("_sum", "_count"))
    return f"sum(rate({total}[{window}])) / sum(rate({count}[{window}]))"


def latency_ratio(catalog: Catalog, one: Mapping[str, str], other: Mapping[str, str], window: Duration) -> str:
    """Return the latency of one track as a multiple of that of the other.

    Raises:
        CatalogError: the server does not measure latency.
    """
    above, below = (latency(catalog, labels, window, RATIO_QUANTILE) for labels in (one, other))
    return f"({above}) / ({below})"


def _exactly(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{label}={_quoted(value)}" for label, value in labels.items())


def _quoted(value: str) -> str:
    text = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"'
