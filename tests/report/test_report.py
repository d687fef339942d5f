"""Findings as text, frames, JSON, SARIF and GitHub commands."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from mlopsc.codes import Entry, parse
from mlopsc.diagnostics import Diagnostic, dotted
from mlopsc.origin import Span
from mlopsc.report import github, machine, text
from mlopsc.report.finding import Finding, escaped, locate
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


HOSTILE = "x\n::error file=mlops.yaml::pwned\r\n\u202eegap\x1b[2J ##[error]y"


def test_what_a_user_wrote_is_nothing_that_a_terminal_or_a_runner_obeys() -> None:
    diagnostic = Diagnostic(code="T-1", facts={"given": HOSTILE, "allowed": f"a, {HOSTILE}"})
    (found,) = locate([diagnostic], Origins(None, "f"), CODES)
    shown = "x\\n::error file=mlops.yaml::pwned\\r\\n\\u202eegap\\u001b[2J #\\u0023[error]y"
    assert found.message.startswith(f"bad {shown}")
    assert found.hint == f"use a, {shown}"
    printed = "\n".join(text.lines([found], str))
    assert not any(line.lstrip().startswith("::") for line in printed.splitlines())
    assert "\x1b" not in printed


def test_the_name_of_a_folder_is_no_better() -> None:
    item = finding(span=Span("a\n::error::x\x1b[2J/mlops.yaml", 1, 1, 1, 2))
    place = "a\\n::error::x\\u001b[2J/mlops.yaml:1:1"
    assert text.lines([item], str)[0] == f"{place}: error T-1: bad x"
    assert text.frames([item], str, lambda _f, _l: None, color=False)[1] == f"  --> {place}"


def test_plain_text_is_shown_as_it_is() -> None:
    for plain in ("", "a b", "d\u00e9p\u00f4t \u5b66\u4e60", "100% a::b # [c]"):
        assert escaped(plain) == text.harmless(plain) == plain


def test_a_long_value_is_cut_and_a_list_of_choices_less_so() -> None:
    facts = {"given": "v" * 3000, "allowed": ", ".join(["choice"] * 400)}
    (found,) = locate([Diagnostic(code="T-1", facts=facts)], Origins(None, "f"), CODES)
    assert found.message == "bad " + "v" * 120 + "..."
    assert 500 < len(found.hint) < 620
    facts = {"given": "v" * 120, "allowed": "w" * 600}
    (found,) = locate([Diagnostic(code="T-1", facts=facts)], Origins(None, "f"), CODES)
    assert (found.message, found.hint) == ("bad " + "v" * 120, "use " + "w" * 600)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  ::error::x", "  \\u003a:error::x"),
        (" + ::error::x", " + ::error::x"),
        ("a\tb", "a\tb"),
        ("\x1b]0;t\x07", "\\u001b]0;t\\u0007"),
        ("a\u202eb", "a\\u202eb"),
        ("x ##[group]y", "x #\\u0023[group]y"),
    ],
)
def test_a_line_of_a_file_is_harmless(line: str, shown: str) -> None:
    assert text.harmless(line) == shown


def test_a_frame_shows_escapes_and_marks_the_right_place() -> None:
    line = "a\u202e: HERE\x1b[0m"
    shown = text.frames([finding(span=Span("f", 1, 5, 1, 9))], str, lambda _f, _l: line, color=False)
    assert shown[2].endswith("a\\u202e: HERE\\u001b[0m")
    marker = shown[3].index("^")
    assert shown[2][marker : marker + shown[3].count("^")] == "HERE"


def test_every_format_names_the_environments() -> None:
    found = [finding(environments=("staging", "prod"))]
    told = "bad x (in staging, prod)"
    (command,) = github.commands(found)
    assert told in command
    assert told in github.summary(found, [])
    assert told in json.loads(machine.to_sarif(found, [], CODES))["runs"][0]["results"][0]["message"]["text"]
    assert "(in" not in github.commands([finding()])[0]


def test_a_file_name_that_is_not_utf8_is_quoted_byte_by_byte() -> None:
    found = [finding(span=Span("a\udcff/mlops.yaml", 1, 1, 1, 2))]
    (run,) = json.loads(machine.to_sarif(found, [], CODES))["runs"]
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == "a%FF/mlops.yaml"


@pytest.mark.parametrize(
    ("checks", "shown"),
    [
        (["CHK-401"], "CHK-401"),
        (["CHK-401", "CHK-402"], "CHK-401, CHK-402"),
        (["CHK-401", "CHK-402", "CHK-403", "CHK-405"], "CHK-401 to CHK-403, CHK-405"),
        (["CHK-401", "CAP-402", "the checks of toy"], "CHK-401, CAP-402, the checks of toy"),
        (
            [f"CHK-{number}" for number in range(400, 420, 2)],
            "CHK-400, CHK-402, CHK-404, CHK-406, CHK-408, CHK-410, 4 more",
        ),
    ],
)
def test_neighbouring_checks_are_one_range(checks: list[str], shown: str) -> None:
    assert text.ranges(checks) == shown
