"""Options of the target: ``deployment.kubernetes``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_DURATION = r"^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$"
Duration = Annotated[str, Field(pattern=_DURATION)]


class Options(BaseModel):
    """How the target `kubernetes` lays out and runs the model."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    create_namespace: bool = True
    """Whether the overlay makes the namespace. Switch it off where somebody else does, or where projects share one."""
    pod_security: Literal["restricted", "baseline"] = Field(
        default="restricted",
        json_schema_extra={
            "x-values": {
                "restricted": "the strictest standard; everything generated meets it",
                "baseline": "for namespaces that also run pods with fewer restrictions",
            }
        },
    )
    """Pod security standard that the generated namespace enforces."""
    egress: Literal["none", "dns", "https", "all"] | None = Field(
        default=None,
        json_schema_extra={
            "x-values": {
                "none": "nothing",
                "dns": "names, at any address",
                "https": "names, port 443 of any address and the identity endpoints of clouds",
                "all": "no restriction",
            }
        },
    )
    """What the pods may reach. Left out: nothing for a server, whose model is in the image; `https` for a batch job."""
    scrape_interval: Duration = Field(default="30s", examples=["15s", "30s", "1m"])
    """Time between two scrapes of the metrics, with the Prometheus operator."""
    termination_grace: Duration = Field(default="60s", examples=["30s", "60s", "5m"])
    """Time that a pod has to finish its requests before it is killed."""
    batch_deadline: Duration = Field(default="6h", examples=["30m", "6h"])
    """Longest time that a batch job may take, its retries included."""
