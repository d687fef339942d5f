"""The closing table of a run of noxfile.py: what ran, what passed, what was skipped and why.

Needs nothing but the standard library: noxfile.py imports it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

COUNTS = ("passed", "failed", "skipped")


class Outcome(NamedTuple):
    """How a suite ended.

    Attributes:
        state: ``passed``, ``failed`` or ``skipped``.
        seconds: how long it took.
        reason: why it was skipped.
        tests: number of tests by `COUNTS`; empty for a suite without pytest.
        reasons: number of skipped tests by reason.
    """

    state: str
    seconds: float = 0.0
    reason: str = ""
    tests: Mapping[str, int] = {}
    reasons: Mapping[str, int] = {}


def read(report: Path) -> tuple[Counter[str], Counter[str]]:
    """Count the tests of a JUnit report, and the reasons of the skipped ones; empty without a report."""
    tests: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            skipped = case.find("skipped")
            if skipped is not None:
                tests["skipped"] += 1
                # Hypothesis appends the failing example to the reason.
                reasons[skipped.get("message", "").partition("\n")[0]] += 1
            else:
                failed = case.find("failure") is not None or case.find("error") is not None
                tests["failed" if failed else "passed"] += 1
    return tests, reasons


def table(required: Sequence[str], outcomes: Mapping[str, Outcome]) -> str:
    """Return the table with one line a suite and the sums of all tests."""
    heads = "".join(f"{key:>{len(key) + 2}}" for key in COUNTS)
    lines = [f"{'suite':<12}{'outcome':<10}{'seconds':>8}{heads}  why"]
    total: Counter[str] = Counter()
    for name in dict.fromkeys([*required, *outcomes]):
        outcome = outcomes.get(name, Outcome("not run"))
        total.update(outcome.tests)
        cells = "".join(f"{outcome.tests.get(key) or '':>{len(key) + 2}}" for key in COUNTS)
        why = "; ".join(
            [outcome.reason] * bool(outcome.reason) + [f"{n} x {why}" for why, n in outcome.reasons.items()]
        )
        lines.append(f"{name:<12}{outcome.state:<10}{outcome.seconds:>8.0f}{cells}  {why}".rstrip())
    return "\n".join([*lines, "", ", ".join(f"{total[key]} {key}" for key in COUNTS)])


def absent(required: Sequence[str], outcomes: Mapping[str, Outcome]) -> list[str]:
    """Name the required suites that were skipped or never began."""
    return [name for name in required if name not in outcomes or outcomes[name].state == "skipped"]
