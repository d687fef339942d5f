# SPDX-License-Identifier: MIT-0
"""The checks of the gate as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .checks import Check, number_text

HEADINGS = ("check", "value", "bound", "champion", "limit", "verdict")


def lines(checks: Sequence[Check], evaluation: Mapping[str, Any]) -> list[str]:
    """Return the table, one line a check below the headings; columns that would be empty are left out.

    Args:
        checks: what was judged.
        evaluation: what the step "evaluate" found out.
    """
    if not checks:
        return ["no limits: the spec has no tests of the model"]
    champion = (evaluation["champion"] or {}).get("metrics", {})
    table = [HEADINGS, *(_cells(check, champion) for check in checks)]
    filled = [column for column in zip(*table, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in filled]
    rows = zip(*filled, strict=True)
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cells(check: Check, champion: Mapping[str, float]) -> tuple[str, ...]:
    bound = _number(check.bound)
    if bound and check.confidence is not None:
        bound += f" at {check.confidence * 100:.6g}%"
    reference = _number(champion.get(check.name)) if check.kind in ("metric", "champion") else ""
    return (_subject(check), _number(check.value), bound, reference, f"{check.rule} {check.limit:.6g}", _verdict(check))


def _subject(check: Check) -> str:
    parts = (check.name, check.metric, check.group)
    return " ".join(part for part in parts if part is not None)


def _verdict(check: Check) -> str:
    return check.message if check.message == "not judged: sample" else check.status.replace("-", " ")


def _number(value: float | None) -> str:
    return "" if value is None else number_text(value)
