"""Markdown from data: user text shown as it is, and tables aligned the way prettier aligns them."""

from __future__ import annotations

import re

from mlopsc.render.characters import visible
from mlopsc.render.width import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# "<" and "&" only where a tag or an entity could begin, so that "p95 < 250ms" and "R&D" stay readable.
_MARKS = re.compile(r"[\\`*\[\]|~$]|<(?=[A-Za-z/!?])|&(?=#?[0-9A-Za-z]+;)|_+")
_LINE_START = re.compile(r"(?:[-+](?= |$)|--|[=>]|#{1,6}(?= |$))")
_ORDERED_START = re.compile(r"([0-9]{1,9})([.)])(?= |$)")
_LINK_START = re.compile(r"(www(?=\.)|[A-Za-z]+(?=://))")
_BACKTICKS = re.compile(r"`+")
_BARE_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_NARROWEST = 3


def escape(text: str) -> str:
    """Return a text as one line of Markdown that shows it literally: in a paragraph, a heading, a list or a table.

    White space, line ends included, becomes single spaces. An address stays a link if it needs no escape.
    """
    return _escape_edges(" ".join([_escape_word(word) for word in visible(" ".join(text.split())).split(" ")]))


def code(text: str) -> str:
    """Return a text as a code span; as plain text where a table could not hold the span.

    White space, line ends included, becomes single spaces.
    """
    text = visible(" ".join(text.split()))
    if not text or "\\|" in text:
        return escape(text)
    runs = {len(run) for run in _BACKTICKS.findall(text)}
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table: header, rule, one line a row, columns padded to their widest cell.

    Args:
        header: cells in Markdown, `escape` or `code` of what they show. A bare ``|`` in a cell is escaped here.
        rows: the same, each as long as the header.

    Raises:
        ValueError: a row with more or fewer cells than the header, or a cell with a line end.
    """
    cells = [[_cell(cell) for cell in row] for row in (header, *rows)]
    for row in cells:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(header)} columns: {row}")
    widths = [max(_NARROWEST, *(width(cell) for cell in column)) for column in zip(*cells, strict=True)]
    lines = [
        _line([cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]) for row in cells
    ]
    lines.insert(1, _line(["-" * wide for wide in widths]))
    return lines


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    if "\n" in text:
        raise ValueError(f"a table cell is one line: {text!r}")
    return _BARE_PIPE.sub(r"\1\\|", text.strip(" "))


def _escape_word(word: str) -> str:
    escaped = _MARKS.sub(_escape_mark, word)
    if escaped != word:
        # Inside a link that a reader makes of a bare address the backslashes would show.
        escaped = _LINK_START.sub(r"\1\\", escaped)
    return escaped


def _escape_mark(match: re.Match[str]) -> str:
    mark = match[0]
    if mark[0] == "&":
        return "&amp;"
    if mark[0] == "_":
        text, start, end = match.string, match.start(), match.end()
        # Underscores inside a word mean nothing, and snake_case reads better without backslashes.
        if start and end < len(text) and _is_word(text[start - 1]) and _is_word(text[end]):
            return mark
        return "\\_" * len(mark)
    return "\\" + mark


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _escape_edges(line: str) -> str:
    if _LINE_START.match(line):
        line = "\\" + line
    else:
        line = _ORDERED_START.sub(r"\1\\\2", line, count=1) if line[:1].isdigit() else line
    end = line.rstrip("#")
    if end != line and (not end or end[-1] == " "):
        # A heading drops number signs at its end.
        line = f"{end}\\{line[len(end) :]}"
    return line
