# SPDX-License-Identifier: MIT-0
"""Reading the protection back: a release goes on only where it is proved to be as wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..refusal import Finding, Refused
from . import compare, live
from .github import Declined, GitHub
from .wanted import Wanted


def check(github: GitHub, environments: Iterable[Wanted]) -> dict[str, Any]:
    """Return the names of the environments that are protected as wanted.

    Raises:
        Refused: one of them is not, or GitHub does not tell.
        Unusable: GitHub cannot be asked.
    """
    environments = tuple(environments)
    found = [finding for wanted in environments for finding in _findings(github, wanted)]
    if found:
        raise Refused(found)
    return {"environments": [wanted.name for wanted in environments]}


def _findings(github: GitHub, wanted: Wanted) -> tuple[Finding, ...]:
    try:
        return compare.differences(wanted, live.read(github, wanted.name))
    except Declined as answer:
        message = (
            f"the protection of {wanted.name} cannot be read, so nobody knows it: {answer}; the token needs the right "
            f"to read actions; {compare.PLANS}"
        )
        return (Finding("unreadable", wanted.name, message, {"status": answer.status}),)
