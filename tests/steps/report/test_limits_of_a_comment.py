"""Whatever the results hold, the report stays a page of Markdown that fits into a comment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mlopsc.steps.mlops_steps.report import document
from mlopsc.steps.mlops_steps.report.section import LONG, Entry, Section, size
from steps.report.pages import Page
from steps.report.test_markdown import PINGS, anything

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = {
    "<code>",
    "</code>",
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<pre>",
    "</pre>",
    "<!-- mlops churn -->",
}
GROUPS = 1000


def crowded(folder: Path) -> Page:
    """Return a project in which there is too much of everything, and the last group fails."""
    page = Page(folder, champion=True)
    groups = {f"group {number}": {"samples": 100, "value": 0.7} for number in range(GROUPS)}
    groups["the last one"] = {"samples": 100, "value": 0.1}
    page.evaluation["slices"]["by_contract"]["groups"] = groups
    page.evaluation["metrics"].update({f"metric_{number}": number / 7 for number in range(GROUPS)})
    page.noticed("data", *(f"column {number} is empty" for number in range(GROUPS)))
    page.noticed("package", "x" * 5000)
    return page


def test_a_report_that_is_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    page = crowded(tmp_path)
    text = page.text()
    assert document.LARGEST * 0.7 < len(text) <= size(text) <= document.LARGEST == 60_000
    left_out: dict[str, int] = page.run()["left_out"]
    assert set(left_out) == {"metrics without a limit", "groups", "notices"}
    closing = text.rstrip().rpartition("\n\n")[2]
    assert closing.startswith("Left out, since a comment holds no more: metrics without a limit (")
    assert f"groups ({left_out['groups']})" in closing
    shown = text.partition("<summary>Groups: ")[2].partition("<")[0]
    assert int(shown) + left_out["groups"] == GROUPS + 1
    assert text.count("<details>") == text.count("</details>") == 3
    assert "### Data" in text


def test_what_failed_is_never_cut_for_what_passed(tmp_path: Path) -> None:
    text = crowded(tmp_path).text()
    above, _, folded = text.partition("### Slices\n\n")[2].partition("<details>")
    assert above.count("\n| ") == 2
    assert "<code>the last one</code>" in above
    assert "<code>the last one</code>" in folded


def test_a_short_report_leaves_nothing_out(tmp_path: Path) -> None:
    page = Page(tmp_path, champion=True)
    assert "Left out" not in page.text()
    assert page.run()["left_out"] == {}


@given(st.integers(0, 4000), st.integers(0, 60), st.integers(0, 60), st.booleans(), st.booleans())
def test_a_section_keeps_to_its_room(room: int, passed: int, failed: int, is_aside: bool, is_table: bool) -> None:
    entries = [Entry(("passed é",))] * passed + [Entry(("failed",), True)] * failed
    section = Section("Title", entries, ("head",) if is_table else (), noun="things", is_aside=is_aside)
    text, left_out = section.text(room)
    assert size(text) <= room
    assert 0 <= left_out <= max(1, passed + failed)
    if not text:
        assert left_out == max(1, passed + failed)
    elif not left_out:
        assert text == section.text(10**9)[0]
    kept = passed + failed - left_out
    if text and kept > 0:
        body = text.rpartition("<details>")[2] if "<details>" in text else text
        assert body.count("passed") + body.count("failed") == kept
        assert body.count("passed") == 0 or body.count("failed") == failed


def test_a_section_folds_what_is_long() -> None:
    short = Section("Title", [Entry(("x",), True)] * LONG, ("head",))
    long = Section("Title", [Entry(("x",), True)] * (LONG + 1), ("head",))
    assert "<details>" not in short.text(10**6)[0]
    assert long.text(10**6)[0].count("| x |") == LONG + LONG + 1


def renamed(tests: dict[str, Any], evaluation: dict[str, Any], names: dict[str, str]) -> None:
    """Give everything that users name another name."""
    for kind, old in (("slices", "by_contract"), ("fairness", "gender")):
        tests[kind] = {names["test"]: {**tests[kind][old], "column": names["column"]}}
        for owner in (evaluation, evaluation["champion"]):
            found = owner[kind].pop(old)
            found["column"] = names["column"]
            found["groups"] = {f"{names['group']}{key}": value for key, value in found["groups"].items()}
            owner[kind][names["test"]] = found
    for rule, old in (("invariant_to", "contract"), ("directional", "tenure")):
        for owner in (tests["behaviour"], evaluation["behaviour"]):
            owner[rule] = {names["column"]: owner[rule][old]}
    tests["behaviour"]["invariant_to"][names["column"]] = [names["group"], True]
    evaluation["metrics"][names["metric"]] = 0.5


NAMED = ("test", "column", "group", "metric", "set", "source", "said")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example({**dict.fromkeys(NAMED, ""), "said": "\r"}, True)
@example({**dict.fromkeys(NAMED, ""), "said": "a\nb"}, True)
@given(
    st.fixed_dictionaries(dict.fromkeys(NAMED, anything)),
    st.booleans(),
)
def test_no_name_and_no_message_breaks_out(tmp_path: Path, names: dict[str, str], is_refused: bool) -> None:
    plain, hostile = Page(tmp_path / "plain", champion=True), Page(tmp_path / "hostile", champion=True)
    harmless = {name: f"{name}x" for name in names}
    if len(f"{_storable(names['said'])} x".splitlines()) > 1:
        harmless["said"] += "\nx"  # a message of several lines has a section of its own
    for page, chosen in ((plain, harmless), (hostile, {name: _storable(text) for name, text in names.items()})):
        renamed(page.tests, page.evaluation, chosen)
        page.results["data"]["datasets"] = {
            chosen["set"]: {**page.results["data"]["datasets"]["customers"], "source": chosen["source"] or "x"}
        }
        page.noticed("data", f"x {chosen['said']}")
        if is_refused:
            page.refused("gate", f"{chosen['said']} x", status="failed")
    assert shape(hostile.text()) == shape(plain.text())


def _storable(text: str) -> str:
    """Return a text that a result file can hold, which is written as UTF-8."""
    return text.encode(errors="replace").decode()


def shape(text: str) -> list[str]:
    """Return the structure of a report without its words; there is no HTML but ours, and nothing that pings."""
    tokens = PARSER.parse(text)
    found = []
    for token in tokens:
        children = token.children or []
        found.append(token.type)
        html = "".join(inner.content for inner in (token, *children) if inner.type.startswith("html"))
        assert set(re.findall("<[^>]*>", html)) <= OURS
        if token.type == "html_block" and token.content.startswith("<pre>"):
            continue  # as many lines as were said
        found += [inner.type for inner in children if not inner.type.startswith("text")]
        assert not PINGS.search("".join(inner.content for inner in children if inner.type.startswith("text")))
    return [name for name in found if name not in ("html_block",)]


@pytest.mark.parametrize(
    "broken",
    ["| a | b | c |\n| --- | --- | --- |\n| x | y <b> | z |", "@acme", "x <script>", "| a |\n| --- |\n| GH-1 |"],
)
def test_the_oracle_bites(broken: str) -> None:
    with pytest.raises(AssertionError):
        assert shape(broken) == shape("| a | b | c |\n| --- | --- | --- |\n| x | y | z |")
