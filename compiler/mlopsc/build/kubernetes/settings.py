"""What one set of manifests is made from: the project as it holds in one environment, or without any."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.parts import At
from mlopsc.project.deployment import Deployment, Rolling
from mlopsc.project.environments import Environment
from mlopsc.project.monitoring import Monitoring
from mlopsc.project.project import Project
from mlopsc.record import Record
from mlopsc.units import Duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from mlopsc.parts import Data, Ref
    from mlopsc.project.deployment import BlueGreen as BlueGreen
    from mlopsc.project.deployment import Canary as Canary
    from mlopsc.project.deployment import Shadow


class Settings(Record):
    """The project in one environment.

    Attributes:
        project: the whole project, for what no environment may change.
        overlay: the environment; None for the base, which is the spec without any overlay.
        deployment, monitoring: as they hold there.
    """

    project: Project
    overlay: Environment | None
    deployment: Deployment
    monitoring: Monitoring

    @property
    def environment(self) -> Environment:
        """The environment.

        Raises:
            ValueError: these are the settings of the base.
        """
        if self.overlay is None:
            raise ValueError("the base belongs to no environment")
        return self.overlay

    @property
    def env(self) -> str | None:
        """Name of the environment; None for the base."""
        return None if self.overlay is None else self.overlay.name

    @property
    def name(self) -> At:
        """Name of the project, which most objects carry."""
        return At(self.project.name, (*self.project.metadata.path, "name"))

    @property
    def canary(self) -> At:
        """Name of the second track's objects."""
        return self.name._replace(value=naming.canary(self.project.name))

    @property
    def namespace(self) -> At:
        """Namespace of the environment; that of a project without environments for the base."""
        environment = self.overlay
        if environment is None:
            return self.name._replace(value=naming.namespace(self.project.name, naming.DEFAULT_ENVIRONMENT))
        if environment.namespace is None:
            return self.name._replace(value=naming.namespace(self.project.name, environment.name))
        return At(environment.namespace, (*environment.path, "namespace"))

    def options(self, target: str) -> Mapping[str, Any]:
        """Return the options of a target, defaults filled in."""
        options: Mapping[str, Any] = self.deployment.options[target]
        return options

    def option(self, target: str, name: str) -> At:
        """Return one option of a target with its path."""
        return At(self.options(target)[name], (*self.deployment.path, target, name))

    def duration(self, target: str, name: str) -> At:
        """Return an option of a target that is a time span."""
        option = self.option(target, name)
        return option._replace(value=Duration(option.value))

    @property
    def strategy(
        self,
    ) -> tuple[Literal["canary", "rolling", "blue_green", "shadow"], Canary | Rolling | BlueGreen | Shadow]:
        """Name and settings of the strategy.

        Raises:
            ValueError: there is none; the validation has refused such a spec.
        """
        strategy = self.deployment.strategy
        if strategy.canary is not None:
            return "canary", strategy.canary
        if strategy.rolling is not None:
            return "rolling", strategy.rolling
        if strategy.blue_green is not None:
            return "blue_green", strategy.blue_green
        if strategy.shadow is not None:
            return "shadow", strategy.shadow
        raise ValueError("no strategy")

    @property
    def release_file(self) -> str:
        """Release record of the environment below ``deploy``, for comments."""
        return f"releases/{self.env or '<environment>'}/release.json"

    def refs(self, *values: At) -> tuple[Ref, ...]:
        """Return the origins of values that decide a line together with another one."""
        return tuple((self.env, value.path) for value in values if value.path)

    def labels(self, track: str | None = None) -> dict[str, Data]:
        """Return the labels by which objects select the pods of the model, or of one track of it."""
        return {naming.LABEL_MODEL: self.name, **({naming.LABEL_TRACK: track} if track else {})}


def base(project: Project) -> Settings:
    """Return the settings without any overlay, and without a strategy: how an environment rolls out is its own."""
    strategy = project.deployment.strategy
    plain = strategy.replace(
        canary=None, blue_green=None, shadow=None, rolling=Rolling(path=strategy.path), controller="git"
    )
    deployment = project.deployment.replace(strategy=plain)
    return Settings(project=project, overlay=None, deployment=deployment, monitoring=project.monitoring)


def of(project: Project, environment: Environment) -> Settings:
    """Return the settings of an environment."""
    return Settings(
        project=project,
        overlay=environment,
        deployment=environment.deployment,
        monitoring=environment.monitoring,
    )
