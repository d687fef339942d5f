# SPDX-License-Identifier: MIT-0
"""Markdown in which no text can be more than text.

Names, values and messages come from users and from data. On GitHub, Markdown is only the beginning: what it renders is
searched for mentions, numbers of issues, addresses and the like, also where the source had them escaped. So every sign
that means something becomes an entity, and what is searched for is broken by a space without width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..text import visible, without_secrets

WORDS, NAME, LINE = 600, 100, 200
"""Characters that are left of a message, of a name, and of a line of a traceback."""

_GAP = "&#8203;"  # a space without width
_PLAIN = frozenset(" ,;.()%'?=+-/\"")
_BROKEN = re.compile(r"@|#(?=\w)|(?<![^\W_])GH-(?=\d)|:(?=[/\w+-])|(?<![^\W_])www(?=\.)", re.IGNORECASE)
"""Where a mention, an issue, an address, an emoji or a host begins."""
_HARMLESS = re.compile(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|:(?= |$)")
"""An underscore inside of a word, and a colon at its end."""

_BEGINS_BLOCK = re.compile(r"[-+=]|\d+[.)](?= |$)")
"""What is plain text, and a list or a line where it begins an item; all other signs that do so are entities anyway."""


def words(text: str) -> str:
    """Return a text on one line, for anywhere in a paragraph, an item or a cell."""
    line = _cut(_line(text), WORDS)
    escaped = _escaped(line)
    return _entity(line[0]) + escaped[1:] if _BEGINS_BLOCK.match(line) else escaped


def code(text: str) -> str:
    """Return a name or a value in the typeface of code, for anywhere in a paragraph, an item or a cell."""
    return f"<code>{_escaped(_cut(_line(text), NAME)) or ' '}</code>"


def preformatted(lines: Iterable[str]) -> str:
    """Return lines as a block that keeps their indentation."""
    shown = (_escaped(_cut(_seen(line.rstrip()), LINE)) for line in lines)
    return "<pre>\n{}\n</pre>".format("\n".join(shown))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown on one line."""
    return "\n".join((_row(head), _row(["---"] * len(head)), *map(_row, rows)))


def items(texts: Iterable[str]) -> str:
    """Return a list of texts that are Markdown on one line."""
    return "\n".join(f"- {text}" for text in texts)


def folded(title: str, body: str) -> str:
    """Return a block that shows its title only, until it is opened."""
    return f"<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _line(text: str) -> str:
    return _seen(without_secrets(text).strip())


def _seen(text: str) -> str:
    r"""Return a text without signs that have no shape; what cannot be written as UTF-8 is ``\ud800`` as well."""
    return "".join(sign if sign.isprintable() else _named(sign) for sign in visible(text))


def _named(sign: str) -> str:
    number = ord(sign)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _escaped(text: str) -> str:
    gaps = {found.end() for found in _BROKEN.finditer(text)}
    plain = {found.start() for found in _HARMLESS.finditer(text)}
    return "".join(
        (sign if position in plain or _is_plain(sign) else _entity(sign)) + (_GAP if position + 1 in gaps else "")
        for position, sign in enumerate(text)
    )


def _is_plain(sign: str) -> bool:
    return sign in _PLAIN or sign.isalnum() or not sign.isascii()


def _entity(sign: str) -> str:
    return f"&#{ord(sign)};"
