"""Section ``data``: data sets, what their columns may hold, and which rows evaluate a model.

The fields are those of `mlopsc.spec.data`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlopsc.project.base import Scalar
from mlopsc.record import Record
from mlopsc.units import Duration, Percent


class Version(Record):
    """Which content of a data set is meant. Every release records the digest that it was trained on."""

    sha256: str | None
    dvc: str | None
    resolve: str | None


class PersonalData(Record):
    """Whether a data set holds personal data, on which legal basis and for how long."""

    contains: bool
    basis: str | None
    retention: Duration | None


class Column(Record):
    """Type, role and limits of a column. The limits are checked before each training."""

    type: str
    role: str
    values: tuple[Scalar, ...] | None
    min: float | None
    max: float | None
    max_missing: Percent | None
    personal: bool


class Freshness(Record):
    """How old the newest row may be. Judged in delivery and scheduled runs only."""

    column: str
    max_age: Duration


class Checks(Record):
    """Checks of a whole data set, run before each training."""

    min_rows: int | None
    unique: tuple[str, ...]
    freshness: Freshness | None


class Dataset(Record):
    """A data set: where it is, what it holds, whose it is."""

    uri: str | None
    loader: str | None
    format: str | None
    version: Version | None
    source: str | None
    owner: str | None
    license: str | None
    personal_data: PersonalData | None
    missing_values: tuple[Scalar, ...]
    columns: Mapping[str, Column]
    checks: Checks


class Split(Record):
    """How the rows for evaluation are set aside from the training data.

    At random, unless `by_time` or `by_group` is given."""

    test: Percent
    stratify: bool
    seed: int | None
    by_time: str | None
    by_group: str | None
    gap: Duration | None


class Evaluate(Record):
    """Which rows evaluate a model."""

    split: Split | None
    dataset: str | None


class Data(Record):
    """Data sets and how they train and evaluate a model."""

    datasets: Mapping[str, Dataset]
    train: str
    evaluate: Evaluate
