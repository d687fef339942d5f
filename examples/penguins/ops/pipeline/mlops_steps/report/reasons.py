# SPDX-License-Identifier: MIT-0
"""The sections with sentences: why something was refused, what was not judged, and what must not be overlooked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..evaluation import checks
from .facts import Facts
from .markdown import code, folded, preformatted, words
from .section import Entry, Section
from .verdict import summary

_FEW = 5
"""Notices that are shown at once; more are folded."""
_LAST_LINES = 40


def refusals(facts: Facts) -> Iterator[Section]:
    """Yield why steps refused or failed, and the tracebacks of what failed."""
    found = [(outcome.step, finding) for outcome in facts.all_steps for finding in outcome.findings]
    if found:
        rows = [Entry((f"{code(step)}: {words(summary(finding['message']))}",), True) for step, finding in found]
        yield Section(f"Refused or failed: {_counted(len(found), 'reason')}", rows, noun="reasons")
    for step, finding in found:
        lines = finding["message"].splitlines()
        if len(lines) > 1:
            yield Section(f"What the step {code(step)} said", below=_folded(lines[-_LAST_LINES:], len(lines)))


def remarks(facts: Facts) -> Iterator[Section]:
    """Yield the limits that were not judged, and why, and all other notices."""
    unjudged, said = list(_unjudged(facts)), {check["message"] for check in _undecided(facts)}
    if unjudged:
        yield Section(f"Not judged: {_counted(len(unjudged), 'limit')}", unjudged, noun="limits")
    found = {
        (outcome.step, notice["message"]): None
        for outcome in facts.all_steps
        for notice in outcome.notices
        if notice["message"] not in said and (outcome.step, notice["rule"]) != ("gate", "sample")
    }
    if found:
        rows = [Entry((f"{code(step)}: {words(summary(message))}",)) for step, message in found]
        yield Section(f"Notices: {len(rows)}", rows, noun="notices", is_aside=len(rows) > _FEW)


def _unjudged(facts: Facts) -> Iterator[Entry]:
    """Yield the limits that were not judged, but those that were refused for it; of a sample the verdict says it."""
    if not facts.result("split").get("sample"):
        refused = {finding["message"] for finding in facts.steps["gate"].findings}
        for message in dict.fromkeys(check["message"] for check in _undecided(facts)):
            if message not in refused:
                yield Entry((words(message),))


def _undecided(facts: Facts) -> Iterable[Mapping[str, Any]]:
    """Return the limits that nobody could judge."""
    kinds = ("metric", "champion", "slice", "fairness", "behaviour")
    return [check for check in facts.checks(*kinds) if check["status"] not in (checks.PASSED, checks.FAILED)]


def _folded(lines: list[str], total: int) -> str:
    title = f"{total} lines" if total == len(lines) else f"the last {len(lines)} of {total} lines"
    return folded(title, preformatted(lines))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
