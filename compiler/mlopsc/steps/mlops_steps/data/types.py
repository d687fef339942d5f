# SPDX-License-Identifier: MIT-0
"""From cells as a file or a request holds them to the data type of each column. Every cell that does not fit is found.

Cells may be texts, as in CSV, or values, as in Parquet and JSON; both give the same frame.
"""

from __future__ import annotations

import datetime
import decimal
import math
import numbers
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..refusal import Finding
from . import columns as spec
from .origin import UNKNOWN, Origin

if TYPE_CHECKING:
    import pandas as pd

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}(?:\.0*)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OFFSET = re.compile(r"[T ][0-9:.,]+ ?(?:[Zz]|[+-][0-9:]+)\s*$")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_REAL: Any = (numbers.Real, decimal.Decimal)
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1

_EXPECTED = {
    spec.NUMBER: "a finite number",
    spec.INTEGER: "a whole number of at most 64 bits",
    spec.BOOLEAN: "true or false (or 1 or 0)",
    spec.TIMESTAMP: "a time as in ISO 8601, such as 2024-05-31T08:00:00Z, between the years 1678 and 2261",
    spec.TEXT: "text",
}


def missing(frame: pd.DataFrame, columns: spec.Columns, missing_values: Iterable[Any]) -> pd.DataFrame:
    """Return which cells are missing, as a frame of booleans with the columns that the frame has.

    Args:
        frame: cells as they were read.
        columns: the columns of the spec.
        missing_values: what else stands for a missing value: texts, and numbers, which columns of numbers compare as
            numbers.
    """
    import pandas as pd

    markers = list(missing_values)
    texts = {str(marker).lower() if isinstance(marker, bool) else str(marker) for marker in markers}
    figures = {float(marker) for marker in markers if isinstance(marker, (int, float)) and not isinstance(marker, bool)}
    found = {}
    for name, column in columns.items():
        if name not in frame.columns:
            continue
        cells = _objects(frame[name])
        found[name] = cells.isna()
        if cells.dtype == object and texts:
            found[name] |= _where(cells, lambda cell: isinstance(cell, str) and cell in texts)
        if figures and spec.kind(column) in (spec.NUMBER, spec.INTEGER):
            found[name] |= _where(cells, lambda cell: _number(cell) in figures)
    return pd.DataFrame(found, index=frame.index)


