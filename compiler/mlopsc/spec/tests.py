"""Section ``tests``: the gates between a trained model and production."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlopsc.spec.base import (
    COMMAND,
    Closed,
    CommandLine,
    DnsLabel,
    Duration,
    FilePath,
    Name,
    Percent,
    Positive,
    Rate,
    Ratio,
    Scalar,
    Text,
    values,
)


class Unit(Closed):
    """The unit tests of your code."""

    command: CommandLine = Field(examples=["pytest -q tests"], json_schema_extra=COMMAND)
    """Command that runs them. No shell."""


class Gate(Closed):
    """Limits of a metric on the evaluation rows."""

    min: float | None = None
    """Smallest value that passes."""
    max: float | None = None
    """Largest value that passes."""
    max_drop: Ratio | None = None
    """Largest loss against the champion on the same rows."""
    confidence: Percent | None = None
    """Judge the one-sided bootstrap bound at this confidence; rows of one group are drawn together. Left out: the point
    estimate."""


class Slice(Closed):
    """A metric that must hold for every value of a column."""

    column: Text = Field(examples=["contract"])
    """Column whose values make the slices."""
    metric: Text = Field(examples=["recall", "f1"])
    """Metric to judge."""
    min: float | None = None
    """Smallest value that passes."""
    max: float | None = None
    """Largest value that passes."""
    min_samples: Positive = 50
    """Smallest number of rows; smaller slices are reported and not judged."""


class Fairness(Closed):
    """A metric that must not differ too much between groups."""

    column: Text = Field(examples=["gender"])
    """Column whose values are the groups, usually with the role `sensitive`."""
    metric: Text = Field(examples=["selection_rate", "recall"])
    """Metric to compare."""
    max_gap: Ratio
    """Largest difference between two groups."""
    min_samples: Positive = 50
    """Smallest number of rows; smaller groups are reported and not judged."""


class Directional(Closed):
    """How the prediction must react when a feature rises by one standard deviation."""

    expect: Literal["increasing", "decreasing"] = Field(
        json_schema_extra=values(increasing="the prediction must not fall", decreasing="the prediction must not rise")
    )
    """Direction of the prediction."""
    tolerance: Percent = "0%"
    """Share of the rows that may go the other way."""


class Behaviour(Closed):
    """How predictions must react when a feature changes."""

    invariant_to: dict[str, Annotated[list[Scalar], Field(min_length=2)]] = Field(
        default={}, examples=[{"contract": ["monthly", "yearly"]}]
    )
    """Features that must not matter: swapping these values must leave the prediction as it is."""
    directional: dict[str, Directional] = Field(
        default={}, examples=[{"tenure": {"expect": "decreasing", "tolerance": "2%"}}]
    )
    """Features with a known direction."""


class Expect(Closed):
    """What the answer to a smoke request must be."""

    status: Annotated[int, Field(ge=100, le=599)] = 200
    """HTTP status."""
    values: FilePath | None = Field(default=None, examples=["tests/expected.json"])
    """JSON file with the expected predictions. Left out: not compared."""
    tolerance: Ratio = 0.0
    """Largest absolute difference of a number."""


class Smoke(Closed):
    """A request that is sent to the deployed model."""

    request: FilePath = Field(examples=["tests/request.json"])
    """JSON file with the request body."""
    expect: Expect = Expect()
    """What the answer must be."""


class Load(Closed):
    """A load test after a release to an environment."""

    against: DnsLabel = Field(examples=["staging", "runner"])
    """Environment under load; `runner` starts the server in the CI job and only informs."""
    rate: Rate
    """Requests per time."""
    duration: Duration = "30s"
    """Length of the test."""
    p95: Duration
    """Largest latency of 95 of 100 requests."""
    max_errors: Percent = "0%"
    """Largest share of failed requests."""


class Tests(Closed):
    """The gates between a trained model and production."""

    unit: Unit | None = None
    """Unit tests of your code. Left out: none run."""
    metrics: dict[str, Gate] = Field(default={}, examples=[{"roc_auc": {"min": 0.8, "max_drop": 0.01}}])
    """Limits by metric."""
    slices: dict[Name, Slice] = Field(
        default={}, examples=[{"by_contract": {"column": "contract", "metric": "recall", "min": 0.6}}]
    )
    """Metrics that must hold for every value of a column, by a name of your choice."""
    fairness: dict[Name, Fairness] = Field(
        default={}, examples=[{"gender": {"column": "gender", "metric": "selection_rate", "max_gap": 0.1}}]
    )
    """Metrics that must not differ too much between groups, by a name of your choice."""
    behaviour: Behaviour = Behaviour()
    """How predictions must react when a feature changes."""
    smoke: list[Smoke] = []
    """Requests to the deployed model after every release."""
    load: Load | None = None
    """Load test after a release. Left out: none."""
    champion: DnsLabel | None = Field(default=None, examples=["production"])
    """Environment whose model a new one is compared with. Left out: the last one of the `after` chain."""
