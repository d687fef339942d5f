"""YAML text to nodes: positions, scalars, and every kind of file that must not crash anything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlopsc import source
from mlopsc.diagnostics import Findings
from mlopsc.source import Map, Scalar, plain_data


def parse(text: str | bytes) -> tuple[Map | None, list[tuple[str, int, int]]]:
    findings = Findings()
    content = text.encode() if isinstance(text, str) else text
    root = source.parse("mlops.yaml", content, findings)
    return root, [(item.code, item.spans[0].line, item.spans[0].col) for item in findings.items]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-0", 0),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("3.10", 3.1),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("12:30:45", "12:30:45"),
        ("2026-01-01", "2026-01-01"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", True),
        ("FALSE", False),
        ("~", None),
        ("Null", None),
        ("", None),
        (".inf", float("inf")),
        ('"1"', "1"),
        ("'true'", "true"),
        ("|\n  x\n", "x\n"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    root, found = parse(f"a: {text}")
    assert found == []
    assert root is not None
    read = plain_data(root)["a"]
    assert read == value
    assert type(read) is type(value)


def test_positions_are_those_of_keys_and_values() -> None:
    root, _ = parse("top:\n  list: [1, {k: v}]\n  text: >-\n    folded\n    on\n")
    assert root is not None
    node = root.get("top", "text")
    assert isinstance(node, Scalar)
    assert node.span[1:3] == (3, 9)
    top = root.get("top")
    assert isinstance(top, Map)
    assert top.keys["list"][1:] == (2, 3, 2, 7)
    assert root.keys["top"][1:3] == (1, 1)


def test_line_ends_and_byte_order_mark_do_not_move_positions() -> None:
    plain, _ = parse("a: 1\nb: [x,\n  y]\n")
    crlf, _ = parse(b"\xef\xbb\xbfa: 1\r\nb: [x,\r\n  y]\r\n")
    assert plain is not None
    assert crlf is not None
    assert plain_data(plain) == plain_data(crlf)
    assert plain.keys == crlf.keys


def test_alias_keeps_the_way_of_a_value() -> None:
    root, found = parse("a: &x {m: 1}\nb: *x\n")
    assert found == []
    assert root is not None
    node = root.entries["b"]
    assert plain_data(node) == {"m": 1}
    assert node.span.line == 1
    assert [(step.kind, step.span.line) for step in node.via] == [("alias", 2)]


HOSTILE = {
    "empty": ("", "SRC-103"),
    "only a comment": ("# nothing\n", "SRC-103"),
    "null": ("~", "SRC-103"),
    "list at the top": ("- a\n- b\n", "SRC-104"),
    "text at the top": ("hello", "SRC-104"),
    "two documents": ("a: 1\n---\nb: 2\n", "SRC-104"),
    "NUL": (b"a: \x00\n", "SRC-102"),
    "binary": (bytes(range(256)), "SRC-102"),
    "UTF-16": ("a: 1".encode("utf-16"), "SRC-102"),
    "Latin-1": ("a: \xe9".encode("latin-1"), "SRC-102"),
    "control character": (b"a: \x07\n", "SRC-102"),
    "escaped control character": ('a: "\\a"', "SRC-102"),
    "tab": ("a:\n\tb: 1\n", "SRC-109"),
    "unquoted at": ("owner: @acme/ml\n", "SRC-109"),
    "unquoted reference in a flow map": ("image: {name: ${var.registry}/churn}\n", "SRC-109"),
    "unquoted reference in a flow list": ("a: [${var.x}]\n", "SRC-109"),
    "unquoted percent": ("a: %x\n", "SRC-109"),
    "unquoted star": ("host: *.example.com\n", "SRC-109"),
    "unclosed bracket": ("a: [1, 2\n", "SRC-100"),
    "unclosed quote": ('a: "x\n', "SRC-100"),
    "two colons": ("a: b: c\n", "SRC-109"),
    "200,000 brackets": ("[" * 200_000, "SRC-105"),
    "deep maps": ("{a: " * 100_000, "SRC-105"),
    "deep blocks": ("\n".join(" " * n + "a:" for n in range(500)), "SRC-105"),
    "alias bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{c}: &{c} [{','.join(['*' + p] * 10)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
        "SRC-106",
    ),
    "alias of itself": ("a: &a [*a]\n", "SRC-107"),
    "unknown alias": ("a: *nowhere\n", "SRC-107"),
    "tag": ("a: !!python/object:os.system x\n", "SRC-108"),
    "merge key": ("a: &a {b: 1}\nc: {<<: *a}\n", "SRC-108"),
    "key that is a list": ("? [a]\n: 1\n", "SRC-108"),
    "key that is an alias": ("a: &a x\n*a : 1\n", "SRC-108"),
    "duplicate key": ("a: 1\na: 2\n", "SRC-101"),
    "lone surrogate": (b"a: \xed\xa0\x80\n", "SRC-102"),
    "unknown directive": ("%FOO\n", "SRC-109"),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_each_broken_file_is_one_finding(text: str | bytes, code: str) -> None:
    _, found = parse(text)
    assert [item[0] for item in found] == [code]


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("owner: @acme/ml\n", (1, 8), 'write "@acme/ml"'),
        ("a: 1\nimage: {name: ${var.registry}/churn, x: 1}\n", (2, 15), 'write "${var.registry}/churn"'),
        ("a: 1\nb:\n\tc: 1\n", (3, 1), "indent with spaces"),
        ("rate: %5\n", (1, 7), 'write "%5"'),
        ("a: [b, ${var.x}]\n", (1, 8), 'write "${var.x}"'),
        ("a: 1\ntarget:kubernetes\nb: 2\n", (2, 1), 'write "target: kubernetes"'),
        ("target:kubernetes # where\n\n# more\nmetadata: {name: a}\n", (1, 1), 'write "target: kubernetes"'),
        ("m:\n  a: 1\n  name:churn\n\n\n\n\n\n  owner: x\n", (3, 3), 'write "name: churn"'),
        ("a: 1\ntarget:kubernetes", (2, 1), 'write "target: kubernetes"'),
        ("a: 1\ndescription: Which: a # or b\nb: 1\n", (2, 14), 'write "Which: a"'),
        ("- description: Which:\n", (1, 16), 'write "Which:"'),
        ('a: say "b": c\n', (1, 4), "write 'say \"b\": c'"),
        ('a: isn\'t "b": c\n', (1, 4), "put quotes around it"),
        ("n: {channel: #birds}\nb: 1\n", (1, 14), 'write "#birds"'),
        ("n: {channel: #birds}\n", (1, 14), 'write "#birds"'),
        ("n:\n  l: [a, #b]\n\n\n\n\nm: 1\n", (2, 10), 'write "#b"'),
    ],
)
def test_text_that_needs_quotes_is_shown_with_them(text: str, place: tuple[int, int], fix: str) -> None:
    findings = Findings()
    source.parse("f", text.encode(), findings)
    (item,) = findings.items
    assert (item.spans[0].line, item.spans[0].col) == place
    assert item.facts["fix"] == fix


@pytest.mark.parametrize(
    "text",
    [
        "url: http://a\nb: [1\n",
        "a: {b: 1, # a comment\n  c: 2\nd: 3\n",
    ],
)
def test_what_is_no_common_slip_gets_no_hint(text: str) -> None:
    _, found = parse(text)
    assert [item[0] for item in found] == ["SRC-100"]


@pytest.mark.parametrize("text", ["a: 'b: c'\n", "a: b:c\n", "a: {b: '#c'}\n", "a: [b#c]\n", "a: http://x:1\n"])
def test_what_only_looks_like_a_slip_is_fine(text: str) -> None:
    root, found = parse(text)
    assert root is not None
    assert found == []


@pytest.mark.parametrize("end", ["\r", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    ("text", "place"),
    [("a: 1\nb: x{}y\n", (2, 5)), ("# note{}x\na: 1\n", (1, 7)), ("a: 1{}b: 2", (1, 5)), ('a: "{}"', (1, 5))],
)
def test_line_ends_that_readers_disagree_on_are_refused(end: str, text: str, place: tuple[int, int]) -> None:
    root, found = parse(text.format(end))
    assert root is None
    assert found == [("SRC-102", *place)]


def test_a_carriage_return_is_refused_alone_only() -> None:
    assert parse("a: 1\r\nb: 2\r\n")[1] == []
    assert parse("a: 1\r\r\nb: 2\r\n")[1] == [("SRC-102", 1, 5)]


def test_an_escaped_line_end_is_text() -> None:
    root, found = parse('a: "\\L"\n')
    assert found == []
    assert root is not None
    assert plain_data(root) == {"a": "\u2028"}


def test_duplicate_keys_point_at_both_and_keep_the_rest() -> None:
    findings = Findings()
    root = source.parse("f", b"a: 1\nb: 2\na: 3\n", findings)
    assert root is not None
    assert plain_data(root) == {"a": 1, "b": 2}
    assert [span.line for span in findings.items[0].spans] == [3, 1]


def test_a_quoted_reference_in_a_flow_map_is_fine() -> None:
    root, found = parse('a: {b: "${var.x}", c: x}\n')
    assert found == []
    assert root is not None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_crash_the_parser(content: bytes) -> None:
    findings = Findings()
    root = source.parse("f", content, findings)
    assert root is not None or len(findings.items) >= 1


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab:{}[],&*!|>'\"%@`#-? \n\t${}.x1~", max_size=60))
def test_no_yaml_like_text_crashes_the_parser(text: str) -> None:
    findings = Findings()
    root = source.parse("f", text.encode(), findings)
    assert root is not None or len(findings.items) >= 1
    for item in findings.items:
        for span in item.spans:
            assert span.line >= 1
            assert span.col >= 1
