# SPDX-License-Identifier: MIT-0
"""How a rollout ends before its end."""

from __future__ import annotations

from collections.abc import Sequence

from ..refusal import Finding, Unusable
from ..release.push import NotRunningError


class OvertakenError(Exception):
    """Other people decided otherwise: the rollout stops and leaves everything as it is.

    Attributes:
        findings: what they did.
    """

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__()
        self.findings = tuple(found)


class TakenBackError(Exception):
    """The release is not good enough, or nobody can tell whether it is: it is taken back.

    Attributes:
        findings: why.
        allow_again: whether nothing is known against it, so that it is not rejected.
    """

    def __init__(self, found: Sequence[Finding], *, allow_again: bool) -> None:
        super().__init__()
        self.findings = tuple(found)
        self.allow_again = allow_again


class MovedOnError(Exception):
    """Somebody took the next step by hand: the rollout goes on from there."""


def unusable(error: Unusable, environment: str) -> TakenBackError:
    """Return the end of a rollout that cannot go on: the copies do not run, or what it needs is away for too long."""
    ill = isinstance(error, NotRunningError)
    return TakenBackError([Finding("live" if ill else "outage", environment, str(error))], allow_again=not ill)
