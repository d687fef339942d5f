"""Writes docs/spec.md from the published schema: ``python -m mlopsc.spec.document [--check]``.

To be run in a source tree after ``python -m mlopsc.spec.generate``. With ``--check`` nothing is written, and the exit
code is 1 when the file is not what it would become.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlopsc.render.markdown import code, escape
from mlopsc.spec import SECTIONS
from mlopsc.spec.patterns import SHAPES
from mlopsc.spec.reserved import RESERVED

Node = Mapping[str, Any]

ROOT = Path(__file__).parents[3]
SCHEMA = "schemas/mlopsc_schemas/mlops.v1.schema.json"
PAGE = "docs/spec.md"

_HEAD = """\
<!-- Generated from the published schema by "python -m mlopsc.spec.document"; do not edit. -->

# Fields of `mlops.yaml`

Every field, with the options of the targets that come with mlopsc. `mlopsc schema` prints a JSON Schema for editors.

- A field is optional unless it says "required". Unknown keys are errors; keys that begin with `x-` are ignored.
- `<name>` stands for a key that you choose, `[]` for each entry of a list.
- `${var.NAME}`, `${env.name}` and `${env.namespace}` are replaced in values, but not in `metadata`, `target`, `stack`
  and commands. `$${` is a literal `${`.
