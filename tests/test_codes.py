"""The catalogue and the code agree: nothing is reported that it does not explain, and it explains nothing else."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from mlopsc.codes import FAMILIES, Entry, catalogue, document, parse
from mlopsc.diagnostics import Findings
from mlopsc.report import problems
from mlopsc.source import parse as parse_yaml

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for top in ("compiler", "targets")
    for path in (ROOT / top).rglob("*.py")
    if (ROOT / "compiler" / "mlopsc" / "steps") not in path.parents  # they report nothing to a compile
)
CODE = re.compile(r"[A-Z0-9]{3}-[0-9]{3}")
CODES = catalogue()

ALWAYS = {"suggestion", "quote"}
"""Facts that `mlopsc.report.finding` fills in when nobody else does."""

REPORTERS = {"report", "at", "refuse"}
"""Names of the functions that take a code and facts."""

ELSEWHERE = {"GOV-210"}
"""Texts that look like codes: names of controls in examples of the spec."""

NOT_YAML = {"SRC-100", "SRC-102", "SRC-105", "SRC-107", "SRC-108", "SRC-109"}
"""Codes whose example is broken YAML."""

COMMANDS = set("chmod cp git kill ln mkdir mkfifo mlopsc pip rm rmdir sed touch".split())  # noqa: SIM905

PROSE = {
    ("RES-207", "fix"),
    ("CHK-493", "fix"),
    ("CHK-494", "example"),
    ("CHK-494", "fix"),
    ("CHK-495", "fix"),
    ("WSP-712", "example"),
    ("WSP-712", "fix"),
    ("WSP-713", "example"),
    ("WSP-714", "example"),
}
"""Examples in words: what they show is no line of a file."""

LINES = {"CHK-495": "example", "CHK-496": "", "WSP-702": "example", "WSP-721": "example", "WSP-722": "example"}
"""Examples that are lines of a file that is not YAML; empty for both halves."""


class Call(NamedTuple):
    """A place that reports a finding.

    Attributes:
        where: file and line.
        facts: the facts that it names; None when they are not written out there.
    """

    where: str
    facts: frozenset[str] | None


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def literals() -> dict[str, str]:
    """Return every code that stands in the sources as a text of its own, with one place."""
    return {
        node.value: f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def calls(path: Path) -> Iterator[tuple[str, Call]]:
    """Yield the codes that calls of a reporter name, and the facts beside them."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in REPORTERS:
            continue
        names = [keyword.arg for keyword in node.keywords]
        facts = None if None in names else frozenset(filter(None, names)) - {"env"}
        for argument in (part for whole in node.args[:1] for part in ast.walk(whole)):
            if isinstance(argument, ast.Constant) and str(argument.value) in CODES:
                yield str(argument.value), Call(f"{path.name}:{node.lineno}", facts)


def of_workspace(path: Path) -> Iterator[tuple[str, Call]]:
    """Yield the problems of the workspace as codes with their facts."""
    for function in ast.walk(tree(path)):
        if not isinstance(function, ast.FunctionDef):
            continue
        facts_of: list[tuple[int, ast.Dict]] = [
            (node.lineno, node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and any(isinstance(name, ast.Name) and name.id == "facts" for name in node.targets)
        ]
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "Problem":
                continue
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            kind, facts = given["kind"], given.get("facts")
            if isinstance(facts, ast.Name):
                facts = max((item for item in facts_of if item[0] <= node.lineno), key=lambda item: item[0])[1]
            keys = facts.keys if isinstance(facts, ast.Dict) else []
            names = frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))
            if isinstance(kind, ast.Constant):
                yield problems.CODES[str(kind.value)], Call(f"{path.name}:{node.lineno}", names | {"file"})


def placeholders(entry: Entry) -> set[str]:
    """Return what the texts of an entry print."""
    return {
        name
        for text in (entry.message, entry.hint)
        for _, name, _, _ in string.Formatter().parse(text)
        if name is not None
    }


def missing(entry: Entry, call: Call) -> set[str]:
    """Return the facts that a place forgets: formatting the message would fail."""
    return set() if call.facts is None else placeholders(entry) - ALWAYS - call.facts


REPORTS = [found for path in SOURCES for found in (*calls(path), *of_workspace(path))]


def test_every_code_in_the_sources_is_in_the_catalogue() -> None:
    unknown = {code: place for code, place in literals().items() if code not in CODES.keys() | ELSEWHERE}
    assert unknown == {}


