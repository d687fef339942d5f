# SPDX-License-Identifier: MIT-0
"""What there is to report: the results of the steps, as far as they got, and the champion's record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import config, documents
from ..context import PULL_REQUEST, Context
from ..evaluation import champion
from ..refusal import Refused, Unusable
from ..release.record import Release
from ..results import NOT_JUDGED, PASSED, SCHEMA

MISSING, STALE = "missing", "stale"
"""No result can be read; the result is of another configuration."""

OFF = "off"


@dataclass(frozen=True)
class Outcome:
    """How a step ended.

    Attributes:
        step: its name.
        status: ``passed``, ``not-judged``, ``refused`` or ``failed``, as in the result file; `MISSING` or `STALE`.
        findings: why it was refused or failed.
        notices: what must not be overlooked.
        result: what it found out; empty when nobody knows.
    """

    step: str
    status: str = MISSING
    findings: Sequence[Mapping[str, Any]] = ()
    notices: Sequence[Mapping[str, Any]] = ()
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_fine(self) -> bool:
        """Whether the next step could go on."""
        return self.status in (PASSED, NOT_JUDGED)


@dataclass(frozen=True)
class Facts:
    """Everything that is reported.

    Attributes:
        context: of the run.
        steps: the steps of the pipeline by name, in their order.
        fetched: how the step "champion" ended.
        champion: the release that candidates are compared with; None when there is none, or nobody knows.
        doubt: why nobody knows; empty when it is known.
    """

    context: Context
    steps: Mapping[str, Outcome]
    fetched: Outcome
    champion: Release | None
    doubt: str

    @property
    def all_steps(self) -> tuple[Outcome, ...]:
        """The steps of the pipeline, and the one that fetches the champion."""
        return (*self.steps.values(), self.fetched)

    @property
    def trains_nothing(self) -> bool:
        """Whether this run was to end behind the split."""
        off = self.context.config["execution"]["pull_request"]["train"] == OFF
        return self.result("split").get("sample") == OFF or (off and self.context.purpose == PULL_REQUEST)

    def result(self, step: str) -> Mapping[str, Any]:
        """Return what a step found out; empty when nobody knows."""
        return self.steps[step].result

    def checks(self, *kinds: str) -> Iterator[Mapping[str, Any]]:
        """Yield the limits of some kinds that the gate judged, in the order of the spec."""
        return (check for check in self.result("gate").get("checks", ()) if check["kind"] in kinds)

    @property
    def compared(self) -> Mapping[str, Any]:
        """What the step "evaluate" says of the champion; empty when there was nothing to compare with."""
        return self.result("evaluate").get("champion") or {}


def read(context: Context, steps: Sequence[str]) -> Facts:
    """Read what there is.

    Args:
        context: of the run.
        steps: names of the steps of the pipeline, in their order.
    """
    release, doubt = _champion(context)
    return Facts(
        context, {name: _outcome(context, name) for name in steps}, _outcome(context, "champion"), release, doubt
    )


def _outcome(context: Context, step: str) -> Outcome:
    path = context.results.path(step)
    try:
        found = documents.read(path, SCHEMA, missing="", again="")
    except Unusable:
        return Outcome(step)
    if found.get("config") != config.digest(context.config, step):
        return Outcome(step, STALE)
    return Outcome(step, found["status"], found["findings"], found["notices"], found["result"])


def _champion(context: Context) -> tuple[Release | None, str]:
    if "champion" not in context.config["tests"]:
        return None, ""
    try:
        return champion.read(context.build / "champion", context.config["name"], needed=True), ""
    except (Refused, Unusable) as error:
        return None, str(error)
