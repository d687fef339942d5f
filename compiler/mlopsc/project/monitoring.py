"""Section ``monitoring``: objectives, drift, quality and performance in production, and who is told.

The fields are those of `mlopsc.spec.monitoring`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlopsc.project.base import SecretRef
from mlopsc.record import Record
from mlopsc.units import Duration, Percent


class Prometheus(Record):
    """The Prometheus that watches the model."""

    kind: str
    namespace: str | None
    selector_labels: Mapping[str, str]
    query_url: str | None
    push_url: str | None


class Availability(Record):
    """Share of requests that must succeed."""

    objective: Percent


class Latency(Record):
    """Share of requests that must be fast."""

    objective: Percent
    under: Duration


class CustomSlo(Record):
    """An objective on metrics of your own."""

    objective: Percent
    errors: str
    total: str


class Slos(Record):
    """Service level objectives. Each gets a page and a ticket by how fast its error budget burns."""

    period: Duration
    availability: Availability | None
    latency: Latency | None
    custom: Mapping[str, CustomSlo]


class PredictionLog(Record):
    """The log of predictions that drift and performance are computed from."""

    uri: str
    format: str
    id: str
    timestamp: str
    sample: Percent
    retention: Duration | None
    writer: str
    exclude: tuple[str, ...]


class Drift(Record):
    """How far the inputs may move away from the training data."""

    statistic: str
    max: float
    every: Duration
    min_samples: int
    retrain: bool


class Quality(Record):
    """Largest shares of bad values in the requests, for each feature."""

    missing: Percent | None
    out_of_range: Percent | None
    unseen_category: Percent | None


class PredictionShift(Record):
    """How far the predictions may move."""

    max: Percent


class Bounds(Record):
    """Limits of a metric in production."""

    min: float | None
    max: float | None


class GroundTruth(Record):
    """Where the true outcomes come from."""

    dataset: str
    label: str
    join_on: str
    delay: Duration
    min_samples: int


class Performance(Record):
    """Metrics on the true outcomes."""

    metrics: Mapping[str, Bounds]
    ground_truth: GroundTruth


class Pagerduty(Record):
    """A service of PagerDuty."""

    routing_key: SecretRef


class Slack(Record):
    """A channel of Slack."""

    channel: str
    url: SecretRef


class Receiver(Record):
    """Who receives alerts."""

    pagerduty: Pagerduty | None
    slack: Slack | None
    existing: str | None


class Alerts(Record):
    """Who is told about what."""

    page: Receiver | None
    ticket: Receiver | None
    runbooks: str | None


class Monitoring(Record):
    """What is watched in production, and who is told."""

    prometheus: Prometheus
    slos: Slos | None
    prediction_log: PredictionLog | None
    run: str
    drift: Drift | None
    quality: Quality | None
    prediction_shift: PredictionShift | None
    performance: Performance | None
    alerts: Alerts
