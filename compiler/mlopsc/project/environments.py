"""One environment, with everything that its overlay decides already merged in."""

from __future__ import annotations

from mlopsc.project.deployment import Deployment
from mlopsc.project.execution import Execution
from mlopsc.project.monitoring import Monitoring
from mlopsc.project.tests import Tests
from mlopsc.record import Record


class Cluster(Record):
    """The cluster of an environment."""

    server: str | None
    name: str | None


class Environment(Record):
    """A place where the model runs.

    Attributes:
        name: its key in the spec; ``default`` when the spec names none.
        namespace: Kubernetes namespace; None when the spec leaves it to the naming rules.
        deployment, monitoring, tests, execution: the whole sections as they hold here, not only what differs.
    """

    name: str
    namespace: str | None
    cluster: Cluster | None
    after: str | None
    promotion: str
    protected: bool
    deployment: Deployment
    monitoring: Monitoring
    tests: Tests
    execution: Execution
