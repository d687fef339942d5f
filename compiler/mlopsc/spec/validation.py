"""Validation with a precompiled schema, and errors in our own words.

`pydantic_core` alone does the work; its error types and locations are mapped to the few kinds of `SpecError`.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from mlopsc.record import Path
from mlopsc.spec import SpecError, Validated
from mlopsc.spec.patterns import BY_PATTERN

_PLAIN = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "a map",
    "typed-dict": "a map",
    "any": "a value",
}
_USER = re.compile(r"(?<=://)[^\s?#]*@")
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_RANGE = {"greater_than_equal", "greater_than", "less_than_equal", "less_than", "finite_number"}
_LENGTH = {"too_short", "too_long", "string_too_short", "string_too_long"}


def validate(schema: dict[str, Any], data: object) -> Validated:
    """Validate `data` with a precompiled schema and fill in the defaults."""
    try:
        return Validated(data=_validator(schema).validate_python(data, strict=True), errors=())
    except ValidationError as error:
        found: dict[tuple[Path, str], SpecError] = {}
        for raw in error.errors(include_url=False, include_context=False):
            converted = _convert(schema, raw["loc"], raw["type"], raw["input"])
            found.setdefault((converted.loc, "" if raw["type"] == "extra_forbidden" else "value"), converted)
        return Validated(data=None, errors=tuple(found.values()))


_validators: dict[int, tuple[dict[str, Any], SchemaValidator]] = {}


def _validator(schema: dict[str, Any]) -> SchemaValidator:
    known = _validators.get(id(schema))  # the schema is kept beside its validator, so that the id stays its own
    if known is None:
        core: Any = schema
        known = _validators[id(schema)] = (schema, SchemaValidator(core))
    return known[1]


def _convert(schema: dict[str, Any], raw: Path, error: str, value: object) -> SpecError:
    """Return our error for one of pydantic's: `raw` is its location, `error` its type, `value` the input there."""
    node, parent, loc = _walk(schema, raw)
    key = str(loc[-1]) if loc else ""
    if error == "extra_forbidden":
        return SpecError(loc=loc, kind="unknown-key", facts={"key": key, "allowed": ", ".join(parent["fields"])})
    if error == "missing":
        return SpecError(loc=loc, kind="missing", facts={"key": key})
    expected = _expected(node)
    if raw[len(loc) :] == ("[key]",):
        return SpecError(loc=loc, kind="name", facts={"key": key, "expected": expected, **_shape(node)})
    if value is None:
        return SpecError(loc=loc, kind="empty", facts={"key": key, "expected": expected})
    given = {"given": _text(value)} if isinstance(value, str | int | float) else {}
    if node["type"] == "literal" and given:
        allowed = ", ".join(_text(item) for item in node["expected"])
        return SpecError(loc=loc, kind="enum", facts={**given, "allowed": allowed})
    if isinstance(value, str) and _shape(node):
        return SpecError(loc=loc, kind="pattern", facts={**given, "expected": expected, **_shape(node)})
    if error in _RANGE:
        return SpecError(loc=loc, kind="range", facts={**given, "expected": _bounds(node)})
    if error in _LENGTH:
        return SpecError(loc=loc, kind="length", facts={"expected": _length(node)})
    return SpecError(loc=loc, kind="type", facts={**given, "expected": expected, "found": _found(value)})


def _walk(schema: dict[str, Any], raw: Path) -> tuple[dict[str, Any], dict[str, Any], Path]:
    """Follow a location of pydantic: the schema there, the one above, and the location in the user's terms."""
    node = parent = schema
    for position, step in enumerate(raw):
        node = _content(node)
        kind = node["type"]
        if kind == "dict" and raw[position + 1 :] == ("[key]",):
            return node["keys_schema"], node, raw[: position + 1]
        if kind == "typed-dict":
            field = node["fields"].get(step)
            parent, node = node, {"type": "any"} if field is None else field["schema"]
        elif kind in ("list", "dict"):
            parent, node = node, node["items_schema" if kind == "list" else "values_schema"]
        else:
            return node, parent, raw[:position]  # the rest names the member of a union
    return _content(node), parent, raw


def _content(node: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = node["schema"] if node["type"] == "default" else node
    return inner


def _members(node: dict[str, Any]) -> list[dict[str, Any]]:
    return node["choices"] if node["type"] == "union" else [node]


def _expected(node: dict[str, Any]) -> str:
    if node["type"] == "literal":
        return "one of " + ", ".join(_text(item) for item in node["expected"])
    words = [_words(member) for member in _members(node)]
    if "a number" in words and "a whole number" in words:
        words.remove("a whole number")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _words(node: dict[str, Any]) -> str:
    pattern = node.get("pattern")
    if pattern is None:
        return _PLAIN[node["type"]]
    return BY_PATTERN[pattern].expected if pattern in BY_PATTERN else f"text that matches {pattern}"


def _shape(node: dict[str, Any]) -> dict[str, str]:
    for member in _members(node):
        pattern = member.get("pattern")
        if pattern is not None:
            return {"shape": BY_PATTERN[pattern].name if pattern in BY_PATTERN else pattern}
    return {}


def _bounds(node: dict[str, Any]) -> str:
    limits = [
        f"{words} {_text(member[bound])}"
        for member in _members(node)
        for bound, words in _BOUNDS.items()
        if bound in member
    ]
    return " and ".join(dict.fromkeys(limits)) or "a finite number"


def _length(node: dict[str, Any]) -> str:
    noun = "character" if node["type"] == "str" else "entry"
    low, high = node.get("min_length"), node.get("max_length")
    count = low if low is not None else high
    plural = noun if count == 1 else {"character": "characters", "entry": "entries"}[noun]
    return f"at least {low} {plural}" if low is not None else f"at most {high} {plural}"


def _found(value: object) -> str:
    if isinstance(value, bool):
        return _text(value)
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{value}"'
    return "a list" if isinstance(value, list) else "a map"


def _text(value: object) -> str:
    """Return a value as messages show it: without what stands for user and password in an address."""
    return str(value).lower() if isinstance(value, bool) else _USER.sub("...@", str(value))
