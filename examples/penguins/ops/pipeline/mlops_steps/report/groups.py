# SPDX-License-Identifier: MIT-0
"""The sections on slices and on fairness: the candidate against the champion in every group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import judged
from .facts import Facts
from .figures import change, exact, figure
from .markdown import code
from .section import Entry, Section

HEAD = ("Test", "group", "rows", "champion", "candidate", "change", "limit", "status")
_TITLES = {"slices": ("Slices", "slice"), "fairness": ("Fairness", "fairness")}


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the sections that have a group."""
    with_champion = any(facts.compared.get(name) for name in _TITLES)
    head = HEAD if with_champion else tuple(title for title in HEAD if title not in ("champion", "change"))
    for name, (title, kind) in _TITLES.items():
        rows = [
            _without_champion(entry) if not with_champion else entry
            for test, found in facts.result("evaluate").get(name, {}).items()
            for entry in _test(facts, name, kind, test, found)
        ]
        if rows:
            yield Section(title, rows, head, noun="groups")


def _without_champion(entry: Entry) -> Entry:
    test, group, samples, _champion, candidate, _change, *last = entry.cells
    return Entry((test, group, samples, candidate, *last), entry.is_trouble)


def _test(facts: Facts, name: str, kind: str, test: str, found: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield the rows of one test: its groups and, where gaps are judged, the gap between them."""
    theirs = facts.compared.get(name, {}).get(test, {}).get("groups", {})
    checks = judged.grouped(judged.grouped(facts.checks(kind), "name").get(test, []), "group")
    title = f"{code(test)}: {code(found['metric'])} by {code(found['column'])}"
    for group, now in found["groups"].items():
        own = checks.get(group, [])
        before = theirs.get(group, {}).get("value")
        beside = judged.limits_of(own) if kind == "slice" else []
        cells = (
            code(group),
            str(now["samples"]),
            figure(before, now["value"], *beside) if group in theirs else "",
            figure(now["value"], before, *beside),
            change(now["value"], before),
            judged.limits(own) if kind == "slice" else "",
            judged.statuses(own) if own else "",
        )
        yield Entry((title, *cells), judged.is_trouble(own))
    if kind == "fairness":
        yield _gap(facts, test, title, theirs, checks.get(None, []))


def _gap(
    facts: Facts,
    test: str,
    title: str,
    theirs: Mapping[str, Any],
    checks: Sequence[judged.Check],
) -> Entry:
    limits = facts.context.config["tests"]["fairness"][test]
    now = checks[0]["value"] if checks else None
    before = _largest_gap(theirs, limits["min_samples"])
    limit = limits["max_gap"]
    cells = (
        "largest gap",
        str(checks[0].get("samples", "")) if checks else "",
        "" if before is None else figure(before, now, limit),
        "" if now is None else figure(now, before, limit),
        change(now, before),
        f"max_gap {exact(limit)}",
        judged.statuses(checks) if checks else "not judged",
    )
    return Entry((title, *cells), judged.is_trouble(checks))


def _largest_gap(groups: Mapping[str, Any], least: int) -> float | None:
    """Return the gap as the gate judges it: between groups with enough rows and a value."""
    values = [group["value"] for group in groups.values() if group["samples"] >= least and group["value"] is not None]
    return max(values) - min(values) if len(values) > 1 else None
