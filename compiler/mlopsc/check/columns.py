"""Columns: roles, types and limits that make no sense together."""

from __future__ import annotations

from mlopsc.check import datasets
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Project
    from mlopsc.project.base import Scalar
    from mlopsc.project.data import Column, Data, Dataset

_SINGLE_ROLES = ("target", "weight", "timestamp", "group")
_TYPES_OF_ROLE = {"timestamp": ("timestamp",), "weight": ("integer", "number")}
_TYPES_OF_TARGET = {
    "binary-classification": ("boolean", "category", "integer"),
    "multiclass-classification": ("category", "integer"),
    "regression": ("integer", "number"),
}
_WITH_VALUES = frozenset({"category", "string", "integer", "boolean"})


def _columns(data: Data) -> Iterator[tuple[str, Dataset, str, Column]]:
    for dataset_name, dataset in data.datasets.items():
        for name, column in dataset.columns.items():
            yield dataset_name, dataset, name, column


@rule("CHK-411", "data", "model")
def no_target(project: Project, context: Context) -> None:
    """The training data has a target; only a custom task may do without."""
    dataset = datasets.training(project.data)
    if dataset is None or project.model.task == "custom":
        return
    if all(column.role != "target" for column in dataset.columns.values()):
        context.report("CHK-411", (*dataset.path, "columns"), dataset=project.data.train, task=project.model.task)


@rule("CHK-412", "data")
def role_given_twice(project: Project, context: Context) -> None:
    """Of some roles there is one column at most, since nothing says which of several is meant."""
    for name, dataset in project.data.datasets.items():
        for role in _SINGLE_ROLES:
            holders = [(key, column) for key, column in dataset.columns.items() if column.role == role]
            for key, column in holders[1:]:
                first, other = holders[0]
                context.report(
                    "CHK-412",
                    (*column.path, "role"),
                    (*other.path, "role"),
                    dataset=name,
                    column=key,
                    role=role,
                    first=first,
                )


@rule("CHK-413", "data", "model")
def type_of_role(project: Project, context: Context) -> None:
    """Targets, weights and times have types that the task or the role can work with."""
    for _dataset_name, _dataset, name, column in _columns(project.data):
        if column.role == "target":
            allowed, what = _TYPES_OF_TARGET.get(project.model.task), f"the target of a {project.model.task}"
        else:
            allowed, what = _TYPES_OF_ROLE.get(column.role), f"the role {column.role}"
        if allowed is not None and column.type not in allowed:
            context.report("CHK-413", (*column.path, "type"), column=name, type=column.type, what=what, choices=allowed)


@rule("CHK-414", "data", "model")
def number_of_classes(project: Project, context: Context) -> None:
    """A binary task has two classes, a multiclass task more."""
    column, task = datasets.target(project), project.model.task
    if column is None or column.values is None or column.type not in _TYPES_OF_TARGET.get(task, ()):
        return
    count = len({_key(value) for value in column.values})
    if (task == "binary-classification" and count != 2) or (task == "multiclass-classification" and count < 3):
        context.report("CHK-414", (*column.path, "values"), (*project.model.path, "task"), count=count, task=task)


@rule("CHK-415", "data")
def category_without_values(project: Project, context: Context) -> None:
    """A category lists what it may be."""
    for _dataset_name, _dataset, name, column in _columns(project.data):
        if column.type == "category" and column.values is None:
            context.report("CHK-415", (*column.path, "type"), column=name)


@rule("CHK-416", "data")
def personal_feature(project: Project, context: Context) -> None:
    """Personal data is no input of a model."""
    for dataset in datasets.used(project.data).values():
        for name, column in dataset.columns.items():
            if column.personal and column.role == "feature":
                context.report("CHK-416", (*column.path, "role"), (*column.path, "personal"), column=name)


@rule("CHK-417", "data")
def personal_data_denied(project: Project, context: Context) -> None:
    """A data set that says that it holds no personal data has no personal column."""
    for dataset_name, dataset, name, column in _columns(project.data):
        declared = dataset.personal_data
        if column.personal and declared is not None and not declared.contains:
            context.report(
                "CHK-417", (*declared.path, "contains"), (*column.path, "personal"), dataset=dataset_name, column=name
            )


@rule("CHK-418", "data")
def impossible_range(project: Project, context: Context) -> None:
    """The smallest allowed value is not above the largest."""
    for _dataset_name, _dataset, name, column in _columns(project.data):
        low, high = column.min, column.max
        if column.type in datasets.NUMERIC and low is not None and high is not None and low > high:
            path = (*column.path, "min")
            context.report("CHK-418", path, (*column.path, "max"), column=name, low=f"{low:g}", high=f"{high:g}")


@rule("CHK-419", "data")
def limit_without_sense(project: Project, context: Context) -> None:
    """A column takes the limits of its type, and a target is never missing."""
    for _dataset_name, _dataset, name, column in _columns(project.data):
        for limit in _senseless_limits(column):
            kind = "target" if limit == "max_missing" else column.type
            context.report("CHK-419", (*column.path, limit), column=name, limit=limit, kind=kind)


def _senseless_limits(column: Column) -> Iterator[str]:
    if column.type not in datasets.NUMERIC:
        yield from (limit for limit in ("min", "max") if getattr(column, limit) is not None)
    if column.type not in _WITH_VALUES and column.values is not None:
        yield "values"
    if column.role == "target" and column.max_missing is not None and column.max_missing.fraction > 0:
        yield "max_missing"


@rule("CHK-420", "data")
def value_out_of_place(project: Project, context: Context) -> None:
    """The allowed values have the type of the column, one type only, and none stands there twice."""
    for _dataset_name, _dataset, name, column in _columns(project.data):
        if column.values is None or column.type not in _WITH_VALUES:
            continue
        kind = {"integer": int, "boolean": bool}.get(column.type, type(column.values[0]))
        seen: set[tuple[type, Scalar]] = set()
        for index, value in enumerate(column.values):
            path = (*column.path, "values", index)
            if type(value) is not kind:
                expected = {int: "a whole number", bool: "true or false", float: "a number", str: "text"}[kind]
                context.report("CHK-420", path, column=name, value=datasets.shown(value), problem=f"is not {expected}")
            elif _key(value) in seen:
                context.report("CHK-420", path, column=name, value=datasets.shown(value), problem="stands there twice")
            seen.add(_key(value))


@rule("CHK-421", "data")
def value_that_is_missing(project: Project, context: Context) -> None:
    """A text that stands for a missing value is no value of a column."""
    for dataset_name, dataset, name, column in _columns(project.data):
        missing = {str(value) for value in dataset.missing_values}
        for index, value in enumerate(column.values or ()):
            if isinstance(value, str) and value in missing:
                context.report(
                    "CHK-421",
                    (*column.path, "values", index),
                    (*dataset.path, "missing_values"),
                    dataset=dataset_name,
                    column=name,
                    value=value,
                )


def _key(value: Scalar) -> tuple[type, Scalar]:
    """Tell 1 and true apart, which are equal in Python."""
    return type(value), value


RULES = (
    no_target,
    role_given_twice,
    type_of_role,
    number_of_classes,
    category_without_values,
    personal_feature,
    personal_data_denied,
    impossible_range,
    limit_without_sense,
    value_out_of_place,
    value_that_is_missing,
)
