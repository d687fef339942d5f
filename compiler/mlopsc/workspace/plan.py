"""`plan`: what a compile would do to the disk, decided before anything is written."""

from __future__ import annotations

from mlopsc.record import Record
from mlopsc.render.header import named
from mlopsc.workspace import journal
from mlopsc.workspace import lock as locks
from mlopsc.workspace.digest import digest, normalise
from mlopsc.workspace.findings import other_owner
from mlopsc.workspace.judge import Change, Known, content, judge_output, judge_rest
from mlopsc.workspace.lock import Entry, Lock
from mlopsc.workspace.problem import Problem
from mlopsc.workspace.rebase import rebase
from mlopsc.workspace.verdict import Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mlopsc.parts import Output
    from mlopsc.workspace.disk import Reader


class Plan(Record):
    """All changes, and the lock that follows from them.

    Attributes:
        changes: one a file, sorted by path, unchanged ones included.
        problems: what makes writing impossible, besides the verdicts ``edited`` and ``foreign``.
        before: the lock as found; None if there is none.
        after: the lock to write.
        journal: what an interrupted compile left behind; None if there was no interruption.
        lock_current: the lock on disk has the text of `after`.
        owners: files in the way that another spec generates, with that spec.
    """

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    before: Lock | None
    after: Lock
    journal: Mapping[str, Entry] | None
    lock_current: bool
    owners: Mapping[str, str] = {}


def plan(
    disk: Reader,
    outputs: Mapping[str, Output],
    *,
    spec: str,
    compiler: str,
    inputs: Mapping[str, str],
    ejected: Collection[str] = (),
) -> Plan:
    """Judge every output, and every file that the lock or the journal still names.

    With the lock of another spec there is one problem and no change: what that lock names is the other's.

    Args:
        disk: where to look.
        outputs: what this compile made, by path.
        spec: path of the spec, relative to the repository root.
        compiler: version of the compiler.
        inputs: path to "sha256:...", "absent" or "present".
        ejected: paths that belong to the user from now on: they stay on disk and leave the lock.
    """
    outputs = {file: output for file, output in outputs.items() if file not in ejected}
    own = {file: content(output, spec) for file, output in outputs.items()}
    entries = {
        file: Entry(digests=(digest(own[file]),), kind=output.kind, executable=output.executable)
        for file, output in outputs.items()
    }
    after = Lock(compiler=compiler, spec=spec, inputs=inputs, outputs=entries)

    problems: list[Problem] = []
    lock_file = locks.beside(spec)
    lock_bytes = _read(disk, lock_file, problems)
    journal_bytes = _read(disk, locks.beside(spec, journal.NAME), problems)
    before = None if lock_bytes is None else locks.parse(lock_bytes, lock_file)
    left = None if journal_bytes is None else journal.parse(journal_bytes, spec)
    shared = None if before is None else other_owner(before, spec, disk)
    if shared is not None:
        return Plan(changes=(), problems=(shared,), before=before, after=after, journal=None, lock_current=False)
    recorded: dict[str, Entry] = {}
    keys: tuple[str, ...] = (spec,)
    if before is not None:
        problems += [problem for problem in before.problems if problem.kind == "lock-format"]
        if before.spec != spec and locks.inside(before.spec):
            keys = (spec, before.spec)
        recorded = rebase(before, spec, copied=len(keys) > 1 and disk.look(before.spec) is not None)

    changes: list[Change] = []
    for file in sorted({*outputs, *recorded, *(left or ())}):
        seen = disk.look(file)
        known = Known(lock=recorded.get(file), journal=(left or {}).get(file), keys=keys)
        if file not in outputs:
            change = judge_rest(file, seen, known, ejected=file in ejected)
        elif isinstance(seen, Problem):
            change = seen
        else:
            change = judge_output(outputs[file], own[file], seen, known)
        if isinstance(change, Problem):
            problems.append(change)
        elif change.verdict is not Verdict.NONE:
            changes.append(change)
    return Plan(
        changes=tuple(_spare_aliases(changes, disk)),
        problems=tuple(problems),
        before=before,
        after=after,
        journal=left,
        lock_current=lock_bytes is not None and normalise(lock_bytes) == locks.render(after).encode("utf-8"),
        owners={change.file: other for change in changes if (other := _owner(change, spec, disk)) is not None},
    )


def _read(disk: Reader, file: str, problems: list[Problem]) -> bytes | None:
    seen = disk.look(file)
    if isinstance(seen, Problem):
        problems.append(seen)
        return None
    return seen


def _owner(change: Change, spec: str, disk: Reader) -> str | None:
    """Return the other spec whose header a file in the way has, if that spec is still there.

    Only a header outside the folder of the spec names its spec from the root. That is enough: no spec writes into
    the folder of another one unless it is told to.
    """
    folder = locks.beside(spec, "")
    if change.verdict is not Verdict.FOREIGN or change.kind == "block" or (folder and change.file.startswith(folder)):
        return None
    other = named(b"\n".join((change.old or b"").split(b"\n", 3)[:3]).decode("utf-8", "replace"))
    if other is None or not locks.inside(other) or disk.identity(other) in (None, disk.identity(spec)):
        return None
    return other


def _spare_aliases(changes: list[Change], disk: Reader) -> list[Change]:
    """Keep a file that would be pruned under its old name and is an output under its new one.

    That happens when only the case of a name changed, on a disk that does not tell cases apart, or behind a link
    between two folders.
    """
    if not any(change.verdict is Verdict.PRUNE and change.new is None for change in changes):
        return changes
    live = {disk.identity(change.file) for change in changes if change.wanted is not None} - {None}
    return [
        change.replace(verdict=Verdict.KEEP, new=change.old)
        if change.verdict is Verdict.PRUNE and change.new is None and disk.identity(change.file) in live
        else change
        for change in changes
    ]
