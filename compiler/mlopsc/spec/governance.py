"""Section ``governance``: who answers for the model, for what use, with which risks and controls."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import (
    Closed,
    Control,
    ControlId,
    Date,
    DnsLabel,
    Duration,
    FilePath,
    Name,
    Owner,
    Positive,
    Sha256,
    Text,
    values,
)


class IntendedUse(Closed):
    """What the model is meant for, and what not."""

    purpose: Text = Field(examples=["Decide whom to offer a better contract"])
    """What decisions it supports."""
    users: list[Text] = Field(default=[], examples=[["customer care"]])
    """Who uses its predictions."""
    affected_groups: list[Text] = Field(default=[], examples=[["private customers"]])
    """Who is affected by them."""
    out_of_scope: list[Text] = Field(default=[], examples=[["credit decisions"]])
    """Uses that it must not be put to."""


class Owners(Closed):
    """Who answers for what."""

    accountable: Owner | None = None
    """Who is accountable for the use of the model."""
    model: Owner | None = None
    """Who develops it."""
    data: Owner | None = None
    """Who answers for its data."""
    oncall: Owner | None = None
    """Who is called when it fails."""


class Classification(Closed):
    """The legal class of the system. Required by the policy `eu-ai-act` at the tier `high`."""

    annex_iii: Text | None = Field(default=None, examples=["5(b)"])
    """Point of annex III of the EU AI Act. Left out: none applies."""
    rationale: Text = Field(examples=["Assesses the creditworthiness of natural persons"])
    """Why it belongs there."""


class Risk(Closed):
    """A risk, what keeps it small, and who accepted the rest."""

    harm: Text = Field(examples=["Applicants of one group are refused more often"])
    """What could happen, and to whom."""
    likelihood: Literal["low", "medium", "high"]
    """How likely it is without the controls."""
    severity: Literal["low", "medium", "high"]
    """How bad it would be."""
    controls: list[Control] = Field(default=[], examples=[["test:fairness.gender", "monitor:drift"]])
    """Tests and monitors of this spec that keep it small."""
    residual: Text | None = Field(default=None, examples=["Small groups are not judged"])
    """What remains."""
    accepted_by: Owner | None = None
    """Who accepted what remains."""


class Stop(Closed):
    """How the model is stopped."""

    how: Text = Field(examples=["rollback workflow"])
    """What to do."""
    within: Duration
    """How fast it takes effect."""


class HumanOversight(Closed):
    """How people watch over the model and stop it."""

    mode: Literal["in-the-loop", "on-the-loop", "in-command"] = Field(
        json_schema_extra=values(
            in_the_loop="a person decides every case",
            on_the_loop="a person watches and can step in",
            in_command="a person decides when and how the model is used",
        )
    )
    """How far people are involved."""
    who: Owner
    """Who does it."""
    stop: Stop
    """How the model is stopped."""


class Transparency(Closed):
    """What users and affected people are told."""

    discloses_ai: bool = False
    """Whether people are told that a machine predicts."""
    instructions: FilePath | None = Field(default=None, examples=["docs/instructions.md"])
    """Instructions for use, a file of the repository."""


class Approval(Closed):
    """Who must approve a promotion to an environment."""

    from_: list[Owner] = Field(alias="from", min_length=1, examples=[["@acme/risk", "@acme/ml-leads"]])
    """Users and teams that may approve."""
    min: Positive = 1
    """Number of distinct people that must approve."""
    not_author: bool = True
    """Whether the author of the change may not approve."""


class LastValidation(Closed):
    """The latest validation."""

    date: Date
    """Day of the report."""
    report: FilePath = Field(examples=["docs/validation.pdf"])
    """The report, a file of the repository."""
    sha256: Sha256 | None = None
    """Digest of the report."""


class Validation(Closed):
    """Validation of the model by others than its developers."""

    independent: bool = True
    """Whether the validators are independent of the developers."""
    by: Owner
    """Who validates."""
    every: Duration = "365d"
    """Longest time between two validations."""
    last: LastValidation | None = None
    """The latest validation. Left out: none yet."""


class Retention(Closed):
    """How long records are kept."""

    documentation: Duration | None = None
    """Technical documentation, from the last release on."""
    logs: Duration | None = None
    """Logs of predictions and decisions."""


class Incidents(Closed):
    """What happens when the model does harm."""

    contact: Text = Field(examples=["ml-incidents@acme.example"])
    """Where incidents are reported."""
    report_within: Duration
    """Longest time until the authority is told."""
    runbook: FilePath | None = Field(default=None, examples=["docs/incident.md"])
    """What to do, a file of the repository."""


class Waiver(Closed):
    """A control that is not met, for a time and for a reason."""

    reason: Text = Field(examples=["No independent team before the autumn"])
    """Why it is not met."""
    ticket: Text | None = Field(default=None, examples=["RISK-12"])
    """Where it is tracked."""
    owner: Owner
    """Who answers for it."""
    expires: Date
    """Last day of the waiver."""
    compensating: Text | None = Field(default=None, examples=["Weekly review of a sample"])
    """What is done instead."""


class Sunset(Closed):
    """When the model is reviewed for retirement."""

    review: Date
    """Day of the review."""


class Governance(Closed):
    """Who answers for the model, for what use, with which risks and controls.

    The evidence that the pipeline leaves is mapped to the controls of the chosen policies.
    """

    risk_tier: Literal["minimal", "limited", "high"] = Field(
        default="minimal",
        json_schema_extra=values(
            minimal="inventory and owner only",
            limited="documentation, gates, approvals and monitoring",
            high="all controls",
        ),
    )
    """How much is at stake. It decides which controls are required."""
    policies: list[Text] = Field(default=[], examples=[["eu-ai-act", "nist-ai-rmf", "sr-26-2"]])
    """Policy packs by name, or your own by path. A pack raises what a tier requires, never lowers it."""
    intended_use: IntendedUse | None = None
    """What the model is meant for, and what not."""
    owners: Owners = Owners()
    """Who answers for what."""
    classification: Classification | None = None
    """The legal class of the system."""
    risks: dict[Name, Risk] = Field(
        default={}, examples=[{"unfair_denial": {"harm": "...", "likelihood": "low", "severity": "high"}}]
    )
    """Risks by a name of your choice."""
    human_oversight: HumanOversight | None = None
    """How people watch over the model and stop it."""
    transparency: Transparency = Transparency()
    """What users and affected people are told."""
    approvals: dict[DnsLabel, Approval] = Field(
        default={}, examples=[{"production": {"from": ["@acme/risk"], "min": 1}}]
    )
    """Who must approve a promotion, by environment."""
    validation: Validation | None = None
    """Validation by others than the developers."""
    retention: Retention = Retention()
    """How long records are kept."""
    incidents: Incidents | None = None
    """What happens when the model does harm."""
    waivers: dict[ControlId, Waiver] = Field(
        default={}, examples=[{"GOV-210": {"reason": "...", "owner": "@jane", "expires": "2027-03-01"}}]
    )
    """Controls that are not met for a time, by id."""
    sunset: Sunset | None = None
    """When the model is reviewed for retirement."""
