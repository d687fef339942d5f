"""Validation: the example of the design passes, every bad fixture fails as it announces, messages have their facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mlopsc import spec
from mlopsc.spec import SpecError
from mlopsc.spec.base import Closed
from mlopsc.spec.precompile import precompile
from mlopsc.spec.root import Spec
from pydantic import Field, ValidationError
from spec.support import BAD, SECTION4, expectation, for_compiler, load


def errors(data: dict[str, Any]) -> list[tuple[str, SpecError]]:
    """Return the errors of all sections, with the section."""
    found = [(section, error) for section in data for error in spec.validate(section, data[section]).errors]
    assert set(spec.REQUIRED) <= set(data)
    return found


def only(section: str, data: object) -> SpecError:
    (error,) = spec.validate(section, data).errors
    return error


def test_the_example_of_the_design_is_valid() -> None:
    data = for_compiler(load(SECTION4.read_text(encoding="utf-8")))
    assert errors(data) == []
    whole = Spec.model_validate(data).model_dump(by_alias=True)
    for section in spec.SECTIONS:
        result = spec.validate(section, data[section]).data if section in data else spec.absent(section)
        assert result == whole[section], section


def test_the_fixture_is_the_block_of_the_design_and_names_files_that_exist() -> None:
    data = load(SECTION4.read_text(encoding="utf-8"))
    folder = SECTION4.parent
    request, values = data["tests"]["smoke"][0]["request"], data["tests"]["smoke"][0]["expect"]["values"]
    for file in (request, values, data["model"]["dependencies"]["lock"], "src/churn/model.py"):
        assert (folder / file).is_file()
    assert set(spec.SECTIONS) - set(data) == {"$schema", "final", "stack"}


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_fixture_has_its_one_error(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    kind, loc = expectation(text)
    ((section, error),) = errors(load(text))
    assert (error.kind, (section, *error.loc)) == (kind, loc)
    if kind != "empty":  # the models take null for a key that is left out
        with pytest.raises(ValidationError):
            Spec.model_validate(load(text))


def test_the_fixtures_cover_every_kind() -> None:
    assert len(BAD) >= 25
    kinds = {expectation(file.read_text(encoding="utf-8"))[0] for file in BAD}
    assert kinds == {"unknown-key", "missing", "empty", "type", "enum", "pattern", "range", "length", "name"}


@pytest.mark.parametrize(
    ("section", "data", "facts"),
    [
        ("output", {"dri": "ops"}, {"key": "dri", "allowed": "dir, builders"}),
        ("metadata", {}, {"key": "name"}),
        ("output", {"dir": None}, {"key": "dir"}),
        (
            "deployment",
            {"strategy": {"shadow": {"percent": "10"}}},
            {"given": "10", "shape": "percentage", "expected": 'a percentage such as "10%"'},
        ),
        (
            "execution",
            {"train": {"resources": {"cpu": True}}},
            {
                "given": "true",
                "found": "true",
                "expected": 'a number or a quantity such as "500m" (cores) or "1Gi" (bytes)',
            },
        ),
        ("execution", {"train": {"workers": 0}}, {"given": "0", "expected": "at least 1"}),
        ("deployment", {"serving": {"resources": {"cpu": -1}}}, {"given": "-1", "expected": "at least 0"}),
        ("deployment", {"mode": "on"}, {"given": "on", "allowed": "online, batch, none"}),
        ("deployment", {"mode": ["online"]}, {"expected": "one of online, batch, none", "found": "a list"}),
        ("deployment", {"strategy": {"canary": {"steps": []}}}, {"expected": "at least 1 entry"}),
        ("metadata", {"name": "a", "description": ""}, {"expected": "at least 1 character"}),
        ("variables", {"a": {}}, {"found": "a map", "expected": "true or false, a number or text"}),
        ("variables", {"1a": 1}, {"key": "1a", "shape": "word"}),
        ("metadata", ["churn"], {"found": "a list", "expected": "a map"}),
        ("metadata", {"name": "a", "description": 4}, {"given": "4", "found": "the number 4", "expected": "text"}),
        ("tests", {"metrics": {"f1": {"min": float("nan")}}}, {"expected": "a finite number"}),
    ],
)
def test_facts(section: str, data: object, facts: dict[str, str]) -> None:
    error = only(section, data)
    assert {key: error.facts.get(key) for key in facts} == facts


def test_an_error_of_a_union_is_one_error_at_the_value() -> None:
    error = only("data", {**DATA, "datasets": {"a": {"uri": "a.csv", "missing_values": ["NA", []]}}})
    assert error.loc == ("datasets", "a", "missing_values", 1)


DATA = {"datasets": {"a": {"uri": "a.csv"}}, "train": "a", "evaluate": {"split": {"test": "20%"}}}


def test_several_errors_of_one_section_are_all_reported() -> None:
    found = spec.validate("output", {"dir": 1, "builders": {"docker": "no", "dockr": 1}}).errors
    assert [(error.kind, error.loc) for error in found] == [
        ("type", ("dir",)),
        ("type", ("builders", "docker")),
        ("unknown-key", ("builders", "dockr")),
    ]


def test_values_are_never_converted() -> None:
    assert only("model", {**MODEL, "seed": "1"}).kind == "type"
    assert only("model", {**MODEL, "seed": True}).kind == "type"
    assert only("model", {**MODEL, "registered_name": 1}).kind == "type"


MODEL = {"task": "regression", "framework": "sklearn", "train": {"call": "a:b"}}


def test_a_whole_number_is_a_number() -> None:
    assert spec.validate("tests", {"metrics": {"mae": {"max": 2}}}).data["metrics"]["mae"]["max"] == 2
    resources = spec.validate("execution", {"train": {"resources": {"cpu": 2}}}).data["train"]["resources"]
    assert resources == {"cpu": 2, "memory": "4Gi", "gpu": 0}


def test_null_is_kept_where_any_data_may_stand() -> None:
    assert spec.validate("model", {**MODEL, "params": {"max_depth": None}}).data["params"] == {"max_depth": None}


def test_defaults_are_not_shared() -> None:
    spec.validate("data", DATA).data["datasets"]["a"]["missing_values"].append("NA")
    assert spec.validate("data", DATA).data["datasets"]["a"]["missing_values"] == [""]


def test_what_is_absent_has_defaults_and_what_is_required_has_none() -> None:
    assert spec.absent("execution") == spec.validate("execution", {}).data
    assert spec.absent("deployment") == spec.validate("deployment", {"mode": "none"}).data
    for section in spec.REQUIRED:
        with pytest.raises(KeyError):
            spec.absent(section)


def test_options_of_a_target() -> None:
    class Options(Closed):
        colour: str = Field(default="red", pattern="^[a-z]+$")

    schema = precompile(Options)
    assert spec.validate_options(schema, {}).data == {"colour": "red"}
    (error,) = spec.validate_options(schema, {"colour": "RED"}).errors
    assert (error.kind, error.facts["expected"]) == ("pattern", "text that matches ^[a-z]+$")


@pytest.mark.parametrize("user", ["me:hunter2", "hunter2", "me:hunt@hunter2"])
def test_a_password_in_an_address_is_refused_and_not_shown(user: str) -> None:
    error = only("monitoring", {"prometheus": {"query_url": f"https://{user}@prom.acme.example"}})
    assert (error.kind, error.loc) == ("pattern", ("prometheus", "query_url"))
    assert error.facts["given"] == "https://...@prom.acme.example"
    assert "without user and password" in error.facts["expected"]


def test_an_at_sign_further_on_is_no_user() -> None:
    for url in ("https://prom.acme.example/@growth", "http://prom:9090/x?to=a@b"):
        assert spec.validate("monitoring", {"prometheus": {"query_url": url}}).errors == ()
