# SPDX-License-Identifier: MIT-0
"""Running kubectl.

Who signs in is decided by a kubeconfig: the content of the environment variable MLOPS_KUBECONFIG, else what kubectl
finds by itself. Only while kubectl runs it is in a file of this user, on Linux in memory, and it is in no argument.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .refusal import Unusable
from .text import visible, without_secrets

VARIABLE = "MLOPS_KUBECONFIG"
"""Holds the content of a kubeconfig."""

_OWN = (VARIABLE, "MLOPS_GIT_TOKEN")
"""Secrets that kubectl, and the programs that it asks for credentials, have no use for."""

_ANSWER = 60.0  # seconds that the API server has for an answer


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """Yield the variables that kubectl runs with; what they name is gone afterwards."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OWN}
    content = os.environ.get(VARIABLE)
    if not content:
        yield inherited
        return
    with _in_memory(content) if sys.platform == "linux" else _in_a_file(content) as path:
        yield {**inherited, "KUBECONFIG": path}


@contextmanager
def _in_memory(content: str) -> Iterator[str]:
    """Yield the path of a file without a place on a disk, which the end of this process ends, however it comes.

    It is named by way of this process and not of kubectl, since a program around kubectl need not pass it on.
    """
    with os.fdopen(os.memfd_create("kubeconfig"), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        yield f"/proc/{os.getpid()}/fd/{file.fileno()}"


@contextmanager
def _in_a_file(content: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:  # nobody else may enter it
        path = Path(folder) / "kubeconfig"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        yield str(path)


def run(
    arguments: Sequence[str],
    input: bytes | None = None,  # noqa: A002 - as in subprocess
    *,
    timeout: float | None = None,
    partly: bool = False,
) -> bytes:
    """Run kubectl and return what it printed.

    Args:
        arguments: behind the word ``kubectl``.
        input: what it reads; nothing by default.
        timeout: seconds that it may take, for commands that wait; by default each answer has a limit.
        partly: whether what it printed before it failed is an answer, too.

    Raises:
        Unusable: there is no kubectl, or it failed; the message ends with the line in which it said why.
    """
    limit = [f"--request-timeout={_ANSWER:g}s"] if timeout is None else []  # it would end a command that watches, too
    command = ["kubectl", *limit, *arguments]
    try:
        with environment() as variables:
            done = subprocess.run(  # noqa: S603 - no shell
                command,
                env=variables,
                input=b"" if input is None else input,
                capture_output=True,
                timeout=_ANSWER * 2 if timeout is None else timeout,
                check=False,
            )
    except FileNotFoundError:
        raise missing() from None
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"kubectl {arguments[0]} gave no answer within {error.timeout:g} s") from None
    if done.returncode and not (partly and done.stdout.strip()):
        raise Unusable(f"kubectl {arguments[0]} failed: {_reason(done.stderr)}")
    return done.stdout


def missing() -> Unusable:
    """Return what to raise where there is no kubectl."""
    return Unusable("kubectl is not installed: put it on PATH")


def _reason(said: bytes) -> str:
    """Return the line that names the error; several lines of advice may follow it."""
    errors = [line for line in said.splitlines() if line.lower().startswith(b"error")]
    return last_line(errors[0] if errors else said)


def last_line(said: bytes) -> str:
    """Return the last line of what a program said, fit for a message."""
    lines = said.decode(errors="replace").strip().splitlines()
    return visible(without_secrets(lines[-1])) if lines else "it said nothing"
