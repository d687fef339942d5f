"""Findings as text, frames, JSON, SARIF and GitHub commands."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from mlopsc.codes import Entry, parse
from mlopsc.diagnostics import Diagnostic, dotted
from mlopsc.origin import Span
from mlopsc.report import github, machine, text
from mlopsc.report.finding import Finding, locate
from mlopsc.resolve.origins import Origins

CODES: Mapping[str, Entry] = parse(
    """
T-1:
  {title: A thing, point: key, message: 'bad {given}{suggestion}', hint: 'use {allowed}', cause: c, example: e, fix: f}
T-2: {title: Other, severity: notice, message: told, cause: c, example: e, fix: f}
"""
)


def finding(**changes: object) -> Finding:
    base = Finding(
        code="T-1",
        severity="error",
        title="A thing",
        message="bad x",
        hint="use y",
        span=Span("mlops.yaml", 2, 3, 2, 6),
        related=(),
        spec="model.seed",
        environments=(),
        via=(),
    )
    return base.replace(**changes)


def test_findings_of_several_environments_are_one() -> None:
    spans = (Span("f", 3, 1, 3, 2),)
    found = locate(
        [
            Diagnostic(code="T-2", spans=spans, env="b"),
            Diagnostic(code="T-2", spans=spans, env="a"),
            Diagnostic(code="T-2", spans=(Span("f", 1, 1, 1, 2),)),
        ],
        Origins(None, "f"),
        CODES,
    )
    assert [(item.span.line, item.environments) for item in found] == [(1, ()), (3, ("b", "a"))]


def test_a_near_word_is_suggested_and_a_far_one_is_not() -> None:
    def message(given: str) -> str:
        facts = {"given": given, "allowed": "sklearn, xgboost"}
        (found,) = locate([Diagnostic(code="T-1", facts=facts)], Origins(None, "f"), CODES)
        return found.message

    assert message("skleran") == 'bad skleran; did you mean "sklearn"?'
    assert message("zzz") == "bad zzz"


def test_an_unknown_code_is_a_bug() -> None:
    with pytest.raises(KeyError):
        locate([Diagnostic(code="T-9")], Origins(None, "f"), CODES)


def test_lines_for_a_pipe() -> None:
    found = [finding(environments=("staging",)), finding(severity="notice", hint="")]
    assert text.lines(found, lambda file: f"sub/{file}") == [
        "sub/mlops.yaml:2:3: error T-1: bad x (in staging)",
        "    hint: use y",
        "sub/mlops.yaml:2:3: notice T-1: bad x",
    ]


def test_a_frame_marks_the_place() -> None:
    source = {2: "  sead: 3"}
    shown = text.frames([finding(span=Span("f", 2, 3, 2, 7))], str, lambda _file, line: source.get(line), color=False)
    assert shown[:4] == ["error T-1: bad x", "  --> f:2:3", "   2 |   sead: 3", "     |   ^^^^"]
    colored = text.frames([finding()], str, lambda _f, _l: None, color=True)
    assert colored[0].startswith("\x1b[31m")


def test_a_frame_of_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 300 + "HERE" + "y" * 300
    shown = text.frames([finding(span=Span("f", 1, 301, 1, 305))], str, lambda _f, _l: line, color=False)
    assert max(map(len, shown)) < 130
    marker = shown[3].index("^")
    assert shown[2][marker : marker + 4] == "HERE"


def test_json_names_what_was_skipped() -> None:
    document = json.loads(machine.to_json([finding()], [("CHK-1", "data is broken")], {"changes": []}))
    assert document["findings"][0]["code"] == "T-1"
    assert document["findings"][0]["line"] == 2
    assert document["skipped"] == [{"check": "CHK-1", "reason": "data is broken"}]
    assert document["changes"] == []


def test_sarif_has_rules_places_and_stable_fingerprints() -> None:
    one = finding(span=Span("a b/mlops.yaml", 2, 3, 2, 6), related=(Span("f", 9, 1, 9, 2),))
    moved = one.replace(span=one.span._replace(line=7, end_line=7))
    results = []
    for item in (one, moved):
        run = json.loads(machine.to_sarif([item], [("CHK-1", "r")], CODES))["runs"][0]
        assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["T-1"]
        assert "CHK-1" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
        results.append(run["results"][0])
    physical = results[0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "a%20b/mlops.yaml"
    assert physical["region"]["startLine"] == 2
    assert results[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 9
    assert results[0]["partialFingerprints"] == results[1]["partialFingerprints"]


def test_github_commands_are_escaped_and_counted() -> None:
    nasty = finding(message="100% a\nb,c:d", hint="", span=Span("a,b.yaml", 1, 2, 1, 3))
    (line,) = github.commands([nasty])
    assert line == "::error file=a%2Cb.yaml,line=1,col=2,endLine=1,endColumn=3,title=T-1 A thing::100%25 a%0Ab,c:d"
    many = github.commands([finding()] * 12 + [finding(severity="notice")])
    assert len(many) == 9 + 1 + 1
    assert many[9] == "::error title=mlopsc::3 more, see the summary"
    assert len(github.commands([finding()] * 9)) == 9


def test_the_summary_has_all_findings_and_cannot_be_broken_out_of() -> None:
    nasty = finding(message="a|b <img> `x`\n[c](d)")
    table = github.summary([nasty] * 12, [("CHK-1", "data is broken")])
    rows = [line for line in table.splitlines() if line.startswith("| mlops")]
    assert len(rows) == 12
    assert "a\\|b &lt;img&gt; \\`x\\` \\[c\\](d)" in rows[0]
    assert "- CHK-1: data is broken" in table
    assert github.summary([], []) == "mlopsc found nothing.\n"


def test_paths_are_written_as_in_the_field() -> None:
    assert dotted(("patches", 0, "ops", 12, "a b")) == 'patches[0].ops[12]["a b"]'
