"""Section ``governance``: who answers for the model, for what use, with which risks and controls.

The fields are those of `mlopsc.spec.governance`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlopsc.record import Record
from mlopsc.units import Duration


class IntendedUse(Record):
    """What the model is meant for, and what not."""

    purpose: str
    users: tuple[str, ...]
    affected_groups: tuple[str, ...]
    out_of_scope: tuple[str, ...]


class Owners(Record):
    """Who answers for what."""

    accountable: str | None
    model: str | None
    data: str | None
    oncall: str | None


class Classification(Record):
    """The legal class of the system. Required by the policy `eu-ai-act` at the tier `high`."""

    annex_iii: str | None
    rationale: str


class Risk(Record):
    """A risk, what keeps it small, and who accepted the rest."""

    harm: str
    likelihood: str
    severity: str
    controls: tuple[str, ...]
    residual: str | None
    accepted_by: str | None


class Stop(Record):
    """How the model is stopped."""

    how: str
    within: Duration


class HumanOversight(Record):
    """How people watch over the model and stop it."""

    mode: str
    who: str
    stop: Stop


class Transparency(Record):
    """What users and affected people are told."""

    discloses_ai: bool
    instructions: str | None


class Approval(Record):
    """Who must approve a promotion to an environment."""

    from_: tuple[str, ...]
    min: int
    not_author: bool


class LastValidation(Record):
    """The latest validation."""

    date: str
    report: str
    sha256: str | None


class Validation(Record):
    """Validation of the model by others than its developers."""

    independent: bool
    by: str
    every: Duration
    last: LastValidation | None


class Retention(Record):
    """How long records are kept."""

    documentation: Duration | None
    logs: Duration | None


class Incidents(Record):
    """What happens when the model does harm."""

    contact: str
    report_within: Duration
    runbook: str | None


class Waiver(Record):
    """A control that is not met, for a time and for a reason."""

    reason: str
    ticket: str | None
    owner: str
    expires: str
    compensating: str | None


class Sunset(Record):
    """When the model is reviewed for retirement."""

    review: str


class Governance(Record):
    """Who answers for the model, for what use, with which risks and controls.

    The evidence that the pipeline leaves is mapped to the controls of the chosen policies.
    """

    risk_tier: str
    policies: tuple[str, ...]
    intended_use: IntendedUse | None
    owners: Owners
    classification: Classification | None
    risks: Mapping[str, Risk]
    human_oversight: HumanOversight | None
    transparency: Transparency
    approvals: Mapping[str, Approval]
    validation: Validation | None
    retention: Retention
    incidents: Incidents | None
    waivers: Mapping[str, Waiver]
    sunset: Sunset | None
