"""Section ``execution``: where and when the pipeline runs.

The fields are those of `mlopsc.spec.execution`.
"""

from __future__ import annotations

from mlopsc.record import Record
from mlopsc.units import Duration, Quantity


class TrainResources(Record):
    """What one training worker gets."""

    cpu: Quantity
    memory: Quantity
    gpu: int


class Train(Record):
    """Where the training runs and what it gets."""

    on: str
    resources: TrainResources
    workers: int
    timeout: Duration


class PullRequest(Record):
    """What a pull request trains."""

    train: str
    rows: int


class Runners(Record):
    """Labels of the machines that run the workflows. Pull requests from forks always use the default of GitHub."""

    default: str
    train: str | None
    deploy: str | None


class Aws(Record):
    """Sign in to AWS through OIDC."""

    role: str
    region: str


class Gcp(Record):
    """Sign in to Google Cloud through OIDC."""

    provider: str
    service_account: str
    project: str | None


class Azure(Record):
    """Sign in to Azure through OIDC."""

    client_id: str
    tenant_id: str
    subscription_id: str


class Cloud(Record):
    """Cloud account of the workflows. They sign in through OIDC; there are no long-lived keys."""

    aws: Aws | None
    gcp: Gcp | None
    azure: Azure | None


class Execution(Record):
    """Where and when the pipeline runs."""

    branch: str
    train: Train
    schedule: str | None
    pull_request: PullRequest
    runners: Runners
    cloud: Cloud | None
