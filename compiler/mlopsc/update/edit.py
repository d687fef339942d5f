"""Edits of ``mlops.pins.yaml`` that leave every comment and the order of the entries alone.

An entry that is there gets new values in place, a new one is added behind the last of its section, and the section
``mlopsc``, which nobody writes by hand, is replaced as a whole. The result is read again: it must say exactly what the
file said, with the new pins.
"""

from __future__ import annotations

import json
import re

from mlopsc.diagnostics import Findings
from mlopsc.origin import Span
from mlopsc.pins import API_VERSION
from mlopsc.source import Map, Node, Scalar, Sequence, parse, plain_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from mlopsc.pins import CheckJob, Pins

_NEW = f"""\
# These pins replace those that mlopsc brings. "mlopsc update --pins" renews them and leaves comments alone.
apiVersion: {API_VERSION}
"""
_SECTION = '# What the check job installs. "mlopsc update --pins" writes this section as a whole.'
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9./+!-]|:(?=[A-Za-z0-9]))*")


def edited(content: bytes | None, new: Pins) -> bytes | None:
    """Return the file with new pins; None when it is written in a way that is not safe to change.

    Args:
        content: the file as it is, without a finding; None when there is none.
        new: the pins that change, and no others.
    """
    before = _NEW.encode() if content is None else content
    root = parse("", before, Findings())
    if root is None:
        return None
    text = _Text(before)
    sections = {
        "images": {name: _fields(name=pin.name, tag=pin.tag, digest=pin.digest) for name, pin in new.images.items()},
        "actions": {name: _fields(tag=pin.tag, sha=pin.sha) for name, pin in new.actions.items()},
    }
    wanted: dict[str, Any] = plain_data(root)
    for section, entries in sections.items():
        _section(text, root, section, entries)
        for name, fields in entries.items():
            own = wanted.setdefault(section, {}).setdefault(name, {})
            own.update({key: value for key, value in fields.items() if _is_new(root, section, name, key, value)})
    if new.mlopsc is not None:
        _replace(text, root, "mlopsc", _job_lines(new.mlopsc), note=_SECTION)
        wanted["mlopsc"] = _job(new.mlopsc)
    after = text.bytes()
    findings = Findings()
    again = parse("", after, findings)
    return after if again is not None and not findings.items and plain_data(again) == wanted else None


class _Text:
    """The lines of a file, and changes of them that are carried out from the end to the beginning."""

    def __init__(self, content: bytes) -> None:
        self.mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
        self.crlf = b"\r\n" in content
        text = content.removeprefix(self.mark).decode("utf-8").replace("\r\n", "\n")
        self.lines = text.removesuffix("\n").split("\n")
        self._changes: list[tuple[Span, str]] = []

    def at(self, line: int, col: int) -> str:
        """Return the character at a place, both numbers from 1."""
        return self.lines[line - 1][col - 1 : col] if line <= len(self.lines) else ""

    def change(self, span: Span, text: str) -> None:
        """Remember to put a text in the place of another one."""
        self._changes.append((span, text))

    def append(self, line: int, lines: list[str]) -> None:
        """Remember to put lines behind a line."""
        end = len(self.lines[line - 1]) + 1
        self.change(Span("", line, end, line, end), "".join(f"\n{item}" for item in lines))

    def bytes(self) -> bytes:
        """Carry the changes out."""
        # Of several at one place, such as two new sections at the end, the last one must go in first.
        ordered = sorted(enumerate(self._changes), key=lambda item: (item[1][0][1:3], item[0]), reverse=True)
        lines = list(self.lines)
        for _, (span, text) in ordered:
            first, last = lines[span.line - 1], lines[span.end_line - 1]
            made = first[: span.col - 1] + text + last[span.end_col - 1 :]
            lines[span.line - 1 : span.end_line] = made.split("\n")
        text = "\n".join(lines) + "\n"
        return self.mark + (text.replace("\n", "\r\n") if self.crlf else text).encode("utf-8")


