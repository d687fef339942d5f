"""The models: nothing in them that could not be precompiled, and nothing without documentation."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from mlopsc import spec
from mlopsc.spec.base import Closed
from mlopsc.spec.reserved import RESERVED
from mlopsc.spec.root import Spec
from mlopsc.spec.walk import models
from pydantic import AfterValidator, BaseModel, Field, field_validator

ALL = sorted({model for _, model in models(Spec)}, key=lambda model: (model.__module__, model.__name__))


def code_in(schema: Any) -> set[str]:
    """Return every place of a core schema that calls Python: function nodes and default factories."""
    found: set[str] = set()
    if isinstance(schema, dict):
        kind = schema.get("type")
        if isinstance(kind, str) and kind.startswith("function-"):
            found.add(kind)
        if "default_factory" in schema:
            found.add("default_factory")
        for key, value in schema.items():
            if key != "metadata":  # documentation only
                found |= code_in(value)
    elif isinstance(schema, list | tuple):
        for item in schema:
            found |= code_in(item)
    return found


class WithValidator(Closed):
    value: int

    @field_validator("value")
    @classmethod
    def check(cls, value: int) -> int:
        return value


class WithAnnotation(Closed):
    value: Annotated[int, AfterValidator(abs)]


class WithFactory(Closed):
    value: list[int] = Field(default_factory=list)


@pytest.mark.parametrize("model", ALL, ids=lambda model: f"{model.__module__}.{model.__name__}")
def test_no_model_holds_code(model: type[BaseModel]) -> None:
    assert code_in(model.__pydantic_core_schema__) == set()


@pytest.mark.parametrize("model", [WithValidator, WithAnnotation, WithFactory])
def test_code_in_a_model_is_seen(model: type[BaseModel]) -> None:
    assert code_in(model.__pydantic_core_schema__)


@pytest.mark.parametrize("model", ALL, ids=lambda model: f"{model.__module__}.{model.__name__}")
def test_every_model_and_field_is_closed_and_documented(model: type[BaseModel]) -> None:
    assert issubclass(model, Closed)
    assert model.model_config["extra"] == "forbid"
    assert model.__doc__
    assert [name for name, field in model.model_fields.items() if not field.description] == []


def test_alternatives_are_optional_fields() -> None:
    for model in ALL:
        assert issubclass(model, Closed)
        for group in model.ONE_OF + model.AT_MOST_ONE:
            assert len(group) > 1
            for key in group:
                assert not model.model_fields[key].is_required()


def test_the_facade_lists_the_sections_of_the_model() -> None:
    keys = {field.alias or name: field for name, field in Spec.model_fields.items()}
    assert set(spec.SECTIONS) == set(keys)
    assert [key for key in spec.SECTIONS if keys[key].is_required()] == list(spec.REQUIRED)


def test_reserved_words_are_no_sections() -> None:
    assert RESERVED.keys().isdisjoint(spec.SECTIONS)
    assert set(RESERVED) == {"features", "depends_on", "regions", "budget", "experiment", "llm"}
    assert all(RESERVED.values())
