"""The only way to read a repository: every call, absence included, is recorded and ends up in the lock.

All paths are relative to the repository root, with ``/``.
"""

from __future__ import annotations

import hashlib
import os
from typing import Literal, Protocol

Reason = Literal["too-large", "outside", "unreadable", "not-a-file"]


class InputError(Exception):
    """A path that cannot be read although something is there.

    Attributes:
        path: the path as asked for.
        reason: why.
    """

    def __init__(self, path: str, reason: Reason, detail: str = "") -> None:
        super().__init__(path, reason, detail)
        self.path = path
        self.reason: Reason = reason
        self.detail = detail


class Inputs(Protocol):
    """What the stages see of the repository."""

    log: dict[str, str]
    """Path to ``sha256:<hex>``, ``absent`` or ``present``: all that was asked so far."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the content of a file of at most `limit` bytes, None when there is none.

        Raises:
            InputError: larger than the limit, outside the root, unreadable or no file.
        """
        ...

    def exists(self, path: str) -> bool:
        """Say whether a file or folder is there, without reading it.

        Raises:
            InputError: outside the root.
        """
        ...


def digest(content: bytes) -> str:
    """Return ``sha256:<hex>`` over the content with LF line ends, so that a CRLF checkout has the same digest."""
    return "sha256:" + hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def normalize(path: str) -> str | None:
    """Return `path` without ``.`` and ``..``, None when it is absolute or leaves the root."""
    if path.startswith("/") or "\\" in path or "\0" in path:
        return None
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


class DiskInputs:
    """The repository on disk."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.log: dict[str, str] = {}

    def _locate(self, path: str) -> str:
        clean = normalize(path)
        if clean is None:
            raise InputError(path, "outside")
        full = os.path.realpath(os.path.join(self.root, clean))
        if full != self.root and not full.startswith(self.root.rstrip(os.sep) + os.sep):
            raise InputError(path, "outside", "a symbolic link leads out of the repository")
        return full

    def read(self, path: str, limit: int) -> bytes | None:
        """See `Inputs.read`."""
        full = self._locate(path)
        try:
            if not os.path.isfile(full) and os.path.exists(full):
                raise InputError(path, "not-a-file")
            with open(full, "rb") as file:
                content = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            self.log[path] = "absent"
            return None
        except OSError as error:
            raise InputError(path, "unreadable", error.strerror or str(error)) from error
        if len(content) > limit:
            raise InputError(path, "too-large", str(limit))
        self.log[path] = digest(content)
        return content

    def exists(self, path: str) -> bool:
        """See `Inputs.exists`."""
        found = os.path.exists(self._locate(path))
        if self.log.get(path, "absent") in ("absent", "present"):
            self.log[path] = "present" if found else "absent"
        return found


class MemoryInputs:
    """A repository in memory, for tests and for editors with unsaved files."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.log: dict[str, str] = {}

    def read(self, path: str, limit: int) -> bytes | None:
        """See `Inputs.read`."""
        clean = normalize(path)
        if clean is None:
            raise InputError(path, "outside")
        content = self.files.get(clean)
        if content is None:
            self.log[path] = "absent"
            return None
        if len(content) > limit:
            raise InputError(path, "too-large", str(limit))
        self.log[path] = digest(content)
        return content

    def exists(self, path: str) -> bool:
        """See `Inputs.exists`."""
        clean = normalize(path)
        if clean is None:
            raise InputError(path, "outside")
        found = clean in self.files or any(name.startswith(clean + "/") for name in self.files)
        if self.log.get(path, "absent") in ("absent", "present"):
            self.log[path] = "present" if found else "absent"
        return found
