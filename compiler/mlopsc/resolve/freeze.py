"""Validated data to records: the project. Field types of the records say how; every record gets its spec path."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from mlopsc.record import Path, Record

R = TypeVar("R", bound=Record)
Builder = Callable[[Any, Path], Any]


def freeze(cls: type[R], data: Mapping[str, Any], path: Path) -> R:
    """Return a record of `cls` with the values of `data`.

    Args:
        cls: a record whose field names are the keys of `data`.
        data: validated, with all defaults filled in; keys that the record does not have are left out.
        path: spec path of the record.

    Raises:
        TypeError: a field is missing.
    """
    builders = _builders(cls)
    values = {}
    for key, value in data.items():
        if key in builders:
            name, build = builders[key]
            values[name] = build(value, (*path, key))
    return cls(path=path, **values)


@cache
def _builders(cls: type[Record]) -> dict[str, tuple[str, Builder]]:
    """Return spec key to field name and builder; a key that cannot be a field name has an underscore there."""
    hints = get_type_hints(cls)
    del hints["path"]
    return {name.rstrip("_"): (name, _builder(hint)) for name, hint in hints.items()}


def _keep(value: Any, path: Path) -> Any:
    return value


def _builder(hint: Any) -> Builder:
    origin = get_origin(hint)
    if origin is Union or origin is types.UnionType:
        inner = [arg for arg in get_args(hint) if arg is not type(None)]
        if len(inner) == 1:
            build = _builder(inner[0])
            return lambda value, path: None if value is None else build(value, path)
        return _keep
    if origin is tuple:
        build = _builder(get_args(hint)[0])
        return lambda value, path: tuple(build(item, (*path, index)) for index, item in enumerate(value or ()))
    if origin is Mapping:
        build = _builder(get_args(hint)[1])
        return lambda value, path: {key: build(item, (*path, key)) for key, item in (value or {}).items()}
    if isinstance(hint, type) and issubclass(hint, Record):
        return lambda value, path: freeze(hint, value, path)
    if isinstance(hint, type) and issubclass(hint, str) and hint is not str:
        return lambda value, path: hint(value)
    return _keep
