"""The published schema: it accepts what the compiler accepts, rejects what it rejects, and is kind to editors."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.validators import validator_for
from mlopsc import spec
from mlopsc.schema import OVERLAYS, REFERENCE, schema
from mlopsc.spec import _core
from mlopsc.spec.base import Closed
from mlopsc.spec.one_of import AT_MOST_ONE_PATHS, ONE_OF_PATHS
from mlopsc.spec.patterns import BY_PATTERN
from mlopsc.spec.snippets import SNIPPETS
from pydantic import Field
from spec.support import BAD, SECTION4, load

Node = dict[str, Any]


class Options(Closed):
    """Options of a target."""

    flavour: Literal["plain", "sweet"] = "plain"
    """Taste of the thing."""
    depth: int = Field(default=1, ge=1)
    """How deep."""


OPTIONS = {"kubernetes": Options}
PUBLISHED = schema(OPTIONS)
VALIDATOR = Draft202012Validator(PUBLISHED)
VALIDATOR_07 = Draft7Validator(schema(OPTIONS, "draft-07"))
MINIMAL = load((BAD[0].parent.parent / "minimal.yaml").read_text(encoding="utf-8"))


def messages(data: object) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(data)]


def merged(**changes: Any) -> Node:
    """Return the minimal spec with sections changed or added."""
    return {**copy.deepcopy(MINIMAL), **changes}


def nodes(node: Any, at: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every schema in a schema with its place."""
    yield at, node
    for key in ("properties", "$defs", "patternProperties"):
        for name, child in node.get(key, {}).items():
            yield from nodes(child, f"{at}/{name}")
    for key in ("additionalProperties", "items"):
        if isinstance(node.get(key), dict):
            yield from nodes(node[key], f"{at}/*")
    for index, child in enumerate(node.get("anyOf", ())):
        yield from nodes(child, f"{at}/anyOf/{index}")


ALL = list(nodes(PUBLISHED))


def test_the_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    Draft7Validator.check_schema(schema(OPTIONS, "draft-07"))


@pytest.mark.parametrize("validator", [VALIDATOR, VALIDATOR_07], ids=["2020-12", "draft-07"])
def test_the_example_of_the_design_is_valid(validator: Any) -> None:
    data = load(SECTION4.read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(data)] == []
    assert [error.message for error in validator.iter_errors(MINIMAL)] == []


