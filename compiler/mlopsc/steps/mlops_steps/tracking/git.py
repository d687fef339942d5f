# SPDX-License-Identifier: MIT-0
"""What git knows of the code that a model was made from."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import git
from ..release import record_format

COMMIT = "MLOPS_COMMIT"
"""Environment variable with the commit, for where there is no repository, such as an image."""


@dataclass(frozen=True)
class Checkout:
    """The state of the user's checkout.

    Attributes:
        commit: id of the commit that is checked out; None outside a repository and before its first commit.
        dirty: whether files of the project differ from that commit, or are new and not ignored; None where the
            commit is known without a repository.
    """

    commit: str | None
    dirty: bool | None


def checkout(root: Path, build: Path, doubt: Callable[[str], None]) -> Checkout:
    """Ask git for the state of the project in a folder; without a repository, the variable MLOPS_COMMIT.

    Args:
        root: the folder of the spec. Changes elsewhere in the repository do not count.
        build: the folder of the results, which does not count either.
        doubt: told, in one sentence, when there is a repository that git does not read, or the variable is no commit.
    """
    head = _ask(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head is None:
        return _told(doubt)
    code, commit, problem = head
    if code:
        # Quiet, and so without a message, when there is no commit yet.
        if "not a git repository" in problem:
            return _told(doubt)
        if problem:
            doubt(f"git does not tell the commit: {problem.splitlines()[0]}")
        return Checkout(None, False)
    paths = ["."]
    if build.is_relative_to(root):
        paths.append(f":(exclude){build.relative_to(root).as_posix()}")
    status = _ask(root, "status", "--porcelain", "--", *paths)
    return Checkout(commit, bool(status and status[1]))


def _told(doubt: Callable[[str], None]) -> Checkout:
    """Return what whoever made an image says, where files come without their repository."""
    commit = os.environ.get(COMMIT)
    if not commit:
        return Checkout(None, False)
    if not re.fullmatch(record_format.COMMIT, commit):
        doubt(f"{COMMIT} is {commit!r}, which is no full id of a commit: it does not count")
        return Checkout(None, False)
    return Checkout(commit, None)


def _ask(root: Path, *arguments: str) -> tuple[int, str, str] | None:
    """Return exit code, answer and complaint of git; None where it is not installed. Nothing in the index changes."""
    try:
        ended = git.run(root, *arguments, environment={"GIT_OPTIONAL_LOCKS": "0"})
    except FileNotFoundError:
        return None
    return (
        ended.returncode,
        ended.stdout.decode(errors="replace").strip(),
        ended.stderr.decode(errors="replace").strip(),
    )
