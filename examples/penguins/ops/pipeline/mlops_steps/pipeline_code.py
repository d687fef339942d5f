# SPDX-License-Identifier: MIT-0
"""The code of the pipeline itself, which decides what a result looks like just as the user's code does."""

from __future__ import annotations

import hashlib
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def digest(folder: Path = _HERE) -> str:
    """Return the SHA-256 over names and bytes of the modules of the pipeline, 64 hexadecimal digits."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return total.hexdigest()
