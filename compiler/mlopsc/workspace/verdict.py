"""`verdict`: what to do with one file, from three digests."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Verdict(str, Enum):
    """What happens to a file."""

    NONE = "none"  # not ours, nothing to do
    UNCHANGED = "unchanged"
    ADOPTED = "adopted"  # has the new content already, but the lock does not say so
    CREATE = "create"
    RECREATE = "recreate"  # was deleted by somebody else
    UPDATE = "update"
    EDITED = "edited"  # stop: somebody changed a generated file
    FOREIGN = "foreign"  # stop: somebody else's file
    PRUNE = "prune"
    DROP = "drop"  # gone already, only the lock still names it
    KEEP = "keep"  # stays on disk, the lock forgets it


WRITES = frozenset({Verdict.CREATE, Verdict.RECREATE, Verdict.UPDATE})
STOPS = frozenset({Verdict.EDITED, Verdict.FOREIGN})


def verdict(lock: str | None, disk: str | None, new: str | None) -> Verdict:
    """Judge a managed file or a block.

    Args:
        lock: digest that the last compile recorded.
        disk: digest of what is there now.
        new: digest of what this compile made.
    """
    if new is None:
        if lock is None:
            return Verdict.NONE
        if disk is None:
            return Verdict.DROP
        return Verdict.PRUNE if disk == lock else Verdict.KEEP
    if disk is None:
        return Verdict.CREATE if lock is None else Verdict.RECREATE
    if disk == new:
        return Verdict.UNCHANGED if lock == new else Verdict.ADOPTED
    if lock is None:
        return Verdict.FOREIGN
    return Verdict.UPDATE if disk == lock else Verdict.EDITED


def seed_verdict(*, locked: bool, there: bool, wanted: bool) -> Verdict:
    """Judge a seed: written when missing, else left alone whatever it holds."""
    if wanted:
        if there:
            return Verdict.UNCHANGED if locked else Verdict.ADOPTED
        return Verdict.RECREATE if locked else Verdict.CREATE
    if not locked:
        return Verdict.NONE
    return Verdict.KEEP if there else Verdict.DROP


def pick(locked: Sequence[str], journal: Collection[str], disk: str | None) -> str | None:
    """Choose the digest that counts as the lock's.

    A lock in conflict names several digests, and so does the journal of an interrupted compile: a file that equals
    any of them was written by us. A digest of the journal alone says nothing about a file that is not there, because
    the interruption may have come first.
    """
    if disk is not None and (disk in locked or disk in journal):
        return disk
    return locked[0] if locked else None
