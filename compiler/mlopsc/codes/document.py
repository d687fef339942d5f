"""Writes docs/codes.md from the catalogue: ``python -m mlopsc.codes.document [--check]``.

To be run in a source tree after a change of a code. With ``--check`` nothing is written, and the exit code is 1 when
the page is not what it would become.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlopsc import assets
from mlopsc.builtin_targets import BUILTIN
from mlopsc.codes import FAMILIES, Entry, parse
from mlopsc.render.markdown import code, escape

PAGE = Path(__file__).parents[3] / "docs" / "codes.md"

_INTRODUCTION = """\
<!-- Generated from the catalogue in compiler/mlopsc/codes by "python -m mlopsc.codes.document"; do not edit. -->

# Codes

Every finding has a code that never changes its meaning. `mlopsc explain CODE` prints the same text. An error fails
the command and, unless the page says otherwise, stops the compile; a notice does neither. Words in braces stand for
what the finding is about.
"""


def page() -> str:
    """Return the text of the page."""
    return "\n".join([_INTRODUCTION, *(line for text in _files() for line in _family(text))])


def main(arguments: Sequence[str]) -> int:
    """Write the page, or compare it with ``--check``. Returns the exit code."""
    if set(arguments) - {"--check"}:
        print("usage: python -m mlopsc.codes.document [--check]", file=sys.stderr)  # noqa: T201
        return 2
    made = page().encode()
    if PAGE.exists() and PAGE.read_bytes() == made:
        return 0
    if "--check" in arguments:
        print("docs/codes.md is not up to date: run python -m mlopsc.codes.document")  # noqa: T201
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_bytes(made)
    print("wrote docs/codes.md")  # noqa: T201
    return 0


def _files() -> Iterator[str]:
    """Yield the catalogue files of the compiler and of the targets that come with it."""
    for family in FAMILIES:
        yield assets.text("mlopsc", f"codes/{family}.yaml")
    for place in BUILTIN.values():
        package = place.partition(":")[0]
        if assets.exists(package, "codes.yaml"):
            yield assets.text(package, "codes.yaml")


def _family(text: str) -> Iterator[str]:
    """Yield the lines on one file; its first line is a comment that says what its codes are about."""
    yield f"## {escape(text.partition(chr(10))[0].removeprefix('# ').rstrip('.'))}"
    yield ""
    for entry in parse(text).values():
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    yield from (f"### {entry.code}: {escape(entry.title)}", "")
    written = (
        ", after which the files are written all the same" if entry.severity == "error" and not entry.stops else ""
    )
    yield from (f"{entry.severity.capitalize()}{written}: {code(entry.message)}", "")
    yield from (escape(entry.cause), "")
    if entry.hint:
        yield from (f"What to do: {escape(entry.hint)}", "")
    yield from ("Instead of", "", *_block(entry.example), "", "write", "", *_block(entry.fix), "")


def _block(text: str) -> Iterator[str]:
    """Yield a fenced block. It names no language: a formatter would lay YAML out in its own way."""
    yield from ("```text", *text.splitlines(), "```")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
