"""Where the repository begins."""

from __future__ import annotations

import os


def detect(spec: str, given: str | None = None) -> str:
    """Return the absolute path of the repository root.

    Args:
        spec: path of the spec on this machine.
        given: the root that the user named; counts only outside a git repository.
    """
    folder = start = os.path.realpath(os.path.dirname(spec) or ".")
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):  # a file in a worktree or submodule
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return start if given is None else os.path.realpath(given)
        folder = parent


def relative(spec: str, root: str) -> str:
    """Return the path of the spec relative to the root, with ``/``; it begins with ``../`` when it lies outside."""
    folder = os.path.realpath(os.path.dirname(spec) or ".")
    return os.path.relpath(os.path.join(folder, os.path.basename(spec)), root).replace(os.sep, "/")
