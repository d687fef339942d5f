"""The records of the project have the fields of the models, under the same names, in modules of the same name."""

from __future__ import annotations

import importlib
from typing import Any, get_type_hints

import pytest
from mlopsc.project import Project
from mlopsc.record import Record
from mlopsc.spec.root import Spec
from mlopsc.spec.walk import models
from pydantic import BaseModel

DROPPED = {
    "Spec": {"schema_", "apiVersion", "final", "include", "variables", "target"},
    "Environment": {"variables"},
}
"""Keys of the spec that have done their work when the project is made."""

ADDED = {
    "Spec": {"file", "folder"},
    "Environment": {"name"},
    "Deployment": {"options"},
}
"""What the project knows besides: where the file is, the key in the map, the options of targets by name."""

RENAMED = {"path": "path_"}
"""``path`` is the spec path of the record itself."""

MODELS = sorted(
    {model for _, model in models(Spec) if model.__name__ != "Include"},
    key=lambda model: (model.__module__, model.__name__),
)


def record_of(model: type[BaseModel]) -> type[Record]:
    """Return the record that stands for a model."""
    if model is Spec:
        return Project
    module = model.__module__.replace("mlopsc.spec.", "mlopsc.project.")
    record = getattr(importlib.import_module(module), model.__name__)
    assert isinstance(record, type)
    assert issubclass(record, Record)
    return record


def difference(model: type[BaseModel], record: type[Record]) -> set[str]:
    """Return the names that are in one of both only, exceptions aside."""
    expected = {RENAMED.get(name, name) for name in model.model_fields}
    expected = expected - DROPPED.get(model.__name__, set()) | ADDED.get(model.__name__, set())
    return expected ^ (set(record.__match_args__) - {"path"})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.__module__}.{model.__name__}")
def test_a_record_has_the_fields_of_its_model(model: type[BaseModel]) -> None:
    assert difference(model, record_of(model)) == set()


def test_a_difference_is_seen() -> None:
    class Rolling(BaseModel):
        surge: int

    class Missing(Record):
        other: int

    assert difference(Rolling, Missing) == {"surge", "other"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.__module__}.{model.__name__}")
def test_types_agree_and_resolve_at_run_time(model: type[BaseModel]) -> None:
    """A field that may be None in one may be None in the other; maps, lists and sections stay what they are."""
    record, theirs = get_type_hints(record_of(model)), get_type_hints(model)
    for name, hint in theirs.items():
        field = RENAMED.get(name, name)
        if name in model.model_fields and field in record and (model.__name__, name) not in RESOLVED:
            assert shape(record[field]) == shape(hint), name


RESOLVED = {
    *(("Environment", name) for name in ("deployment", "monitoring", "tests", "execution")),
    *(("Spec", name) for name in ("environments", "stack")),
}
"""Overlays that have been merged, the order of environments, the stack that ``target`` stands for."""


def shape(hint: Any) -> str:
    """Reduce a type to what both sides must share."""
    text = str(hint).replace("typing.", "")
    optional = "?" if "None" in text or "Optional" in text else ""
    if "dict[" in text or "Mapping[" in text:
        return f"map{optional}"
    if "list[" in text or "tuple[" in text:
        return f"list{optional}"
    if "mlopsc.spec." in text or "mlopsc.project." in text:
        return text[text.index("mlopsc.") :].split(".")[-1].rstrip("'>").partition(" ")[0] + optional
    return f"scalar{optional}"


def test_a_difference_of_types_is_seen() -> None:
    assert shape(dict[str, int]) != shape(int)
    assert shape(int | None) != shape(int)
    assert shape(Spec) != shape(int)
