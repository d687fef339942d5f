"""No text of a user can be more than text where Markdown is rendered."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mlopsc.steps.mlops_steps.report import markdown
from mlopsc.steps.mlops_steps.text import visible

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

PINGS = re.compile(
    r"""@\w                      # a mention, an address of mail, a commit of a repository
    | \#\w                       # an issue, or owner/name#1
    | (?<![^\W_])GH-\d           # an issue
    | ://                        # an address
    | (?<![^\W_])www\.           # one without a scheme
    | :[\w+-]+:                  # an emoji
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What GitHub looks for in the text that it has rendered, outside of code."""

NASTY = (
    "a|b",
    "\\|",
    "a\\",
    "`code`",
    "``",
    "<script>alert(1)</script>",
    "<!-- x",
    "-->",
    "</td></table>",
    "</code></summary></details>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;",
    "&#124;",
    "line\nline",
    "line\r\n| a | b |",
    "\n\n# heading",
    "# heading",
    "- item",
    "- [ ] task",
    "1. one",
    "1986) year",
    "+ plus",
    "---",
    "=== ",
    "> quote",
    "    indented",
    "~~~",
    "```",
    "*a* _b_ **c** __d__ ~~e~~",
    "[text](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "[ref]: https://evil.example",
    "[^1]",
    "<https://evil.example>",
    "https://evil.example/a?b=c",
    "www.evil.example",
    "_www.evil.example",
    "a@b.example",
    "@acme/admins",
    "(@someone)",
    "#123",
    "acme/churn#123",
    "gh-123",
    "GH-12",
    ":tada: done",
    "$x^2$",
    "\x1b[31mred\x1b[0m",
    "\u202eevil",
    "zero\u200bwidth",
    "\ud800",
    "\U000e0041tag",
    "\xa0",
    "",
    " ",
)

ROW = "| a | b |\n| --- | --- |\n| {} | last |"

texts = st.text(st.sampled_from("ab1 @#:/|\\`<>&!*_~[](){}$^\"'=+-.\n\r\twWgGhH") | st.characters(), max_size=40)
anything = texts | st.sampled_from(NASTY)


def leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.children is not None:
            yield from leaves(token.children)
        else:
            yield token


def structure(text: str) -> list[str]:
    """Return what a text is rendered as, without what is merely text."""
    return [token.type for token in leaves(PARSER.parse(text)) if token.type not in ("text", "text_special")]


def cells(text: str) -> list[str]:
    """Return the source of all cells of a table."""
    return [token.content for token in PARSER.parse(text) if token.type == "inline"]


def shown(text: str) -> str:
    """Return the text that a reader sees, as GitHub's search finds it; entities are read as everywhere."""
    return "".join(token.content for token in leaves(PARSER.parse(text)) if token.type.startswith("text"))


def expected(text: str, length: int) -> str:
    """Return the text on one line, every sign visible."""
    line = "".join(
        sign if sign.isprintable() else f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
        for sign in visible(text.strip())
    )
    return line if len(line) <= length else line[: length - 1] + "…"


@given(anything)
def test_words_are_text_wherever_they_stand(text: str) -> None:
    rendered = markdown.words(text)
    rendered.encode()
    for place in ("- {}", "- x: {}", "{}", ROW):
        assert structure(place.format(rendered)) == structure(place.format("harmless" if rendered else "")), place
    assert cells(ROW.format(rendered))[-1] == "last"
    assert not PINGS.search(shown(rendered))


@given(anything)
def test_code_is_code_and_nothing_else(text: str) -> None:
    rendered = markdown.code(text)
    for place in ("- {}", "{}", ROW, "## {}: x", "a *{}*"):
        assert structure(place.format(rendered)) == structure(place.format("<code>harmless</code>")), place
    assert cells(ROW.format(rendered))[-1] == "last"
    assert not PINGS.search(shown(rendered))


@given(st.lists(st.tuples(anything, anything), min_size=1, max_size=4))
def test_a_table_has_the_cells_that_it_was_given(rows: list[tuple[str, str]]) -> None:
    made = [(markdown.words(first), markdown.code(second)) for first, second in rows]
    table = markdown.table(("one", "two"), made)
    assert cells(table) == ["one", "two", *(cell.strip() for row in made for cell in row)]
    found = [token.type for token in PARSER.parse(table)]
    assert found.count("tr_open") == 1 + len(rows)
    assert found.count("td_open") == 2 * len(rows)
    assert found.count("table_open") == found.count("table_close") == 1
    assert found[0] == "table_open"
    assert found[-1] == "table_close"


@given(anything)
def test_a_reader_sees_what_was_said(text: str) -> None:
    seen = shown(f"x {markdown.words(text)} x").replace("\u200b", "")
    plain = expected(text, markdown.WORDS)
    if "?" not in plain and "@" not in plain:  # addresses lose passwords and queries
        assert re.sub(" +", " ", seen) == re.sub(" +", " ", f"x {plain} x")


@given(st.lists(anything, min_size=1, max_size=5))
@example(["</pre>", "<script>"])
@example(["", "", "text"])
def test_preformatted_lines_stay_in_their_block(lines: list[str]) -> None:
    block = markdown.preformatted(lines)
    (only,) = PARSER.parse(block)
    assert only.type == "html_block"
    assert only.content.startswith("<pre>\n")
    assert re.findall("<[^>]*>", only.content) == ["<pre>", "</pre>"]
    assert block.count("\n") == len(lines) + 1


def test_indentation_is_kept() -> None:
    assert html.unescape(markdown.preformatted(["  File <x>, line 1", "    a_b(1)"])) == (
        "<pre>\n  File <x>, line 1\n    a_b(1)\n</pre>"
    )


def test_long_texts_are_cut() -> None:
    assert shown(markdown.words("a" * 10_000)) == "a" * (markdown.WORDS - 1) + "…"
    assert shown(markdown.code("a" * 10_000)) == "a" * (markdown.NAME - 1) + "…"


def test_addresses_lose_their_passwords() -> None:
    seen = markdown.words("read s3://user:secret@store/x.csv?signature=abc")
    assert "secret" not in seen
    assert "abc" not in seen


@pytest.mark.parametrize("text", ["f1_macro is 0.9", "by_island: 3 of 5", "data/penguins.csv", "0.898551"])
def test_what_is_harmless_stays_readable(text: str) -> None:
    assert markdown.words(text) == text


@pytest.mark.parametrize("text", ["x @acme", "#1", "x GH-1", "https://x", "www.x", ":tada:"])
def test_the_oracle_finds_what_pings(text: str) -> None:
    assert PINGS.search(shown(text))
