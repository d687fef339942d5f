"""Section ``stack``: which target fills which role.

The fields are those of `mlopsc.spec.stack`.
"""

from __future__ import annotations

from mlopsc.record import Record


class Stack(Record):
    """Which target fills which role. `target: NAME` at the top level is the short form."""

    train: str | None
    track: str | None
    serve: str | None
    report: str | None
