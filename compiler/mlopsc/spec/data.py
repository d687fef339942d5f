"""Section ``data``: data sets, what their columns may hold, and which rows evaluate a model."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import (
    CallRef,
    Closed,
    DataUri,
    Duration,
    FilePath,
    Groups,
    Name,
    NonNegative,
    Owner,
    Percent,
    Scalar,
    Sha256,
    Text,
    values,
)

ColumnType = Literal["string", "category", "integer", "number", "boolean", "timestamp"]
ColumnRole = Literal["feature", "target", "id", "timestamp", "sensitive", "weight", "group", "excluded"]


class Version(Closed):
    """Which content of a data set is meant. Every release records the digest that it was trained on."""

    ONE_OF: ClassVar[Groups] = (("sha256", "dvc", "resolve"),)

    sha256: Sha256 | None = None
    """Digest of the file. Other content stops the pipeline."""
    dvc: FilePath | None = Field(default=None, examples=["data/customers.csv.dvc"])
    """DVC file that fixes the content."""
    resolve: Literal["at-run"] | None = Field(
        default=None, json_schema_extra=values(at_run="take what is there when the pipeline runs and record its digest")
    )
    """Take whatever is there when the pipeline runs, and record its digest."""


class PersonalData(Closed):
    """Whether a data set holds personal data, on which legal basis and for how long."""

    contains: bool
    """Whether the data set holds personal data."""
    basis: (
        Literal["consent", "contract", "legal-obligation", "vital-interests", "public-task", "legitimate-interests"]
        | None
    ) = None
    """Legal basis of the processing (GDPR, article 6)."""
    retention: Duration | None = None
    """How long the data may be kept."""


class Column(Closed):
    """Type, role and limits of a column. The limits are checked before each training."""

    type: ColumnType = Field(
        json_schema_extra=values(
            string="free text",
            category="one of a few values",
            integer="a whole number",
            number="a number with a fraction",
            boolean="true or false",
            timestamp="a point in time, ISO 8601",
        )
    )
    """Type of the values."""
    role: ColumnRole = Field(
        default="feature",
        json_schema_extra=values(
            feature="an input of the model",
            target="what the model predicts",
            id="identifies a row; never an input",
            timestamp="when the row was recorded",
            sensitive="used by evaluation only, to compare groups",
            weight="weight of the row in training",
            group="rows of one group stay on one side of a split",
            excluded="never read by training or evaluation",
        ),
    )
    """What the column is used for."""
    values: list[Scalar] | None = Field(default=None, min_length=1, examples=[["monthly", "yearly"]])
    """Allowed values."""
    min: float | None = None
    """Smallest allowed value."""
    max: float | None = None
    """Largest allowed value."""
    max_missing: Percent | None = None
    """Largest share of missing values. Left out: not checked."""
    personal: bool = False
    """Whether the column holds personal data. Such a column is no feature and is never logged."""


class Freshness(Closed):
    """How old the newest row may be. Judged in delivery and scheduled runs only."""

    column: Text = Field(examples=["updated_at"])
    """Column with the time of a row."""
    max_age: Duration
    """Largest age of the newest row."""


class Checks(Closed):
    """Checks of a whole data set, run before each training."""

    min_rows: NonNegative | None = None
    """Smallest number of rows. Left out: not checked."""
    unique: list[Text] = Field(default=[], examples=[["customer_id"]])
    """Columns whose values together identify a row."""
    freshness: Freshness | None = None
    """How old the newest row may be. Left out: not checked."""


class Dataset(Closed):
    """A data set: where it is, what it holds, whose it is."""

    ONE_OF: ClassVar[Groups] = (("uri", "loader"),)

    uri: DataUri | None = None
    """Where the data is: `s3://`, `gs://`, `az://`, `https://` or a path inside the repository."""
    loader: CallRef | None = Field(default=None, examples=["churn.data:load"])
    """Function of your code that returns the data as a data frame."""
    format: Literal["csv", "parquet", "jsonl"] | None = Field(
        default=None,
        json_schema_extra=values(
            csv="comma-separated text with a header line", parquet="Apache Parquet", jsonl="one JSON object a line"
        ),
    )
    """Format of the files behind `uri`."""
    version: Version | None = None
    """Which content is meant. Required for the data sets that train and evaluate."""
    source: Text | None = Field(default=None, examples=["CRM export, nightly"])
    """Where the data comes from, for the data sheet."""
    owner: Owner | None = None
    """Who answers for the data."""
    license: Text | None = Field(default=None, examples=["CC-BY-4.0", "proprietary"])
    """Licence of the data, best as an SPDX identifier."""
    personal_data: PersonalData | None = None
    """Whether it holds personal data, on which basis and for how long."""
    missing_values: list[Scalar] = Field(default=[""], examples=[["NA", ""]])
    """Texts that stand for a missing value."""
    columns: dict[str, Column] = Field(default={}, examples=[{"tenure": {"type": "integer", "min": 0}}])
    """Columns by name."""
    checks: Checks = Checks()
    """Checks of the whole data set."""


class Split(Closed):
    """How the rows for evaluation are set aside from the training data.

    At random, unless `by_time` or `by_group` is given.
    """

    AT_MOST_ONE: ClassVar[Groups] = (("by_time", "by_group"),)

    test: Percent
    """Share of the rows that evaluate."""
    stratify: bool = False
    """Whether both sides keep the shares of the classes."""
    seed: int | None = None
    """Seed of the random split. Left out: `model.seed`."""
    by_time: Text | None = Field(default=None, examples=["updated_at"])
    """Time column; the newest rows evaluate."""
    by_group: Text | None = Field(default=None, examples=["household"])
    """Column whose groups stay together on one side."""
    gap: Duration | None = None
    """Time between the last training row and the first evaluation row, with `by_time`."""


class Evaluate(Closed):
    """Which rows evaluate a model."""

    ONE_OF: ClassVar[Groups] = (("split", "dataset"),)

    split: Split | None = None
    """Set rows of the training data aside."""
    dataset: Name | None = Field(default=None, examples=["holdout"])
    """Use a data set of its own."""


class Data(Closed):
    """Data sets and how they train and evaluate a model."""

    datasets: Annotated[dict[Name, Dataset], Field(min_length=1)]
    """Data sets by name."""
    train: Name = Field(examples=["customers"])
    """Data set that trains the model."""
    evaluate: Evaluate
    """Rows that evaluate the model."""