def _fields(**values: str) -> dict[str, str]:
    return values


def _is_new(root: Map, section: str, name: str, key: str, value: str) -> bool:
    """Say whether a value differs from what is written; what is not may be written as a number, as in ``tag: 3.11``."""
    there = root.get(section, name, key)
    return not (isinstance(there, Scalar) and there.text == value)


def _section(text: _Text, root: Map, section: str, entries: Mapping[str, Mapping[str, str]]) -> None:
    """Change and add entries of a section."""
    added: dict[str, Mapping[str, str]] = {}
    for name, fields in entries.items():
        own = root.get(section, name)
        if not isinstance(own, Map):
            added[name] = fields
            continue
        for key, value in fields.items():
            there = own.get(key)
            if there is not None and _is_new(root, section, name, key, value):
                text.change(there.span, _scalar(value))
    if not added:
        return
    there = root.get(section)
    if not isinstance(there, Map):
        text.append(len(text.lines), [f"{section}:", *_entry_lines(added, "  ")])
    elif text.at(there.span.line, there.span.col) == "{":
        inner = ", ".join(
            f"{_scalar(name)}: {{{', '.join(f'{key}: {_scalar(value)}' for key, value in fields.items())}}}"
            for name, fields in added.items()
        )
        start = there.span.col + 1
        comma = ", " if there.entries else ""
        text.change(Span("", there.span.line, start, there.span.line, start), inner + comma)
    else:
        indent = " " * (next(iter(there.keys.values())).col - 1)
        text.append(_last_line(text, there), _entry_lines(added, indent))


def _replace(text: _Text, root: Map, section: str, lines: list[str], note: str) -> None:
    """Replace a section by lines, or add it at the end, with a comment above it."""
    there = root.get(section)
    if there is None:
        text.append(len(text.lines), [note, f"{section}:", *lines])
        return
    first, last = root.keys[section], _last_line(text, there)
    end = len(text.lines[last - 1]) + 1
    text.change(Span("", first.line, 1, last, end), "\n".join((f"{section}:", *lines)))


def _last_line(text: _Text, node: Node) -> int:
    """Return the last line of a value; a block's own end lies behind the comments that follow it."""
    span = node.via[0].span if node.via else node.span
    children = list(
        node.entries.values() if isinstance(node, Map) else node.items if isinstance(node, Sequence) else ()
    )
    if not children or node.via or text.at(span.line, span.col) in ("{", "["):
        return span.end_line if span.end_col > 1 else span.end_line - 1
    return max(_last_line(text, child) for child in children)


def _entry_lines(entries: Mapping[str, Mapping[str, str]], indent: str) -> list[str]:
    lines = []
    for name, fields in entries.items():
        lines.append(f"{indent}{_scalar(name)}:")
        lines += [f"{indent}  {key}: {_scalar(value)}" for key, value in fields.items()]
    return lines


def _job(job: CheckJob) -> dict[str, Any]:
    """Return the section of the check job as data."""
    return {
        "version": job.version,
        "python": job.python,
        "requirements": {
            item.name: {"version": item.version, "hashes": list(item.hashes)} for item in job.requirements
        },
    }


def _job_lines(job: CheckJob) -> list[str]:
    lines = [f"  version: {_scalar(job.version)}", f"  python: {_scalar(job.python)}", "  requirements:"]
    for item in job.requirements:
        lines += [f"    {_scalar(item.name)}:", f"      version: {_scalar(item.version)}", "      hashes:"]
        lines += [f"        - {digest}" for digest in item.hashes]
    return lines


def _scalar(text: str) -> str:
    """Return a text as YAML, in quotes where it would be something else without them."""
    plain = _PLAIN.fullmatch(text) and isinstance(Scalar(text, True, Span("", 1, 1, 1, 1)).value(), str)
    return text if plain else json.dumps(text)
