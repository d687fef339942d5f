"""Removing files, and the folders that this leaves empty."""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlopsc.workspace.disk import Disk


def remove(disk: Disk, file: str) -> None:
    """Remove a file; that it is gone already is fine.

    Raises:
        OSError: it cannot be removed.
    """
    with contextlib.suppress(FileNotFoundError):
        os.remove(disk.locate(file))


def remove_empty_folders(disk: Disk, files: Iterable[str], keep: str) -> None:
    """Remove the folders above the given files that hold nothing any more, from the inside out.

    Args:
        disk: the repository.
        files: files that are gone.
        keep: the folder of the spec, which stays, as do all folders above it.
    """
    folders = {
        "/".join(parts[:depth]) for parts in (file.split("/") for file in files) for depth in range(1, len(parts))
    }
    for folder in sorted(folders, key=lambda name: name.count("/"), reverse=True):
        if not f"{keep}/".startswith(f"{folder}/"):
            with contextlib.suppress(OSError):  # it holds something, is a link, or is gone
                os.rmdir(disk.locate(folder))
