"""`apply`: carries a plan out so that a reader, or a kill, never sees half a file.

The order: the journal, all new contents in temporary files, the replacements, the removals, the lock, the end of the
journal. Everything that is likely to fail (space, permissions) fails before the first replacement and is undone.
"""

from __future__ import annotations

import contextlib
import os

from mlopsc.workspace import journal
from mlopsc.workspace import lock as locks
from mlopsc.workspace.disk import Disk, reason
from mlopsc.workspace.findings import edited
from mlopsc.workspace.lock import Entry
from mlopsc.workspace.problem import Problem
from mlopsc.workspace.prune import remove, remove_empty_folders
from mlopsc.workspace.verdict import STOPS, WRITES, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlopsc.parts import Kind
    from mlopsc.workspace.judge import Change
    from mlopsc.workspace.plan import Plan

_WHAT: dict[Kind, str] = {"managed": "the file", "seed": "the file", "block": "its block"}


def stops(plan: Plan, *, overwrite: bool = False) -> tuple[Problem, ...]:
    """Return what forbids to carry a plan out, sorted by path.

    Args:
        plan: the plan.
        overwrite: files that were edited by hand may be replaced. Files that were never ours may not.
    """
    found = [
        _stop(plan, change)
        for change in plan.changes
        if change.verdict in STOPS and not (overwrite and change.verdict is Verdict.EDITED)
    ]
    return tuple(sorted((*plan.problems, *found), key=lambda problem: (problem.file, problem.kind)))


def apply(plan: Plan, disk: Disk, *, overwrite: bool = False) -> tuple[Problem, ...]:
    """Carry a plan out; return what went wrong.

    If something stops the plan, nothing is written. If the disk fails between two replacements, the journal stays
    and the next compile continues.

    Args:
        plan: what `mlopsc.workspace.plan.plan` decided.
        disk: the repository that it was decided for.
        overwrite: replace files that were edited by hand.
    """
    problems = stops(plan, overwrite=overwrite)
    if problems:
        return problems
    writes = [
        change
        for change in plan.changes
        if change.verdict in WRITES
        or change.verdict is Verdict.EDITED
        or (change.verdict is Verdict.PRUNE and change.new is not None)
    ]
    removals = [change for change in plan.changes if change.verdict is Verdict.PRUNE and change.new is None]
    own = [locks.beside(plan.after.spec, name) for name in (locks.NAME, journal.NAME)]
    left = plan.journal is not None or any(disk.mode(journal.temporary(plan.after.spec, file)) for file in own)
    if not writes and not removals and plan.lock_current and not left:
        return ()
    touched = [*(change.file for change in (*writes, *removals)), *own]
    problems = tuple(problem for problem in map(disk.refusal, touched) if problem is not None)
    problems += tuple(
        Problem(kind="file-moved", file=change.file)
        for change in (*writes, *removals)
        if disk.look(change.file) != change.old
    )
    return problems or _Writing(plan, disk, writes, removals).run()


