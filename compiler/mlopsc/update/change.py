"""What an update changes, and what it learned besides."""

from __future__ import annotations

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Literal, TypeAlias

    from mlopsc.pins import Action, CheckJob, Image

    Section: TypeAlias = Literal["images", "actions", "mlopsc"]


class Change(Record):
    """One line of the table.

    Attributes:
        section: of the pins file.
        name: of the image, the action or the package.
        old: what is pinned, as a reader knows it: a tag, the beginning of a digest, a version; empty for none.
        old_date: when that came out; None when nobody says.
        new: what takes its place; empty for a package that is not needed any more.
        new_date: when that came out.
    """

    section: Section
    name: str
    old: str
    old_date: date | None
    new: str
    new_date: date | None


class Found(Record):
    """What the look-up of a pin, or of the whole check job, came to.

    Attributes:
        pin: the new pin; None when the old one stays.
        changes: lines of the table; none when the old pin stays.
        notes: sentences for the user.
    """

    pin: Image | Action | CheckJob | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()


def day(text: object) -> date | None:
    """Return the day of a time as APIs write it, such as 2026-07-17T10:00:00.123456789Z; None for anything else."""
    from datetime import date

    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None