@pytest.mark.parametrize("validator", [VALIDATOR, VALIDATOR_07], ids=["2020-12", "draft-07"])
@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_fixture_is_invalid(file: Path, validator: Any) -> None:
    assert not validator.is_valid(load(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", ["mlops.v1.schema.json", "mlops.v1.draft-07.schema.json"])
def test_the_committed_schema_takes_the_example_of_the_design(file: str) -> None:
    published = json.loads((resources.files("mlopsc_schemas") / file).read_text(encoding="utf-8"))
    validator = validator_for(published)(published)
    data = load(SECTION4.read_text(encoding="utf-8"))
    assert validator.is_valid(data)
    data["deployment"]["kubernetes"] = {"no_such_option": 1}
    assert not validator.is_valid(data)


REFERENCES: dict[str, Node] = {
    "integer": {"execution": {"train": {"workers": "${var.workers}"}}},
    "number": {"tests": {"metrics": {"roc_auc": {"min": "${var.bar}"}}}},
    "boolean": {"environments": {"prod": {"protected": "${var.protected}"}}},
    "percentage": {"deployment": {"strategy": {"shadow": {"percent": "${var.share}"}}}},
    "part of a rate": {"tests": {"load": {"against": "staging", "rate": "${var.rate}/s", "p95": "250ms"}}},
    "quantity": {"deployment": {"serving": {"resources": {"cpu": "${var.cpu}"}}}},
    "enumeration": {"deployment": {"mode": "${var.mode}"}},
    "enumeration of one": {"governance": {"risk_tier": "${var.tier}"}},
    "environment": {"monitoring": {"prometheus": {"namespace": "${env.namespace}"}}},
    "name of the environment": {"deployment": {"image": {"name": "ghcr.io/acme/churn-${env.name}"}}},
    "list item": {"deployment": {"strategy": {"canary": {"steps": ["${var.first}", "50%"]}}}},
    "map value": {"deployment": {"pod": {"env": {"MODE": "${var.mode}"}}}},
    "patch": {
        "patches": [{"file": "${var.file}", "ops": [{"op": "add", "path": "/a", "value": "${var.x}"}], "reason": "x"}]
    },
    "option of a target": {"deployment": {"kubernetes": {"flavour": "${var.flavour}", "depth": "${var.depth}"}}},
    "overlay": {"environments": {"prod": {"deployment": {"serving": {"replicas": {"min": "${var.min}"}}}}}},
    "secret": {"deployment": {"model_store": {"uri": "s3://a/", "credentials": {"secret": "${var.secret}"}}}},
}


@pytest.mark.parametrize("sections", REFERENCES.values(), ids=REFERENCES)
def test_references_are_valid_where_the_compiler_substitutes(sections: Node) -> None:
    assert messages(merged(**sections)) == []


NO_REFERENCES: dict[str, Node] = {
    "metadata": {"metadata": {"name": "${var.name}"}},
    "target": {"target": "${var.target}"},
    "include": {"include": [{"path": "a.yaml", "sha256": "${var.digest}"}]},
    "apiVersion": {"apiVersion": "${var.version}"},
    "unknown namespace": {"execution": {"train": {"workers": "${secret.workers}"}}},
    "field of the environment": {"execution": {"train": {"workers": "${env.cluster}"}}},
    "shell": {"deployment": {"mode": "$mode"}},
}


@pytest.mark.parametrize("sections", NO_REFERENCES.values(), ids=NO_REFERENCES)
def test_references_are_invalid_elsewhere(sections: Node) -> None:
    assert messages(merged(**sections)) != []


VALID: dict[str, Node] = {
    "extension at the top": {"x-team": {"any": ["thing"]}},
    "extension in a section": {"execution": {"x-note": 1, "train": {"x-note": None}}},
    "extension in a map": {"tests": {"metrics": {"x-note": "text", "f1": {"min": 0.5}}}},
    "extension in a map with names": {"environments": {"x-defaults": {"anything": 1}, "prod": {}}},
    "extension in an overlay": {"environments": {"prod": {"deployment": {"x-note": 1}}}},
    "whole number for a number": {"tests": {"metrics": {"mae": {"max": 2}}}},
    "quantity as number": {"execution": {"train": {"resources": {"cpu": 0.5}}}},
    "null removes in an overlay": {"environments": {"prod": {"deployment": {"ingress": None}}}},
    "null removes a scalar": {"environments": {"prod": {"deployment": {"pod": {"service_account": None}}}}},
    "null removes an entry": {"environments": {"prod": {"deployment": {"pod": {"env": {"MODE": None}}}}}},
    "null removes a list": {"environments": {"prod": {"tests": {"smoke": None}}}},
    "part of a section in an overlay": {"environments": {"prod": {"deployment": {"ingress": {"host": "a.example"}}}}},
    "another alternative in an overlay": {"environments": {"prod": {"deployment": {"strategy": {"rolling": {}}}}}},
    "runner in an overlay": {"environments": {"prod": {"execution": {"runners": {"deploy": "inside"}}}}},
    "cloud in an overlay": {
        "environments": {
            "prod": {
                "execution": {"cloud": {"aws": {"role": "arn:aws:iam::123456789012:role/a", "region": "eu-west-1"}}}
            }
        }
    },
    "null in free data": {
        "patches": [{"file": "a", "ops": [{"op": "add", "path": "/a", "value": None}], "reason": "x"}]
    },
    "options of a target in an overlay": {"environments": {"prod": {"deployment": {"kubernetes": {"depth": 2}}}}},
    "values that look like other types": {"model": {**MINIMAL["model"], "prediction": {"positive": "yes"}}},
}


@pytest.mark.parametrize("sections", VALID.values(), ids=VALID)
def test_what_the_compiler_accepts_is_valid(sections: Node) -> None:
    assert messages(merged(**sections)) == []


INVALID: dict[str, Node] = {
    "unknown section": {"modle": {}},
    "reserved word": {"features": {"store": "feast"}},
    "two targets": {"stack": {"serve": "seldon"}},
    "two alternatives": {"deployment": {"strategy": {"rolling": {}, "shadow": {}}}},
    "no alternative": {"deployment": {"strategy": {"controller": "git"}}},
    "alternatives that exclude each other": {
        "data": {**MINIMAL["data"], "evaluate": {"split": {"test": "20%", "by_time": "a", "by_group": "b"}}}
    },
    "null outside an overlay": {"deployment": {"ingress": None}},
    "unknown key in an overlay": {"environments": {"prod": {"deployment": {"servng": {}}}}},
    "wrong type in an overlay": {"environments": {"prod": {"deployment": {"serving": {"replicas": {"min": []}}}}}},
    "wrong unit in an overlay": {"environments": {"prod": {"monitoring": {"drift": {"every": "1"}}}}},
    "null in a list of an overlay": {"environments": {"prod": {"tests": {"smoke": [None]}}}},
    "half an entry of a list in an overlay": {"environments": {"prod": {"tests": {"smoke": [{}]}}}},
    "section that an environment may not override": {"environments": {"prod": {"model": {"seed": 1}}}},
    "field that an environment may not override": {"environments": {"prod": {"tests": {"metrics": {}}}}},
    "training in an environment": {"environments": {"prod": {"execution": {"train": {"workers": 2}}}}},
    "runner in an environment": {"environments": {"prod": {"execution": {"runners": {"train": "x"}}}}},
    "variable that is no scalar": {"variables": {"a": [1]}},
    "unknown option of a target": {"deployment": {"kubernetes": {"flavor": "plain"}}},
    "value of an option": {"deployment": {"kubernetes": {"flavour": "sour"}}},
    "option of an unknown target": {"deployment": {"seldon": {}}},
}


@pytest.mark.parametrize("sections", INVALID.values(), ids=INVALID)
def test_what_the_compiler_refuses_is_invalid(sections: Node) -> None:
    assert messages(merged(**sections)) != []
    assert not VALIDATOR_07.is_valid(merged(**sections))


def test_missing_sections_are_invalid() -> None:
    for section in (*spec.REQUIRED, "target"):
        data = merged()
        del data[section]
        assert messages(data) != []


# What editors need


def test_nothing_in_it_makes_an_editor_insert_null_or_defaults() -> None:
    assert [at for at, node in ALL if "default" in node] == []
    outside = [at for at, node in ALL if "null" in str(node.get("type")) and "Overlay" not in at]
    assert outside == []


def test_every_pattern_has_a_message() -> None:
    missing = [at for at, node in ALL if "pattern" in node and "type" in node and "patternErrorMessage" not in node]
    assert missing == []
    assert sum("patternErrorMessage" in node for _, node in ALL) > 100


def innermost(node: Node) -> Node:
    """Follow lists and maps that show no example of their own to what they hold."""
    while not node.get("examples"):
        held = node.get("items") or node.get("additionalProperties")
        if not isinstance(held, dict):
            break
        node = held
    return node


def without_examples(published: Node) -> list[str]:
    """Return the free strings, and lists and maps of them, that show no example."""
    found = []
    for at, node in nodes(published):
        for name, child in node.get("properties", {}).items():
            inner = innermost(child)
            kinds = set([inner["type"]] if isinstance(inner.get("type"), str) else inner.get("type", ()))
            free = "string" in kinds and kinds <= {"string", "null"} and not {"const", "enum"} & set(inner)
            if free and not inner.get("examples"):
                found.append(f"{at}/{name}")
    return found


def test_every_free_string_has_examples() -> None:
    assert without_examples(PUBLISHED) == []
    broken = copy.deepcopy(PUBLISHED)
    del broken["$defs"]["Slack"]["properties"]["channel"]["examples"]
    assert without_examples(broken) == ["/Slack/channel"]


def test_examples_are_valid() -> None:
    for at, node in ALL:
        for example in node.get("examples", ()):
            if "..." not in str(example):
                reason = list(Draft202012Validator({**node, "$defs": PUBLISHED["$defs"]}).iter_errors(example))
                assert reason == [], at


def test_every_property_is_described() -> None:
    for at, node in ALL:
        for name, child in node.get("properties", {}).items():
            described = child if "description" in child else PUBLISHED["$defs"][child["$ref"].rpartition("/")[2]]
            assert described["description"].endswith((".", "`.")), f"{at}/{name}"


def test_every_value_of_an_enumeration_that_has_explanations_has_one() -> None:
    found = [node for _, node in ALL if "enumDescriptions" in node]
    assert len(found) > 20
    for node in found:
        assert len(node["enumDescriptions"]) == len(node["enum"]) == len(node["markdownEnumDescriptions"])


def test_objects_are_closed_and_have_titles() -> None:
    for at, node in ALL:
        if "properties" in node:
            assert node["additionalProperties"] is False, at
            assert re.fullmatch("[A-Z][a-z0-9]*(?: [a-z0-9]+)*", node["title"]), at
        elif "enum" in node or "pattern" in node:
            assert "title" not in node, at


def test_marks_of_ours_do_not_leak() -> None:
    assert not re.search(r'"x-(?!team)', str(PUBLISHED).replace("'", '"').replace('"^x-"', ""))


def test_options_of_a_target_are_added_with_their_overlay() -> None:
    assert PUBLISHED["$defs"]["Deployment"]["properties"]["kubernetes"]["$ref"] == "#/$defs/Options"
    assert PUBLISHED["$defs"]["DeploymentOverlay"]["properties"]["kubernetes"]["$ref"] == "#/$defs/OptionsOverlay"
    assert "kubernetes" not in schema({})["$defs"]["Deployment"]["properties"]


def test_models_of_one_name_stay_apart() -> None:
    class Train(Closed):
        """Of a target."""

        depth: int = 1
        """How deep."""

    definitions = schema({"a": Train, "b": Options})["$defs"]
    reference = definitions["Deployment"]["properties"]["a"]["$ref"].rpartition("/")[2]
    assert definitions[reference]["description"] == "Of a target."
    assert "call" in definitions["ModelTrain"]["properties"]
    assert "workers" in definitions["ExecutionTrain"]["properties"]


def test_the_dialects_differ_only_in_words() -> None:
    text = str(schema({}, "draft-07"))
    assert "$defs" not in text
    old = schema({}, "draft-07")
    assert old["definitions"].keys() == schema({})["$defs"].keys()
    for _, node in nodes({**old, "$defs": old["definitions"]}):
        assert "$ref" not in node or len(node) == 1


def test_defaults_are_told() -> None:
    properties = PUBLISHED["$defs"]["Dependencies"]["properties"]
    assert properties["python"]["description"].endswith('Default: `"3.11"`.')
    assert properties["lock"]["markdownDescription"].endswith("Default: `requirements.txt`.")


def test_snippets_are_valid() -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {filled(key): filled(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [filled(item) for item in value]
        if isinstance(value, str):
            text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", value)
            return float(text[1:]) if text.startswith("^") else text
        return value

    for name, snippets in SNIPPETS.items():
        top = PUBLISHED if name == "Spec" else {**PUBLISHED["$defs"][name], "$defs": PUBLISHED["$defs"]}
        assert top["defaultSnippets"]
        for snippet in snippets:
            assert list(Draft202012Validator(top).iter_errors(filled(snippet["body"]))) == []


# Whatever the precompiled validation accepts, the schema accepts


Place = tuple[str, ...]


def groups(table: dict[Place, tuple[Place, ...]], at: Place) -> tuple[Place, ...]:
    """Return the groups of alternatives at a place, in which ``*`` stands for any key as it does in the table."""
    return table.get(at, ())


def data_for(node: Node, at: Place) -> st.SearchStrategy[Any]:
    """Return a strategy for data that a node of the precompiled schema accepts."""
    kind = node["type"]
    if kind == "default":
        return data_for(node["schema"], at)
    if kind == "typed-dict":
        return fields_of(node, at)
    if kind == "union":
        return st.one_of([data_for(choice, at) for choice in node["choices"]])
    if kind == "literal":
        return st.sampled_from(node["expected"])
    if kind == "str":
        if "pattern" in node:
            return st.sampled_from(BY_PATTERN[node["pattern"]].examples)
        return st.text(min_size=node.get("min_length", 0), max_size=5)
    if kind == "bool":
        return st.booleans()
    if kind in ("int", "float"):
        low, high = node.get("ge", node.get("gt", -3) + (0.5 if "gt" in node else 0)), node.get("le", 1000)
        return (
            st.integers(int(low), int(high))
            if kind == "int"
            else st.floats(low, high) | st.integers(int(low) + 1, high)
        )
    if kind == "list":
        return st.lists(data_for(node["items_schema"], (*at, "*")), min_size=node.get("min_length", 0), max_size=2)
    if kind == "dict":
        names = data_for(node["keys_schema"], ()).filter(lambda name: not name.startswith("x-"))
        values = data_for(node["values_schema"], (*at, "*"))
        return st.dictionaries(names, values, min_size=node.get("min_length", 0), max_size=2)
    return st.none() | st.integers() | st.dictionaries(st.text(max_size=3), st.booleans(), max_size=2)


@st.composite
def fields_of(draw: st.DrawFn, node: Node, at: Place) -> Node:
    barred: set[str] = set()
    wanted: set[str] = set()
    for table, needed in ((ONE_OF_PATHS, True), (AT_MOST_ONE_PATHS, False)):
        for group in groups(table, at):
            chosen = draw(st.sampled_from(group))
            barred |= set(group) - {chosen}
            wanted |= {chosen} if needed else set()
    result = {}
    for key, field in node["fields"].items():
        if key not in barred and (field["required"] or key in wanted or draw(st.integers(0, 3)) == 0):
            result[key] = draw(data_for(field["schema"], (*at, key)))
    return result


SECTIONS = [section for section in spec.SECTIONS if section not in ("target", "stack", "environments")]


@pytest.mark.parametrize("section", SECTIONS)
def test_generated_data_that_the_compiler_accepts_is_valid(section: str) -> None:
    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(data_for(_core.SECTIONS[section], (section,)))
    def check(data: Any) -> None:
        assert spec.validate(section, data).errors == ()
        assert messages(merged(**{section: data})) == []
        if section in OVERLAYS and not OVERLAYS[section]:
            assert messages(merged(environments={"prod": {section: data}})) == []

    check()


def test_references_in_the_schema_are_those_of_the_compiler() -> None:
    for text in ("${var.a}", "a-${var.a_1}-b", "${env.name}", "${env.namespace}"):
        assert re.search(REFERENCE, text)
    for text in ("${a}", "${var.}", "${var.1a}", "${env.cluster}", "$var.a", "{{ var.a }}"):
        assert not re.search(REFERENCE, text)