- Whatever has a unit is written with it: `10%`, `30m`, `50/s`, `1Gi`.
- Words such as "duration" or "dns-label" in parentheses are explained in [kinds of text](#kinds-of-text).
"""
_REF = "#/$defs/"
_OVERLAY = "Overlay"
_INLINE = "SecretRef"
_BY_MESSAGE = {f"Expected {shape.expected}.": shape for shape in SHAPES}
_WORDS = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
_PLAIN = re.compile(r"[A-Za-z0-9@./_][A-Za-z0-9@./_%+-]*(?: [A-Za-z0-9@./_%+-]+)*")


def document(schema: Node) -> str:
    """Return the page for a published schema."""
    return _Page(schema).text()


def main(arguments: Sequence[str]) -> int:
    """Write the page, or compare it with ``--check``. Returns the exit code."""
    if set(arguments) - {"--check"}:
        print("usage: python -m mlopsc.spec.document [--check]", file=sys.stderr)  # noqa: T201
        return 2
    text = document(json.loads((ROOT / SCHEMA).read_text(encoding="utf-8"))).encode()
    place = ROOT / PAGE
    if place.exists() and place.read_bytes() == text:
        return 0
    if "--check" in arguments:
        print(f"{PAGE} is not up to date: run python -m mlopsc.spec.document")  # noqa: T201
        return 1
    place.write_bytes(text)
    print(f"wrote {PAGE}")  # noqa: T201
    return 0


class _Page:
    """Lines of the page. An object that occurs at several paths is described at the first and linked from the others.

    Args:
        schema: the published schema.
    """

    def __init__(self, schema: Node) -> None:
        self.schema = schema
        self.definitions: Node = schema["$defs"]
        self.places: dict[str, str] = {}  # definition to the path that describes it
        self.anchors: dict[str, str] = {}  # path to the anchor of its heading
        for section in SECTIONS:
            self.anchor(section)
            for path, node in self.below(section, schema["properties"][section]):
                if self.places.setdefault(_name(node), path) == path:
                    self.anchor(path)

    def text(self) -> str:
        lines = _HEAD.splitlines()
        for section in SECTIONS:
            lines += ["", *self.section(section, self.schema["properties"][section])]
        lines += ["", "## Kinds of text", ""]
        lines += [f"- {shape.name}: {escape(shape.expected)}" for shape in sorted(SHAPES, key=lambda shape: shape.name)]
        lines += ["", "## Reserved words", "", "These keys are errors in this version. Each has a supported way:", ""]
        lines += [f"- {code(word)}: {way}." for word, way in RESERVED.items()]
        return "\n".join(lines) + "\n"

    def anchor(self, path: str) -> None:
        """Record the anchor that GitHub gives the heading of a path: without marks, numbered where it is taken."""
        slug = re.sub(r"[^a-z0-9_-]", "", path.lower())
        if path not in self.anchors:
            taken = len([other for other in self.anchors.values() if re.fullmatch(rf"{slug}(-[0-9]+)?", other)])
            self.anchors[path] = f"{slug}-{taken}" if taken else slug

    def below(self, path: str, node: Node) -> Iterator[tuple[str, Node]]:
        """Yield the objects at and below a path with the nodes that refer to them, in the order of the page."""
        where, inner = _element(path, node)
        name = _name(inner)
        if name and name != _INLINE and not name.endswith(_OVERLAY):
            yield where, inner
            for key, child in self.definitions[name]["properties"].items():
                yield from self.below(f"{where}.{key}", child)

    def section(self, section: str, node: Node) -> Iterator[str]:
        required = ", required" if section in self.schema["required"] else ""
        yield f"## {code(section)}"
        told = self.description(node)
        if _element(section, node)[0] != section or not _name(node):
            told = f"{told}{_example(node)}\n\nType: {self.kind(node)}{required}."
        elif required:
            told = f"Required. {told}"
        yield from ("", *told.split("\n"))
        for path, inner in self.below(section, node):
            name = _name(inner)
            if self.places[name] != path:
                continue
            body = self.definitions[name]
            if path != section:
                yield from ("", f"### {code(path)}", "", body["description"])
            yield from self.rules(body)
            if body["properties"]:
                yield ""
            for key, child in body["properties"].items():
                yield from self.field(key, child, required=key in body.get("required", ()))

    def rules(self, body: Node) -> Iterator[str]:
        if "oneOf" in body:
            yield from ("", f"Exactly one of {_joined([*_keys(body['oneOf'])], 'and')}.")
        if "not" in body:
            yield from ("", f"At most one of {_joined(body['not']['required'], 'and')}.")

    def field(self, key: str, node: Node, *, required: bool) -> Iterator[str]:
        kind = self.kind(node) + (", required" if required else "")
        yield f"- {code(key)} ({kind}): {self.description(node)}{_example(node)}"
        choice = _choice(node)
        for value, told in zip(choice.get("enum", ()), choice.get("enumDescriptions", ()), strict=False):
            yield f"  - {code(_flow(value))}: {told}"

    def description(self, node: Node) -> str:
        own = node.get("description")
        told = str(own if own is not None else self.definitions[_name(node)]["description"])
        return told.replace("``", "`")

    def kind(self, node: Node) -> str:
        """Return what a value is, as a noun."""
        name = _name(node)
        if name.endswith(_OVERLAY):
            origin = name.removesuffix(_OVERLAY)
            fields = self.narrowed(name)
            which = f"{_joined(fields, 'and')} of" if fields else "any field of"
            return f"overrides {which} {self.link(origin)}"
        if name:
            return code("{secret: NAME}") if name == _INLINE else self.link(name)
        choice = _choice(node)
        if "const" in choice:
            return f"always {code(choice['const'])}"
        if "enum" in choice:
            return _joined([_flow(value) for value in choice["enum"]], "or")
        if choice.get("type") == "array":
            return f"list of {self.kind(choice['items'])}"
        if choice.get("type") == "object":
            return f"map of {self.kind(choice.get('additionalProperties', {}))}"
        if not choice.keys() & {"type", "patternErrorMessage"}:
            return "any value"
        return _scalar(choice) + _bounds(choice)

    def link(self, name: str) -> str:
        path = self.places[name]
        return f"[{code(path)}](#{self.anchors[path]})"

    def narrowed(self, name: str, prefix: str = "") -> list[str]:
        """Return the fields of an overlay that leaves some out; empty where it has all of them."""
        own, full = (self.definitions[key]["properties"] for key in (name, name.removesuffix(_OVERLAY)))
        below = {key: self.narrowed(_name(node), f"{key}.") for key, node in own.items() if _name(node)}
        if own.keys() == full.keys() and not any(below.values()):
            return []
        return [prefix + field for key in own for field in below.get(key) or [key]]


def _name(node: Node) -> str:
    """Return the definition that a node refers to; empty when it stands for itself."""
    return str(node.get("$ref", "")).removeprefix(_REF)


def _element(path: str, node: Node) -> tuple[str, Node]:
    """Step into maps and lists: return the path and the node of what they hold."""
    inner = node.get("additionalProperties")
    if isinstance(inner, dict):
        return _element(f"{path}.<name>", inner)
    if "items" in node:
        return _element(f"{path}[]", node["items"])
    return path, node


def _choice(node: Node) -> Node:
    """Return the alternative of an enumeration that is no reference to a variable; other nodes as they are."""
    return next((choice for choice in node.get("anyOf", ()) if "enum" in choice), node)


def _keys(choices: Sequence[Node]) -> Iterator[str]:
    for choice in choices:
        yield from choice["required"]


def _scalar(node: Node) -> str:
    message = node.get("patternErrorMessage")
    if message:
        told = str(message).removeprefix("Expected ").removesuffix(".")
        for shape in SHAPES:
            told = told.replace(shape.expected, shape.name)
        return told
    types = [node["type"]] if isinstance(node["type"], str) else node["type"]
    if {"boolean", "number", "string"} <= set(types):
        return "any scalar"
    return " or ".join([_WORDS[name] for name in types])


def _bounds(node: Node) -> str:
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    return "".join(f", {word} {node[key]}" for key, word in words.items() if key in node)


def _example(node: Node) -> str:
    examples = node.get("examples", ())
    shape = _BY_MESSAGE.get(node.get("patternErrorMessage", ""))
    if not examples or (shape is not None and tuple(examples) == shape.examples):
        return ""
    return f" For example {_joined([_flow(value) for value in examples[:2]], 'or')}."


def _joined(values: Sequence[str], word: str) -> str:
    """Return code spans as part of a sentence: ``a``, ``b`` and ``c``."""
    spans = [code(value) for value in values]
    return f"{', '.join(spans[:-1])} {word} {spans[-1]}" if len(spans) > 1 else spans[0]


def _flow(value: object) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _number(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
