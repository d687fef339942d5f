"""Section ``tests``: the gates between a trained model and production.

The fields are those of `mlopsc.spec.tests`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlopsc.project.base import Scalar
from mlopsc.record import Record
from mlopsc.units import Command, Duration, Percent, Rate


class Unit(Record):
    """The unit tests of your code."""

    command: Command


class Gate(Record):
    """Limits of a metric on the evaluation rows."""

    min: float | None
    max: float | None
    max_drop: float | None
    confidence: Percent | None


class Slice(Record):
    """A metric that must hold for every value of a column."""

    column: str
    metric: str
    min: float | None
    max: float | None
    min_samples: int


class Fairness(Record):
    """A metric that must not differ too much between groups."""

    column: str
    metric: str
    max_gap: float
    min_samples: int


class Directional(Record):
    """How the prediction must react when a feature rises by one standard deviation."""

    expect: str
    tolerance: Percent


class Behaviour(Record):
    """How predictions must react when a feature changes."""

    invariant_to: Mapping[str, tuple[Scalar, ...]]
    directional: Mapping[str, Directional]


class Expect(Record):
    """What the answer to a smoke request must be."""

    status: int
    values: str | None
    tolerance: float


class Smoke(Record):
    """A request that is sent to the deployed model."""

    request: str
    expect: Expect


class Load(Record):
    """A load test after a release to an environment."""

    against: str
    rate: Rate
    duration: Duration
    p95: Duration
    max_errors: Percent


class Tests(Record):
    """The gates between a trained model and production."""

    unit: Unit | None
    metrics: Mapping[str, Gate]
    slices: Mapping[str, Slice]
    fairness: Mapping[str, Fairness]
    behaviour: Behaviour
    smoke: tuple[Smoke, ...]
    load: Load | None
    champion: str | None
