"""Data sets, their checks, and the split into training and evaluation rows. The columns have a module of their own."""

from __future__ import annotations

from mlopsc.check import columns, datasets
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Project
    from mlopsc.project.data import Column, Data, Dataset
    from mlopsc.record import Path


@rule("CHK-401", "data")
def unknown_dataset(project: Project, context: Context) -> None:
    """Training and evaluation name data sets of the spec."""
    data = project.data
    for name, path in ((data.train, (*data.path, "train")), (data.evaluate.dataset, (*data.evaluate.path, "dataset"))):
        if name is not None and name not in data.datasets:
            context.report("CHK-401", path, given=name, allowed=tuple(data.datasets))


@rule("CHK-402", "data")
def no_version(project: Project, context: Context) -> None:
    """A data set that trains or evaluates says which content is meant."""
    for name, dataset in datasets.used(project.data).items():
        if dataset.version is None:
            context.report("CHK-402", dataset.path, dataset=name)


@rule("CHK-403", "data")
def format_of_source(project: Project, context: Context) -> None:
    """Files have a format; what a loader returns has none."""
    for name, dataset in project.data.datasets.items():
        if dataset.uri is not None and dataset.format is None:
            context.report("CHK-403", (*dataset.path, "uri"), dataset=name, source="uri", lacks="lacks")
        if dataset.loader is not None and dataset.format is not None:
            path = (*dataset.path, "format")
            context.report("CHK-403", path, (*dataset.path, "loader"), dataset=name, source="loader", lacks="takes no")


@rule("CHK-404", "data")
def evaluation_on_training_rows(project: Project, context: Context) -> None:
    """The rows that evaluate are not those that train: neither by name nor by place."""
    data = project.data
    train, evaluate = datasets.training(data), datasets.held_out(data)
    if train is None or evaluate is None:
        return
    if evaluate is train or (evaluate.uri is not None and evaluate.uri == train.uri):
        context.report("CHK-404", (*data.evaluate.path, "dataset"), (*data.path, "train"), dataset=data.train)


@rule("CHK-405", "data")
def other_columns(project: Project, context: Context) -> None:
    """A separate evaluation data set has the features and the target of the training data, with the same types."""
    train, evaluate = datasets.training(project.data), datasets.held_out(project.data)
    if train is None or evaluate is None or not evaluate.columns:
        return
    for name, column in train.columns.items():
        if column.role not in ("feature", "target"):
            continue
        other = evaluate.columns.get(name)
        wanted = f"type {column.type}, role {column.role}"
        if other is None:
            context.report("CHK-405", (*evaluate.path, "columns"), column.path, column=name, wanted=wanted)
        elif (other.type, other.role) != (column.type, column.role):
            context.report("CHK-405", other.path, column.path, column=name, wanted=wanted)


@rule("CHK-406", "data")
def unknown_column(project: Project, context: Context) -> None:
    """Checks and splits name columns of their data set."""
    for name, dataset, column, path in _references(project.data):
        if column not in dataset.columns:
            context.report("CHK-406", path, dataset=name, given=column, allowed=tuple(dataset.columns))


@rule("CHK-407", "data")
def no_timestamp(project: Project, context: Context) -> None:
    """Freshness and splits by time need points in time."""
    for name, dataset, reference, path in _references(project.data):
        column = dataset.columns.get(reference)
        if path[-1] in ("column", "by_time") and column is not None and column.type != "timestamp":
            context.report("CHK-407", path, (*column.path, "type"), dataset=name, column=reference, type=column.type)


def _references(data: Data) -> Iterator[tuple[str, Dataset, str, Path]]:
    """Yield data set, column and place of every mention of a column; a data set that names none is not known."""
    for name, dataset in data.datasets.items():
        if not dataset.columns:
            continue
        for index, column in enumerate(dataset.checks.unique):
            yield name, dataset, column, (*dataset.checks.path, "unique", index)
        freshness = dataset.checks.freshness
        if freshness is not None:
            yield name, dataset, freshness.column, (*freshness.path, "column")
    train, split = datasets.training(data), data.evaluate.split
    if train is None or split is None or not train.columns:
        return
    for key in ("by_time", "by_group"):
        if getattr(split, key) is not None:
            yield data.train, train, getattr(split, key), (*split.path, key)


@rule("CHK-408", "data", "model")
def split_option_without_effect(project: Project, context: Context) -> None:
    """A split takes only the options of its kind."""
    split = project.data.evaluate.split
    if split is None:
        return
    kind = "by_time" if split.by_time is not None else "by_group" if split.by_group is not None else "at random"
    if split.gap is not None and kind != "by_time":
        context.report("CHK-408", (*split.path, "gap"), option="gap", kind=kind, only='"by_time"')
    if split.seed is not None and kind == "by_time":
        context.report("CHK-408", (*split.path, "seed"), option="seed", kind=kind, only="a random choice")
    if split.stratify and kind != "at random":
        context.report("CHK-408", (*split.path, "stratify"), option="stratify", kind=kind, only="a split at random")
    elif split.stratify and project.model.task == "regression":
        context.report("CHK-408", (*split.path, "stratify"), option="stratify", kind="for a regression", only="classes")


@rule("CHK-409", "data")
def empty_side(project: Project, context: Context) -> None:
    """Both sides of a split have rows."""
    split = project.data.evaluate.split
    if split is not None and split.test.fraction in (0, 1):
        left = "evaluate" if split.test.fraction == 0 else "train"
        context.report("CHK-409", (*split.path, "test"), share=split.test, left=left)


@rule("CHK-410", "data")
def group_torn_apart(project: Project, context: Context) -> None:
    """Rows of one group stay on one side: the split must be by that column."""
    dataset, split = datasets.training(project.data), project.data.evaluate.split
    if dataset is None or split is None:
        return
    groups: dict[str, Column] = {name: column for name, column in dataset.columns.items() if column.role == "group"}
    if split.by_group is not None and (split.by_group in groups or split.by_group not in dataset.columns):
        return
    for name, column in groups.items():
        context.report("CHK-410", split.path, (*column.path, "role"), column=name)


RULES = (
    unknown_dataset,
    no_version,
    format_of_source,
    evaluation_on_training_rows,
    other_columns,
    unknown_column,
    no_timestamp,
    split_option_without_effect,
    empty_side,
    group_torn_apart,
    *columns.RULES,
)
