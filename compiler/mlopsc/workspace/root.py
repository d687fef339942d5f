"""Where the repository begins."""

from __future__ import annotations

import os

MARKERS = (".git", ".mlops-root")
"""What makes a folder the root: git's own folder, or a file that people put into a part of a larger repository."""


def detect(spec: str, given: str | None = None) -> str:
    """Return the absolute path of the repository root.

    Args:
        spec: path of the spec on this machine.
        given: the root that the user named; counts only where no folder above the spec has a marker.
    """
    folder = start = os.path.realpath(os.path.dirname(spec) or ".")
    while True:
        # .git is a file in a worktree or submodule
        if any(os.path.lexists(os.path.join(folder, name)) for name in MARKERS):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return start if given is None else os.path.realpath(given)
        folder = parent


def relative(spec: str, root: str) -> str:
    """Return the path of the spec relative to the root, with ``/``; it begins with ``../`` when it lies outside."""
    folder = os.path.realpath(os.path.dirname(spec) or ".")
    return os.path.relpath(os.path.join(folder, os.path.basename(spec)), root).replace(os.sep, "/")
