# SPDX-License-Identifier: MIT-0
"""Git's plumbing commands on the repository of the project. The user's work tree and index stay untouched."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from .. import git
from ..refusal import Unusable
from .trees import Entry, Files

_AUTOMATION = {"user.name": "release automation", "user.email": "release-automation@users.noreply.invalid"}
"""Who commits where git knows nobody, as on a runner."""


class Git:
    """A repository.

    Args:
        folder: any folder inside it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        inside = self._run("rev-parse", "--is-inside-work-tree")
        if inside.returncode:
            raise Unusable(f"{folder} is in no git repository, where releases are kept: {_last_line(inside)}")

    @property
    def prefix(self) -> PurePosixPath:
        """The folder, relative to the top of the repository."""
        return PurePosixPath(self.text("rev-parse", "--show-prefix"))

    @property
    def shallow(self) -> bool:
        """Whether the repository lacks older commits, as a checkout on a runner does."""
        return self.text("rev-parse", "--is-shallow-repository") == "true"

    def remotes(self) -> list[str]:
        """Return the names of the remote repositories."""
        return self.text("remote").split()

    def address(self, remote: str) -> str:
        """Return the address of a remote repository that is given by name or address."""
        return self.text("ls-remote", "--get-url", remote)

    def commit_id(self, revision: str) -> str | None:
        """Return the full id of a commit that is here; None if it is not."""
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return None if found.returncode else found.stdout.decode().strip()

    def files(self, commit: str, folder: str = "") -> Files:
        """Return the files below a folder in a commit, by path below it; none if there is no such folder.

        Args:
            commit: its id.
            folder: from the top of the repository; by default the whole of it.
        """
        listed = self.raw("ls-tree", "-r", "-z", "--full-tree", commit, *(["--", f"{folder}/"] if folder else []))
        files = {}
        for line in filter(None, _text(listed).split("\0")):
            facts, path = line.split("\t", 1)
            mode, kind, oid = facts.split()
            if kind == "blob":
                files[path.removeprefix(f"{folder}/")] = Entry(mode, oid)
        return files

    def content(self, oid: str) -> bytes:
        """Return a content by its id."""
        return self.raw("cat-file", "blob", oid)

    def contents(self, files: Files) -> dict[str, bytes]:
        """Return the contents of files, by the same paths."""
        asked = "".join(f"{entry.oid}\n" for entry in files.values())
        stream = memoryview(self.raw("cat-file", "--batch", stdin=asked.encode()))
        return dict(zip(files, _objects(stream), strict=True))

    def store(self, content: bytes, *, write: bool = True) -> str:
        """Return the id of a content, which is kept in the repository unless told otherwise."""
        return self.raw("hash-object", *(["-w"] if write else []), "--stdin", stdin=content).decode().strip()

    def tree(self, files: Files) -> str:
        """Store a tree of files by path from the top of the repository, and return its id."""
        lines = "".join(f"{entry.mode} {entry.oid}\t{path}\0" for path, entry in files.items())
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.raw("update-index", "-z", "--index-info", stdin=_bytes(lines), environment=index)
            return self.raw("write-tree", environment=index).decode().strip()

    def commit(self, tree: str, parents: Iterable[str], message: str) -> str:
        """Store a commit and return its id."""
        words = [word for parent in parents for word in ("-p", parent)]
        return self.raw("commit-tree", tree, *words, stdin=message.encode()).decode().strip()

    def history(self, commit: str, *options: str) -> list[str]:
        """Return a commit and all before it that are here, the newest first, as far as options of rev-list let them."""
        return self.text("rev-list", *options, commit).split()

    def text(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Run a git command and return what it prints, without white space around it."""
        return _text(self.raw(*arguments, environment=environment)).strip()

    def raw(self, *arguments: str, stdin: bytes | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """Run a git command and return what it prints.

        Raises:
            Unusable: it fails.
        """
        ended = self._run(*arguments, stdin=stdin, environment=environment)
        if ended.returncode:
            raise Unusable(f"git {arguments[0]} failed: {_last_line(ended)}")
        return ended.stdout

    def attempt(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str | None:
        """Run a git command that may fail; return None if it worked, else all that it said."""
        ended = self._run(*arguments, environment=environment)
        return (ended.stdout + ended.stderr).decode(errors="replace") if ended.returncode else None

    def _run(
        self, *arguments: str, stdin: bytes | None = None, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        settings = self._identity() if arguments[0] == "commit-tree" else []
        try:
            return git.run(self._folder, *settings, *arguments, stdin=stdin, environment=environment)
        except FileNotFoundError:
            raise Unusable("there is no command git: install it; releases are commits") from None

    def _identity(self) -> list[str]:
        """Return the settings for who commits, where the user set none."""
        missing = [name for name in _AUTOMATION if self._run("config", name).returncode]
        return [word for name in missing for word in ("-c", f"{name}={_AUTOMATION[name]}")]


def _text(data: bytes) -> str:
    """Return what git printed. Names of files need not be UTF-8; their bytes survive the way back."""
    return data.decode(errors="surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def shown(path: str) -> str:
    """Return the name of a file as it can be printed, which one that is not UTF-8 cannot."""
    return _bytes(path).decode(errors="backslashreplace")


def _objects(stream: memoryview) -> Iterator[bytes]:
    """Yield the contents in the answer of ``git cat-file --batch``."""
    start = 0
    while start < len(stream):
        end = bytes(stream[start : start + 200]).index(b"\n") + start
        words = bytes(stream[start:end]).split()
        if words[-1] == b"missing":
            raise Unusable(f"the repository lacks the object {words[0].decode()}: fetch it again")
        size = int(words[2])
        yield bytes(stream[end + 1 : end + 1 + size])
        start = end + size + 2


def _last_line(ended: subprocess.CompletedProcess[bytes]) -> str:
    return last_line(ended.stderr.decode(errors="replace"))


def last_line(text: str) -> str:
    """Return the last line of what git said that is not empty."""
    lines: Iterable[str] = [line.strip() for line in text.splitlines() if line.strip()]
    return list(lines)[-1] if lines else "it said nothing"
