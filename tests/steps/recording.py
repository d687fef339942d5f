"""A ``config.json`` that remembers which of its keys were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _collections_abc import dict_items, dict_values

Keys = tuple[str, ...]
Schema = Mapping[str, Any]

ANY = "*"
"""Stands in a path for the name of an entry of a map, and for the position in a list of objects."""


class Recording(dict[str, Any]):
    """An object or a map of the configuration.

    Reading a key counts where its value is no object. Copying, ``{**part}`` or ``dict(part)``, does not: it tells
    nothing of what is done with a key. Going through a map reads its values.

    Args:
        content: of the configuration.
        schema: all alternatives for this part of it.
        path: where it is.
        reads: where keys that were read are added.
    """

    def __init__(self, content: Mapping[str, Any], schema: Format, path: Keys, reads: set[Keys]) -> None:
        self._schema, self._path, self._reads = schema, path, reads
        super().__init__({name: self._wrapped(name, value) for name, value in content.items()})

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)

    def items(self) -> dict_items[str, Any]:
        self._note_entries()
        return super().items()

    def values(self) -> dict_values[str, Any]:
        self._note_entries()
        return super().values()

    def _note_entries(self) -> None:
        if self._schema.is_map:
            for name in self:
                self._note(name)

    def _note(self, name: str) -> None:
        if self._schema.below(name).is_leaf:
            self._reads.add((*self._path, self._schema.step(name)))

    def _wrapped(self, name: str, value: Any) -> Any:
        schema, path = self._schema.below(name), (*self._path, self._schema.step(name))
        if schema.is_leaf:
            return value
        if isinstance(value, list):
            return [Recording(item, schema.item(), (*path, ANY), self._reads) for item in value]
        return Recording(value, schema, path, self._reads)


class Format:
    """A part of a JSON Schema, with its references followed and its alternatives side by side.

    Args:
        root: the whole schema.
        nodes: the alternatives.
    """

    def __init__(self, root: Schema, *nodes: Schema) -> None:
        self._root = root
        self._nodes = [found for node in nodes for found in self._resolved(node)]

    @property
    def is_leaf(self) -> bool:
        """Whether no keys of ours are below: a scalar, a list of scalars, or an object that is the user's own."""
        return not (self._properties() or self.is_map or self.item()._properties())

    @property
    def is_map(self) -> bool:
        """Whether the keys are names that the user chose."""
        return any(isinstance(node.get("additionalProperties"), Mapping) for node in self._nodes)

    def step(self, name: str) -> str:
        """Return how a key stands in a path."""
        return ANY if self.is_map else name

    def below(self, name: str) -> Format:
        """Return the format of the value of a key; one without keys where the schema does not know it."""
        own = [node["properties"][name] for node in self._nodes if name in node.get("properties", {})]
        entries = [node["additionalProperties"] for node in self._nodes if self.is_map]
        return Format(self._root, *(node for node in own or entries if isinstance(node, Mapping)))

    def item(self) -> Format:
        """Return the format of the entries of a list."""
        return Format(self._root, *(node["items"] for node in self._nodes if isinstance(node.get("items"), Mapping)))

    def leaves(self, path: Keys = ()) -> Iterator[Keys]:
        """Yield the path of every key whose value is no object of ours."""
        if self.is_leaf:
            yield path
            return
        for name in self._properties():
            yield from self.below(name).leaves((*path, name))
        if self.is_map:
            yield from self.below("").leaves((*path, ANY))
        if self.item()._properties():
            yield from self.item().leaves((*path, ANY))

    def _properties(self) -> list[str]:
        return [
            name for node in self._nodes for name, value in node.get("properties", {}).items() if value is not False
        ]

    def _resolved(self, node: Schema) -> Iterator[Schema]:
        if "$ref" in node:
            yield from self._resolved(self._root["$defs"][node["$ref"].removeprefix("#/$defs/")])
        for alternative in (*node.get("oneOf", ()), *node.get("anyOf", ())):
            yield from self._resolved(alternative)
        yield node


def record(config: Mapping[str, Any], schema: Schema, reads: set[Keys]) -> Recording:
    """Return a configuration that adds what is read of it to a set."""
    return Recording(config, Format(schema, schema), (), reads)


def leaves(schema: Schema) -> set[Keys]:
    """Return the paths of all keys of a format that can be read."""
    return set(Format(schema, schema).leaves())
