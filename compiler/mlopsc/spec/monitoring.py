"""Section ``monitoring``: objectives, drift, quality and performance in production, and who is told."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import (
    Closed,
    DnsLabel,
    Duration,
    Groups,
    HttpUrl,
    Name,
    Percent,
    Positive,
    Ratio,
    SecretRef,
    StoreUri,
    Text,
    values,
)


class Prometheus(Closed):
    """The Prometheus that watches the model."""

    kind: Literal["operator", "files"] = Field(
        default="files",
        json_schema_extra=values(
            operator="rules and scrape targets as objects of the Prometheus operator", files="plain rule files"
        ),
    )
    """How it takes rules."""
    namespace: DnsLabel | None = Field(default=None, examples=["monitoring"])
    """Namespace that it runs in; its pods are let in."""
    selector_labels: dict[str, str] = Field(default={}, examples=[{"release": "kps"}])
    """Labels by which it selects rules and monitors."""
    query_url: HttpUrl | None = None
    """Address for queries, reached by the runner that judges a canary."""
    push_url: HttpUrl | None = Field(default=None, examples=["http://pushgateway.monitoring:9091"])
    """Address of the Pushgateway, for the results of monitoring jobs."""


class Availability(Closed):
    """Share of requests that must succeed."""

    objective: Percent = Field(examples=["99.9%"])
    """The share."""


class Latency(Closed):
    """Share of requests that must be fast."""

    objective: Percent = Field(examples=["99%"])
    """The share."""
    under: Duration = Field(examples=["250ms"])
    """What counts as fast. It must be a bucket of the server's histogram."""


class CustomSlo(Closed):
    """An objective on metrics of your own."""

    objective: Percent = Field(examples=["99%"])
    """Share of the events that must be good."""
    errors: Text = Field(examples=['sum(rate(orders_failed_total{job="orders"}[{{.window}}]))'])
    """PromQL for the rate of bad events; `{{.window}}` stands for the window."""
    total: Text = Field(examples=['sum(rate(orders_total{job="orders"}[{{.window}}]))'])
    """PromQL for the rate of all events."""


class Slos(Closed):
    """Service level objectives. Each gets a page and a ticket by how fast its error budget burns."""

    period: Duration = "30d"
    """Time that an error budget is for."""
    availability: Availability | None = None
    """Share of requests that must succeed."""
    latency: Latency | None = None
    """Share of requests that must be fast."""
    custom: dict[Name, CustomSlo] = Field(
        default={}, examples=[{"orders": {"objective": "99%", "errors": "...", "total": "..."}}]
    )
    """Objectives on metrics of your own, by a name of your choice."""


class PredictionLog(Closed):
    """The log of predictions that drift and performance are computed from."""

    uri: StoreUri = Field(examples=["s3://acme-ml/churn/predictions/"])
    """Folder in an object store."""
    format: Literal["parquet", "jsonl", "csv"] = "parquet"
    """Format of the files."""
    id: Text = Field(default="request_id", examples=["request_id"])
    """Column that identifies a prediction."""
    timestamp: Text = Field(default="ts", examples=["ts"])
    """Column with the time of a prediction."""
    sample: Percent = "100%"
    """Share of the predictions that are logged."""
    retention: Duration | None = None
    """How long entries are kept. Left out: for ever."""
    writer: Literal["mlopsc", "external"] = Field(
        default="mlopsc",
        json_schema_extra=values(mlopsc="a generated component writes it", external="it is written by something else"),
    )
    """Who writes the log."""
    exclude: list[Text] = Field(default=[], examples=[["address"]])
    """Columns that are not logged. Excluded, sensitive and personal columns never are."""


