"""The JSON emitter."""

from __future__ import annotations

import json as stdlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from mlopsc.parts import At, Slot
from mlopsc.render import json
from render.strategies import NASTY, located, trees


def text(value: Any) -> str:
    return json.emit(value).text


def test_objects_are_expanded_and_arrays_fill_the_line() -> None:
    document = {
        "a": {},
        "b": [],
        "c": [1, "x", None, True],
        "d": [{"e": 1.0}],
        "f": [[1, 2], [3, 4]],
        "g": [[1, 2], [3]],
        "h": list(range(100000000000, 100000000007)),
        "i": ["a" * 40, "b" * 40],
    }
    assert text(document) == (
        "{\n"
        '  "a": {},\n'
        '  "b": [],\n'
        '  "c": [1, "x", null, true],\n'
        '  "d": [\n'
        "    {\n"
        '      "e": 1.0\n'
        "    }\n"
        "  ],\n"
        '  "f": [\n'
        "    [1, 2],\n"
        "    [3, 4]\n"
        "  ],\n"
        '  "g": [[1, 2], [3]],\n'
        '  "h": [\n'
        "    100000000000, 100000000001, 100000000002, 100000000003, 100000000004,\n"
        "    100000000005, 100000000006\n"
        "  ],\n"
        '  "i": [\n'
        f'    "{"a" * 40}",\n'
        f'    "{"b" * 40}"\n'
        "  ]\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('"\\\n\t\r\b\f\x00', r'"\"\\\n\t\r\b\f\u0000"'),
        ("é日🚀", '"é日🚀"'),
        ("\u2028\u202e\x7f\ud800", r'"\u2028\u202e\u007f\ud800"'),
        (1e-05, "1e-5"),
        (1e16, "1e16"),
        (1.5e300, "1.5e300"),
        (1.0, "1.0"),
        (Decimal("0.80"), "0.8"),
        (True, "true"),
    ],
)
def test_scalars(value: object, written: str) -> None:
    assert text(value) == written + "\n"


@given(trees)
@example(list(NASTY))
@example({word: [word] for word in NASTY})
def test_the_same_data_is_read_back(tree: Any) -> None:
    back = stdlib.loads(text(tree))
    assert back == tree
    assert repr(back) == repr(tree)
    rendered = json.emit(located(tree))
    assert rendered.text == text(tree)
    assert len(rendered.refs) == rendered.text.count("\n")


def test_a_line_with_several_values_takes_what_they_share() -> None:
    document = {
        "one": At([At(1, ("a", "b", 0)), At(2, ("a", "b", 1))], ("z",)),
        "two": [At("x", ("a", "b")), "literal"],
        "three": [At("x", ("a",), "prod"), At("y", ("b",), "prod")],
        "four": At(list(range(40)), ("n",), "prod"),
    }
    rendered = json.emit(document, at=("root",))
    found = dict(zip([line.strip() for line in rendered.text.splitlines()], rendered.refs, strict=True))
    assert found['"one": [1, 2],'] == (None, ("a", "b"))
    assert found['"two": ["x", "literal"],'] == (None, ("a", "b"))
    assert found['"three": ["x", "y"],'] == ("prod", ())
    assert rendered.refs[0] == (None, ("root",))
    assert rendered.refs[-2] == ("prod", ("n",))


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (float("nan"), ValueError, "nan has no spelling in JSON"),
        ([float("inf")], ValueError, "inf has no spelling in JSON"),
        ({1: 2}, TypeError, "a key must be a string"),
        ([b""], TypeError, "cannot write a bytes"),
        ({"a": Slot("x")}, TypeError, "slot 'x' was not filled"),
    ],
)
def test_what_json_cannot_hold_is_refused(value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        text(value)
