# SPDX-License-Identifier: MIT-0
"""The releases that an environment ever had on all of its traffic: where a rollback can go, and where it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..report import markdown
from . import showing
from .environment import Environment, State
from .record import Release

_SHORT = 12
"""Digits by which messages call a release, and people a commit."""

_COLUMNS = ("now", "release", "version", "commit", "image", "id")


def releases(here: Environment, state: State) -> list[dict[str, str]]:
    """Return the releases that were ever stable, the newest first.

    Args:
        here: the environment.
        state: of its branch.

    Returns:
        Of each ``id``, ``short`` (the beginning of it, as messages have it), ``version``, ``image``, ``commit`` and
        ``now``: ``serves``, ``tried`` (again), ``previous`` (where a rollback goes), ``rejected`` or ``earlier``.
    """
    before = showing.previous(here, state)
    return [
        {
            "id": release.id,
            "short": release.id[:_SHORT],
            "version": release.version,
            "image": release.image,
            "commit": release.commit,
            "now": _now(release, state, before),
        }
        for release in here.ever_stable(state)
    ]


def _now(release: Release, state: State, before: Release | None) -> str:
    now = state.record
    if now.stable is not None and release.id == now.stable.id:
        return "serves"
    if now.canary is not None and release.id == now.canary.id:
        return "tried"
    if release.id in now.rejected:
        return "rejected"
    return "previous" if before is not None and release.id == before.id else "earlier"


def lines(found: Sequence[dict[str, str]]) -> Iterator[str]:
    """Yield the lines of a table for people; the full id, which ``rollback --to`` takes, comes last."""
    rows = [_COLUMNS, *map(_cells, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def summary(name: str, found: Sequence[dict[str, str]]) -> str:
    """Return the table as Markdown, for the page of a workflow run.

    Args:
        name: of the environment.
        found: the releases.
    """
    title = f"### Releases of {markdown.words(name)}"
    if not found:
        return f"{title}\n\nNothing was released yet."
    rows = ([_cells(row)[0], *(f"`{cell}`" for cell in _cells(row)[1:])] for row in found)
    return f"{title}\n\n{markdown.table(_COLUMNS, rows)}"


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return row["now"], row["short"], row["version"], row["commit"][:_SHORT], row["image"], row["id"]
