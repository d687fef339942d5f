# SPDX-License-Identifier: MIT-0
"""The schema of a data set, made from its columns and checks, and the findings where rows do not keep it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..refusal import Finding
from . import columns as spec
from .origin import UNKNOWN, Origin

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

_COLUMN_IS_THERE = "column_in_dataframe"  # pandera's own name of the check


def check(
    frame: pd.DataFrame,
    dataset: Mapping[str, Any],
    *,
    roles: Collection[str] | None = None,
    missing: pd.DataFrame | None = None,
    origin: Origin = UNKNOWN,
) -> list[Finding]:
    """Return what is wrong with typed rows: everything, column by column in the order of the spec.

    Args:
        frame: typed rows, numbered from 0.
        dataset: its configuration: columns and checks.
        roles: judge only columns of these roles, and no rule on the whole data set; None: all columns that are `used`,
            and the rules on the whole data set.
        missing: which cells are missing; None: those that are null in the frame. Cells that could not be read are null
            too, yet not missing.
        origin: where the rows come from.
    """
    import pandera.errors

    columns = used(dataset) if roles is None else spec.kept(dataset["columns"], roles)
    checks: Mapping[str, Any] = dataset["checks"] if roles is None else {"unique": []}
    gaps = frame.isna() if missing is None else missing
    judge = _Judge(frame, columns, checks, gaps, origin)
    try:
        judge.schema().validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        order = {origin.subject(name): position for position, name in enumerate(columns)}
        found = [judge.finding(error) for error in errors.schema_errors]
        return sorted(found, key=lambda finding: order.get(finding.subject, len(order)))
    return []


def used(dataset: Mapping[str, Any]) -> spec.Columns:
    """Return the columns that are read: all but the excluded ones, and those that a check of the data set names."""
    checks = dataset["checks"]
    named = {*checks["unique"], *([checks["freshness"]["column"]] if "freshness" in checks else [])}
    return {
        name: column for name, column in dataset["columns"].items() if column["role"] != "excluded" or name in named
    }


class _Judge:
    """Makes the schema, and a finding of each of its failures.

    Args:
        frame: the rows that are judged.
        columns: the columns that are judged.
        checks: the rules on the whole data set.
        missing: which cells are missing.
        origin: where the rows come from.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        columns: spec.Columns,
        checks: Mapping[str, Any],
        missing: pd.DataFrame,
        origin: Origin,
    ) -> None:
        self._frame, self._columns, self._checks = frame, columns, checks
        self._missing, self._origin = missing, origin

    def schema(self) -> pa.DataFrameSchema:
        """Return the schema. Types are no part of it: `types.coerce` finds each cell of another type before."""
        import pandera.pandas as pa

        return pa.DataFrameSchema(
            {name: pa.Column(None, list(self._of_column(name)), nullable=True) for name in self._columns},
            checks=list(self._of_whole()),
        )

    def _of_column(self, name: str) -> Iterator[pa.Check]:
        import pandera.pandas as pa

        column = self._columns[name]
        if column["role"] in spec.ALWAYS_THERE:
            yield pa.Check(lambda cells: ~self._missing[name], name="missing", ignore_na=False)
        elif "max_missing" in column:
            most = column["max_missing"]
            yield pa.Check(lambda cells: self._share_missing(name) <= most, name="max_missing", ignore_na=False)
        values = spec.allowed(column)
        if values is not None:
            yield pa.Check.isin(values, name="values")
        if column["role"] == "weight":
            yield pa.Check.ge(0, name="weight")
        if "min" in column:
            yield pa.Check.ge(column["min"], name="min")
        if "max" in column:
            yield pa.Check.le(column["max"], name="max")

    def _of_whole(self) -> Iterator[pa.Check]:
        import pandera.pandas as pa

        if "min_rows" in self._checks:
            yield pa.Check(lambda frame: len(frame) >= self._checks["min_rows"], name="min_rows")
        unique = self._checks["unique"]
        if unique and set(unique) <= set(self._frame.columns):
            yield pa.Check(lambda frame: ~self._repeated(unique), name="unique")

    def _share_missing(self, name: str) -> float:
        return float(self._missing[name].mean()) if len(self._frame) else 0.0

    def _repeated(self, unique: list[str]) -> pd.Series:
        """Return which rows share their key with another one; a key with a cell that could not be read is unknown."""
        keys = self._frame[unique]
        unread = (keys.isna() & ~self._missing[unique]).any(axis="columns")
        return keys.duplicated(keep=False) & ~unread

    def finding(self, error: Any) -> Finding:
        """Return the finding for one failed check of the schema."""
        rule = error.check if isinstance(error.check, str) else error.check.name
        if rule == _COLUMN_IS_THERE:
            return _no_column(str(error.failure_cases), self._origin)
        if rule == "min_rows":
            return _too_few(len(self._frame), self._checks["min_rows"], self._origin)
        if rule == "unique":
            return self._doubled(error)
        name = error.schema.name
        column, total = self._columns[name], len(self._frame)
        if rule in ("missing", "max_missing"):
            rows = self._frame.index[self._missing[name]]
            problem, remedy = _missing_text(rule, column, self._share_missing(name))
            return self._origin.finding(
                rule, name, column, total, rows, problem, remedy, limit=column.get("max_missing", 0)
            )
        bad = _failing(self._frame, error)[name]
        limit = {"values": spec.allowed(column), "weight": 0}.get(rule, column.get(rule))
        problem, remedy = _limit_text(rule, limit)
        return self._origin.finding(
            rule, name, column, total, bad.index, problem, remedy, values=bad.tolist(), limit=limit
        )

    def _doubled(self, error: Any) -> Finding:
        unique = self._checks["unique"]
        bad = _failing(self._frame, error)[unique]
        columns = [self._columns[name] for name in unique]
        # The key may be shown when each of its columns may.
        shown = next((column for column in columns if spec.hidden(column)), columns[0])
        keys = bad[unique[0]] if len(unique) == 1 else bad.apply(lambda row: " + ".join(map(str, row)), axis="columns")
        return self._origin.finding(
            "unique",
            " + ".join(unique),
            shown,
            len(self._frame),
            bad.index,
            "not the only one with their values, which must be unique",
            'remove the doubled rows, or correct "checks.unique" in the spec',
            values=keys.tolist(),
            limit=1,
        )


