# SPDX-License-Identifier: MIT-0
"""Where the rows of a frame come from, and findings that name them as their file does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..refusal import Finding
from ..text import visible
from . import columns as spec

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS, SHOWN_VALUES, SHOWN_LENGTH = 10, 5, 40


@dataclass(frozen=True)
class Origin:
    """Where the rows of a frame come from.

    Attributes:
        dataset: its name; empty where there is only one.
        lines: for each row the line of the file where it ends; empty where files have no lines.
        files: for each row the name of its file; empty where there is only one.
    """

    dataset: str = ""
    lines: Sequence[int] = ()
    files: Sequence[str] = ()

    def subject(self, name: str) -> str:
        """Return how findings call a column."""
        return f"{self.dataset}.{name}" if self.dataset else name

    def finding(
        self,
        rule: str,
        name: str,
        column: spec.Column,
        total: int,
        rows: pd.Index,
        problem: str,
        remedy: str,
        values: Iterable[Any] | None = None,
        **facts: Any,
    ) -> Finding:
        """Return the finding about some rows of a column.

        Args:
            rule: what was judged.
            name: of the column.
            column: of the spec; decides whether values may be shown.
            total: number of rows in the frame.
            rows: positions of the offending rows, from 0.
            problem: what is wrong with them, and the limit.
            remedy: what to do next.
            values: the offending values; None when they say nothing.
            facts: more for machines.
        """
        count = len(rows)
        verb = "is" if count == 1 else "are"
        shown: list[str] = []
        details = self.rows(rows)
        if values is not None and spec.hidden(column):
            details += "; values not shown"
        elif values is not None:
            shown = _different(values)
            details += f"; values {', '.join(shown)}"
        return Finding(
            rule,
            self.subject(name),
            f"{self._column(name)}: {count} of {total} rows {verb} {problem} ({details}); {remedy}",
            {"column": name, "count": count, "rows": total, "at": self.places(rows), "values": shown, **facts},
        )

    def _column(self, name: str) -> str:
        return f'column "{name}" of {self.dataset}' if self.dataset else f'column "{name}"'

    def places(self, rows: pd.Index) -> list[dict[str, Any]]:
        """Return for machines where the first rows are: number of the row from 1, line and file where known."""
        places = []
        for position in rows[:SHOWN_ROWS]:
            place: dict[str, Any] = {"row": int(position) + 1}
            if self.lines:
                place["line"] = self.lines[position]
            if self.files:
                place["file"] = self.files[position]
            places.append(place)
        return places

    def rows(self, rows: pd.Index) -> str:
        """Return for people where the first rows are."""
        places = []
        for place in self.places(rows):
            where = " ".join(
                filter(None, (visible(place.get("file", "")), f"line {place['line']}" if "line" in place else None))
            )
            places.append(f"{place['row']} ({where})" if where else str(place["row"]))
        more = f" and {len(rows) - SHOWN_ROWS} more" if len(rows) > SHOWN_ROWS else ""
        return f"row{'s' if len(rows) > 1 else ''} {', '.join(places)}{more}"


UNKNOWN = Origin()
"""Rows of which only the number is known."""


def _different(values: Iterable[Any]) -> list[str]:
    """Return the first different values for messages; long texts are cut."""
    shown: dict[str, None] = {}
    for value in values:
        short = value if len(str(value)) <= SHOWN_LENGTH else f"{str(value)[:SHOWN_LENGTH]}..."
        shown[spec.shown(short)] = None
        if len(shown) == SHOWN_VALUES:
            break
    return list(shown)
