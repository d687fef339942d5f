"""Paths as they are printed. Imports nothing: the quick check uses it."""

from __future__ import annotations

import os


def display(root: str, file: str) -> str:
    """Return a path as the user can click on it: relative to the current folder, absolute when that is far away.

    Args:
        root: absolute path of the repository root.
        file: path from the root, with ``/``.
    """
    full = os.path.join(root, file)
    try:
        near = os.path.relpath(full)
    except ValueError:  # another drive
        return full
    return full if near.startswith(os.path.join("..", "..", "..")) else near
