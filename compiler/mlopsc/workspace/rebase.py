"""Locks that were written for another place: the folder of the spec was moved or copied, or the root is another one.

The lock names files relative to the root. Taken literally after ``cp -r`` of a project it would claim, and prune, the
files of the original.
"""

from __future__ import annotations

from posixpath import normpath

from mlopsc.workspace.lock import Entry, Lock, add, beside, inside


def rebase(lock: Lock, spec: str, *, copied: bool) -> dict[str, Entry]:
    """Return the outputs of a lock, named from where the spec is now.

    Files below the folder of the spec go with it. The others stay where they are; when the root is another one, they
    have another name. After a copy they belong to the original.

    Args:
        lock: the lock, as found beside the spec.
        spec: where the spec is now.
        copied: the spec is also still where the lock says.
    """
    if lock.spec == spec:
        return dict(lock.outputs)
    old, new = beside(lock.spec, ""), beside(spec, "")
    outputs: dict[str, Entry] = {}
    for file, entry in lock.outputs.items():
        names = [new + file[len(old) :]] if file.startswith(old) else []
        if not copied:
            names += [file, normpath(f"{new}{lock.root}/{file}")]
        for name in dict.fromkeys(names):
            if inside(name):
                add(outputs, name, entry)
    return outputs
