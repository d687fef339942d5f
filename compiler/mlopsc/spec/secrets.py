"""Section ``secrets``: where secrets are kept. Their values never stand in a file."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from mlopsc.spec.base import Closed, DnsLabel, Groups, Text, Word


class KubernetesSecret(Closed):
    """A key of a Kubernetes Secret that exists in the namespace of the environment."""

    name: DnsLabel = Field(examples=["churn-alerts"])
    """Name of the Secret."""
    key: Text = Field(examples=["pager"])
    """Key inside it."""


class ExternalSecret(Closed):
    """A secret that the External Secrets operator fetches."""

    store: DnsLabel = Field(examples=["vault"])
    """Name of the ClusterSecretStore."""
    key: Text = Field(examples=["churn/pager"])
    """Key inside the store."""


class Secret(Closed):
    """Where one secret is kept."""

    ONE_OF: ClassVar[Groups] = (("kubernetes", "github", "external"),)

    kubernetes: KubernetesSecret | None = None
    """A key of a Kubernetes Secret."""
    github: Word | None = Field(default=None, examples=["PAGER_KEY"])
    """Name of a GitHub Actions secret."""
    external: ExternalSecret | None = None
    """A key of an external store."""