class _Writing:
    """One run of `apply`, after all questions are settled."""

    def __init__(self, plan: Plan, disk: Disk, writes: list[Change], removals: list[Change]) -> None:
        self.plan = plan
        self.disk = disk
        self.spec = plan.after.spec
        self.lock, self.journal = (locks.beside(self.spec, name) for name in (locks.NAME, journal.NAME))
        self.writes = writes
        self.removals = removals
        self.file = self.lock  # the one at work, for the finding
        self.started = False  # a file is replaced or gone: only forward from here
        self.folders: list[str] = []  # made in this run, parents first

    def run(self) -> tuple[Problem, ...]:
        try:
            self.sweep((*(self.plan.journal or ()), self.lock, self.journal))
            self.begin()
            for change in self.writes:
                self.prepare(change.file, change.new or b"", change.executable)
            for change in self.writes:
                self.replace(change.file)
                self.started = True
            for change in self.removals:
                self.file = change.file
                remove(self.disk, change.file)
                self.started = True
            self.finish()
        except OSError as error:
            if not self.started:
                self.undo()
            return (Problem(kind="place-unwritable", file=self.file, facts={"error": reason(error)}),)
        return ()

    def sweep(self, files: Iterable[str]) -> None:
        """Remove what an interrupted run left: temporary files, and folders that it made for them."""
        for file in files:
            self.file = file
            remove(self.disk, journal.temporary(self.spec, file))
        gone = [file for file in files if self.disk.mode(file) is None]
        remove_empty_folders(self.disk, gone, locks.beside(self.spec, "").rstrip("/"))

    def begin(self) -> None:
        """Write the journal: the digests that a file may have from now on until the lock is written."""
        entries: dict[str, Entry] = {}
        writing = {change.file for change in self.writes}
        for change in self.plan.changes:
            earlier = (self.plan.journal or {}).get(change.file)
            digests: tuple[str, ...] = (change.wanted,) if change.file in writing and change.wanted else ()
            if earlier is not None and change.disk in earlier.digests and change.disk not in digests:
                digests += (change.disk,)
            if digests:
                entries[change.file] = Entry(digests=digests, kind=change.kind, executable=change.executable)
        if not entries and not self.removals and self.plan.journal is None:
            return  # one replacement, of the lock, needs no journal
        text = journal.render(self.plan.after.compiler, self.spec, entries)
        self.prepare(self.journal, text.encode("utf-8"))
        self.replace(self.journal)
        self.sync([self.journal])

    def finish(self) -> None:
        """Write the lock; the work is done when the journal is gone."""
        gone = [change.file for change in self.plan.changes if change.verdict in (Verdict.PRUNE, Verdict.DROP)]
        gone = [file for file in gone if self.disk.mode(file) is None]
        remove_empty_folders(self.disk, gone, locks.beside(self.spec, "").rstrip("/"))
        self.sync(change.file for change in self.writes)
        self.prepare(self.lock, locks.render(self.plan.after).encode("utf-8"))
        self.replace(self.lock)
        self.sync([self.lock])
        self.file = self.journal
        remove(self.disk, self.journal)

    def prepare(self, file: str, data: bytes, executable: bool = False) -> None:
        """Write the new content beside the file, with the mode that it has or, if there is none, is to have."""
        self.file = file
        self.make_folders(file)
        full = self.disk.locate(journal.temporary(self.spec, file))
        mode = self.disk.mode(file)
        with contextlib.suppress(FileNotFoundError):
            os.remove(full)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(full, flags, 0o755 if executable else 0o644)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        if mode is not None:
            os.chmod(full, mode)

    def replace(self, file: str) -> None:
        """Let the content that was prepared take its place."""
        self.file = file
        os.replace(self.disk.locate(journal.temporary(self.spec, file)), self.disk.locate(file))

    def make_folders(self, file: str) -> None:
        parts = file.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = self.disk.locate("/".join(parts[:depth]))
            if not os.path.isdir(folder):
                os.mkdir(folder)
                self.folders.append(folder)

    def sync(self, files: Iterable[str]) -> None:
        """Make the names in the folders of the files last through a loss of power, where the system can."""
        if os.name != "posix":
            return
        for folder in sorted({os.path.dirname(self.disk.locate(file)) for file in files}):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def undo(self) -> None:
        """Leave the disk as it was found, as far as it lets us; what stays is what the next run sweeps."""
        for file in (*(change.file for change in self.writes), self.lock, self.journal):
            with contextlib.suppress(OSError):
                remove(self.disk, journal.temporary(self.spec, file))
        with contextlib.suppress(OSError):
            if self.plan.journal is None:
                remove(self.disk, self.journal)
            for folder in reversed(self.folders):
                os.rmdir(folder)


def _stop(plan: Plan, change: Change) -> Problem:
    if change.verdict is not Verdict.FOREIGN:
        return edited(change.file, change.old)
    if change.file in plan.owners:
        return Problem(kind="file-shared", file=change.file, facts={"other": plan.owners[change.file]})
    if _seems_ours(plan, change):
        return Problem(kind="file-unlocked", file=change.file, facts={"what": _WHAT[change.kind]})
    return Problem(kind="file-foreign", file=change.file)


def _seems_ours(plan: Plan, change: Change) -> bool:
    """Tell whether a file that the lock does not name was probably written by this spec, whose lock was lost.

    The markers of a block name the spec. The header of a file has its name without the folder, which says enough
    below that folder. A file of a kind that has no header may be ours when there is no lock at all.
    """
    spec = plan.after.spec
    if change.kind == "block" or not change.file.startswith(locks.beside(spec, "")):
        return change.kind == "block"
    return _has_header(change.old or b"", spec) or (plan.before is None and not _has_header(change.new or b"", spec))


def _has_header(data: bytes, spec: str) -> bool:
    from mlopsc.render.header import header

    sentence = header(spec.rpartition("/")[2]).encode("utf-8", "replace")
    return any(sentence in line for line in data.split(b"\n", 3)[:3])  # a first line may say how to run or read it
