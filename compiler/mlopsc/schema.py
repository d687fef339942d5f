"""The published JSON Schema: the schema that pydantic makes of the models, put through small passes for editors.

Each pass takes a node and changes it in place; what it does and why is its docstring. The words `title`,
`markdownDescription`, `enumDescriptions`, `patternErrorMessage` and `defaultSnippets` are read by editors only.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mlopsc.spec.base import Closed
from mlopsc.spec.patterns import BY_PATTERN
from mlopsc.spec.root import Spec
from mlopsc.spec.snippets import SNIPPETS
from mlopsc.spec.walk import models

Node = dict[str, Any]
Draft = Literal["2020-12", "draft-07"]

REFERENCE = r"\$\{(?:var\.[A-Za-z_][A-Za-z0-9_]*|env\.(?:name|namespace))\}"
"""What the compiler substitutes in a scalar."""

EXTENSION = "^x-"
"""Keys that are ignored anywhere."""

LITERAL_SECTIONS = ("$schema", "apiVersion", "final", "metadata", "include", "variables", "target", "stack", "eject")
"""Keys of the top level in which nothing is substituted."""

OVERLAYS: Mapping[str, tuple[str, ...]] = {
    "deployment": (),
    "monitoring": (),
    "tests": ("smoke", "load"),
    "execution": ("runners.deploy", "cloud"),
}
"""What an environment may override: the sections, and the fields where not all of them may be."""

_DRAFTS = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft-07": "http://json-schema.org/draft-07/schema#",
}
_REF = "#/$defs/"


def schema(options: Mapping[str, type[BaseModel]], draft: Draft = "2020-12") -> Node:
    """Return the published schema of a spec.

    Args:
        options: models of the options of the known targets, by the name of the target.
        draft: the dialect; some editors still want draft-07.
    """
    definitions = _definitions(options)
    for step in _PASSES:
        for node in definitions.values():
            for inner in list(_nodes(node)):
                step(inner)
    _add_one_of(definitions)
    _add_options(definitions, options)
    _substitute(definitions)
    _add_overlays(definitions)
    _add_snippets(definitions)
    _prune(definitions)
    for node in definitions.values():
        for inner in list(_nodes(node)):
            _finish(inner)
    root = definitions.pop("Spec")
    result = {"$schema": _DRAFTS[draft], **root, "$defs": dict(sorted(definitions.items()))}
    return result if draft == "2020-12" else _draft_07(result)


def _definitions(options: Mapping[str, type[BaseModel]]) -> dict[str, Node]:
    """Return the schema of every model by a readable name; models of one name get that of their module in front."""
    wanted: list[tuple[type[BaseModel], Literal["validation"]]] = [(Spec, "validation")]
    wanted += [(model, "validation") for _, model in sorted(options.items())]
    keys, raw = models_json_schema(wanted, ref_template=_REF + "{model}")
    definitions: dict[str, Node] = raw["$defs"]
    names = {key: _readable(key) for key in definitions}
    roots = {name: names[_target(keys[model, "validation"])] for name, model in options.items()}
    text = json.dumps(definitions)
    for key in sorted(names, key=len, reverse=True):
        text = text.replace(f'"{_REF}{key}"', f'"{_REF}{names[key]}"')
    found: dict[str, Node] = {names[key]: node for key, node in json.loads(text).items()}
    for name, key in roots.items():
        found[f"{name}.options"] = {_USED_BY: key}
    return found


_USED_BY = "x-definition"


def _readable(key: str) -> str:
    """Turn ``mlopsc__spec__model__Train`` into ``ModelTrain``."""
    parts = key.split("__")
    return parts[-1] if len(parts) == 1 else "".join(part.title().replace("_", "") for part in parts[-2:-1]) + parts[-1]


def _target(node: Node) -> str:
    ref: str = node["$ref"]
    return ref.removeprefix(_REF)


def _nodes(node: Node) -> Iterator[Node]:
    """Yield a node and the schemas inside it, the inner ones first."""
    for child in _children(node):
        yield from _nodes(child)
    yield node


def _children(node: Node) -> Iterator[Node]:
    for key in ("properties", "patternProperties"):
        yield from (child for child in node.get(key, {}).values() if isinstance(child, dict))
    for key in ("additionalProperties", "items", "propertyNames"):
        if isinstance(node.get(key), dict):
            yield node[key]
    for key in ("anyOf", "allOf"):
        yield from node.get(key, ())


def _types(node: Node) -> list[str]:
    kind = node.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


# The passes, in order. Each one goes over all nodes, the inner ones first.


def _strip_null(node: Node) -> None:
    """Optional means left out: an editor would insert null, and the compiler refuses it."""
    choices = [choice for choice in node.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1:
        del node["anyOf"]
        node.update({key: value for key, value in choices[0].items() if key not in node})
    elif choices:
        node["anyOf"] = choices


def _join_scalars(node: Node) -> None:
    """Scalar alternatives become one type with several names: messages stay short. Constraints never collide, since
    each one (``minimum``, ``pattern``) applies to one type only."""
    choices = node.get("anyOf")
    if not choices or any("type" not in choice or "enum" in choice for choice in choices):
        return
    del node["anyOf"]
    types = [name for choice in choices for name in _types(choice)]
    if "number" in types:
        types = [name for name in types if name != "integer"]
    for choice in choices:
        node.update({key: value for key, value in choice.items() if key not in node})
    node["type"] = types


def _tell_default(node: Node) -> None:
    """A default would be poured into every skeleton, so the description says it."""
    default = node.pop("default", None)
    if default is None or default in ({}, []) or isinstance(default, dict):
        return
    number = isinstance(default, str) and default[:1].isdigit() and default[-1:].isdigit()
    text = default if isinstance(default, str) and default and not number else json.dumps(default)
    node["description"] = f"{node.get('description', '')} Default: `{text}`.".strip()


def _round_bounds(node: Node) -> None:
    """0, not 0.0, whichever of both this version of pydantic keeps."""
    for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        value = node.get(key)
        if isinstance(value, float) and value.is_integer():
            node[key] = int(value)


def _retitle(node: Node) -> None:
    """Only objects keep a title: editors name them in errors. A title of a scalar would be the heading of its hover."""
    title = node.pop("title", None)
    if title is not None and "properties" in node:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", title)
        node["title"] = words[0] + words[1:].lower()


def _type_maps(node: Node) -> None:
    """A pattern of keys in pydantic's form lets other keys pass; say both the form of keys and of values."""
    if node.get("additionalProperties") is True:  # says nothing, and not every version of pydantic says it
        del node["additionalProperties"]
    patterns = node.pop("patternProperties", None)
    if patterns is not None:
        ((pattern, values),) = patterns.items()
        node["propertyNames"] = {"pattern": f"{EXTENSION}|{pattern}"}
        node["additionalProperties"] = values


