"""Reading and writing a release record, held against its JSON Schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mlopsc import assets
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.release import record, record_format

SCHEMA = Draft202012Validator(json.loads(assets.text("mlopsc_schemas", "release.v1.schema.json")))
FIXTURES = Path(__file__).resolve().parents[2] / "targets" / "kubernetes" / "releases"
DOCUMENTS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FIXTURES.glob("*.json"))
}
PHASES = {
    "none": record.NONE,
    "first": record.AT_REST,
    "canary": record.CANARY,
    "promoted": record.PROMOTED,
    "rolled-back": record.AT_REST,
}

NUMBERS: list[Any] = [True, 0, 1, 100, 101, -1, 0.5]
TEXTS: list[Any] = [
    "",
    "none",
    "released",
    "true",
    "0" * 12,
    "0" * 40,
    "f" * 64,
    f"sha256:{'0' * 64}",
    f"a@sha256:{'0' * 64}",
]
LISTS: list[Any] = [[], ["0" * 64], ["0" * 64, "0" * 64]]
TABLES: list[Any] = [
    {},
    {"": 1},
    {"reason": "x"},
    {"reason": ""},
    {"digest": f"sha256:{'1' * 64}"},
    {"digest": f"sha256:{'1' * 64}", "method": f"sha256:{'2' * 64}"},
    {"f1": 1},
    {"f1": True},
]
VALUES = st.sampled_from([None, *NUMBERS, *TEXTS, *LISTS, *TABLES])


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the places of all values in a document."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [place for key, item in items for place in ((*above, key), *places(item, (*above, key)))]


@st.composite
def changed_documents(draw: st.DrawFn) -> Any:
    """Records of every state, with up to two values changed, removed or added."""
    document = copy.deepcopy(draw(st.sampled_from(list(DOCUMENTS.values()))))
    for _ in range(draw(st.integers(0, 2))):
        found = places(document)
        if not found:
            break
        *above, last = draw(st.sampled_from(found))
        into: Any = document
        for key in above:
            into = into[key]
        match draw(st.sampled_from(("set", "remove", "add"))):
            case "set":
                into[last] = copy.deepcopy(draw(VALUES))
            case "remove":
                del into[last]
            case _ if isinstance(into, dict):
                name = draw(
                    st.sampled_from(
                        ("metrics", "evaluation", "commit", "stable", "canary", "hold", "unproven", "notes")
                    )
                )
                into[name] = copy.deepcopy(draw(VALUES))
    return document


@settings(max_examples=600, deadline=None, derandomize=True, database=None)
@given(changed_documents())
def test_the_plain_code_says_what_the_schema_says(document: Any) -> None:
    assert bool(list(record_format.problems(document))) == bool(list(SCHEMA.iter_errors(document))), document


@pytest.mark.parametrize(
    ("rejected", "message"),
    [
        (["0" * 64, "1" * 64, "0" * 64], f'rejected has "{"0" * 64}" twice'),
        (["two"], 'rejected[0] is "two", not the id of a release, 64 hexadecimal digits'),
        ("0", 'rejected is "0", not a list'),
    ],
)
def test_what_is_rejected_is_a_list_of_different_ids(rejected: object, message: str) -> None:
    document = {**DOCUMENTS["first"], "rejected": rejected}
    assert list(record_format.problems(document)) == [message]
    assert list(SCHEMA.iter_errors(document))


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_what_is_no_object_is_no_record(value: Any) -> None:
    assert list(record_format.problems(value)) == [f"the record is {json.dumps(value)}, not an object"]


@pytest.mark.parametrize("state", DOCUMENTS)
def test_what_is_read_is_written_the_same(state: str) -> None:
    text = (FIXTURES / f"{state}.json").read_text(encoding="utf-8")
    found = record.read(text, "release.json")
    assert found.text() == text
    assert found.phase == PHASES[state]
    assert list(SCHEMA.iter_errors(found.document())) == []


def test_a_release_that_nobody_saw_running_is_read_and_written_the_same() -> None:
    document = {**DOCUMENTS["first"], "unproven": True}
    assert list(SCHEMA.iter_errors(document)) == []
    found = record.read(json.dumps(document), "release.json")
    assert found.phase == record.PROMOTED
    assert found.document() == document


@pytest.mark.parametrize(
    ("state", "value", "message"),
    [("first", False, "unproven is false, not true"), ("none", True, "unproven is there, and the state is none")],
)
def test_unproven_is_true_or_left_out(state: str, value: bool, message: str) -> None:
    document = {**DOCUMENTS[state], "unproven": value}
    assert list(record_format.problems(document)) == [message]
    assert list(SCHEMA.iter_errors(document))


def _equal_ids(document: dict[str, Any]) -> None:
    document["canary"]["release"] = document["stable"]["release"]
    for key in ("metrics", "evaluation"):
        del document["canary"][key]


def _without_quality(document: dict[str, Any]) -> None:
    for key in ("metrics", "evaluation"):
        del document["canary"][key]


def _no_copies(document: dict[str, Any]) -> None:
    document["canary"]["replicas"] = 0


def _rejected(slot: str) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["rejected"].append(document[slot]["release"])


def _unproven(document: dict[str, Any]) -> None:
    document["unproven"] = True


def _ten_more(document: dict[str, Any]) -> None:
    document["stable"]["weight"] += 10


@pytest.mark.parametrize(
    ("state", "change", "message"),
    [
        ("canary", _ten_more, "add to 110, not to 100"),
        ("canary", _no_copies, "traffic would go to a track without copies"),
        ("canary", _without_quality, "canary lacks metrics and evaluation"),
        ("canary", _unproven, "unproven is true, and canary is another release than stable"),
        ("canary", _equal_ids, "canary.image differs from stable.image"),
        ("canary", _rejected("stable"), "is stable, and it is rejected"),
        ("canary", _rejected("canary"), "is canary, and it is rejected"),
        ("promoted", _rejected("previous"), "is previous, and it is rejected"),
    ],
)
def test_contradictions_are_refused(state: str, change: Callable[[dict[str, Any]], None], message: str) -> None:
    document = copy.deepcopy(DOCUMENTS[state])
    change(document)
    assert list(SCHEMA.iter_errors(document)) == [], "the schema alone cannot see it"
    with pytest.raises(Refused, match=message):
        record.read(json.dumps(document), "release.json")


def test_every_reason_is_named_with_the_file() -> None:
    document = {**DOCUMENTS["first"], "notes": "", "state": "paused"}
    with pytest.raises(Refused) as caught:
        record.read(json.dumps(document), "release.json on deploy/penguins/production")
    messages = [finding.message for finding in caught.value.findings]
    assert messages == [
        f"release.json on deploy/penguins/production: {reason}; correct the file on its branch; nothing was changed"
        for reason in ('state is "paused", not "none" or "released"', "notes is not known")
    ]


@pytest.mark.parametrize("text", ["", "{", "<<<<<<< HEAD\n{}", '{"weight": NaN}'])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="it is no JSON"):
        record.read(text, "release.json")


def test_long_values_are_cut() -> None:
    (problem,) = record_format.problems({**DOCUMENTS["none"], "state": "x" * 1000})
    assert len(problem) < 200
