"""Section ``stack``: which target fills which role.

The fields are those of `mlopsc.spec.stack`.
"""

from __future__ import annotations

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, TypeAlias

    Role: TypeAlias = Literal["train", "track", "serve", "report"]


class Stack(Record):
    """Which target fills which role. `target: NAME` at the top level is the short form."""

    train: str | None
    track: str | None
    serve: str | None
    report: str | None

    def filled(self) -> Iterator[tuple[Role, str]]:
        """Yield each role that a target fills, with the name of the target."""
        roles: tuple[tuple[Role, str | None], ...] = (
            ("train", self.train),
            ("track", self.track),
            ("serve", self.serve),
            ("report", self.report),
        )
        return ((role, name) for role, name in roles if name is not None)
