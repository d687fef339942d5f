# SPDX-License-Identifier: MIT-0
"""The section on metrics: the candidate against the champion, with every limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import judged
from .facts import Facts
from .figures import change, figure
from .markdown import code
from .section import Entry, Section

HEAD = ("Metric", "champion", "candidate", "change", "limit", "status")


def sections(facts: Facts) -> Iterator[Section]:
    """Yield, when a model was evaluated, the metrics with limits, and folded below them those without."""
    if not facts.result("evaluate"):
        return
    tested = facts.context.config["tests"]["metrics"]
    known = dict.fromkeys((*tested, *facts.result("evaluate")["metrics"], *facts.compared.get("metrics", {})))
    with_champion = facts.champion is not None
    head = HEAD if with_champion else tuple(title for title in HEAD if title not in ("champion", "change"))
    if tested:
        yield Section("Metrics", tuple(_rows(facts, tested, with_champion=with_champion)), head, noun="metrics")
    others = tuple(_rows(facts, [name for name in known if name not in tested], with_champion=with_champion))
    if others:
        yield Section("Metrics", others, head, noun="metrics without a limit", is_aside=bool(tested))


def _rows(facts: Facts, names: Iterable[str], *, with_champion: bool) -> Iterator[Entry]:
    ours, theirs = facts.result("evaluate")["metrics"], facts.compared.get("metrics", {})
    tests = facts.context.config["tests"]["metrics"]
    checks = judged.grouped(facts.checks("metric", "champion"), "name")
    for name in names:
        found = checks.get(name, [])
        now, before = ours.get(name), theirs.get(name)
        beside = judged.limits_of(found)
        drop = next((check["limit"] for check in found if check["kind"] == "champion"), None)
        cells = [code(name), figure(now, before, *beside)]
        if with_champion:
            champion = figure(before, now, *beside) if name in theirs else ""
            difference = change(now, before, drop) + _direction(tests.get(name, {}).get("better"), now, before)
            cells[1:] = [champion, cells[1], difference]
        cells += [judged.limits(found), judged.statuses(found) if found or name not in tests else "not judged"]
        yield Entry(tuple(cells), judged.is_trouble(found))


def _direction(better: str | None, now: float | None, before: float | None) -> str:
    """Return whether a change is for the better, where the metric has a direction and the spec a limit of it."""
    if better not in ("higher", "lower") or now is None or before is None or change(now, before) == "0":
        return ""
    return ", better" if (now > before) == (better == "higher") else ", worse"
