"""The published schemas of the pipeline's files: they are schemas, closed and described, and say no where they must."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mlopsc.steps.mlops_steps import commands
from steps.formats import SCHEMAS, problems, schema
from steps.tracking.documents import VERSION

FORMATS = ("candidate", "evaluate-config", "result", "train-config")


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema inside a schema, but those that only say when others hold."""
    if isinstance(node, dict):
        yield path, node
        for name, value in node.items():
            if name not in ("allOf", "examples", "enum", "const"):
                yield from nodes(value, f"{path}/{name}")
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from nodes(value, f"{path}/{position}")


@pytest.mark.parametrize("name", FORMATS)
def test_it_is_a_schema_with_a_name_of_its_own(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"urn:mlopsc:{name}:v1"
    text = (SCHEMAS / f"{name}.v1.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == schema(name)


@pytest.mark.parametrize("name", FORMATS)
def test_objects_are_closed_and_properties_described(name: str) -> None:
    found = [
        path
        for path, node in nodes(schema(name))
        if "properties" in node and isinstance(node["properties"], dict) and node.get("type") == "object"
        if node.get("additionalProperties") is not False
    ]
    assert found == []
    properties = [
        f"{path}/{key}: {value}"
        for path, node in nodes(schema(name))
        if node.get("type") == "object" and isinstance(node.get("properties"), dict)
        for key, value in node["properties"].items()
        if not described(schema(name), value)
    ]
    assert properties == []


def described(root: dict[str, Any], node: dict[str, Any]) -> bool:
    target = root["$defs"][node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else {}
    return bool(node.get("description") or target.get("description"))


@pytest.mark.parametrize("name", FORMATS)
def test_the_example_is_valid(name: str) -> None:
    for example in schema(name)["examples"]:
        assert problems(name, example) == []


@pytest.mark.parametrize("name", FORMATS)
def test_an_unknown_and_a_missing_key_and_another_number_are_found(name: str) -> None:
    (example,) = schema(name)["examples"]
    assert problems(name, {**example, "colour": "red"})
    assert problems(name, {**example, "schema": 2})
    for key in schema(name)["required"]:
        assert problems(name, {other: value for other, value in example.items() if other != key}), key


def test_every_step_has_a_result() -> None:
    assert set(schema("result")["properties"]["step"]["enum"]) == set(commands.STEPS)


def change(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.update(changes)


@pytest.mark.parametrize(
    "broken",
    [
        change(status="passed"),
        change(status="failed"),
        change(findings=[]),
        change(step="tain"),
        change(result={"verdict": "perhaps", "checks": []}),
        change(result={"verdict": "failed"}),
        lambda document: document["result"]["checks"][0].update(colour="red"),
        lambda document: document["findings"][0].pop("message"),
    ],
    ids=[
        "passed with findings",
        "failed with a result",
        "refused without a reason",
        "step",
        "verdict",
        "half",
        "key",
        "finding",
    ],
)
def test_a_result_that_contradicts_itself_is_found(broken: Callable[[dict[str, Any]], None]) -> None:
    document = copy.deepcopy(schema("result")["examples"][0])
    broken(document)
    assert problems("result", document)


def test_a_refused_step_may_have_found_out_nothing() -> None:
    document = {**schema("result")["examples"][0], "result": {}}
    assert problems("result", document) == []
    assert problems("result", {**document, "status": "not-judged", "findings": []})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", VERSION + "0"),
        ("commit", "main"),
        ("gate", "perhaps"),
        ("sample", 0),
        ("sample", True),
        ("metrics", {"roc_auc": None}),
        ("data", {"customers": "9f86"}),
        ("rows", {}),
        ("recipe", {"code": "9" * 64}),
    ],
)
def test_a_wrong_value_of_a_candidate_is_found(key: str, value: Any) -> None:
    assert problems("candidate", {**schema("candidate")["examples"][0], key: value})
