# SPDX-License-Identifier: MIT-0
"""Running kubectl on the cluster of an environment."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..refusal import Unusable
from . import credentials
from .git import last_line

KUBECONFIG = "MLOPS_KUBECONFIG"
"""Environment variable with the content of a kubeconfig; without it kubectl uses what it finds, as on a laptop."""

_OWN = (KUBECONFIG, credentials.TOKEN)
"""Secrets that kubectl, and the programs that it asks for credentials, have no use for."""


class Kubectl:
    """kubectl with the credentials of a cluster.

    Args:
        environment: the variables that it is given.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command and return what it prints.

        Raises:
            Unusable: it fails.
        """
        ended = self._run(arguments, stdin)
        if ended.returncode:
            raise Unusable(f"kubectl {arguments[0]} failed: {_reason(ended.stderr)}")
        return ended.stdout

    def partly(self, *arguments: str) -> str:
        """Run a command that prints what it can although it fails, and return that.

        Raises:
            Unusable: it fails and prints nothing.
        """
        ended = self._run(arguments, None)
        if ended.returncode and not ended.stdout.strip():
            raise Unusable(f"kubectl {arguments[0]} failed: {_reason(ended.stderr)}")
        return ended.stdout

    def _run(self, arguments: tuple[str, ...], stdin: str | None) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603 - no shell
                ["kubectl", *arguments],  # noqa: S607 - looked up on PATH, as everywhere
                env=self._environment,
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except FileNotFoundError:
            raise Unusable("there is no command kubectl: install it") from None


@contextmanager
def connected() -> Iterator[Kubectl]:
    """Give kubectl for a cluster; a kubeconfig from the environment is a file for that long, which nobody else reads."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OWN}
    content = os.environ.get(KUBECONFIG, "")
    if not content.strip():
        yield Kubectl(inherited)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kubeconfig"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
        yield Kubectl({**inherited, "KUBECONFIG": str(path)})


def _reason(said: str) -> str:
    """Return the line that names the reason; advice of several lines may follow it."""
    lines = [line.strip() for line in said.splitlines()]
    return next((line for line in lines if line.lower().startswith("error")), last_line(said))
