"""The whole spec: every section in its place. Sections are validated one by one; this model makes the schema."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from mlopsc.spec.base import Closed, DnsLabel, DottedPath, FilePath, Groups, Scalar, Word
from mlopsc.spec.data import Data
from mlopsc.spec.deployment import Deployment
from mlopsc.spec.environments import Environment
from mlopsc.spec.execution import Execution
from mlopsc.spec.governance import Governance
from mlopsc.spec.include import Include
from mlopsc.spec.metadata import Metadata
from mlopsc.spec.model import Model
from mlopsc.spec.monitoring import Monitoring
from mlopsc.spec.output import Output
from mlopsc.spec.patches import Patch
from mlopsc.spec.secrets import Secret
from mlopsc.spec.stack import EXAMPLES, Stack, TargetName
from mlopsc.spec.tests import Tests


class Spec(Closed):
    """A machine learning project: data, model, tests, governance, deployment and monitoring in one file."""

    ONE_OF: ClassVar[Groups] = (("target", "stack"),)

    schema_: str | None = Field(default=None, alias="$schema", examples=["./schemas/mlops.v1.schema.json"])
    """Where editors find the schema of this file."""
    apiVersion: Literal["mlopsc/v1"]  # noqa: N815 (the key of the spec)
    """Version of the language of this file."""
    final: list[DottedPath] = Field(default=[], examples=[["deployment.image.scan.fail_on"]])
    """Paths that nobody may set again. Only in included files."""
    metadata: Metadata
    """Name, purpose and owner of the project."""
    include: list[Include] = []
    """Files merged below this one, such as the defaults of an organisation."""
    variables: dict[Word, Scalar] = Field(default={}, examples=[{"registry": "ghcr.io/acme"}])
    """Values to use elsewhere as `${var.NAME}`."""
    target: TargetName | None = Field(default=None, examples=EXAMPLES)
    """Target whose default stack is used."""
    stack: Stack | None = None
    """Which target fills which role."""
    data: Data
    """Data sets and how they train and evaluate a model."""
    model: Model
    """The model: task, code, parameters and dependencies."""
    execution: Execution = Execution()
    """Where and when the pipeline runs."""
    tests: Tests = Tests()
    """The gates between a trained model and production."""
    governance: Governance = Governance()
    """Who answers for the model, for what use, with which risks and controls."""
    secrets: dict[Word, Secret] = Field(
        default={}, examples=[{"PAGER": {"kubernetes": {"name": "churn-alerts", "key": "pager"}}}]
    )
    """Where secrets are kept, by name. Their values never stand in a file."""
    deployment: Deployment = Deployment(mode="none")
    """How the model is packaged, run, rolled out and reached. Left out: it is registered and not deployed."""
    monitoring: Monitoring = Monitoring()
    """What is watched in production, and who is told."""
    environments: dict[DnsLabel, Environment] = Field(
        default={}, examples=[{"staging": {}, "production": {"after": "staging"}}]
    )
    """Where the model runs, by name. Left out: one environment named `default`."""
    output: Output = Output()
    """Where generated files go and which builders run."""
    patches: list[Patch] = []
    """Changes to generated files, applied at every compile."""
    eject: list[FilePath] = Field(default=[], examples=[["ops/docker/serve.Dockerfile"]])
    """Generated files that you have taken over, relative to the spec."""
