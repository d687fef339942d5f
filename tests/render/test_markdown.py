"""Markdown: user text is shown literally wherever it stands, tables keep their shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mlopsc.render.characters import visible
from mlopsc.render.markdown import code, escape, table
from mlopsc.render.width import width
from render.strategies import NASTY, readable

_PIECES = st.sampled_from(
    (
        *"ab1 _*`~[]()<>!&#+-=|\\$:.;/",
        "  ",
        "\n",
        "&amp;",
        "&#35;",
        "<b>",
        "<!--",
        "http://x.y/_a_",
        "www.a.b",
        "1.",
        "é",
        "日",
    )
)
texts = st.lists(_PIECES, max_size=12).map("".join) | readable
CONTEXTS = ("{}", "- {}", "1. {}", "# {}", "> {}", "word {}", "{} word", "| A | B |\n| --- | --- |\n| {} | b |")


def shown(source: str, *, spans: bool = False) -> str | None:
    """Return the text of the first filled inline block, None if it holds anything but text (and code spans)."""
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py, the oracle, is not installed")
    parser: Any = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    blocks = [token for token in parser.parse(source) if token.type == "inline"]
    inline = blocks[2 if source.startswith("| A") else 0] if blocks else None
    if inline is None:
        return ""
    kinds = {"text", "code_inline"} if spans else {"text"}
    if {child.type for child in inline.children} - kinds:
        return None
    return "".join(child.content for child in inline.children)


def literal(text: str) -> str:
    return visible(" ".join(text.split()))


@given(texts)
@example("_a_ __b__ c_d_e")
@example("# a #")
@example("---")
@example("===")
@example("12) x")
@example("a &lt; b")
@example("<b>")
@example("a\\|b")
def test_escaped_text_is_shown_literally(text: str) -> None:
    for context in CONTEXTS:
        if literal(text):
            expected = context.splitlines()[0].lstrip("#->1. ") if not context.startswith("|") else "{}"
            assert shown(context.format(escape(text))) == expected.replace("{}", literal(text)), context


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_are_shown_literally(text: str) -> None:
    assert shown("- " + escape(text)) == literal(text)


@given(texts)
def test_code_is_shown_literally(text: str) -> None:
    assert shown(code(text), spans=True) == literal(text)
    (line,) = table(["A", "B"], [[code(text), "b"]])[2:]
    assert shown(f"| A | B |\n| --- | --- |\n{line}", spans=True) == literal(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Who leaves in the next 30 days", "Who leaves in the next 30 days"),
        ("snake_case < 250ms, R&D (x) -> y!", "snake_case < 250ms, R&D (x) -> y!"),
        ("*a* _b_ `c` [d](e)", r"\*a\* \_b\_ \`c\` \[d\](e)"),
        ("<b> &lt;", r"\<b> &amp;lt;"),
        ("- a", r"\- a"),
        ("-5", "-5"),
        ("1. a", r"1\. a"),
        ("# a", r"\# a"),
        ("a #", r"a \#"),
        ("a|b", r"a\|b"),
        ("a\n\n  b", "a b"),
        ("see https://a.example/b_c?d=e", "see https://a.example/b_c?d=e"),
        ("see https://a.example/*", r"see https\://a.example/\*"),
        ("\u202e", r"\\u202e"),
    ],
)
def test_escapes_are_few(text: str, written: str) -> None:
    assert escape(text) == written


def test_the_oracle_sees_markup() -> None:
    for markup in ("*a*", "`a`", "[a](b)", "a <b>", "~~a~~"):
        assert shown(markup) is None
    assert shown("&lt;") == "<"
    assert shown("# a #") == "a"


def test_code_spans_choose_their_fence() -> None:
    assert code("a") == "`a`"
    assert code("a`b") == "``a`b``"
    assert code("a``b") == "`a``b`"
    assert code("`a") == "`` `a ``"
    assert code("") == ""


def test_tables_are_aligned_by_columns() -> None:
    assert table(["A", "Name"], [["x", "日本語"], ["a|b", r"c\|d"], ["", "✅"]]) == [
        "| A    | Name   |",
        "| ---- | ------ |",
        "| x    | 日本語 |",
        r"| a\|b | c\|d   |",
        "|      | ✅     |",
    ]


def test_tables_without_rows() -> None:
    assert table(["A"], []) == ["| A   |", "| --- |"]


def test_uneven_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2 columns"):
        table(["A", "B"], [["x"]])
    with pytest.raises(ValueError, match="a table cell is one line"):
        table(["A"], [["x\ny"]])


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("日本", 4),
        ("\uff46", 2),
        ("한", 2),
        ("🚀", 2),
        ("👍🏽", 2),
        ("👩\u200d👧", 2),
        ("❤\ufe0f", 2),
    ],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
