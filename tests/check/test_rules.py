"""Runs the fixtures of all rules: what a rule must find, at which line, and what it must leave alone.

A rule has a folder ``rules/CODE`` with two specs. ``bad.mlops.yaml`` has the mistake; a comment ``# <- CODE`` ends each
line where a finding must be reported (several codes: ``# <- CODE, CODE``). ``ok.mlops.yaml`` is the same with the
mistake mended. Further pairs with a word in front are possible: ``batch.bad.mlops.yaml``, ``batch.ok.mlops.yaml``.
Each spec is compiled in a repository that holds the files of ``common/`` and, over them, those of its own folder.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from mlopsc import check
from mlopsc.codes import catalogue
from mlopsc.compiler import Analysis, analyze
from mlopsc.inputs import MemoryInputs
from mlopsc.report.finding import locate

HERE = Path(__file__).parent
RULES = HERE / "rules"
COMMON = HERE / "common"
FULL = HERE.parent / "fixtures" / "section4" / "mlops.yaml"
FIXTURES = sorted(path.relative_to(RULES).as_posix() for path in RULES.glob("*/*.mlops.yaml"))
MARK = re.compile(r"# <- ([A-Z0-9, -]+)$")


def repository(folder: Path) -> dict[str, bytes]:
    """Return the files of a fixture: the common ones and, over them, its own."""
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for top in (COMMON, folder)
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def marks(text: str) -> list[tuple[int, str]]:
    """Return the lines and codes that the comments of a fixture announce."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        mark = MARK.search(line)
        if mark:
            found.extend((number, code) for code in mark[1].split(", "))
    return sorted(found)


def run(fixture: str) -> tuple[Analysis, list[tuple[int, str]], str]:
    """Analyze a fixture.

    Returns:
        The analysis, the lines and codes of its findings, and the findings as text for a failing test.
    """
    path = RULES / fixture
    analysis = analyze(path.name, MemoryInputs(repository(path.parent)))
    findings = locate(analysis.diagnostics, analysis.origins, catalogue())
    told = "\n".join(f"{item.span}: {item.code} {item.message}" for item in findings)
    return analysis, sorted((item.span.line, item.code) for item in findings), told


@pytest.mark.parametrize("fixture", FIXTURES)
def test_fixture(fixture: str) -> None:
    """The findings are those that the comments announce, at their lines, and no others."""
    analysis, found, told = run(fixture)
    expected = marks((RULES / fixture).read_text(encoding="utf-8"))
    code = fixture.partition("/")[0]
    assert found == expected, told
    assert code not in {name for name, _reason in analysis.skipped}
    if fixture.endswith("bad.mlops.yaml"):
        assert code in {name for _line, name in expected}, "the comments do not name the rule of this folder"
    else:
        assert code not in {name for _line, name in expected}, "a mended spec still has the finding"


@pytest.mark.parametrize("code", sorted({fixture.partition("/")[0] for fixture in FIXTURES}))
def test_bad_and_ok_come_in_pairs(code: str) -> None:
    """Every mistake has its mended twin."""
    names = {path.name for path in (RULES / code).glob("*.mlops.yaml")}
    bad = {name.removesuffix("bad.mlops.yaml") for name in names if name.endswith("bad.mlops.yaml")}
    ok = {name.removesuffix("ok.mlops.yaml") for name in names if name.endswith("ok.mlops.yaml")}
    assert bad == ok
    assert "" in bad
    assert len(names) == len(bad) + len(ok), "a fixture is neither bad nor ok"


def test_every_rule_has_a_folder_and_an_entry() -> None:
    """One rule is one code, one function, one folder and one entry of the catalogue."""
    codes = [rule.code for rule in check.rules()]
    assert len(codes) == len(set(codes)), "a code is used twice"
    folders = {path.name for path in RULES.iterdir()}
    assert folders == set(codes)
    assert {code for code in catalogue() if code.startswith("CHK-")} == set(codes)


@pytest.mark.parametrize("section", sorted({name for rule in check.rules() for name in rule.needs}))
def test_rules_need_what_they_touch(section: str) -> None:
    """With a broken section the rules that need it are named as skipped, and no other rule touches it."""
    spec = yaml.safe_load(FULL.read_text(encoding="utf-8"))
    spec[section] = 3
    analysis = analyze("mlops.yaml", MemoryInputs({"mlops.yaml": yaml.safe_dump(spec).encode()}))
    skipped = {name for name, _reason in analysis.skipped}
    needing = {rule.code for rule in check.rules() if section in rule.needs}
    assert needing <= skipped
    assert {rule.code for rule in check.rules()} - skipped


def test_marks_are_read() -> None:
    """A comment at the end of a line counts, with one code or several; others do not."""
    assert marks("a: 1 # <- CHK-401\nb: 2 # CHK-402\nc: 3 # <- CHK-403, CHK-404\n") == [
        (1, "CHK-401"),
        (3, "CHK-403"),
        (3, "CHK-404"),
    ]
