"""What ``--check`` says: which of spec, inputs, compiler, files and lock does not fit the others."""

from __future__ import annotations

from mlopsc.workspace import journal
from mlopsc.workspace import lock as locks
from mlopsc.workspace.apply import stops
from mlopsc.workspace.findings import causes
from mlopsc.workspace.problem import Problem
from mlopsc.workspace.verdict import STOPS, WRITES, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.workspace.judge import Change
    from mlopsc.workspace.lock import Entry
    from mlopsc.workspace.plan import Plan


def compare(plan: Plan) -> tuple[Problem, ...]:
    """Return why the files in the repository are not what this compile makes; nothing when they are.

    A lock that cannot be trusted is one finding and hides the rest, because a compile settles all of it. Otherwise
    the causes come first (spec, inputs, compiler), then the files. Where a file and its line in the lock agree with
    each other but not with the compile, although inputs and compiler are as recorded, both were edited.
    """
    before, after = plan.before, plan.after
    lock_file = locks.beside(after.spec)
    if before is None:
        unreadable = any(problem.file == lock_file for problem in plan.problems)
        return (*(() if unreadable else (Problem(kind="lock-missing", file=lock_file),)), *stops(plan))
    if any(problem.kind == "lock-shared" for problem in plan.problems):
        return plan.problems
    if before.problems:
        return before.problems
    why = causes(before, after)
    findings = list(stops(plan))
    if plan.journal is not None:
        findings.append(Problem(kind="interrupted", file=locks.beside(after.spec, journal.NAME)))
    explained = bool(why) or plan.journal is not None
    for change in plan.changes:
        problem = _finding(change, before.outputs.get(change.file), explained=explained)
        if problem is not None:
            findings.append(problem)
    if not why and not findings and not plan.lock_current:
        findings.append(Problem(kind="lock-edited", file=lock_file))
    return (*why, *sorted(findings, key=lambda problem: (problem.file, problem.kind)))


def diff(change: Change) -> str:
    """Return the unified diff from the file on disk to what a compile would write; empty where nothing changes."""
    from difflib import unified_diff

    before = "/dev/null" if change.old is None else f"a/{change.file}"
    after = "/dev/null" if change.new is None else f"b/{change.file}"
    lines = unified_diff(_lines(change.old), _lines(change.new), before, after)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _finding(change: Change, entry: Entry | None, *, explained: bool) -> Problem | None:
    """Say what is wrong with one file, besides what stops a compile.

    Args:
        change: what a compile would do to it.
        entry: what the lock says about it.
        explained: inputs or compiler changed, or a compile was interrupted: that explains a difference.
    """
    if change.verdict is Verdict.UNCHANGED or change.verdict in STOPS:
        return None
    agrees = entry is not None and change.wanted in entry.digests
    if change.verdict is Verdict.RECREATE and (explained or agrees):
        return Problem(kind="file-missing", file=change.file)
    if not explained:
        return Problem(kind="lock-edited", file=change.file)
    if change.verdict in WRITES or change.verdict is Verdict.PRUNE:
        return Problem(kind="file-stale", file=change.file, facts={"verdict": change.verdict.value})
    return None  # the file is as it should be, the lock follows from the cause


def _lines(data: bytes | None) -> list[str]:
    text = (data or b"").decode("utf-8", "replace").replace("\r\n", "\n")
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])