class Drift(Closed):
    """How far the inputs may move away from the training data."""

    statistic: Literal["psi", "ks", "js", "chi2"] = Field(
        default="psi",
        json_schema_extra=values(
            psi="population stability index; 0.1 is worth a look, 0.2 is worth an action",
            ks="Kolmogorov-Smirnov statistic, 0 to 1",
            js="Jensen-Shannon distance, base 2, 0 to 1",
            chi2="chi-squared statistic of categories",
        ),
    )
    """How the distance is measured."""
    max: Ratio = 0.2
    """Largest distance of a feature."""
    every: Duration = "1d"
    """Time between two reports."""
    min_samples: Positive = 500
    """Smallest number of predictions; below it nothing is reported."""
    retrain: bool = False
    """Whether drift starts a delivery."""


class Quality(Closed):
    """Largest shares of bad values in the requests, for each feature."""

    missing: Percent | None = None
    """Missing values. Left out: not watched."""
    out_of_range: Percent | None = None
    """Values outside `min` and `max` of the column. Left out: not watched."""
    unseen_category: Percent | None = None
    """Categories that the training data did not have. Left out: not watched."""


class PredictionShift(Closed):
    """How far the predictions may move."""

    max: Percent
    """Largest change of the mean prediction, or of the share of a class."""


class Bounds(Closed):
    """Limits of a metric in production."""

    min: float | None = None
    """Smallest value."""
    max: float | None = None
    """Largest value."""


class GroundTruth(Closed):
    """Where the true outcomes come from."""

    dataset: Name = Field(examples=["outcomes"])
    """Data set with the outcomes."""
    label: Text = Field(examples=["churned"])
    """Its column with the outcome."""
    join_on: Text = Field(examples=["request_id"])
    """Column that joins it with the prediction log."""
    delay: Duration
    """Time after which an outcome is known."""
    min_samples: Positive = 200
    """Smallest number of outcomes; below it nothing is judged."""


class Performance(Closed):
    """Metrics on the true outcomes."""

    metrics: dict[str, Bounds] = Field(min_length=1, examples=[{"roc_auc": {"min": 0.78}}])
    """Limits by metric."""
    ground_truth: GroundTruth
    """Where the true outcomes come from."""


class Pagerduty(Closed):
    """A service of PagerDuty."""

    routing_key: SecretRef
    """Integration key, a secret."""


class Slack(Closed):
    """A channel of Slack."""

    channel: Text = Field(examples=["#ml-alerts"])
    """Channel, quoted."""
    url: SecretRef
    """Webhook, a secret."""


class Receiver(Closed):
    """Who receives alerts."""

    ONE_OF: ClassVar[Groups] = (("pagerduty", "slack", "existing"),)

    pagerduty: Pagerduty | None = None
    """A service of PagerDuty."""
    slack: Slack | None = None
    """A channel of Slack."""
    existing: Text | None = Field(default=None, examples=["ml-team"])
    """A receiver that Alertmanager already has."""


class Alerts(Closed):
    """Who is told about what."""

    page: Receiver | None = None
    """Who is woken up. Left out: nobody."""
    ticket: Receiver | None = None
    """Who gets a ticket. Left out: nobody."""
    runbooks: HttpUrl | None = Field(default=None, examples=["https://runbooks.acme.example"])
    """Where the generated runbooks are published. Left out: links lead to the repository."""


class Monitoring(Closed):
    """What is watched in production, and who is told."""

    prometheus: Prometheus = Prometheus()
    """The Prometheus that watches the model."""
    slos: Slos | None = None
    """Service level objectives. Left out: none."""
    prediction_log: PredictionLog | None = None
    """Log of predictions. Left out: none, and neither drift nor performance can be watched."""
    run: Literal["cluster", "workflow"] = Field(
        default="cluster",
        json_schema_extra=values(cluster="as CronJobs in the cluster", workflow="as a scheduled GitHub workflow"),
    )
    """Where the monitoring jobs run."""
    drift: Drift | None = None
    """How far the inputs may move. Left out: not watched."""
    quality: Quality | None = None
    """Bad values in the requests. Left out: not watched."""
    prediction_shift: PredictionShift | None = None
    """How far the predictions may move. Left out: not watched."""
    performance: Performance | None = None
    """Metrics on the true outcomes. Left out: not watched."""
    alerts: Alerts = Alerts()
    """Who is told."""
