"""Blocks: marked lines at the end of a file that the user owns, such as ``.gitattributes``.

    # BEGIN mlopsc ml/mlops.yaml (generated: edit the spec, then run mlopsc compile)
    ...
    # END mlopsc ml/mlops.yaml

The path of the spec is the key, so that each spec of a repository has a block of its own. Everything works on bytes:
the user's lines, whatever their encoding and line ends, pass through untouched.
"""

from __future__ import annotations

from mlopsc.record import Record
from mlopsc.workspace.digest import normalise
from mlopsc.workspace.lock import quote
from mlopsc.workspace.problem import Problem

_BEGIN = b"# BEGIN mlopsc "
_END = b"# END mlopsc "
_NOTE = b" (generated: edit the spec, then run mlopsc compile)"


class Block(Record):
    """A block in a file.

    Attributes:
        start: offset of its first byte, marker included.
        end: offset behind its last byte, marker and line end included.
        line: number of its first line after the marker, from 1.
        own: its lines with LF ends, markers included: what the digest is made of.
    """

    start: int
    end: int
    line: int
    own: bytes


def wrap(spec: str, text: str) -> bytes:
    """Return the lines of a block, markers included, with LF line ends."""
    key = _key(spec)
    body = text.encode("utf-8")
    if body and not body.endswith(b"\n"):
        body += b"\n"
    return _BEGIN + key + _NOTE + b"\n" + body + _END + key + b"\n"


def find(data: bytes, spec: str, file: str) -> Block | Problem | None:
    """Find the block of a spec.

    Markers that do not pair up, or a key that occurs twice, are a problem whichever spec they belong to: the file
    went through a bad merge, and what lies between the markers is anybody's guess.
    """
    if b"\0" in data:
        return Problem(kind="block-encoding", file=file)
    found: Block | None = None
    own_key = _key(spec)
    key = b""  # of the block that is open
    seen: set[bytes] = set()
    offset = start = begin_line = 0
    for number, line in enumerate(data.splitlines(keepends=True) if b"mlopsc " in data else (), start=1):
        following = offset + len(line)
        if line.startswith(_BEGIN):
            opened = line[len(_BEGIN) :].split(None, 1)[:1]
            if key or not opened or opened[0] in seen:
                return _markers(file, number, line)
            key, start, begin_line = opened[0], offset, number
            seen.add(key)
        elif line.startswith(_END):
            if not key or line[len(_END) :].strip() != key:
                return _markers(file, number, line)
            if key == own_key:
                own = normalise(data[start:following])
                own += b"" if own.endswith(b"\n") else b"\n"
                found = Block(start=start, end=following, line=begin_line + 1, own=own)
            key = b""
        offset = following
    if key:
        return _markers(file, begin_line, _BEGIN + key)
    return found


def put(data: bytes, block: Block | None, own: bytes) -> bytes:
    """Return the file with a block replaced, or appended where there is none yet.

    Args:
        data: the file as it is; empty if there is none.
        block: what `find` found in it.
        own: the new lines, as `wrap` returns them.
    """
    newline = b"\r\n" if data.partition(b"\n")[0].endswith(b"\r") and b"\n" in data else b"\n"
    own = own.replace(b"\n", newline)
    if block is not None:
        return data[: block.start] + own + data[block.end :]
    if data and not data.endswith(b"\n"):
        data += newline
    return data + own


def take(data: bytes, block: Block) -> bytes | None:
    """Return the file without a block; None if nothing is left that the file would be kept for."""
    return data[: block.start] + data[block.end :] or None


def _key(spec: str) -> bytes:
    return quote(spec).replace(" ", "\\u0020").encode("utf-8")


def _markers(file: str, line: int, marker: bytes) -> Problem:
    text = marker.strip().decode("utf-8", "replace")
    return Problem(kind="block-markers", file=file, facts={"line": str(line), "marker": text})
