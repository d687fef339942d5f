"""The whole resolved spec."""

from __future__ import annotations

from collections.abc import Mapping

from mlopsc.project.data import Data
from mlopsc.project.deployment import Deployment
from mlopsc.project.environments import Environment
from mlopsc.project.execution import Execution
from mlopsc.project.governance import Governance
from mlopsc.project.metadata import Metadata
from mlopsc.project.model import Model
from mlopsc.project.monitoring import Monitoring
from mlopsc.project.output import Output
from mlopsc.project.patches import Patch
from mlopsc.project.secrets import Secret
from mlopsc.project.stack import Stack
from mlopsc.project.tests import Tests
from mlopsc.record import Record


class Project(Record):
    """What targets and builders see of a spec.

    Attributes:
        file: name of the spec file.
        folder: its folder, from the repository root with ``/``; empty at the root.
        execution, tests, deployment, monitoring: base values, as if there were no overlay.
        environments: in the order of the ``after`` chain, otherwise as written; never empty.
        eject: files that the user has taken over, relative to the spec.
    """

    file: str
    folder: str
    metadata: Metadata
    stack: Stack
    data: Data
    model: Model
    execution: Execution
    tests: Tests
    governance: Governance
    secrets: Mapping[str, Secret]
    deployment: Deployment
    monitoring: Monitoring
    environments: tuple[Environment, ...]
    output: Output
    patches: tuple[Patch, ...]
    eject: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the project."""
        return self.metadata.name
