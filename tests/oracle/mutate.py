"""Another valid value for each leaf of a spec, spliced into its text so that everything else stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from mlopsc import assets
from mlopsc.diagnostics import Findings
from mlopsc.record import Path
from mlopsc.source import Map, Node, Scalar, Sequence, parse
from mlopsc.spec._core import SECTIONS

OPTIONS = json.loads(assets.text("mlopsc_targets.kubernetes", "options.json"))

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


def choices(path: Path) -> list[str]:
    """Return the values of an enumeration at a spec path, options of targets included; nothing elsewhere."""
    if not path or path[0] not in SECTIONS:
        return []
    node = SECTIONS[str(path[0])]
    if path[:2] == ("deployment", "kubernetes"):
        node, path = OPTIONS, path[1:]
    for key in path[1:]:
        node = node.get("schema", node) if node["type"] == "default" else node
        if node["type"] == "typed-dict":
            node = node["fields"][key]["schema"] if key in node["fields"] else {"type": "any"}
        else:
            node = node.get("items_schema") or node.get("values_schema") or {"type": "any"}
    node = node["schema"] if node["type"] == "default" else node
    return [str(value) for value in node["expected"]] if node["type"] == "literal" else []


def others(path: Path, node: Scalar) -> Iterator[str]:
    """Yield candidates as YAML; the first that the compiler accepts is taken."""
    value = node.value()
    words = choices(path)
    if words:
        yield from (f'"{word}"' for word in words if word != value)
        return
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