def coerce(
    frame: pd.DataFrame, columns: spec.Columns, *, missing_values: Iterable[Any] = (), origin: Origin = UNKNOWN
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the frame with the data types of the columns, and a finding for each column with cells of another type.

    Cells that do not fit are missing in the result. The frame keeps its rows; its columns are those of ``columns``
    that it has, in that order, with these types:

    ========= ==========================================================================================
    number    float64
    integer   int64; float64 where values may be missing (``max_missing`` above 0) or are missing
    boolean   bool; object with None where values may be missing or are missing
    timestamp datetime64[ns], in UTC without saying so
    string    object with str, NaN where missing
    category  as string; as number, integer or boolean when all listed values are of that kind
    ========= ==========================================================================================

    Args:
        frame: cells as they were read, rows numbered from 0.
        columns: the columns to read.
        missing_values: what stands for a missing value, beside null and not-a-number.
        origin: where the rows come from, for the findings.
    """
    import pandas as pd

    absent = missing(frame, columns, missing_values)
    typed, findings = {}, []
    for name in absent.columns:
        column = columns[name]
        what = spec.kind(column)
        cells = _objects(frame[name])[~absent[name]]
        values, fits = _READERS[what](cells)
        if not fits.all():
            bad = cells[~fits]
            findings.append(
                origin.finding(
                    "type",
                    name,
                    column,
                    len(frame),
                    bad.index,
                    f"not {_EXPECTED[what]}",
                    'correct the data, or "type" or "missing_values" in the spec',
                    values=bad,
                )
            )
        values = values[fits].reindex(frame.index)
        typed[name] = cast(values, dtype(column, some_missing=bool(values.isna().any())))
    return pd.DataFrame(typed, index=frame.index), findings


def dtype(column: spec.Column, *, some_missing: bool) -> str:
    """Return the data type of a column: float64, int64, bool, object (true, false, None), str or datetime64[ns].

    Args:
        column: of the spec.
        some_missing: whether a value of the rows in question is missing.
    """
    what = spec.kind(column)
    gaps = some_missing or column.get("max_missing", 0) > 0
    if what == spec.INTEGER:
        return "float64" if gaps else "int64"
    if what == spec.BOOLEAN:
        return "object" if gaps else "bool"
    return {spec.NUMBER: "float64", spec.TIMESTAMP: "datetime64[ns]", spec.TEXT: "str"}[what]


def cast(values: pd.Series, to: str) -> pd.Series:
    """Return typed values in a data type as `dtype` names it; missing values must be allowed by it."""
    import numpy as np

    if to == "str":
        return values.astype(object).where(values.notna(), np.nan)
    if to == "object":
        return values.astype(object).where(values.notna(), None)
    return values.astype(to)


def restore(frame: pd.DataFrame, columns: spec.Columns) -> pd.DataFrame:
    """Return a typed frame that was written to a file as it was before."""
    return frame.assign(
        **{
            name: cast(frame[name], dtype(columns[name], some_missing=bool(frame[name].isna().any())))
            for name in frame.columns
        }
    )


def _objects(cells: pd.Series) -> pd.Series:
    """Return categories and nullable types as plain objects; numbers and times of NumPy stay what they are."""
    import numpy as np

    return cells if isinstance(cells.dtype, np.dtype) else cells.astype(object)


def _where(cells: pd.Series, holds: Callable[[Any], bool]) -> pd.Series:
    return cells.map(holds).astype(bool)


def _each(cells: pd.Series, read: Callable[[Any], Any]) -> tuple[pd.Series, pd.Series]:
    """Read cell by cell; ``read`` returns None for what does not fit."""
    values = cells.map(read).astype(object)
    return values, values.notna()


def _number(cell: Any) -> float | None:
    if isinstance(cell, str):
        value = float(cell) if _NUMBER.fullmatch(cell.strip()) else math.nan
    elif isinstance(cell, _REAL) and not isinstance(cell, bool):
        value = float(cell)
    else:
        return None
    return value if math.isfinite(value) else None


def _integer(cell: Any) -> int | None:
    if isinstance(cell, str):
        if not _INTEGER.fullmatch(cell.strip()):
            return None
        value = int(cell.partition(".")[0])
    elif isinstance(cell, _REAL) and not isinstance(cell, bool) and math.isfinite(cell):
        value = int(cell)
        if value != cell:
            return None
    else:
        return None
    return value if _SMALLEST <= value <= _LARGEST else None


def _boolean(cell: Any) -> bool | None:
    import numpy as np

    if isinstance(cell, (bool, np.bool_)):
        return bool(cell)
    if isinstance(cell, str):
        return _BOOLEANS.get(cell.strip().lower())
    return bool(cell) if isinstance(cell, numbers.Real) and cell in (0, 1) else None


def _numbers(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    if cells.dtype.kind in "iuf":
        values = cells.astype("float64")
        return values, values.abs() < math.inf
    return _each(cells, _number)


def _timestamps(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    import pandas as pd

    if cells.dtype.kind != "M":
        cells = cells.where(_where(cells, lambda cell: isinstance(cell, (str, datetime.date)))).astype(object)
    # Apart from each other: pandas gives a text without an offset the offset of the text before it.
    with_offset = _where(cells, _has_offset)
    values = pd.concat(
        pd.to_datetime(some, format="ISO8601", utc=True, errors="coerce").dt.tz_localize(None)
        for some in (cells[with_offset], cells[~with_offset])
    ).reindex(cells.index)
    values = values.where((values > pd.Timestamp.min) & (values < pd.Timestamp.max)).astype("datetime64[ns]")
    return values, values.notna()


def _has_offset(cell: Any) -> bool:
    if isinstance(cell, str):
        return _OFFSET.search(cell) is not None
    return isinstance(cell, datetime.datetime) and cell.tzinfo is not None


def _text(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


_READERS: dict[str, Callable[[pd.Series], tuple[pd.Series, pd.Series]]] = {
    spec.NUMBER: _numbers,
    spec.INTEGER: lambda cells: _each(cells, _integer),
    spec.BOOLEAN: lambda cells: _each(cells, _boolean),
    spec.TIMESTAMP: _timestamps,
    spec.TEXT: lambda cells: _each(cells, _text),
}
