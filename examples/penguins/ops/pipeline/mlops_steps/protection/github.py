# SPDX-License-Identifier: MIT-0
"""GitHub's REST interface, through the program ``gh``, which knows the repository and the token.

``gh`` takes the token from ``GH_TOKEN`` and the repository from ``GH_REPO``; on a laptop from ``gh auth login`` and the
clone. It puts the latter into ``{owner}/{repo}`` of a path (manual of ``gh api``). Neither is seen here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..refusal import Unusable
from ..text import without_secrets

_HEADERS = ("-H", "Accept: application/vnd.github+json", "-H", "X-GitHub-Api-Version: 2022-11-28")
_STATUS = re.compile(r"\(HTTP (\d{3})\)")
_NO_LOGIN = 4
"""Exit code of ``gh`` without a token (manual of ``gh``, "exit codes")."""
_SECONDS = 60
PAGE = 100
"""Most entries of an answer that lists things."""


class Declined(Exception):  # noqa: N818 - an answer, which the caller judges
    """GitHub understood the request and did not do it.

    Attributes:
        status: 403, 404, 409 or 422: not allowed, not there (or not visible), in conflict, not valid.
        reason: what GitHub said, one line.
    """

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(f"{reason} (HTTP {status})")


class GitHub:
    """A repository on GitHub.

    Args:
        folder: in the clone; it names the repository where ``GH_REPO`` does not.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, *path: str, query: str = "") -> Any:
        """Return what GitHub says at a path, such as ``"users", "jane"``.

        Args:
            path: its parts; each is escaped.
            query: what follows the question mark.

        Raises:
            Declined: GitHub does not say it.
            Unusable: GitHub cannot be asked.
        """
        return self._ask("GET", _path(path) + (f"?{query}" if query else ""))

    def of_repository(self, *path: str, query: str = "") -> Any:
        """Return what GitHub says at a path below the repository; else as `get`."""
        return self._ask("GET", _below(path) + (f"?{query}" if query else ""))

    def send(self, method: str, *path: str, body: dict[str, Any] | None = None) -> None:
        """Change something below the repository; errors as of `get`.

        Args:
            method: ``PUT``, ``POST`` or ``DELETE``.
            path: its parts; each is escaped.
            body: sent as JSON.
        """
        self._ask(method, _below(path), body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        command = ["gh", "api", "--method", method, *_HEADERS, *(["--input", "-"] if body is not None else []), path]
        try:
            ended = subprocess.run(  # noqa: S603 - no shell
                command,
                cwd=self._folder,
                env={**os.environ, "GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"},
                input=b"" if body is None else json.dumps(body).encode(),
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except FileNotFoundError:
            raise Unusable(
                "there is no program gh: install the command line of GitHub, https://cli.github.com"
            ) from None
        except subprocess.TimeoutExpired:
            raise Unusable(f"GitHub did not answer within {_SECONDS} s: try again") from None
        if ended.returncode:
            raise _failure(ended, f"{method} {path}")
        try:
            return json.loads(ended.stdout or b"null")
        except ValueError:
            raise Unusable(
                f"GitHub's answer to {method} {path} is no JSON: is gh logged in to GitHub itself?"
            ) from None


def _below(path: tuple[str, ...]) -> str:
    return "/".join(("repos/{owner}/{repo}", _path(path))).rstrip("/")


def _path(parts: tuple[str, ...]) -> str:
    return "/".join(quote(part, safe="") for part in parts)


def _failure(ended: subprocess.CompletedProcess[bytes], request: str) -> Exception:
    """Return what a failed call means: an answer of GitHub, or that it could not be asked."""
    said = without_secrets(ended.stderr.decode(errors="replace")).strip()
    if ended.returncode == _NO_LOGIN:
        return Unusable("gh has no token: set GH_TOKEN, or log in with gh auth login")
    status = _STATUS.search(said)
    if status and int(status[1]) in (403, 404, 409, 422):
        return Declined(int(status[1]), _reason(ended.stdout) or said.splitlines()[0])
    last = said.splitlines()[-1] if said else "it said nothing"
    return Unusable(f"GitHub could not be asked ({request}): {last}")


def _reason(answer: bytes) -> str:
    """Return the message of an answer that says no, with the details of a validation."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    errors = found.get("errors") or []
    details = [str(error.get("message") or error) if isinstance(error, dict) else str(error) for error in errors]
    return ": ".join([str(found.get("message", "")), *details])