def _allow_extensions(node: Node) -> None:
    """Keys that begin with x- are ignored anywhere."""
    if "object" in _types(node):
        node["patternProperties"] = {EXTENSION: {}}


def _list_values(node: Node) -> None:
    """One value is an enumeration of one; every value gets its explanation."""
    docs = node.pop("x-values", None)
    if "const" in node and docs:
        node["enum"] = [node.pop("const")]
    if docs is not None:
        texts = [docs[str(value).replace("-", "_")] for value in node["enum"]]
        node["enumDescriptions"] = texts
        node["markdownEnumDescriptions"] = texts


def _explain_pattern(node: Node) -> None:
    """An editor would print the regular expression; examples complete."""
    shape = BY_PATTERN.get(node.get("pattern", "").removeprefix(f"{EXTENSION}|"))
    if shape is not None:
        expected = shape.expected if set(_types(node)) <= {"string"} else f"a number or {shape.expected}"
        node["patternErrorMessage"] = f"Expected {expected}."
        if "type" in node:
            node.setdefault("examples", list(shape.examples))


_PASSES: tuple[Callable[[Node], None], ...] = (
    _strip_null,
    _join_scalars,
    _tell_default,
    _round_bounds,
    _retitle,
    _type_maps,
    _allow_extensions,
    _list_values,
    _explain_pattern,
)


# Passes over all definitions.


def _add_one_of(definitions: dict[str, Node]) -> None:
    """Say which keys exclude each other."""
    for model in {model for _, model in models(Spec)}:
        if not issubclass(model, Closed):
            continue
        node = _of(definitions, model)
        rules: list[Node] = [{"oneOf": [{"required": [key]} for key in group]} for group in model.ONE_OF]
        rules += [{"not": {"required": list(group)}} for group in model.AT_MOST_ONE]
        if len(rules) == 1:
            node.update(rules[0])
        elif rules:
            node["allOf"] = rules


def _of(definitions: dict[str, Node], model: type[BaseModel]) -> Node:
    module = model.__module__.rpartition(".")[2]
    name = f"{module.title().replace('_', '')}{model.__name__}"
    return definitions[name if name in definitions else model.__name__]


def _add_options(definitions: dict[str, Node], options: Mapping[str, type[BaseModel]]) -> None:
    """Every target has its options beside the fields of the deployment."""
    for name in sorted(options):
        key = definitions.pop(f"{name}.options")[_USED_BY]
        definitions["Deployment"]["properties"][name] = {
            "$ref": _REF + key,
            "description": f"Options of the target `{name}`.",
        }


