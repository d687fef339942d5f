# SPDX-License-Identifier: MIT-0
"""The wanted protection: ``ops/governance/environments.json``, which mlops.yaml makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import documents
from ..refusal import Unusable

SCHEMA = 1
"""Number of the format that these steps read. Format: environments.v1.schema.json."""

USER, TEAM = "User", "Team"
_AGAIN = 'run "mlopsc compile" and commit all that it writes'
_ENVIRONMENT = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_LOGIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_NAMES = {USER: re.compile(_LOGIN), TEAM: re.compile(rf"{_LOGIN}/[A-Za-z0-9][A-Za-z0-9._-]*")}


@dataclass(frozen=True)
class Reviewer:
    """Who may approve.

    Attributes:
        kind: ``User`` or ``Team``, as GitHub spells it.
        name: a login, or an organisation and a team with a slash between them.
    """

    kind: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """What two of them share when they are the same for GitHub.

        Names have no case, and only teams of the organisation that owns the repository review, so that GitHub names
        them without it.
        """
        return self.kind, self.name.rpartition("/")[2].casefold()

    def __str__(self) -> str:
        return f"@{self.name}"


@dataclass(frozen=True)
class Wanted:
    """The wanted protection of one environment of GitHub.

    Attributes:
        name: of the environment.
        approves: the environment whose releases an approval of this one counts for; empty when there are none.
        required: number of different people that must approve such a release; 0 for none.
        not_author: whether who wrote or started the release may not approve it.
        reviewers: who may approve; with `required` and none of them, the spec does not say who.
        prevent_self_review: whether who started a run may not approve it.
        wait_timer: minutes that a job waits.
        branches: patterns of the branches whose jobs may use the environment.
    """

    name: str
    approves: str
    required: int
    not_author: bool
    reviewers: tuple[Reviewer, ...]
    prevent_self_review: bool
    wait_timer: int
    branches: tuple[str, ...]


def reviewer(name: str) -> Reviewer:
    """Return a reviewer by the name that a spec gives: ``@jane`` or ``@acme/risk``.

    Raises:
        Unusable: it is no such name.
    """
    kind = TEAM if "/" in name else USER
    if not name.startswith("@") or not _NAMES[kind].fullmatch(name[1:]):
        raise Unusable(f"{name} is no user and no team of GitHub: write @jane or @acme/risk")
    return Reviewer(kind, name[1:])


def login(name: str) -> str:
    """Return a login without an ``@`` before it; that of an app ends with ``[bot]``.

    Raises:
        Unusable: it is none.
    """
    found = name.removeprefix("@")
    if not _NAMES[USER].fullmatch(found.removesuffix("[bot]")):
        raise Unusable(f"{name} is no login of GitHub: write one such as jane")
    return found


def read(path: Path) -> tuple[Wanted, ...]:
    """Read ``environments.json``.

    Raises:
        Unusable: the file is missing, of another format, or names what cannot be a name on GitHub.
    """
    found = documents.read(path, SCHEMA, missing=f"{path.name} is missing: {_AGAIN}", again=_AGAIN)
    try:
        return tuple(_entry(entry) for entry in found["environments"])
    except (KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"{path.name} is not of its format ({error}): {_AGAIN}") from None


def chosen(everything: tuple[Wanted, ...], environment: str | None) -> tuple[Wanted, ...]:
    """Return the environments that take part in the releases to one, or all of them.

    Raises:
        Unusable: there is no such environment.
    """
    if environment is None:
        return everything
    found = tuple(item for item in everything if environment in (item.name, item.approves))
    if not found:
        names = ", ".join(item.name for item in everything) or "none"
        raise Unusable(f"there is no environment {environment}: environments.json has {names}")
    return found


def _entry(entry: dict[str, Any]) -> Wanted:
    name = entry["name"]
    approves = entry.get("approves")
    for given in (name,) if approves is None else (name, approves):
        if not _ENVIRONMENT.fullmatch(given):
            raise Unusable(f"environments.json: {given!r} is no name of an environment: {_AGAIN}")
    return Wanted(
        name=name,
        approves=approves or "",
        required=entry["required"],
        not_author=entry["not_author"],
        reviewers=tuple(_reviewer(item) for item in entry["reviewers"]),
        prevent_self_review=entry["prevent_self_review"],
        wait_timer=entry["wait_timer"],
        branches=tuple(entry["branches"]),
    )


def _reviewer(entry: dict[str, str]) -> Reviewer:
    kind, name = entry["type"], entry["name"]
    if kind not in _NAMES or not _NAMES[kind].fullmatch(name):
        raise Unusable(f"environments.json: {name!r} is no user and no team of GitHub: {_AGAIN}")
    return Reviewer(kind, name)
