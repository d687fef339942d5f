# SPDX-License-Identifier: MIT-0
"""A part of the report: a heading and rows or items, of which as many are shown as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .markdown import folded, items, table

LONG = 12
"""Rows or items; more are folded, and what is wrong stands above them once more."""


@dataclass(frozen=True)
class Entry:
    """A row or an item.

    Attributes:
        cells: in Markdown on one line each; an item has one.
        is_trouble: whether a reader must see it.
    """

    cells: tuple[str, ...]
    is_trouble: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Attributes:
        title: of the section.
        entries: its rows or items.
        head: titles of the columns; none for a list.
        below: a paragraph below it, in Markdown.
        noun: what its entries are, when some are left out.
        is_aside: whether it is folded however short it is, and has no heading.
    """

    title: str
    entries: Sequence[Entry] = ()
    head: tuple[str, ...] = ()
    below: str = ""
    noun: str = "rows"
    is_aside: bool = False

    def text(self, room: int) -> tuple[str, int]:
        """Return the section in Markdown, and how many entries are left out; what is wrong is left out last.

        A section without entries is one itself. Where there is no room for any, the text is empty.

        Args:
            room: the longest text, in bytes.
        """
        kept = list(range(len(self.entries)))
        text = self._of(kept)
        while kept and size(text) > room:
            kept = self._fewer(kept, size(text) / max(room, 1))
            text = self._of(kept)
        if size(text) > room:
            return "", max(1, len(self.entries))
        return text, len(self.entries) - len(kept)

    def _fewer(self, kept: list[int], times: float) -> list[int]:
        """Return what is kept of some entries that take so many times the room; at least one less."""
        count = min(len(kept) - 1, int(len(kept) / times))
        by_weight = sorted(kept, key=lambda position: (not self.entries[position].is_trouble, position))
        return sorted(by_weight[:count])

    def _of(self, kept: list[int]) -> str:
        """Return the section with some of its entries; empty when there were entries and none is kept."""
        if self.entries and not kept:
            return ""
        shown = [self.entries[position] for position in kept]
        if self.is_aside:
            return folded(f"{self.noun.capitalize()}: {len(shown)}", self._body(shown))
        parts = [f"### {self.title}"]
        if len(shown) > LONG:
            trouble = [entry for entry in shown if entry.is_trouble][:LONG]
            parts += [self._body(trouble)] if trouble else []
            parts.append(folded(f"{self.noun.capitalize()}: {len(shown)}", self._body(shown)))
        elif shown:
            parts.append(self._body(shown))
        if self.below:
            parts.append(self.below)
        return "\n\n".join(parts)

    def _body(self, shown: Sequence[Entry]) -> str:
        if self.head:
            return table(self.head, (entry.cells for entry in shown))
        return items(entry.cells[0] for entry in shown)


def size(text: str) -> int:
    """Return how much room a text takes: bytes, of which it has as many as characters at least."""
    return len(text.encode())
