"""Another valid value for each leaf of a spec, spliced into its text so that everything else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlopsc.diagnostics import Findings
from mlopsc.record import Path
from mlopsc.source import Map, Node, Scalar, Sequence, parse

_NUMBER = re.compile(r"([0-9]+)(\.[0-9]+)?(.*)")


def leaves(text: str) -> Iterator[tuple[Path, Scalar]]:
    """Yield every scalar of a spec with its path."""
    root = parse("mlops.yaml", text.encode(), Findings())
    assert root is not None
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, Map):
            stack += [((*path, key), item) for key, item in reversed(node.entries.items())]
        elif isinstance(node, Sequence):
            stack += [((*path, index), item) for index, item in reversed(list(enumerate(node.items)))]
        elif isinstance(node, Scalar):
            yield path, node


def splice(text: str, node: Scalar, value: str) -> str:
    """Return the text with one scalar replaced; it must stand on one line."""
    lines = text.split("\n")
    span = node.span
    assert span.line == span.end_line, span
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.col - 1] + value + line[span.end_col - 1 :]
    return "\n".join(lines)


def others(node: Scalar) -> Iterator[str]:
    """Yield candidates as YAML; the first that the compiler accepts is taken."""
    value = node.value()
    if isinstance(value, bool):
        yield "false" if value else "true"
    elif isinstance(value, (int, float)):
        yield str(value + 1)
        yield str(value - 1)
        yield str(value + 0.25)
        yield str(value / 2)
    elif isinstance(value, str):
        match = _NUMBER.fullmatch(value)
        if match and match[3]:
            # a quantity: the unit stays
            yield f'"{int(match[1]) + 1}{match[2] or ""}{match[3]}"'
            yield f'"{max(int(match[1]) - 1, 1)}{match[2] or ""}{match[3]}"'
        yield f'"{value}x"'
        yield f'"{value[:-1]}b"' if not value.endswith("b") else f'"{value[:-1]}c"'
