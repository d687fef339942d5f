"""Data for the property tests of the emitters: any tree, with strings that a careless emitter gets wrong."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from mlopsc.parts import At

NASTY = (
    *("", " ", "~", "null", "Null", "true", "False", "y", "N", "yes", "On", "off", "NO", "<<", "=", "-", "?", ":", "."),
    *(
        "0",
        "-1",
        "+1",
        "1_000",
        "0x1F",
        "0X1f",
        "0o17",
        "017",
        "0b101",
        "1e5",
        "1E+5",
        "1.",
        ".5",
        "1.5e-3",
        "_1",
        "1_",
    ),
    *(
        ".inf",
        "-.INF",
        ".nan",
        "12:30",
        "1:2:3.5",
        "190:20:30.15",
        "2024-01-01",
        "2001-12-14t21:59:43.10-05:00",
        "685.2_3",
    ),
    *("- a", "-a", "--flag", "---", "--- a", "...", "? a", "?a", ": a", ":a", "a:", "a: b", "a:b", "a #b", "a#b", "#a"),
    *(
        "[a]",
        "{a}",
        "a, b",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "'",
        '"',
        "%a",
        "@a",
        "`a`",
        "it's",
        'say "x"',
        "'\"",
        "\\",
        "\\d: x",
    ),
    *(
        '"\\n"',
        "a\\",
        ' a"',
        "a ",
        " a",
        "a\tb",
        "\ta",
        "a\n",
        "a\nb",
        "a\nb\n",
        "a\n\nb\n",
        "a\n\n",
        "\n",
        "\na",
        " a\nb",
    ),
    *(
        "a \nb",
        "a\n b\n",
        "a\nb ",
        "a\n\t\nb",
        "#a\n---\nb\n",
        "a\r\nb",
        "a\rb",
        "a\x85b",
        "a\u2028b",
        "\ufeffa",
        "a\x00b",
    ),
    *(
        "\x1b[0m",
        "\x7f",
        "\xa0",
        "\xad",
        "a\u202eb",
        "\ufffe",
        "é",
        "日本語",
        "🚀",
        "key: |\n  a\n",
        "a: |\n# b",
        "1Gi",
        "10%",
    ),
    *(
        "10m",
        "1.2.3",
        "10.0.0.1",
        "ghcr.io/a/b:1@sha256:0",
        "${{ secrets.A }}",
        "{{ a }}",
        "a" * 300,
        "a b " * 80 + "c",
    ),
    *(
        "prettier-ignore",
        "%YAML 1.2",
        "0.1.",
        "1e",
        "0x",
        "0b2",
        "08",
        "1__0.5",
        "+.inf",
        "--",
        "-.",
        "+",
        "1:",
        "a::b",
        "a:\n",
    ),
)

_FRAGMENTS = st.sampled_from(
    ("a", "b c", " ", "\n", "\n\n", "\t", ":", "#", "-", "'", '"', "\\", "|", "0", ".", "é", "[", "\r")
)

readable = (
    st.sampled_from(NASTY)
    | st.lists(_FRAGMENTS, max_size=8).map("".join)
    | st.text(st.characters(codec="utf-8"), max_size=20)
)
"""Strings that can be encoded."""

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | readable
trees = st.recursive(
    scalars,
    lambda children: st.lists(children, max_size=5) | st.dictionaries(readable, children, max_size=5),
    max_leaves=25,
)


def located(tree: Any) -> Any:
    """Wrap every value of a tree, itself included, into an `At` with a path and, here and there, a note."""
    path = ("some", "path")
    if isinstance(tree, dict):
        return At({key: located(value) for key, value in tree.items()}, path, note="a map" if len(tree) > 1 else "")
    if isinstance(tree, list):
        return At([located(value) for value in tree], path, note="a list\nof things" if len(tree) > 1 else "")
    return At(tree, path, note="" if tree else "nothing: # [")
