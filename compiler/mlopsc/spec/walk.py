"""Walking the models: what lies at which spec path."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

Pattern = tuple[str, ...]
"""A spec path with ``*`` for any key of a map and any position of a list."""


def models(model: type[BaseModel], at: Pattern = ()) -> Iterator[tuple[Pattern, type[BaseModel]]]:
    """Yield `model` and every model below it, each with its spec path."""
    yield at, model
    hints = get_type_hints(model)
    for name, field in model.model_fields.items():
        for below, found in _inside(hints[name]):
            yield from models(found, (*at, field.alias or name, *below))


def marked(model: type[BaseModel], mark: str) -> Iterator[Pattern]:
    """Yield the spec paths of the fields that carry `mark` among their extra keys of the schema."""
    for at, found in models(model):
        for name, field in found.model_fields.items():
            if isinstance(field.json_schema_extra, dict) and mark in field.json_schema_extra:
                yield (*at, field.alias or name)


def _inside(hint: Any) -> Iterator[tuple[Pattern, type[BaseModel]]]:
    origin, args = get_origin(hint), get_args(hint)
    if origin is None:
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            yield (), hint
    elif origin is Annotated:
        yield from _inside(args[0])
    elif origin in (Union, types.UnionType):
        for arg in args:
            yield from _inside(arg)
    elif origin in (list, dict):
        for below, found in _inside(args[-1]):
            yield ("*", *below), found
