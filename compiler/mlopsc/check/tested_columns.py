"""The columns that slices, comparisons of groups and behaviour tests name, and the values that they take from them."""

from __future__ import annotations

from mlopsc.check import datasets
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlopsc.project import Project
    from mlopsc.project.base import Scalar
    from mlopsc.project.data import Column
    from mlopsc.project.tests import Tests
    from mlopsc.record import Path

INVARIANCE = "a test of invariance"
DIRECTION = "a test of direction"
_UNGROUPED_ROLES = ("excluded", "id", "weight")
_UNGROUPED_TYPES = ("number", "timestamp", "string")
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "boolean": (bool,)}


def _mentions(tests: Tests) -> Iterator[tuple[str, str, Path]]:
    """Yield the kind of the test, the column and the place that names it."""
    yield from (("a slice", test.column, (*test.path, "column")) for test in tests.slices.values())
    yield from (("a comparison of groups", test.column, (*test.path, "column")) for test in tests.fairness.values())
    behaviour = tests.behaviour
    yield from ((INVARIANCE, name, (*behaviour.path, "invariant_to", name)) for name in behaviour.invariant_to)
    yield from ((DIRECTION, name, test.path) for name, test in behaviour.directional.items())


@rule("CHK-435", "data", "tests")
def unknown_test_column(project: Project, context: Context) -> None:
    """Tests name columns of the rows that evaluate the model."""
    columns = datasets.evaluation_columns(project.data)
    for test, name, path in _mentions(project.tests):
        if columns and name not in columns:
            context.report("CHK-435", path, test=test, given=name, allowed=tuple(columns))


@rule("CHK-436", "data", "tests")
def unfit_test_column(project: Project, context: Context) -> None:
    """Groups come from columns with few values, behaviour from features."""
    columns = datasets.evaluation_columns(project.data)
    for test, name, path in _mentions(project.tests):
        column = columns.get(name)
        reason = _unfit(test, column) if column is not None else ""
        if column is not None and reason:
            context.report("CHK-436", path, column.path, test=test, column=name, reason=reason)


def _unfit(test: str, column: Column) -> str:
    if test in (INVARIANCE, DIRECTION):
        if column.role != "feature":
            return f"it has the role {column.role}, so that the model never sees it"
        if test == DIRECTION and column.type not in datasets.NUMERIC:
            return f"a {column.type} has no direction"
        return ""
    if column.role in _UNGROUPED_ROLES:
        return f"it has the role {column.role}"
    if column.type in _UNGROUPED_TYPES and column.values is None:
        return f"nearly every {column.type} would be a group of its own"
    return ""


@rule("CHK-437", "data", "tests")
def swapped_value(project: Project, context: Context) -> None:
    """The values that a behaviour test swaps may occur in their column, and differ."""
    columns: Mapping[str, Column] = datasets.evaluation_columns(project.data)
    behaviour = project.tests.behaviour
    for name, values in behaviour.invariant_to.items():
        column = columns.get(name)
        for index, value in enumerate(values):
            reason = "it stands there twice" if value in values[:index] else _foreign(value, column)
            if reason:
                path = (*behaviour.path, "invariant_to", name, index)
                allowed = column.values if column is not None and column.values else ()
                context.report(
                    "CHK-437",
                    path,
                    column=name,
                    value=datasets.shown(value),
                    given=value,
                    allowed=allowed,
                    reason=reason,
                )


def _foreign(value: Scalar, column: Column | None) -> str:
    """Return why a value cannot occur in a column; empty when it can or when the column is not known."""
    if column is None:
        return ""
    if column.values is not None:
        known = {(type(item), item) for item in column.values}
        return "" if (type(value), value) in known else "the column does not list it"
    if type(value) not in _PYTHON_TYPES.get(column.type, (str,)):
        return f"the column has the type {column.type}"
    if isinstance(value, int | float) and column.type in datasets.NUMERIC:
        if column.min is not None and value < column.min:
            return f"the column begins at {column.min:g}"
        if column.max is not None and value > column.max:
            return f"the column ends at {column.max:g}"
    return ""


RULES = (unknown_test_column, unfit_test_column, swapped_value)