def _substitute(definitions: dict[str, Node]) -> None:
    """Every scalar in which the compiler substitutes takes a reference, too."""
    seen: set[str] = set()
    sections = definitions["Spec"]["properties"]
    waiting = [node for key, node in sections.items() if key not in LITERAL_SECTIONS]
    while waiting:
        node = waiting.pop()
        if node.get("x-literal"):
            continue
        if "$ref" in node and _target(node) not in seen:
            seen.add(_target(node))
            waiting.append(definitions[_target(node)])
        names = node.pop("propertyNames", None)
        waiting.extend(_children(node))
        if names is not None:
            node["propertyNames"] = names
        _accept_reference(node)


def _accept_reference(node: Node) -> None:
    if "enum" in node:
        words = ("enum", "type", "enumDescriptions", "markdownEnumDescriptions")
        values = {key: node.pop(key) for key in words if key in node}
        hint = f"Expected one of {', '.join(map(str, values['enum']))}."
        reference = {"type": "string", "pattern": REFERENCE, "patternErrorMessage": hint}
        node["anyOf"] = [values, reference]
        return
    types = _types(node)
    if not types or {"object", "array"} & set(types):
        return
    if "pattern" in node:
        node["pattern"] = f"{node['pattern']}|{REFERENCE}"
    elif "string" not in types:
        node["type"] = [*types, "string"]
        node["pattern"] = REFERENCE
        word = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}[types[0]]
        node["patternErrorMessage"] = f"Expected {word}."


def _add_overlays(definitions: dict[str, Node]) -> None:
    """An environment overrides parts of a section: nothing is required there, and null removes."""
    environment = definitions["Environment"]["properties"]
    for section, fields in OVERLAYS.items():
        node = definitions["Spec"]["properties"][section]
        name = _partial(definitions, _target(node))
        if fields:
            _narrow(definitions, name, fields)
        environment[section] = {"$ref": _REF + name, "description": environment[section]["description"]}


def _partial(definitions: dict[str, Node], name: str) -> str:
    """Add the overlay of a definition and return its name."""
    partial = f"{name}Overlay"
    if partial not in definitions:
        node = definitions[partial] = copy.deepcopy(definitions[name])
        for key in ("required", "oneOf", "allOf", "not"):
            node.pop(key, None)
        node["type"] = ["object", "null"]
        for child in node["properties"].values():
            _make_partial(definitions, child)
    return partial


def _make_partial(definitions: dict[str, Node], node: Node) -> None:
    if "$ref" in node:
        node["$ref"] = _REF + _partial(definitions, _target(node))
    elif "anyOf" in node:
        node["anyOf"].append({"type": "null"})
    elif "type" in node:
        node["type"] = [*_types(node), "null"]
        if isinstance(node.get("additionalProperties"), dict):  # a map merges; a list replaces and stays as it is
            _make_partial(definitions, node["additionalProperties"])


def _narrow(definitions: dict[str, Node], name: str, fields: tuple[str, ...]) -> None:
    """Keep only some fields of an overlay."""
    tree: dict[str, tuple[str, ...]] = {}
    for field in fields:
        key, _, below = field.partition(".")
        tree[key] = (*tree.get(key, ()), below) if below else ()
    properties = definitions[name]["properties"]
    for key in list(properties):
        if key not in tree:
            del properties[key]
        elif tree[key]:
            _narrow(definitions, _target(properties[key]), tree[key])


def _add_snippets(definitions: dict[str, Node]) -> None:
    """Skeletons to start from, labelled by intent."""
    for name, snippets in SNIPPETS.items():
        definitions[name]["defaultSnippets"] = [dict(snippet) for snippet in snippets]


def _prune(definitions: dict[str, Node]) -> None:
    """Drop what narrowed overlays no longer need."""
    used = {"Spec"}
    waiting = [definitions["Spec"]]
    while waiting:
        for node in _nodes(waiting.pop()):
            if "$ref" in node and _target(node) not in used:
                used.add(_target(node))
                waiting.append(definitions[_target(node)])
    for name in definitions.keys() - used:
        del definitions[name]


def _finish(node: Node) -> None:
    """Marks of ours go; a description with Markdown is repeated under the name where it is not escaped."""
    for key in ("x-literal", "x-command"):
        node.pop(key, None)
    if "description" in node:
        node["description"] = " ".join(node["description"].split())
        if "`" in node["description"]:
            node["markdownDescription"] = node["description"]


def _draft_07(node: Any) -> Any:
    """Draft 7 has other names, and ignores what stands beside a ``$ref``."""
    if isinstance(node, list):
        return [_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {"definitions" if key == "$defs" else key: _draft_07(value) for key, value in node.items()}
    ref = result.get("$ref")
    if isinstance(ref, str):
        result["$ref"] = ref.replace(_REF, "#/definitions/")
        if len(result) > 1:
            result["allOf"] = [{"$ref": result.pop("$ref")}]
    return result
