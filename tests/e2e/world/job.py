"""The job that a stand-in runs in: its file, what it may do, and the identity that it signs with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml
from e2e.world.state import RefusedError, State

ISSUER = "https://token.actions.githubusercontent.com"

LEVELS = ("none", "read", "write")


ADMINISTRATOR = "administrator"
"""Who works outside of a job: a person on a laptop, who may do everything."""


class Job:
    """The running job, or a person on a laptop.

    Attributes:
        state: of the world.
        file: the workflow file, from the top of the repository. Inside a called workflow it is the called file: act
            gives its name, and Sigstore's certificates name it, too.
        permissions: scope to access, as the job asks for them.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.permissions: dict[str, str] = {}
        self.file = ADMINISTRATOR
        if "GITHUB_JOB" not in os.environ:
            return
        self.folder = Path(os.environ["STAND_IN_WORKFLOWS"])
        wanted = os.environ["GITHUB_WORKFLOW"]
        for path in sorted(self.folder.glob("*.y*ml")):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            if document.get("name", path.name) == wanted:
                break
        else:
            raise RefusedError(f"no file in {self.folder} is the workflow {wanted}")
        self.file = f".github/workflows/{path.name}"
        self.document: dict[str, Any] = document
        job = document["jobs"][os.environ["GITHUB_JOB"]]
        self.permissions = job.get("permissions", document.get("permissions")) or {}

    @property
    def identity(self) -> str:
        """The workflow as a certificate names it."""
        server, repository = os.environ["GITHUB_SERVER_URL"], os.environ["GITHUB_REPOSITORY"]
        return f"{server}/{repository}/{self.file}@{os.environ['GITHUB_REF']}"

    @property
    def machine(self) -> str:
        """What tells this job's machine from all others: logins are forgotten with it."""
        return f"{os.environ['GITHUB_RUN_ID']}-{Path(os.environ['RUNNER_TEMP']).parent.name}"

    def need(self, scope: str, access: str, why: str) -> None:
        """Refuse what the token of this job may not do.

        Raises:
            RefusedError: the job has no such permission.
        """
        given = "write" if self.file == ADMINISTRATOR else self.permissions.get(scope, "none")
        if LEVELS.index(given) < LEVELS.index(access):
            raise RefusedError(
                f"Resource not accessible by integration: {why} needs {scope}: {access}, "
                f"and the job {os.environ['GITHUB_JOB']} of {self.file} has {given}"
            )
