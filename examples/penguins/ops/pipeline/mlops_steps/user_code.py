# SPDX-License-Identifier: MIT-0
"""The user's own code: functions named in the spec, and commands, which run without a shell."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

_STANDARD_ERROR = 2

_NOT_SHOWN = (str(Path(__file__).resolve().parent), str(Path(importlib.__file__).parent), "<frozen importlib")


class UserCodeFailed(Exception):  # noqa: N818 - says what happened
    """The user's own function or command failed; the message ends with what it said."""


def function(root: Path, source: str, reference: str) -> Callable[..., Any]:
    """Return the function ``package.module:name`` from the import root of the user's code.

    Args:
        root: the folder of the spec.
        source: the import root, relative to it.
        reference: the function.

    Raises:
        UserCodeFailed: the module cannot be imported or has no such function.
    """
    module_name, _, name = reference.partition(":")
    folder = str(root / source)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        found = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        raise UserCodeFailed(f"{module_name} in {source} cannot be imported:\n{_own_frames(error)}") from error
    value = getattr(found, name, None)
    if not callable(value):
        raise UserCodeFailed(f'{module_name} in {source} has no function "{name}"')
    return value  # type: ignore[no-any-return]


def call(reference: str, target: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function of the user.

    Raises:
        UserCodeFailed: it raised.
    """
    try:
        return target(*arguments)
    except (Exception, SystemExit) as error:
        raise UserCodeFailed(f"{reference} raised:\n{_own_frames(error)}") from error


def command(
    argv: Sequence[str], root: Path, source: str, environment: Mapping[str, str], timeout: float | None
) -> None:
    """Run a command of the user in the folder of the spec, its modules importable.

    ``python`` as the first word means the interpreter that runs the pipeline. What it prints goes to standard error.

    Raises:
        UserCodeFailed: it cannot be started, took too long, or its exit code is not 0.
    """
    words = [sys.executable if argv[0] in ("python", "python3") else argv[0], *argv[1:]]
    path = os.pathsep.join(filter(None, (str(root / source), os.environ.get("PYTHONPATH"))))
    shown = " ".join(argv)
    try:
        process = subprocess.Popen(  # noqa: S603 - the words of the spec, split when it was compiled; no shell
            words,
            cwd=root,
            env={**os.environ, "PYTHONPATH": path, **environment},
            stdout=_STANDARD_ERROR,
            start_new_session=True,
        )
    except OSError as error:
        raise UserCodeFailed(f"{shown}: cannot be started: {error.strerror}") from None
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise UserCodeFailed(f"{shown}: took longer than {timeout:g} s, see execution.train.timeout") from None
    except BaseException:
        _kill(process)
        raise
    if code:
        raise UserCodeFailed(f"{shown}: exit code {code}")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command and the processes that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _own_frames(error: BaseException) -> str:
    """Return the traceback without the frames of the pipeline and of the import system, which tell the user nothing."""
    shown = traceback.TracebackException.from_exception(error)
    part: traceback.TracebackException | None = shown
    while part is not None:
        part.stack = traceback.StackSummary.from_list(
            [frame for frame in part.stack if not frame.filename.startswith(_NOT_SHOWN)]
        )
        part = part.__cause__ or part.__context__
    return "".join(shown.format()).rstrip()
