"""The closing table tells what did not run, and a skipped suite is never a pass."""

from __future__ import annotations

from pathlib import Path

import suites
from suites import Outcome

REPORT = """<testsuites><testsuite>
<testcase name="a"/>
<testcase name="b"><failure message="x"/></testcase>
<testcase name="c"><error message="x"/></testcase>
<testcase name="d"><skipped message="no kubectl"/></testcase>
<testcase name="e"><skipped message="no kubectl&#10;Failing example: x"/></testcase>
</testsuite></testsuites>"""


def test_tests_of_a_report_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    tests, reasons = suites.read(path)
    assert tests == {"passed": 1, "failed": 2, "skipped": 2}
    assert reasons == {"no kubectl": 2}


def test_a_suite_without_a_report_has_no_counts(tmp_path: Path) -> None:
    assert suites.read(tmp_path / "none.xml") == ({}, {})


def test_the_table_says_what_ran_and_why_not() -> None:
    outcomes = {
        "tests": Outcome("passed", 61.4, "", {"passed": 40, "skipped": 2}, {"no kubectl": 2}),
        "pythons": Outcome("skipped", 0.1, "no Python 3.10"),
        "extra": Outcome("failed", 3.0, "", {"passed": 1, "failed": 1}),
    }
    assert suites.table(["tests", "pythons", "lint"], outcomes).splitlines() == [
        "suite       outcome    seconds  passed  failed  skipped  why",
        "tests       passed          61      40                2  2 x no kubectl",
        "pythons     skipped          0                           no Python 3.10",
        "lint        not run          0",
        "extra       failed           3       1       1",
        "",
        "41 passed, 1 failed, 2 skipped",
    ]


def test_required_suites_that_did_not_run_are_named() -> None:
    outcomes = {"a": Outcome("passed"), "b": Outcome("skipped", 0.0, "why"), "c": Outcome("failed")}
    assert suites.absent(["a", "b", "c", "d"], outcomes) == ["b", "d"]
    assert suites.absent(["a", "c"], outcomes) == []
