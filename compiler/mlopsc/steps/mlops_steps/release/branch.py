# SPDX-License-Identifier: MIT-0
"""The deploy branch of an environment: where it lies, what is on it, and how a commit gets there.

A commit is pushed without force: who comes second is told so, and begins anew on what the first one left.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from ..refusal import Finding, Refused, Unusable
from . import credentials
from .git import Git, last_line, shown

_RACES = re.compile(r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|\.lock")
"""What git says when somebody else pushes at the same time."""

_REFUSALS = re.compile(r"protected branch|GH00\d|GH01\d|hook declined|pre-receive|not allowed to push", re.IGNORECASE)
"""What GitHub, GitLab and hooks say when a rule forbids the push."""

_STRANGERS = re.compile(
    r"authentication failed|permission|could not read (username|password)|denied|\b40[13]\b", re.IGNORECASE
)
"""What git says when the remote repository does not let the caller in."""

_STOPPED = "error: failed to push some refs"
"""What git says last when nothing was pushed."""

ORIGIN = "origin"
"""The remote repository that a clone is of."""

_PAUSE = 0.2
"""Seconds in which whoever was faster ends."""

_QUIETLY = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")


class ForbiddenError(Refused):
    """A rule of the remote repository forbids the push: no decision about the release."""


class Branch:
    """A deploy branch.

    Args:
        git: the repository.
        name: of the branch.
        remote: name or address of the repository that has it; empty for a branch in this clone only.
    """

    def __init__(self, git: Git, name: str, remote: str) -> None:
        self.git = git
        self.name = name
        self.remote = remote
        self._ref = f"refs/heads/{name}"

    def tip(self) -> str | None:
        """Return the last commit of the branch, fetched if need be; None if there is no such branch."""
        for _ in range(3):  # between the two commands below somebody may push
            listed = self._listed()
            tip = listed.get(self._ref)
            if tip is None:
                self._must_be_free(listed)
                return None
            if self._is_here(tip):
                return tip
            self._ask("fetch", *_QUIETLY, *self._depth(), self.remote, self._ref)
            if self._is_here(tip):
                return tip
        raise Unusable(f"{self.name} changes all the time on {self.remote}: run this again")

    def fetch(self, commit: str) -> bool:
        """Make sure that a commit is here and tell whether it is.

        Commits of main are on the remote repository that the clone is of, also when the deploy branches are elsewhere.
        """
        if self._is_here(commit):
            return True
        if not self.remote:
            return False
        for remote in dict.fromkeys((self.remote, *({ORIGIN} & {*self.git.remotes()}))):
            access = self._access if remote == self.remote else None
            self.git.attempt("fetch", *_QUIETLY, *self._depth(), remote, commit, environment=access)
            if self._is_here(commit):
                return True
        return False

    def history(self, tip: str, *options: str) -> list[str]:
        """Return all commits of the branch, the newest first, as far as options of rev-list let them."""
        if self.remote and self.git.shallow:
            self._ask("fetch", *_QUIETLY, "--depth=2147483647", self.remote, self._ref)
        return self.git.history(tip, *options)

    def publish(self, commit: str, parent: str | None) -> bool:
        """Put a commit on the branch and tell whether it is there: if not, somebody else was first.

        Args:
            commit: made on top of `parent`.
            parent: the last commit of the branch as this caller knows it.

        Raises:
            ForbiddenError: a rule of the remote repository forbids it.
            Unusable: the remote repository cannot be reached or does not let the caller in.
        """
        if not self.remote:
            return self._move(commit, parent)
        options = ("--porcelain", "--no-follow-tags", "--recurse-submodules=no")
        said = self.git.attempt("push", *options, self.remote, f"{commit}:{self._ref}", environment=self._access)
        if said is None:
            return True
        now = self.tip()
        if now == commit:  # the answer was lost, the push was not
            return True
        if now != parent:
            return False
        self._hook_must_agree(said)
        if _RACES.search(said):
            time.sleep(_PAUSE)
            return False
        raise self._failure(said)

    def _move(self, commit: str, parent: str | None) -> bool:
        if f"branch {self._ref}" in self.git.text("worktree", "list", "--porcelain").splitlines():
            raise Unusable(f"{self.name} is checked out, and a release would change it: check another branch out")
        nothing = "0" * len(commit)
        if self.git.attempt("update-ref", self._ref, commit, parent or nothing) is None:
            return True
        time.sleep(_PAUSE)
        return False

    def _listed(self) -> dict[str, str]:
        """Return the ids of this branch and of those that would be in its way, by their full names."""
        above = [f"refs/heads/{parent}" for parent in PurePosixPath(self.name).parents if parent.name]
        names = (self._ref, f"{self._ref}/*", *above)
        if self.remote:
            lines = self._ask("ls-remote", "--heads", self.remote, *names)
        else:
            lines = self.git.text("for-each-ref", "--format=%(objectname)%09%(refname)", *names)
        found = (line.split("\t", 1) for line in lines.split("\n") if line)
        # ls-remote also names branches that only end like the ones asked for
        return {
            name: commit for commit, name in found if name in (self._ref, *above) or name.startswith(f"{self._ref}/")
        }

    def _must_be_free(self, listed: Iterable[str]) -> None:
        for name in listed:
            branch = shown(name.removeprefix("refs/heads/"))
            raise Unusable(
                f"the branch {branch} is in the way, since git has no {self.name} beside it: rename or delete {branch}"
            )

    def _hook_must_agree(self, said: str) -> None:
        """Raise what the clone's own hook for pushes says, which stops a push before any remote repository answers."""
        lines = [line.strip() for line in said.splitlines()]
        answered = any(line.startswith(("To ", "!", "fatal:", "remote:")) for line in lines)
        if answered or not any(line.startswith(_STOPPED) for line in lines):
            return
        words = "; ".join(line for line in lines if line and not line.startswith((_STOPPED, "hint:")))
        raise Unusable(
            f"the hook pre-push of this clone stops the push to {self.name}: {words or 'it said nothing'}; let it pass "
            "deploy branches"
        )

    @cached_property
    def _access(self) -> Mapping[str, str]:
        """The environment variables with which git may enter the remote repository."""
        return credentials.environment(self.git.address(self.remote))

    def _is_here(self, commit: str) -> bool:
        return self.git.commit_id(commit) is not None

    def _depth(self) -> Sequence[str]:
        """Return the options that keep a clone shallow which is shallow already."""
        return ("--depth=1",) if self.git.shallow else ()

    def _ask(self, *arguments: str) -> str:
        try:
            return self.git.text(*arguments, environment=self._access)
        except Unusable as error:
            raise Unusable(
                f"{self.remote} cannot be asked for {self.name}: {error}; check the address and the credentials, or "
                'stay in this clone with --remote ""'
            ) from None

    def _failure(self, said: str) -> Exception:
        reason = last_line(
            "\n".join(line for line in said.splitlines() if not line.startswith(("To ", "Done", "hint:")))
        )
        remarks = [line.strip() for line in said.splitlines() if "rejected]" in line or "remote: error" in line]
        detail = remarks[0].rpartition("\t")[2] if remarks else reason
        if _REFUSALS.search(said):
            told = (
                f"{self.remote} does not take a push to {self.name} ({detail}): let release automation push to "
                '"deploy/**" in the rules for branches'
            )
            return ForbiddenError([Finding("push", self.name, told)])
        if _STRANGERS.search(said):
            return Unusable(
                f"{self.remote} does not let this caller push to {self.name} ({detail}): in a workflow the job "
                f"needs the permission contents: write, and for another repository a token in {credentials.TOKEN}"
            )
        return Unusable(f"{self.name} cannot be pushed to {self.remote}: {detail}")
