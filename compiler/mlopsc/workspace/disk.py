"""The disk as the workspace sees it: what stands at a path, and whether a file may be put there."""

from __future__ import annotations

import os
import stat

from mlopsc.workspace.lock import inside
from mlopsc.workspace.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Reader(Protocol):
        """What planning needs to know of a disk. All paths are relative to the repository root, with ``/``."""

        def look(self, file: str) -> bytes | Problem | None:
            """Return the content of a file, None if nothing is there, or why no file can be there."""
            ...

        def identity(self, file: str) -> object:
            """Return a value that two paths share only if they lead to the same file; None if nothing is there."""
            ...


class Disk:
    """A repository on disk.

    Args:
        root: absolute path of the repository root.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._folders: dict[str, Problem | None] = {}

    def locate(self, file: str) -> str:
        """Return the path on this machine."""
        return os.path.join(self.root, *file.split("/"))

    def look(self, file: str) -> bytes | Problem | None:
        """See `Reader.look`."""
        if not inside(file):
            return Problem(kind="place-outside", file=file, facts={"folder": _exit(file)})
        problem = self._folder(file.rpartition("/")[0])
        if problem is not None:
            return problem.replace(file=file)
        full = self.locate(file)
        try:
            mode = os.lstat(full).st_mode
            if stat.S_ISLNK(mode):
                return Problem(kind="place-symlink", file=file, facts={"to": os.readlink(full)})
            if stat.S_ISDIR(mode):
                return Problem(kind="place-folder", file=file)
            if not stat.S_ISREG(mode):
                return Problem(kind="place-special", file=file)
            with open(full, "rb") as handle:
                return handle.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            return Problem(kind="place-unreadable", file=file, facts={"error": reason(error)})

    def identity(self, file: str) -> object:
        """See `Reader.identity`."""
        try:
            found = os.stat(self.locate(file))
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def refusal(self, file: str) -> Problem | None:
        """Say why a file could not be written or removed, as far as permissions tell beforehand."""
        folder = file.rpartition("/")[0]
        while folder and not os.path.lexists(self.locate(folder)):
            folder = folder.rpartition("/")[0]
        if os.access(self.locate(folder) if folder else self.root, os.W_OK | os.X_OK):
            return None
        facts = {"error": "the folder is not writable", "folder": folder}
        return Problem(kind="place-unwritable", file=file, facts=facts)

    def mode(self, file: str) -> int | None:
        """Return the permission bits of a file, None if there is none."""
        try:
            return stat.S_IMODE(os.lstat(self.locate(file)).st_mode)
        except FileNotFoundError:
            return None

    def _folder(self, folder: str) -> Problem | None:
        """Say what keeps a folder from being one inside the repository. The answer is kept: many files share it."""
        if not folder:
            return None
        if folder not in self._folders:
            self._folders[folder] = self._folder(folder.rpartition("/")[0]) or self._own(folder)
        return self._folders[folder]

    def _own(self, folder: str) -> Problem | None:
        full = self.locate(folder)
        try:
            mode = os.lstat(full).st_mode
            if stat.S_ISLNK(mode):
                target, root = os.path.realpath(full), os.path.realpath(self.root)
                if target != root and not target.startswith(root.rstrip(os.sep) + os.sep):
                    return Problem(kind="place-outside", file=folder, facts={"folder": folder})
                mode = os.stat(full).st_mode
        except FileNotFoundError:
            if os.path.islink(full):  # leads nowhere: no folder can be made in its place
                return Problem(kind="place-not-a-folder", file=folder, facts={"folder": folder})
            return None
        except OSError as error:
            facts = {"error": reason(error), "folder": folder}
            return Problem(kind="place-unreadable", file=folder, facts=facts)
        if stat.S_ISDIR(mode):
            return None
        return Problem(kind="place-not-a-folder", file=folder, facts={"folder": folder})


def _exit(file: str) -> str:
    """Return the first part of a path that is not inside the repository."""
    parts = file.split("/")
    parents = ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    return next((parent for parent in parents if parent and not inside(parent)), file)


def reason(error: OSError) -> str:
    """Return what the operating system said, without the path of the machine."""
    return error.strerror or type(error).__name__
