"""What a server measures: the metrics, labels and buckets that a target lists in ``metrics.yaml``.

A rule or query on anything else would be silent for ever, so asking the catalog for it is an error.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class CatalogError(LookupError):
    """A metric, label or signal that the catalog does not have; the text says which, and what there is."""


class Metric(Record):
    """One metric.

    Attributes:
        name: as scraped; of a histogram or summary without ``_bucket``, ``_sum``, ``_count``.
        type: ``counter``, ``gauge``, ``histogram`` or ``summary``.
        unit: in words.
        labels: names of its labels.
        buckets: upper bounds as the server spells them, rising; empty but for histograms.
    """

    name: str
    type: str
    unit: str
    labels: tuple[str, ...]
    buckets: tuple[str, ...]

    def bounds(self) -> tuple[Decimal, ...]:
        """Return the finite upper bounds, in the unit of the metric."""
        return tuple(Decimal(bucket) for bucket in self.buckets if bucket != "+Inf")


class Signal(Record):
    """What is measured where.

    Attributes:
        metric: the metric.
        match: a regular expression a label, anchored as PromQL does; it selects inference calls, and of the signal
            ``ready`` the probes that found the model loaded.
    """

    metric: Metric
    match: Mapping[str, str]


class Catalog(Record):
    """All metrics of a server.

    Attributes:
        metrics: by name.
        signals: ``requests``, ``errors``, ``latency`` and ``ready``, as far as the server measures them.
    """

    metrics: Mapping[str, Metric]
    signals: Mapping[str, Signal]

    def metric(self, name: str) -> Metric:
        """Return a metric.

        Raises:
            CatalogError: the server does not expose it.
        """
        try:
            return self.metrics[name]
        except KeyError:
            raise CatalogError(f"the server exposes no metric {name}") from None

    def signal(self, name: str) -> Signal:
        """Return a signal.

        Raises:
            CatalogError: the server does not measure it.
        """
        try:
            return self.signals[name]
        except KeyError:
            raise CatalogError(f"the server does not measure {name}; it measures {', '.join(self.signals)}") from None


@cache
def load(package: str) -> Catalog:
    """Read the catalog of a target, once.

    Args:
        package: import name of the target's package.

    Raises:
        CatalogError: a signal names a metric or label that the file does not list.
        OSError: the package has no ``metrics.yaml``.
    """
    from mlopsc import assets

    return parse(assets.data(package, "metrics.yaml"))


def parse(raw: Mapping[str, Any]) -> Catalog:
    """Return the catalog that plain data describes; see `load`."""
    metrics = {
        name: Metric(
            name=name,
            type=fields["type"],
            unit=fields["unit"],
            labels=tuple(fields["labels"]),
            buckets=tuple(fields.get("buckets", ())),
        )
        for name, fields in raw["metrics"].items()
    }
    catalog = Catalog(metrics=metrics, signals={})
    signals = {}
    for name, fields in raw["signals"].items():
        metric = catalog.metric(fields["metric"])
        unknown = sorted(set(fields["match"]) - set(metric.labels))
        if unknown:
            raise CatalogError(f"the signal {name} matches {', '.join(unknown)}, which {metric.name} does not have")
        signals[name] = Signal(metric=metric, match=dict(fields["match"]))
    return catalog.replace(signals=signals)
