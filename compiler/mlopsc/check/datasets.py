"""Which data sets train and evaluate, and which columns they have; shared by the rules of several families."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlopsc.project import Project
    from mlopsc.project.base import Scalar
    from mlopsc.project.data import Column, Data, Dataset

NUMERIC = frozenset({"integer", "number"})
"""Types of columns whose values have an order and a distance."""


def training(data: Data) -> Dataset | None:
    """Return the data set that trains the model, None when there is none of that name."""
    return data.datasets.get(data.train)


def held_out(data: Data) -> Dataset | None:
    """Return the separate data set that evaluates the model, None when there is none or it is a split."""
    return data.datasets.get(data.evaluate.dataset) if data.evaluate.dataset is not None else None


def used(data: Data) -> dict[str, Dataset]:
    """Return the data sets that train and evaluate, by name."""
    names = (data.train, data.evaluate.dataset)
    return {name: data.datasets[name] for name in names if name is not None and name in data.datasets}


def evaluation_columns(data: Data) -> Mapping[str, Column]:
    """Return the columns of the rows that evaluate the model; empty when the spec does not tell them.

    A separate data set that names no columns has those of the training data set.
    """
    separate = held_out(data)
    dataset = separate if separate is not None and separate.columns else training(data)
    return dataset.columns if dataset is not None else {}


def shown(value: Scalar) -> object:
    """Return a value for a message: text in quotes, so that "1" and 1 differ."""
    return f'"{value}"' if isinstance(value, str) else value


def target(project: Project) -> Column | None:
    """Return the target column of the training data set, None unless there is exactly one."""
    dataset = training(project.data)
    found = [column for column in dataset.columns.values() if column.role == "target"] if dataset else []
    return found[0] if len(found) == 1 else None
