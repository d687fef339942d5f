"""Section ``metadata``: what the project is called and whose it is."""

from __future__ import annotations

from pydantic import Field

from mlopsc.spec.base import Closed, DnsLabel, Owner, Text


class Metadata(Closed):
    """Name, purpose and owner of the project."""

    name: DnsLabel
    """Name of the project. It begins every generated name: workflows, images, Kubernetes objects, alerts."""
    description: Text | None = Field(default=None, examples=["Who leaves in the next 30 days"])
    """What the model is for, in one sentence."""
    owner: Owner | None = None
    """Who answers for the project: a GitHub user or team, or an e-mail address. It becomes the code owner."""
    labels: dict[str, str] = Field(default={}, examples=[{"domain": "growth"}])
    """Labels that every generated Kubernetes object carries."""
