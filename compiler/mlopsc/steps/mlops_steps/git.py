# SPDX-License-Identifier: MIT-0
"""Running git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SET_BY_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git sets for its hooks; it would point these commands at another repository or index."""


def run(
    folder: Path, *arguments: str, stdin: bytes | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, with messages in English.

    Args:
        folder: where it runs.
        arguments: of git.
        stdin: what it reads; nothing by default.
        environment: variables beside those of this process.

    Raises:
        FileNotFoundError: there is no git.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _SET_BY_HOOKS}
    return subprocess.run(  # noqa: S603 - no shell
        ["git", *arguments],  # noqa: S607 - git is looked up on PATH, as everywhere
        cwd=folder,
        env={**inherited, "LC_ALL": "C", **(environment or {})},
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
    )
