# SPDX-License-Identifier: MIT-0
"""How old the newest row of a data set is, and that none is of the future.

The only check that reads a clock; it runs in deliveries.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..refusal import Finding
from . import columns as spec
from .origin import Origin

if TYPE_CHECKING:
    import pandas as pd


_SLACK = datetime.timedelta(days=1)
"""How far a time may be ahead of the clock: clocks differ, and times without a zone may be of another one."""


def check(frame: pd.DataFrame, dataset: Mapping[str, Any], now: datetime.datetime, origin: Origin) -> list[Finding]:
    """Return a finding when the newest row is older than the data set allows, and one for rows of the future.

    Args:
        frame: typed rows, numbered from 0.
        dataset: its configuration.
        now: the current time, with a time zone.
        origin: where the rows come from.
    """
    limit = dataset["checks"].get("freshness")
    if limit is None or limit["column"] not in frame:
        return []
    name, most = limit["column"], limit["max_age_seconds"]
    times = frame[name].dropna()
    facts = {"column": name, "limit_seconds": most}
    if times.empty:
        message = f'column "{name}" of {origin.dataset} holds no time, so the age of the data is unknown: fill it in'
        return [Finding("freshness", origin.subject(name), message, facts)]
    present = now.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    future = times.index[times > present + _SLACK]
    if len(future):
        return [_of_the_future(frame, dataset["columns"][name], name, future, origin)]
    newest = times.max()
    age = (present - newest.to_pydatetime(warn=False)).total_seconds()
    if age <= most:
        return []
    row = frame.index[frame[name] == newest][:1]
    shown = "" if spec.hidden(dataset["columns"][name]) else f", {newest.isoformat()}Z,"
    message = (
        f'column "{name}" of {origin.dataset}: its newest time{shown} in {origin.rows(row)} is {_days(age)} old, and '
        f'at most {_days(most)} are allowed; fetch newer data, or raise "checks.freshness.max_age" in the spec'
    )
    return [Finding("freshness", origin.subject(name), message, {**facts, "at": origin.places(row)})]


def _of_the_future(frame: pd.DataFrame, column: spec.Column, name: str, rows: pd.Index, origin: Origin) -> Finding:
    """Return the finding for rows that would make any data look fresh."""
    return origin.finding(
        "freshness",
        name,
        column,
        len(frame),
        rows,
        "more than a day in the future, and no time may be",
        "correct these times",
        values=(f"{time.isoformat()}Z" for time in frame[name][rows]),
    )


def _days(seconds: float) -> str:
    return f"{seconds / 86400:.1f} days" if seconds >= 2 * 86400 else f"{seconds / 3600:.1f} hours"
