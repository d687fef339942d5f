"""Section ``secrets``: where secrets are kept. Their values never stand in a file.

The fields are those of `mlopsc.spec.secrets`.
"""

from __future__ import annotations

from mlopsc.record import Record


class KubernetesSecret(Record):
    """A key of a Kubernetes Secret that exists in the namespace of the environment."""

    name: str
    key: str


class ExternalSecret(Record):
    """A secret that the External Secrets operator fetches."""

    store: str
    key: str


class Secret(Record):
    """Where one secret is kept."""

    kubernetes: KubernetesSecret | None
    github: str | None
    external: ExternalSecret | None
