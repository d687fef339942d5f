# SPDX-License-Identifier: MIT-0
"""What git knows of the code that a model was made from."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SET_BY_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git sets for its hooks; it would point these commands at another repository or index."""


@dataclass(frozen=True)
class Checkout:
    """The state of the user's checkout.

    Attributes:
        commit: id of the commit that is checked out; None outside a repository and before its first commit.
        dirty: whether files of the project differ from that commit, or are new and not ignored.
    """

    commit: str | None
    dirty: bool


def checkout(root: Path, build: Path, doubt: Callable[[str], None]) -> Checkout:
    """Ask git for the state of the project in a folder.

    Args:
        root: the folder of the spec. Changes elsewhere in the repository do not count.
        build: the folder of the results, which does not count either.
        doubt: told, in one sentence, when there is a repository that git does not read.
    """
    head = _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head is None:
        return Checkout(None, False)
    if head.returncode:
        # Quiet, and so without a message, when there is no commit yet.
        if head.stderr and "not a git repository" not in head.stderr:
            doubt(f"git does not tell the commit: {head.stderr.strip().splitlines()[0]}")
        return Checkout(None, False)
    paths = ["."]
    if build.is_relative_to(root):
        paths.append(f":(exclude){build.relative_to(root).as_posix()}")
    status = _git(root, "status", "--porcelain", "--", *paths)
    return Checkout(head.stdout.strip(), bool(status and status.stdout.strip()))


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """Run git in a folder; None where git is not installed."""
    inherited = {name: value for name, value in os.environ.items() if name not in _SET_BY_HOOKS}
    environment = {**inherited, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(  # noqa: S603 - no shell; git from the PATH, as the user runs it
            ["git", *arguments],  # noqa: S607
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        return None
