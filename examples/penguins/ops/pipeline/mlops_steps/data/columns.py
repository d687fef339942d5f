# SPDX-License-Identifier: MIT-0
"""What ``config.json`` says of columns: their roles, and the kind of values that they hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..config import Config
from ..text import visible

Column = Mapping[str, Any]
Columns = Mapping[str, Column]

NUMBER, INTEGER, BOOLEAN, TIMESTAMP, TEXT = "number", "integer", "boolean", "timestamp", "text"
"""Kinds of values. Types of the spec are finer: ``string`` and ``category`` both hold texts, mostly."""

ALWAYS_THERE = frozenset({"target", "id", "weight"})
"""Roles of columns that never miss a value, whatever ``max_missing`` says."""


def of(config: Config, dataset: str) -> Columns:
    """Return the columns of a data set; a separate evaluation set that names none has those of the training set."""
    datasets = config["data"]["datasets"]
    columns: Columns = datasets[dataset]["columns"] or datasets[config["data"]["train"]]["columns"]
    return columns


def with_role(columns: Columns, *roles: str) -> list[str]:
    """Return the names of the columns that have one of the roles, in the order of the spec."""
    return [name for name, column in columns.items() if column["role"] in roles]


def single(columns: Columns, role: str) -> str | None:
    """Return the name of the only column of a role, None when there is none."""
    return next(iter(with_role(columns, role)), None)


def kept(columns: Columns, roles: Collection[str] | None = None) -> Columns:
    """Return the columns that steps may see: those of the given roles, else all but the excluded ones."""
    return {
        name: column
        for name, column in columns.items()
        if (column["role"] in roles if roles is not None else column["role"] != "excluded")
    }


def hidden(column: Column) -> bool:
    """Return whether values of the column must never be printed."""
    return bool(column.get("personal", False)) or column["role"] == "sensitive"


def kind(column: Column) -> str:
    """Return the kind of values. A category that lists only numbers, or only true and false, holds just these."""
    declared: str = column["type"]
    values = column.get("values")
    if declared == "category" and values:
        if all(isinstance(value, bool) for value in values):
            return BOOLEAN
        if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            return INTEGER
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
            return NUMBER
    return declared if declared in (NUMBER, INTEGER, BOOLEAN, TIMESTAMP) else TEXT


def allowed(column: Column) -> list[Any] | None:
    """Return the allowed values as they stand in a typed frame, None when every value is allowed."""
    values = column.get("values")
    if values is None:
        return None
    return [in_frame(column, value) for value in values]


def in_frame(column: Column, value: Any) -> Any:
    """Return a value of the spec as it stands in a typed frame."""
    what = kind(column)
    if what == NUMBER:
        return float(value)
    return str(value) if what == TEXT else value


def shown(value: Any) -> str:
    """Return a value for a message, written as in the spec: text in quotes, true and false in small letters."""
    if isinstance(value, str):
        return f'"{visible(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
