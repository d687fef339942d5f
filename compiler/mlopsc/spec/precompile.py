"""Models to plain data: the core schema of a pydantic model without classes and functions.

The result can be written to a file, and `pydantic_core` validates with it at a fraction of the start-up cost of the
model classes. Models become typed dictionaries whose keys are those of the spec.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, TypeAdapter

_CONSTRAINTS = {
    "any": (),
    "bool": (),
    "int": ("ge", "gt", "le", "lt"),
    "float": ("ge", "gt", "le", "lt"),
    "str": ("pattern", "min_length", "max_length"),
    "literal": ("expected",),
    "list": ("min_length", "max_length"),
    "dict": ("min_length", "max_length"),
}


def precompile(of: Any) -> dict[str, Any]:
    """Return the schema of a model, or of another annotation, as plain data for `mlopsc.spec.validation`.

    An explicit null is an error wherever a field is optional only because it may be left out.

    Raises:
        TypeError: the model holds code, such as a validator, or a construct that the spec does not use.
    """
    return _plain(TypeAdapter(of).core_schema, {})


def _plain(schema: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    kind = schema["type"]
    if kind == "definitions":
        for definition in schema["definitions"]:
            definitions[definition["ref"]] = definition
        return _plain(schema["schema"], definitions)
    if kind == "definition-ref":
        return _plain(definitions[schema["schema_ref"]], definitions)
    if kind in ("model", "nullable"):
        return _plain(schema["schema"], definitions)
    if kind == "model-fields":
        fields = {
            field.get("validation_alias", name): _field(_plain(field["schema"], definitions))
            for name, field in schema["fields"].items()
        }
        return {"type": "typed-dict", "extra_behavior": "forbid", "fields": fields}
    if kind == "default" and "default" in schema:
        default = _data(schema["default"])
        result: dict[str, Any] = {
            "type": "default",
            "schema": _plain(schema["schema"], definitions),
            "default": default,
        }
        if isinstance(default, dict | list):
            result["copy_default"] = True
        return result
    if kind == "union":
        choices = [_plain(choice, definitions) for choice in schema["choices"]]
        if any(choice["type"] not in ("bool", "int", "float", "str") for choice in choices):
            raise TypeError("a union of anything but scalars")
        return {"type": "union", "choices": choices}
    if kind not in _CONSTRAINTS:
        raise TypeError(f"a schema of the kind {kind!r} is not plain data")
    result = {"type": kind}
    result.update((key, _bound(schema[key])) for key in _CONSTRAINTS[kind] if schema.get(key) is not None)
    if kind == "float":
        result["allow_inf_nan"] = False
    for part in ("items_schema", "keys_schema", "values_schema"):
        if part in schema:
            result[part] = _plain(schema[part], definitions)
    return result


def _field(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "typed-dict-field", "schema": schema, "required": schema["type"] != "default"}


def _bound(value: Any) -> Any:
    """Return a bound as it is said: 0, not 0.0, whichever of both this version of pydantic keeps."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _data(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    raise TypeError(f"a default that is no plain data: {value!r}")
