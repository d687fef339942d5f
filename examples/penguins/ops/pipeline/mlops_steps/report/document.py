# SPDX-License-Identifier: MIT-0
"""The report as one page of Markdown that fits into a comment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from ..tracking.git import checkout
from . import behaviour, changes, data, groups, metrics, reasons, verdict
from .data import short
from .facts import MISSING, STALE, Facts
from .markdown import code, words
from .section import Section, size
from .verdict import Verdict

LARGEST = 60_000
"""Bytes of a report. GitHub takes comments of 65,536 characters, and whoever posts it may add a line."""

_CLOSING = 1_500
"""Bytes that are kept for the sentence that says what was left out."""


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        verdict: what it begins with.
        text: in Markdown.
        left_out: what had no room, by kind of entry.
    """

    verdict: Verdict
    text: str
    left_out: dict[str, int]


def marker(name: str) -> str:
    """Return the line, hidden from readers, by which the comment of a project is found again."""
    return f"<!-- mlops {name} -->"


def write(facts: Facts) -> Report:
    """Return the report: the verdict, then what it rests on; of what is long, as much as there is room for.

    No section takes more than half of the room that is left, so that each has some.
    """
    found = verdict.of(facts)
    name = facts.context.config["name"]
    parts = [marker(name), f"## {code(name)}: {found.word}", found.sentence, "\n".join(_about(facts))]
    room = LARGEST - _CLOSING - size("\n\n".join(parts))
    left_out: dict[str, int] = {}
    for section in _sections(facts):
        text, missing = section.text(room // 2)
        if text:
            parts.append(text)
            room -= size(text) + 2
        if missing:
            left_out[section.noun] = left_out.get(section.noun, 0) + missing
    if left_out:
        listed = ", ".join(f"{noun} ({count})" for noun, count in left_out.items())
        parts.append(f"Left out, since a comment holds no more: {listed}. The files in build/results hold everything.")
    return Report(found, "\n\n".join(part for part in parts if part) + "\n", left_out)


def _sections(facts: Facts) -> Iterator[Section]:
    yield from reasons.refusals(facts)
    yield from metrics.sections(facts)
    yield from groups.sections(facts)
    yield from behaviour.sections(facts)
    yield from reasons.remarks(facts)
    yield from changes.sections(facts)
    yield from data.sections(facts)


def _about(facts: Facts) -> Iterator[str]:
    """Yield what was judged, what it was compared with, and how far the steps got, as items of a list."""
    trained = facts.result("train")
    yield f"- Candidate: {short(trained['version']) if trained else 'none was trained'}{_origin(facts)}"
    yield f"- Champion: {_champion(facts)}"
    ended = {MISSING: "no result", STALE: "of another mlops.yaml"}
    steps = (
        f"{code(outcome.step)} {ended.get(outcome.status, outcome.status).replace('-', ' ')}"
        for outcome in facts.steps.values()
    )
    yield f"- Steps: {', '.join(steps)}"


def _origin(facts: Facts) -> str:
    """Return the commit that the candidate was made from: the one that is checked out, if none was written down."""
    context = facts.context
    found = facts.result("register") or asdict(checkout(context.root, context.build, doubt=lambda _message: None))
    if found["commit"] is None:
        return ""
    dirty = ", with changes that are in no commit" if found["dirty"] else ""
    return f", commit {short(found['commit'])}{dirty}"


def _champion(facts: Facts) -> str:
    """Return what serves now, and how the candidate was compared with it."""
    tests, release, compared = facts.context.config["tests"], facts.champion, facts.compared
    if "champion" not in tests:
        return "none, since the spec has no environment to compare with"
    if facts.doubt:
        return f"unknown: {words(facts.doubt)}"
    where = f"{code(tests['champion'])}"
    if release is None:
        return f"none yet, since nothing was released to {where}"
    text = f"{short(release.version)}, which serves in {where}"
    if facts.result("train").get("version") == release.version[:12]:
        text += ", of the same recipe as the candidate"
    if not compared:
        return text
    if not compared["comparable"]:
        return f"{text}, **not comparable**: {words(compared['reason'])}"
    anew = ", which its model predicted anew" if compared["rescored"] else ""
    return f"{text}, compared on the same evaluation rows{anew}"
