# SPDX-License-Identifier: MIT-0
"""From the bytes of a file to a frame of cells. Nothing is guessed: CSV cells stay texts, nothing is missing yet."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_CELL = 2**31 - 1  # the largest limit that the csv module takes on every system
_SHOWN = 10


@dataclass(frozen=True)
class Cells:
    """The content of a file.

    Attributes:
        frame: its cells, rows numbered from 0, the wanted columns only.
        lines: for each row the line where it ends, from 1; empty for formats without lines.
        others: names of the columns that are not wanted.
    """

    frame: pd.DataFrame
    lines: Sequence[int]
    others: tuple[str, ...]


class FormatError(Exception):
    """The bytes are no file of the format; the message is one sentence that says where and why."""


def parse(content: bytes, form: str, wanted: Collection[str]) -> Cells:
    """Return the cells of a file.

    Args:
        content: its bytes.
        form: ``csv``, ``parquet`` or ``jsonl``.
        wanted: names of the columns to keep; the values of others are not looked at.

    Raises:
        FormatError: the bytes are no file of that format.
    """
    return _PARSERS[form](content, wanted)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")  # spreadsheets put a byte order mark in front
    except UnicodeDecodeError as error:
        raise FormatError(f"is no UTF-8 text: byte {error.start + 1} does not fit; save it as UTF-8") from None


def _csv(content: bytes, wanted: Collection[str]) -> Cells:
    """Read CSV with the csv module: pandas fills up short lines and renames columns of the same name without a word."""
    import pandas as pd

    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, int]] = []
    try:
        header = next(reader, [])
        _check_names(header, "has no header line; write the names of the columns there")
        keep = [position for position, name in enumerate(header) if name in wanted]
        for row in reader:
            if not row:
                continue  # an empty line, often the last one
            if len(row) != len(header):
                ragged.append((reader.line_num, len(row)))
                continue
            rows.append([row[position] for position in keep])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise FormatError(f"is broken at line {reader.line_num} ({error}); correct the quotes there") from None
    if ragged:
        shown = ", ".join(f"line {line} has {count}" for line, count in ragged[:_SHOWN])
        more = f" and {len(ragged) - _SHOWN} more lines" if len(ragged) > _SHOWN else ""
        raise FormatError(f"has {len(header)} columns, and {shown}{more}; quote cells that hold commas")
    frame = pd.DataFrame(rows, columns=[header[position] for position in keep], dtype=object)
    return Cells(frame, lines, tuple(name for name in header if name not in wanted))


def _parquet(content: bytes, wanted: Collection[str]) -> Cells:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        names = file.schema_arrow.names
        _check_names(names, "has no columns; write the data again")
        table = file.read(columns=[name for name in names if name in wanted])
    except (pa.ArrowException, OSError) as error:
        raise FormatError(f"is no readable Parquet file ({str(error).splitlines()[0]}); write it again") from None
    # Without nullable integers a gap would turn a column into floating point, and large numbers would lose digits.
    frame = table.to_pandas(integer_object_nulls=True, ignore_metadata=True)
    return Cells(frame, (), tuple(name for name in names if name not in wanted))


def _jsonl(content: bytes, wanted: Collection[str]) -> Cells:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    seen: dict[str, None] = {}
    for number, line in enumerate(_text(content).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"is broken at line {number} ({error}); write one JSON object a line") from None
        if not isinstance(row, dict):
            raise FormatError(f"holds no JSON object at line {number}; write one object a line")
        seen.update(dict.fromkeys(row))
        rows.append({name: row[name] for name in row if name in wanted})
        lines.append(number)
    names = [name for name in seen if name in wanted]
    frame = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})
    return Cells(frame.reindex(range(len(rows))), lines, tuple(name for name in seen if name not in wanted))


def _check_names(names: Sequence[str], none: str) -> None:
    if not any(names):
        raise FormatError(none)
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        raise FormatError(f"has more than one column {', '.join(map(repr, doubled))}; give each a name of its own")


_PARSERS: dict[str, Callable[[bytes, Collection[str]], Cells]] = {"csv": _csv, "parquet": _parquet, "jsonl": _jsonl}
