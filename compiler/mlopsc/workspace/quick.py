"""``compile --check --quick``: are all inputs and outputs what the lock says?

For hooks, which run at every commit: no spec is parsed, and next to nothing is imported. A lock can be edited along
with a file, so a pipeline uses the full check.
"""

from __future__ import annotations

import os
import stat

from mlopsc.workspace import blocks, journal
from mlopsc.workspace import lock as locks
from mlopsc.workspace.digest import digest
from mlopsc.workspace.findings import causes, edited, other_owner
from mlopsc.workspace.problem import Problem
from mlopsc.workspace.root import detect, relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.workspace.lock import Entry


def quick(spec: str, compiler: str, root: str | None = None) -> tuple[Problem, ...]:
    """Compare the disk with the lock; return what differs, nothing when all is well.

    Args:
        spec: path of the spec on this machine.
        compiler: version of the compiler.
        root: the root that the user named, for a spec outside git.
    """
    top = detect(spec, root)
    here = relative(spec, top)
    lock_file = locks.beside(here)
    try:
        look = _Look(top)
        data = look(lock_file)
        if data is None:
            return (Problem(kind="lock-missing", file=lock_file),)
        if isinstance(data, Problem):
            return (data,)
        before = locks.parse(data, lock_file)
        if before.spec != here:
            from mlopsc.workspace.disk import Disk

            shared = other_owner(before, here, Disk(top))
            if shared is not None:
                return (shared,)
        if before.problems:
            return before.problems
        inputs = {file: _state(os.path.join(top, file), state) for file, state in before.inputs.items()}
        after = locks.Lock(compiler=compiler, spec=here, inputs=inputs, outputs={})
        found = causes(before, after)
        if before.spec != here:
            return found
        left = locks.beside(here, journal.NAME)
        if os.path.lexists(os.path.join(top, left)):
            found += (Problem(kind="interrupted", file=left),)
        files = (_file(look(file), here, file, entry) for file, entry in before.outputs.items())
        return (*found, *(problem for problem in files if problem is not None))
    except OSError as error:
        file = os.path.relpath(str(error.filename or spec), top).replace(os.sep, "/")
        return (Problem(kind="place-unreadable", file=file, facts={"error": error.strerror or type(error).__name__}),)


class _Look:
    """Reads files of ours. Whatever is no plain file in a plain folder is left to `Disk`, as in the full check."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.plain: dict[str, bool] = {}

    def __call__(self, file: str) -> bytes | Problem | None:
        path = os.path.normpath(os.path.join(self.top, file))
        folder = os.path.dirname(path)
        if folder not in self.plain:
            self.plain[folder] = os.path.realpath(folder) == folder
        try:
            if self.plain[folder] and stat.S_ISREG(os.lstat(path).st_mode):
                with open(path, "rb") as handle:
                    return handle.read()
        except OSError:
            pass  # the other way finds out why
        from mlopsc.workspace.disk import Disk

        return Disk(self.top).look(file)


def _file(data: bytes | Problem | None, spec: str, file: str, entry: Entry) -> Problem | None:
    if data is None:
        return Problem(kind="file-missing", file=file)
    if isinstance(data, Problem):
        return data
    if entry.kind == "seed":
        return None
    own = data
    if entry.kind == "block":
        block = blocks.find(data, spec, file)
        if block is None:
            return Problem(kind="file-missing", file=file)
        if isinstance(block, Problem):
            return block
        own = block.own
    return None if digest(own) in entry.digests else edited(file, data)


def _state(path: str, locked: str) -> str:
    """Return the state of an input, in the terms in which the lock has it."""
    if locked in ("absent", "present"):
        return "present" if os.path.exists(path) else "absent"
    data = _read(path)
    return "absent" if data is None else digest(data)


def _read(path: str) -> bytes | None:
    """Return the content of a regular file, None if there is none."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as handle:
            return handle.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
