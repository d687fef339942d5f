"""The schema of the release record: a fixture for each state, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mlopsc import assets
from targets.kubernetes import projects

SCHEMA = json.loads(assets.text("mlopsc_schemas", "release.v1.schema.json"))
VALIDATOR = Draft202012Validator(SCHEMA)
STATES = ("none", "first", "canary", "promoted", "rolled-back")


def record(state: str) -> dict[str, Any]:
    """Return a fixture."""
    document: dict[str, Any] = json.loads((projects.RELEASES / f"{state}.json").read_text(encoding="utf-8"))
    return document


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert {path.stem for path in projects.RELEASES.glob("*.json")} == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_valid(state: str) -> None:
    assert list(VALIDATOR.iter_errors(record(state))) == []


def test_the_seed_is_the_fixture_of_state_none() -> None:
    files = projects.rendered(projects.SPEC)
    for env in ("staging", "production"):
        assert json.loads(files[f"ops/deploy/releases/{env}/release.json"].text) == record("none")


def test_every_object_and_value_is_described_and_closed() -> None:
    stack: list[Any] = [SCHEMA]
    seen = 0
    while stack:
        schema = stack.pop()
        if not isinstance(schema, dict):
            continue
        if schema.get("type") == "object":
            seen += 1
            assert "additionalProperties" in schema
        for name, value in schema.get("properties", {}).items():
            assert value is False or value.get("description") or "$ref" in value or "const" in value, name
            stack.append(value)
        stack.extend(schema.get("$defs", {}).values())
        assert "description" in schema or not {"type", "enum"} & set(schema)
    assert seen >= 6


def _drop(*place: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for key in place[:-1]:
            document = document[key]
        del document[place[-1]]

    return change


def _set(*place: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for key in place[:-1]:
            document = document[key]
        document[place[-1]] = value

    return change


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("none", _set("stable", value={})),
        ("none", _set("previous", value={})),
        ("none", _set("state", value="released")),
        ("none", _set("kind", value="Releases")),
        ("none", _set("apiVersion", value="mlopsc/v2")),
        ("none", _set("metadata", "annotations", value={})),
        ("none", _set("metadata", "name", value="Penguins")),
        ("first", _drop("stable")),
        ("first", _drop("canary")),
        ("first", _drop("rejected")),
        ("first", _drop("stable", "evaluation")),
        ("first", _drop("stable", "evaluation", "digest")),
        ("first", _drop("stable", "evaluation", "method")),
        ("first", _set("stable", "evaluation", "method", value="recall")),
        ("first", _drop("stable", "metrics")),
        ("first", _drop("stable", "commit")),
        ("first", _drop("canary", "commit")),
        ("first", _set("state", value="paused")),
        ("first", _set("stable", "image", value="ghcr.io/acme/penguins:latest")),
        ("first", _set("stable", "version", value="v1")),
        ("first", _set("stable", "weight", value=101)),
        ("first", _set("stable", "weight", value="100")),
        ("first", _set("stable", "tag", value="latest")),
        ("first", _set("stable", "metrics", "accuracy", value="high")),
        ("first", _set("stable", "commit", value="main")),
        ("first", _set("commit", value="0" * 40)),
        ("canary", _drop("canary", "metrics")),
        ("canary", _drop("canary", "evaluation")),
        ("canary", _set("canary", "replicas", value=-1)),
        ("canary", _set("canary", "replicas", value=1.5)),
        ("canary", _set("notes", value="")),
        ("promoted", _set("previous", "weight", value=0)),
        ("promoted", _drop("previous", "commit")),
        ("rolled-back", _set("rejected", value=["two"])),
        ("rolled-back", _set("rejected", value=["0" * 64, "0" * 64])),
        ("rolled-back", _set("hold", value={})),
        ("rolled-back", _set("hold", "reason", value="")),
    ],
)
def test_what_is_wrong_is_refused(state: str, change: Callable[[dict[str, Any]], None]) -> None:
    document = record(state)
    change(document)
    assert list(VALIDATOR.iter_errors(document))
