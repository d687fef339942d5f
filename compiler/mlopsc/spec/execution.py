"""Section ``execution``: where and when the pipeline runs."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import (
    AwsRole,
    BranchName,
    Closed,
    Duration,
    Groups,
    NonNegative,
    Owner,
    Positive,
    Quantity,
    Text,
    Uuid,
    values,
)


class TrainResources(Closed):
    """What one training worker gets."""

    cpu: Quantity = 2
    """Cores."""
    memory: Quantity = "4Gi"
    """Memory, in bytes with a unit."""
    gpu: NonNegative = 0
    """Number of GPUs. Only with `on: cluster`."""


class Train(Closed):
    """Where the training runs and what it gets."""

    on: Literal["runner", "cluster"] = Field(
        default="runner",
        json_schema_extra=values(
            runner="in the CI job itself", cluster="the CI job submits it to the cluster, waits and reads the result"
        ),
    )
    """Where the training runs."""
    resources: TrainResources = TrainResources()
    """What one worker gets."""
    workers: Positive = 1
    """Number of workers."""
    timeout: Duration = "2h"
    """Longest time that the training may take."""


class PullRequest(Closed):
    """What a pull request trains."""

    train: Literal["full", "sample", "off"] = Field(
        default="sample",
        json_schema_extra=values(
            full="train on all rows and judge all gates",
            sample="train on a few rows; thresholds are not judged",
            off="do not train",
        ),
    )
    """How much a pull request trains."""
    rows: Positive = 5000
    """Rows of the sample."""


class Runners(Closed):
    """Labels of the machines that run the workflows. Pull requests from forks always use the default of GitHub."""

    default: Text = Field(default="ubuntu-24.04", examples=["ubuntu-24.04"])
    """Label for all jobs without one of their own."""
    train: Text | None = Field(default=None, examples=["gpu-large"])
    """Label for training. Left out: `default`."""
    deploy: Text | None = Field(default=None, examples=["inside-vpc"])
    """Label for jobs that reach the cluster. Left out: `default`."""


class Aws(Closed):
    """Sign in to AWS through OIDC."""

    role: AwsRole
    """Role to assume."""
    region: Text = Field(examples=["eu-west-1"])
    """Region."""


class Gcp(Closed):
    """Sign in to Google Cloud through OIDC."""

    provider: Text = Field(examples=["projects/123456789/locations/global/workloadIdentityPools/github/providers/acme"])
    """Workload identity provider, its full name."""
    service_account: Owner = Field(examples=["churn@acme-ml.iam.gserviceaccount.com"])
    """Service account to act as."""
    project: Text | None = Field(default=None, examples=["acme-ml"])
    """Project. Left out: that of the service account."""


class Azure(Closed):
    """Sign in to Azure through OIDC."""

    client_id: Uuid
    """Client id of the application."""
    tenant_id: Uuid
    """Tenant."""
    subscription_id: Uuid
    """Subscription."""


class Cloud(Closed):
    """Cloud account of the workflows. They sign in through OIDC; there are no long-lived keys."""

    ONE_OF: ClassVar[Groups] = (("aws", "gcp", "azure"),)

    aws: Aws | None = None
    """Amazon Web Services."""
    gcp: Gcp | None = None
    """Google Cloud."""
    azure: Azure | None = None
    """Microsoft Azure."""


class Execution(Closed):
    """Where and when the pipeline runs."""

    branch: BranchName = Field(default="main", examples=["main"])
    """Branch that people merge to. What is merged there is delivered."""
    train: Train = Train()
    """Where the training runs and what it gets."""
    schedule: Text | None = Field(default=None, examples=["0 3 * * 1"])
    """Cron expression, in UTC, that starts a delivery. Left out: only changes start one."""
    pull_request: PullRequest = PullRequest()
    """What a pull request trains."""
    runners: Runners = Runners()
    """Labels of the machines that run the workflows."""
    cloud: Cloud | None = None
    """Cloud account of the workflows. Left out: none."""
