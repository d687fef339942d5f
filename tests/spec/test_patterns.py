"""The patterned strings: examples that fit, and only what three regular expression engines read alike."""

from __future__ import annotations

import re

import pytest
from mlopsc import units
from mlopsc.spec.patterns import BY_PATTERN, SHAPES, Shape
from pydantic_core import SchemaValidator, ValidationError, core_schema

REJECTED = {
    "percentage": ["10", "%", "101%", "-1%", "1e1%"],
    "duration": ["10", "1.5h", "0s", "m", "10 m", "-1d"],
    "rate": ["50", "50/", "50/d", "/s"],
    "quantity": ["1 Gi", "Gi", "-1", "1gi", ""],
    "dns-label": ["Churn", "-a", "a-", "a.b", "a" * 64, ""],
    "host": ["https://a.example", "a..b", "A.example", "a/b"],
    "name": ["1a", "a b", "_a", ""],
    "word": ["1a", "a-b", ""],
    "sha256": ["A" * 64, "a" * 63, "a" * 65],
    "call": ["train", "a/b.py", "a:b.c", ":train", "a:"],
    "date": ["2027-13-01", "2027-01-32", "27-01-01", "2027-1-1"],
    "data-uri": ["https://me:secret@acme.example/rows.csv", "ftp://a/b", "/absolute", "s3://", "C:/data", ""],
    "writable-uri": ["https://a/b", "ftp://a/b", "/absolute", "s3://", "C:/data", ""],
    "store-uri": ["data/", "https://a/b", "s3://"],
    "http-url": [
        "prom.acme.example",
        "ftp://a",
        "http://a b",
        "https://me:secret@prom.acme.example",
        "https://token@prom.acme.example/x",
        "https://",
        "https:///x",
    ],
    "git-url": [
        "acme/churn",
        "http://a/b",
        "https://token@github.com/acme/churn",
        "https://me:secret@github.com/acme/churn",
        "ssh://git:secret@github.com/acme/churn",
    ],
    "image-name": ["acme/churn:1", "Acme/churn", "acme//churn", "acme/churn@sha256:0"],
    "image-reference": ["python:3.11", "python@sha256:abc"],
    "repository-path": ["/etc/passwd", "a\\b", ""],
    "owner": ["acme", "@", "@acme/", "a@"],
    "control": ["fairness.gender", "gate:x", "test:"],
    "control-id": ["GOV-21", "gov-210", "SEC-210"],
    "advisory": ["2026-1", "CVE-26-1", "GHSA-1"],
    "peer": ["web", "namespace:", "cidr:10.0.0.0", "cidr:x/8"],
    "aws-role": ["arn:aws:iam::1:role/a", "arn:aws:iam::123456789012:user/a"],
    "branch": ["-a", "a b", "a..b", "/a", "a.", ""],
    "uuid": ["1111", "g1111111-2222-3333-4444-555555555555"],
    "json-pointer": ["spec/replicas", ""],
    "dotted-path": [".a", "a.", "a b"],
}


def rust_accepts(shape: Shape, value: str) -> bool:
    try:
        SchemaValidator(core_schema.str_schema(pattern=shape.pattern)).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_examples_fit_and_the_counterexamples_do_not(shape: Shape) -> None:
    for value in shape.examples:
        assert rust_accepts(shape, value)
        assert re.search(shape.pattern, value)
    for value in REJECTED[shape.name]:
        assert not rust_accepts(shape, value), value
        assert not re.search(shape.pattern, value), value


def test_every_shape_has_counterexamples_and_a_pattern_of_its_own() -> None:
    assert {shape.name for shape in SHAPES} == set(REJECTED)
    assert len(BY_PATTERN) == len(SHAPES)


def portable(pattern: str) -> bool:
    """Say whether a pattern means the same in Rust, ECMAScript and Python."""
    return pattern.startswith("^") and pattern.endswith("$") and not re.search(r"\\[dDwWsSbBAzZpP]|\(\?[^:]", pattern)


def test_patterns_are_portable() -> None:
    assert all(portable(shape.pattern) for shape in SHAPES)


@pytest.mark.parametrize("pattern", [r"^\d+$", r"^(?!x)a$", r"^(?i)a$", "a$", "^a"])
def test_an_unportable_pattern_is_seen(pattern: str) -> None:
    assert not portable(pattern)


def test_unit_examples_parse() -> None:
    types = {
        "percentage": lambda text: units.Percent(text).fraction,
        "duration": lambda text: units.Duration(text).seconds,
        "rate": lambda text: units.Rate(text).per_second,
        "quantity": lambda text: units.Quantity(text).amount,
    }
    for shape in SHAPES:
        if shape.name in types:
            assert all(types[shape.name](text) > 0 for text in shape.examples)
