"""Writing a file of the user's, all of it or nothing."""

from __future__ import annotations

import os
from contextlib import suppress


def replace(path: str, content: bytes) -> None:
    """Write a file so that a kill leaves it old or new; the mode stays, a new file is as any other.

    Raises:
        OSError: the folder cannot be written.
    """
    temporary = f"{path}.mlopsc-tmp"
    try:
        with open(temporary, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        if os.path.exists(path):
            os.chmod(temporary, os.stat(path).st_mode & 0o7777)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.remove(temporary)
        raise
