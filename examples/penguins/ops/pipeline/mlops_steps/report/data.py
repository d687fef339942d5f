# SPDX-License-Identifier: MIT-0
"""The section on data: what was read, by digest, and whether the evaluation rows are the champion's."""

from __future__ import annotations

from collections.abc import Iterator

from .facts import Facts
from .markdown import code, words
from .section import Entry, Section

HEAD = ("Data set", "source", "rows", "columns", "digest")
_LENGTH = 12


def short(digest: str) -> str:
    """Return the beginning of a digest, long enough to tell it from others."""
    return code(digest.removeprefix("sha256:")[:_LENGTH])


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the section, one row for each data set, when they were read."""
    found = facts.result("data").get("datasets", {})
    if not found:
        return
    rows = [
        Entry((code(name), words(one["source"]), str(one["rows"]), str(len(one["columns"])), short(one["digest"])))
        for name, one in found.items()
    ]
    yield Section("Data", rows, HEAD, below=_sides(facts), noun="data sets")


def _sides(facts: Facts) -> str:
    split = facts.result("split")
    if not split:
        return ""
    train, evaluate = split["train"], split["evaluate"]
    text = (
        f"{train['rows']} rows train ({short(train['digest'])}) and {evaluate['rows']} evaluate "
        f"({short(evaluate['digest'])})"
    )
    if isinstance(split["sample"], int) and split["sample"]:
        text += f", a sample of at most {split['sample']} rows"
    if facts.champion is not None:
        same = facts.champion.evaluation.digest == evaluate["digest"]
        text += "; the evaluation rows are " + (
            "those that the champion was evaluated on"
            if same
            else f"others than those that the champion was evaluated on ({short(facts.champion.evaluation.digest)})"
        )
    return f"{text}."
