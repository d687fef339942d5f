"""The YAML emitter: exact text for what people read, properties for what machines read."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import example, given
from hypothesis import strategies as st
from mlopsc.parts import At, Slot
from mlopsc.render import yaml
from mlopsc.units import Percent
from render.strategies import NASTY, located, readable, trees

Reader = Callable[[str], list[Any]]


def text(value: Any) -> str:
    return yaml.emit([value]).text


def read_1_1(written: str) -> list[Any]:
    return list(pyyaml.safe_load_all(written))


def read_1_2(written: str) -> list[Any]:
    ruamel = pytest.importorskip("ruamel.yaml", reason="ruamel.yaml, the reader of YAML 1.2, is not installed")
    reader = ruamel.YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    return list(reader.load_all(io.StringIO(written)))


def test_a_document_reads_like_one_written_by_hand() -> None:
    document = {
        "on": ["push"],
        "spec": {
            "empty": {},
            "none": [],
            "ports": [{"name": "http", "port": 80}, {"name": "x"}],
            "matrix": [[1, 2], [[3]]],
            "script": "set -e\n\nmake\n",
            "tail": ["a\nb"],
        },
    }
    assert text(document) == (
        '"on":\n'
        "  - push\n"
        "spec:\n"
        "  empty: {}\n"
        "  none: []\n"
        "  ports:\n"
        "    - name: http\n"
        "      port: 80\n"
        "    - name: x\n"
        "  matrix:\n"
        "    - - 1\n"
        "      - 2\n"
        "    - - - 3\n"
        "  script: |\n"
        "    set -e\n"
        "\n"
        "    make\n"
        "  tail:\n"
        "    - |-\n"
        "      a\n"
        "      b\n"
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "plain"),
        ("--port=80", "--port=80"),
        ("10.0.0.1", "10.0.0.1"),
        ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
        ("1Gi", "1Gi"),
        (Percent("10%"), "10%"),
        ("it's", "it's"),
        ("# no", '"# no"'),
        ("it's: so", '"it\'s: so"'),
        ('a: "b"', "'a: \"b\"'"),
        ('it\'s: "b"', "'it''s: \"b\"'"),
        (r"\d: x", r'"\\d: x"'),
        (r"\d: " + '"', "'\\d: \"'"),
        ("a\tb", r'"a\tb"'),
        ("a\n\n", r'"a\n\n"'),
        ("a \nb", r'"a \nb"'),
        ("a\u202eb", r'"a\u202eb"'),
        ("\ud800", r'"\ud800"'),
        ("\x85", r'"\x85"'),
        ("y", '"y"'),
        ("3.11", '"3.11"'),
        ("12:30", '"12:30"'),
        ("2024-01-01", '"2024-01-01"'),
        ("", '""'),
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (0.1, "0.1"),
        (1.0, "1.0"),
        (1e-05, "0.00001"),
        (1.5e-07, "0.00000015"),
        (1e16, "10000000000000000.0"),
        (1e300, "1.0e+300"),
        (float("inf"), ".inf"),
        (float("-inf"), "-.inf"),
        (float("nan"), ".nan"),
        (Decimal("0.80"), "0.8"),
        (Decimal("1E+2"), "100"),
        (Decimal("-0.001"), "-0.001"),
    ],
)
def test_scalars(value: object, written: str) -> None:
    assert text(value) == written + "\n"
    assert text({"key": value}) == f"key: {written}\n"


def test_long_strings_stay_on_one_line() -> None:
    assert text({"a": "word " * 100 + "end"}).count("\n") == 1
    assert text({"a": "word: " * 100}).count("\n") == 1


def test_long_keys_leave_their_value_the_room_that_prettier_wants() -> None:
    fits, long = "k" * 76, "k" * 77
    assert text({fits: {}}) == f"{fits}: {{}}\n"
    assert text({long: {}}) == f"{long}:\n  {{}}\n"
    assert text({long: []}) == f"{long}:\n  []\n"
    assert text({fits: "a\nb"}) == f"{fits}: |-\n  a\n  b\n"
    assert text({long: "a\nb", "k": "a\nb"}) == f'{long}: "a\\nb"\nk: |-\n  a\n  b\n'


READERS = pytest.mark.parametrize("read", [read_1_1, read_1_2])


@READERS
@given(documents=st.lists(trees, min_size=1, max_size=3))
@example(documents=list(NASTY))
@example(documents=[{word: word} for word in NASTY])
@example(documents=[[[word]] for word in NASTY])
def test_both_versions_of_yaml_read_back_the_same_data(read: Reader, documents: list[Any]) -> None:
    assert_same(read(yaml.emit(documents).text), documents)


@READERS
@given(number=st.floats())
def test_both_versions_of_yaml_read_back_the_same_float(read: Reader, number: float) -> None:
    (back,) = read(text(number))
    assert repr(back) == repr(number)


def assert_same(back: Any, data: Any) -> None:
    """Compare types too: 1, 1.0 and true are equal in Python."""
    assert back == data
    assert repr(back) == repr(data)


def test_words_that_only_one_version_misreads_are_quoted() -> None:
    assert read_1_1("12:30") != ["12:30"]
    assert read_1_1("on") != ["on"]
    for word in ("y", "on", "0o17", "017", "1_000", "12:30", "1e5", "2024-01-01", "~", ".5", "0x1F"):
        assert text(word) == f'"{word}"\n'


def test_the_reader_of_yaml_1_2_follows_1_2() -> None:
    assert read_1_2("on") == ["on"]
    assert read_1_2("0o17") == [15]


@given(readable)
def test_text_has_no_hidden_characters_and_no_white_space_at_line_ends(value: str) -> None:
    written = text({"a": value, value: [value]})
    assert written.endswith("\n")
    assert not written.endswith("\n\n")
    for line in written.split("\n"):
        assert line == line.rstrip(" \t")
        assert not set(line) & set("\r\x00\x7f\x85\u2028\u202e\ufeff")
        assert "\t" not in line or "\t" in value


@given(trees)
def test_locations_and_notes_change_no_data(tree: Any) -> None:
    rendered = yaml.emit([located(tree)])
    assert_same(read_1_1(rendered.text), [tree])
    assert len(rendered.refs) == rendered.text.count("\n")
    assert set(rendered.refs) == {(None, ("some", "path"))}


def test_each_line_names_the_nearest_origin() -> None:
    document = At(
        {
            "name": "x",
            "replicas": At(2, ("replicas", "min"), "prod", "two at least"),
            "args": At([At("a\nb", ("args", 0)), {"inner": At(1, ("inner",))}, "c"], ("args",), "prod"),
        },
        ("deployment",),
    )
    rendered = yaml.emit([document, 1], at=("root",), env="base", comment="hello")
    assert list(zip(rendered.text.split("\n"), rendered.refs, strict=False)) == [
        ("# hello", ("base", ("root",))),
        ("name: x", ("base", ("deployment",))),
        ("# two at least", ("prod", ("replicas", "min"))),
        ("replicas: 2", ("prod", ("replicas", "min"))),
        ("args:", ("prod", ("args",))),
        ("  - |-", ("prod", ("args", 0))),
        ("    a", ("prod", ("args", 0))),
        ("    b", ("prod", ("args", 0))),
        ("  - inner: 1", ("prod", ("inner",))),
        ("  - c", ("prod", ("args",))),
        ("---", ("base", ("root",))),
        ("1", ("base", ("root",))),
    ]


def test_an_empty_path_and_no_environment_inherit() -> None:
    rendered = yaml.emit([At({"a": At(1)}, ("p",), "prod")])
    assert rendered.refs == (("prod", ("p",)),)


def test_notes_stand_above_their_line() -> None:
    inner = At({"a": At(1, note="first\n\nkey")}, note="item")
    assert text({"list": [0, inner]}) == "list:\n  - 0\n  # item\n  # first\n  #\n  # key\n  - a: 1\n"
    assert text({"a": At(1, note="a\u202e\x00")}) == "# a\\u202e\\u0000\na: 1\n"


def test_no_documents() -> None:
    assert yaml.emit([]).text == ""
    assert yaml.emit([], comment="c").text == "# c\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": {1, 2}}, r"cannot write a set"),
        ({1: "a"}, r"a map key must be a string, not 1"),
        (At([object()], ("some", "where")), r"some.*where.*cannot write a object"),
        ({"a": Slot("rules", "list")}, r"slot 'rules' was not filled"),
    ],
)
def test_other_values_are_refused(value: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        text(value)


def test_a_key_that_yaml_cannot_read_is_refused() -> None:
    assert read_1_1(text({"a" * 1000: 1})) == [{"a" * 1000: 1}]
    with pytest.raises(ValueError, match="a key of 1001 characters"):
        text({"a" * 1001: 1})


def test_numbers_without_a_value_are_refused() -> None:
    with pytest.raises(ValueError, match="is no number"):
        text(Decimal("NaN"))