def _failing(frame: pd.DataFrame, error: Any) -> pd.DataFrame:
    """Return the rows that a check of pandera found wanting; null cells are not among its output."""
    passed = error.check_output
    return frame.loc[passed.index[~passed.astype(bool)]]


def _no_column(name: str, origin: Origin) -> Finding:
    where = origin.dataset or "the data"
    message = f'column "{name}" is in the spec and not in {where}: add it to the data, or remove it from the spec'
    return Finding("columns", origin.subject(name), message, {"column": name})


def _too_few(rows: int, least: int, origin: Origin) -> Finding:
    where = origin.dataset or "the data"
    message = (
        f'{where} has {rows} rows, and at least {least} are wanted: restore the rest, or lower "min_rows" in the spec'
    )
    return Finding("min_rows", where, message, {"rows": rows, "limit": least})


def _missing_text(rule: str, column: spec.Column, share: float) -> tuple[str, str]:
    if rule == "missing":
        return (
            f"missing, and a column of the role {column['role']} never misses a value",
            "fill in or remove these rows",
        )
    return (
        f"missing, {share:.2%}, and at most {column['max_missing']:.2%} may be",
        'fill them in, or raise "max_missing" in the spec',
    )


def _limit_text(rule: str, limit: Any) -> tuple[str, str]:
    if rule == "values":
        allowed = ", ".join(map(spec.shown, limit))
        return f"none of the allowed values {allowed}", 'correct the data, or add the values to "values" in the spec'
    if rule == "weight":
        return "negative, and a weight never is", "correct these weights, or remove the rows"
    side = "below the smallest" if rule == "min" else "above the largest"
    return f"{side} allowed value {spec.shown(limit)}", f'correct the data, or "{rule}" in the spec'
