# SPDX-License-Identifier: MIT-0
"""Running git."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from .refusal import Unusable

LIMIT = 300.0
"""Seconds that a command may take. Most take none; those that reach a remote repository wait for it."""

_SET_BY_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git sets for its hooks; it would point these commands at another repository or index."""

_STALLED = {"GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": "60"}
"""A transfer of less than one byte a second is given up after a minute, unless the caller's settings say otherwise."""

_ALWAYS = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
"""Messages in English, and no question that nobody would answer."""


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
        Unusable: it did not end in time, and was stopped with all that it had started.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _SET_BY_HOOKS}
    command = ["git", *arguments]
    with subprocess.Popen(  # noqa: S603 - no shell
        command,  # git is looked up on PATH, as everywhere
        cwd=folder,
        env={**_STALLED, **inherited, **_ALWAYS, **(environment or {})},
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # its own programs for the network end with it, and no terminal is asked
    ) as process:
        try:
            said, complained = process.communicate(stdin, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            _stop(process)
            raise Unusable(
                f"git {_name(arguments)} did not end within {LIMIT:g} s and was stopped: look whether the repository "
                "can be reached, and run the same again"
            ) from None
        except BaseException:
            _stop(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End git and the programs that it started, which else would keep their connections open."""
    if os.name == "posix":
        # It leads the group. After Ctrl-C Python gives it a moment to end, and then nobody may be left.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _name(arguments: tuple[str, ...]) -> str:
    """Return the name of the command behind options of git itself, which are pairs."""
    first = 0
    while arguments[first] == "-c":
        first += 2
    return arguments[first]