def test_every_code_of_the_catalogue_is_used() -> None:
    assert sorted(CODES.keys() - literals().keys()) == []


def test_every_place_gives_the_facts_that_the_texts_print() -> None:
    forgotten = {call.where: (code, names) for code, call in REPORTS if (names := missing(CODES[code], call))}
    assert forgotten == {}
    assert len({code for code, call in REPORTS if call.facts is not None}) > len(CODES) * 3 / 4


def test_a_forgotten_fact_would_be_noticed() -> None:
    entry = CODES["CHK-401"]
    assert missing(entry, Call("x", frozenset({"given"}))) == {"allowed"}
    assert missing(entry, Call("x", frozenset({"given", "allowed"}))) == set()


def test_a_suggestion_has_words_to_choose_from() -> None:
    poor = [
        (code, call.where)
        for code, call in REPORTS
        if call.facts is not None
        and "suggestion" in placeholders(CODES[code]) - call.facts
        and not ("allowed" in call.facts and call.facts & {"given", "key"})
    ]
    assert poor == []


@pytest.mark.parametrize("code", CODES)
def test_an_entry_is_complete(code: str) -> None:
    entry = CODES[code]
    assert CODE.fullmatch(code)
    assert entry.severity in ("error", "notice")
    assert entry.point in ("key", "value")
    assert all((entry.title, entry.message, entry.cause, entry.example, entry.fix))
    assert entry.example != entry.fix
    assert not entry.title.endswith(".")
    assert entry.cause.endswith((".", "!"))
    assert all(name.isidentifier() for name in placeholders(entry)), placeholders(entry)
    assert entry.severity == "notice" or entry.hint, "an error says what to do"


def test_no_two_files_explain_the_same_code() -> None:
    files = [ROOT / "compiler/mlopsc/codes" / f"{family}.yaml" for family in FAMILIES]
    assert sorted(files) == sorted((ROOT / "compiler/mlopsc/codes").glob("*.yaml"))
    files += (ROOT / "targets").rglob("codes.yaml")
    written = [
        code for file in files for code in re.findall(r"^(\S+):$", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(written) == len(set(written))
    assert set(written) <= CODES.keys()


def kind(text: str) -> str:
    """Tell what an example is: a part of a spec, a comment on a file, a command, or something else."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return "broken"
    if isinstance(value, (dict, list)):
        findings = Findings()
        parsed = parse_yaml("", text.encode(), findings)
        return "yaml" if parsed is not None or isinstance(value, list) else "broken"
    if value is None:
        return "comment"
    return "command" if text.split()[0] in COMMANDS else "other"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("part", ["example", "fix"])
def test_an_example_is_yaml_or_a_command(code: str, part: str) -> None:
    found = kind(getattr(CODES[code], part))
    if part == "example" and code in NOT_YAML:
        assert found == "broken"
    elif (code, part) in PROSE or LINES.get(code, "no") in (part, ""):
        assert found == "other"
    else:
        assert found in ("yaml", "comment", "command")


@pytest.mark.parametrize(
    ("text", "found"),
    [("a: [1", "broken"), ("a: 1", "yaml"), ("# x", "comment"), ("rm x", "command"), ("do it well", "other")],
)
def test_kinds_of_examples(text: str, found: str) -> None:
    assert kind(text) == found


def test_the_page_is_up_to_date_and_has_a_heading_for_each_code() -> None:
    assert document.PAGE.read_text(encoding="utf-8") == document.page(), "run python -m mlopsc.codes.document"
    headings = re.findall(r"^### (\S+): ", document.page(), re.MULTILINE)
    assert headings == list(CODES)


def test_a_stale_page_is_reported_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(document, "PAGE", tmp_path / "docs" / "codes.md")
    assert document.main(["--check"]) == 1
    assert not document.PAGE.exists()
    assert document.main([]) == 0
    assert document.main(["--check"]) == 0
    document.PAGE.write_text("stale\n", encoding="utf-8")
    assert document.main(["--check"]) == 1
    assert document.PAGE.read_text(encoding="utf-8") == "stale\n"
    assert "docs/codes.md is not up to date" in capsys.readouterr().out
    assert document.main(["--chek"]) == 2


def test_an_entry_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(TypeError):
        parse("T-1: {title: t, mesage: m, cause: c, example: e, fix: f}")
