"""Judging one file: what is there, what the lock says and what this compile made become a `Change`."""

from __future__ import annotations

from mlopsc.record import Record
from mlopsc.workspace import blocks
from mlopsc.workspace.digest import digest
from mlopsc.workspace.problem import Problem
from mlopsc.workspace.verdict import Verdict, pick, seed_verdict, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.parts import Kind, Output
    from mlopsc.workspace.lock import Entry


class Change(Record):
    """What happens to one file.

    Attributes:
        file: path with ``/``, relative to the repository root.
        kind: managed, seed or block.
        verdict: what happens to it.
        old: all bytes of the file now; None if there is none, or nothing that could be read.
        new: all bytes that the file would have; None if it would be gone. Equal to `old` where nothing is written.
        executable: mode 755 instead of 644, if the file is created.
        disk: digest of what is there now (of a block: its own lines); None if nothing.
        wanted: digest of what this compile made; None if nothing.
    """

    file: str
    kind: Kind
    verdict: Verdict
    old: bytes | None
    new: bytes | None
    executable: bool = False
    disk: str | None = None
    wanted: str | None = None


class Known(Record):
    """What earlier compiles left on record about one file.

    Attributes:
        lock: the entry of the lock.
        journal: the entry of the journal of a compile that was interrupted.
        keys: the spec, and where it was when the lock was written: the keys that its blocks may have.
    """

    lock: Entry | None
    journal: Entry | None
    keys: tuple[str, ...]

    def digest_for(self, disk: str | None, kind: Kind) -> str | None:
        """Return the digest that counts as the lock's.

        A file that held our block beside the user's lines is the user's, even when the whole of it is wanted now; a
        managed file says nothing about a block. A block that had its file to itself equals that file.
        """
        locked = self.lock.digests if self.lock is not None else ()
        if self.lock is not None and (self.lock.kind == "block") != (kind == "block") and disk not in locked:
            locked = ()
        return pick(locked, self.journal.digests if self.journal is not None else (), disk)


def content(output: Output, spec: str) -> bytes:
    """Return what the digest of an output is made of: the file, or the lines of the block with their markers."""
    if output.kind == "block":
        return blocks.wrap(spec, output.rendered.text)
    return output.rendered.text.encode("utf-8")


def judge_output(output: Output, own: bytes, seen: bytes | None, known: Known) -> Change | Problem:
    """Judge a file that this compile made.

    Args:
        output: the file.
        own: its `content`.
        seen: what is on disk.
        known: what earlier compiles recorded.
    """
    wanted = digest(own)
    new = own
    if output.kind == "seed":
        disk = None if seen is None else digest(seen)
        result = seed_verdict(locked=known.lock is not None, there=seen is not None, wanted=True)
    elif output.kind == "managed":
        disk = None if seen is None else digest(seen)
        result = verdict(known.digest_for(disk, "managed"), disk, wanted)
    elif _was_whole_file(seen, known):
        disk = digest(seen or b"")
        result = Verdict.UPDATE
    else:
        block = _block(seen, output.file, known)
        if isinstance(block, Problem):
            return block
        disk = None if block is None else digest(block.own)
        result = verdict(known.digest_for(disk, "block"), disk, wanted)
        new = blocks.put(seen or b"", block, own)
    return Change(
        file=output.file,
        kind=output.kind,
        verdict=result,
        old=seen,
        new=seen if result in (Verdict.UNCHANGED, Verdict.ADOPTED) else new,
        executable=output.executable,
        disk=disk,
        wanted=wanted,
    )


def judge_rest(file: str, seen: bytes | Problem | None, known: Known, *, ejected: bool) -> Change | Problem:
    """Judge a file that the lock or the journal names and that this compile did not make.

    Args:
        file: its path.
        seen: what is on disk; a place that is no file any more is left alone.
        known: what earlier compiles recorded.
        ejected: the file belongs to the user now.
    """
    record = known.lock or known.journal
    if record is None:
        raise ValueError(f"{file}: neither made nor recorded")
    kind = record.kind
    if ejected or kind == "seed" or isinstance(seen, Problem):
        result = seed_verdict(locked=known.lock is not None, there=seen is not None, wanted=False)
        old = None if isinstance(seen, Problem) else seen
        return Change(file=file, kind=kind, verdict=result, old=old, new=old)
    new: bytes | None = None
    if kind == "managed":
        disk = None if seen is None else digest(seen)
    else:
        block = _block(seen, file, known)
        if isinstance(block, Problem):
            return block
        disk = None if block is None else digest(block.own)
        new = seen if block is None else blocks.take(seen or b"", block)
    result = verdict(known.digest_for(disk, kind), disk, None)
    new = new if result is Verdict.PRUNE else seen
    return Change(file=file, kind=kind, verdict=result, old=seen, new=new, disk=disk)


def _block(seen: bytes | None, file: str, known: Known) -> blocks.Block | Problem | None:
    for key in known.keys if known.lock is not None else known.keys[:1]:
        block = blocks.find(seen or b"", key, file)
        if block is not None:
            return block
    return None


def _was_whole_file(seen: bytes | None, known: Known) -> bool:
    """Tell whether a file that becomes the user's, with a block of ours, holds nothing but what we wrote."""
    entry = known.lock
    return seen is not None and entry is not None and entry.kind == "managed" and digest(seen) in entry.digests
