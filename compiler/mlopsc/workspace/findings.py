"""Findings that the full and the quick check share."""

from __future__ import annotations

from mlopsc.workspace.lock import beside, inside
from mlopsc.workspace.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.workspace.disk import Reader
    from mlopsc.workspace.lock import Lock


def causes(before: Lock, after: Lock) -> tuple[Problem, ...]:
    """Return what changed since the lock was written that makes a compile necessary: place, compiler, spec, inputs.

    Args:
        before: the lock as found.
        after: the lock that a compile would write; its outputs are not looked at.
    """
    if before.root != after.root:
        facts = {"locked": before.root, "found": after.root}
        return (Problem(kind="root-changed", file=after.spec, facts=facts),)
    if before.spec != after.spec:
        facts = {"locked": before.spec, "found": after.spec}
        return (Problem(kind="spec-moved", file=after.spec, facts=facts),)
    found = []
    if before.compiler != after.compiler:
        facts = {"locked": before.compiler, "running": after.compiler}
        found.append(Problem(kind="compiler-changed", file=beside(after.spec), facts=facts))
    for file in sorted({*before.inputs, *after.inputs}):
        facts = {"locked": before.inputs.get(file, "unused"), "found": after.inputs.get(file, "unused")}
        if facts["locked"] != facts["found"]:
            kind = "spec-changed" if file == after.spec else "input-changed"
            found.append(Problem(kind=kind, file=file, facts=facts))
    return tuple(found)


def other_owner(before: Lock, spec: str, disk: Reader) -> Problem | None:
    """Return the finding about a lock that belongs to another spec of the same folder, None if it does not.

    A spec that is gone, or that is the same file because only the case of its name changed, was renamed: its lock
    goes with it.

    Args:
        before: the lock as found beside the spec.
        spec: the spec, from the root with ``/``.
        disk: where both specs are looked for.
    """
    if before.spec == spec or not inside(before.spec) or beside(before.spec) != beside(spec):
        return None
    if disk.identity(before.spec) in (None, disk.identity(spec)):
        return None
    return Problem(kind="lock-shared", file=spec, facts={"locked": before.spec})


def edited(file: str, data: bytes | None) -> Problem:
    """Return the finding about a generated file that somebody changed, or that a merge left in conflict."""
    lines = (data or b"").split(b"\n")
    conflict = all(any(line.startswith(marker) for line in lines) for marker in (b"<<<<<<< ", b">>>>>>> "))
    return Problem(kind="file-edited", file=file, facts={"conflict": "yes" if conflict else "no"})
