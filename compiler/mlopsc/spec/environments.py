"""Section ``environments``: where the model runs, and what differs there."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import LITERAL, Closed, DnsLabel, Groups, HttpUrl, Scalar, Text, Word, values


class Cluster(Closed):
    """The cluster of an environment."""

    ONE_OF: ClassVar[Groups] = (("server", "name"),)

    server: HttpUrl | None = Field(default=None, examples=["https://stg.k8s.example"])
    """Address of its API server."""
    name: Text | None = Field(default=None, examples=["prod-eu"])
    """Name under which the GitOps controller knows it."""


class Environment(Closed):
    """A place where the model runs, and what differs there.

    The overlays `deployment`, `monitoring`, `tests` and `execution` are merged into the sections of the same name:
    maps merge, lists replace, null removes.
    """

    namespace: DnsLabel | None = Field(default=None, examples=["churn-staging"])
    """Kubernetes namespace. Left out: the name of the project, a hyphen and the name of the environment."""
    cluster: Cluster | None = None
    """The cluster. Left out: the one that the GitOps controller runs in."""
    after: DnsLabel | None = Field(default=None, examples=["staging"])
    """Environment that a release must have passed before."""
    promotion: Literal["manual", "automatic"] = Field(
        default="manual",
        json_schema_extra=values(
            manual="a person starts the promotion", automatic="it starts when the environment before is done"
        ),
    )
    """How a release gets here."""
    protected: bool = False
    """Whether a promotion needs approval."""
    deployment: dict[str, Any] | None = None
    """What differs in the section `deployment`."""
    monitoring: dict[str, Any] | None = None
    """What differs in the section `monitoring`."""
    tests: dict[str, Any] | None = None
    """What differs in the section `tests`: `smoke` and `load` only."""
    execution: dict[str, Any] | None = None
    """What differs in the section `execution`: `runners.deploy` and `cloud` only."""
    variables: dict[Word, Scalar] | None = Field(
        default=None, examples=[{"registry": "registry.acme.example"}], json_schema_extra=LITERAL
    )
    """Variables with another value here."""
