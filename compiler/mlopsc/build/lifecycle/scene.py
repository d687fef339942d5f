"""What the workflows of a project have in common: its places, its commands, and the steps that many jobs begin with."""

from __future__ import annotations

from mlopsc.build.pipeline.tests import champion
from mlopsc.lifecycle import Bring, Checkout, Chosen, Input, Is, Joined, Permission, Python, Run, either
from mlopsc.parts import At
from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from mlopsc.lifecycle import Command, Condition, Step, Training, Value, Word
    from mlopsc.parts import Ref
    from mlopsc.pins import Pins
    from mlopsc.project import Environment, Project
    from mlopsc.project.deployment import Image

SETUP_MINUTES = 30
"""What checking out and installing may take in a job, besides its real work."""

HOSTED = "ubuntu-24.04"
"""The runner of GitHub for what comes from a fork, and for jobs that run no code of the project."""

READ_CODE = Permission(scope="code", access="read", why="check out the repository")

_INPUT = Input(name="environment")


class Aim(Record):
    """The environments that a job may be about.

    Attributes:
        environments: one, or those that the input ``environment`` of the workflow may name.
    """

    environments: tuple[Environment, ...]
    asked: bool

    @property
    def name(self) -> Value:
        """Name of the environment."""
        if self.asked:
            return _INPUT
        (environment,) = self.environments
        return At(environment.name, environment.path, environment.name)

    def value(self, of: Callable[[Environment], Value]) -> Value:
        """Return a value that depends on the environment; where all of them agree it is that one."""
        found = [(environment.name, of(environment)) for environment in self.environments]
        *others, (_, chosen) = found
        if all(_bare(item) == _bare(chosen) for _, item in others):
            return found[0][1]
        for name, item in reversed(others):
            chosen = Chosen(when=Is(value=_INPUT, text=name), then=item, otherwise=chosen)
        return chosen

    def any(self, holds: Callable[[Environment], bool]) -> bool:
        """Say whether something holds for any environment."""
        return any(holds(environment) for environment in self.environments)

    def where(self, holds: Callable[[Environment], bool]) -> Condition | None:
        """Return the condition that something holds for the environment; None where it holds for all.

        Raises:
            ValueError: it holds for none.
        """
        names = [environment.name for environment in self.environments if holds(environment)]
        if not names:
            raise ValueError("it holds for no environment")
        if len(names) == len(self.environments):
            return None
        return either(*(Is(value=_INPUT, text=name) for name in names))


class Scene:
    """A project as its workflows see it.

    Attributes:
        project: the project.
        pins: commits and digests.
        training: how a target trains; None where the job does it itself.
        deployed: the environments in which something runs.
    """

    def __init__(self, project: Project, pins: Pins, training: Training | None) -> None:
        self.project = project
        self.pins = pins
        self.training = training
        self.deployed = tuple(item for item in project.environments if item.deployment.mode != "none")

    @property
    def champion(self) -> Environment | None:
        """The environment whose model candidates are compared with; None when there is none."""
        name = champion(self.project)
        return next((item for item in self.deployed if name is not None and item.name == name.value), None)

    @property
    def branch(self) -> At:
        """The branch that people merge to."""
        execution = self.project.execution
        return At(execution.branch, (*execution.path, "branch"))

    @property
    def training_minutes(self) -> At:
        """Longest time of a job that trains."""
        train = self.project.execution.train
        return At(-(-int(train.timeout.seconds) // 60) + SETUP_MINUTES, (*train.path, "timeout"))

    @property
    def image(self) -> Image:
        """The image that serves the model, of projects that deploy one."""
        deployments = (self.project.deployment, *(item.deployment for item in self.deployed))
        return next(deployment.image for deployment in deployments if deployment.image is not None)

    @property
    def image_name(self) -> At:
        """Name of that image."""
        return At(self.image.name, (*self.image.path, "name"))

    @property
    def attested(self) -> tuple[Ref, ...]:
        """What decides whether statements about the image are kept."""
        return ((None, (*self.image.path, "attest")),)

    def pipeline(self, *words: Word) -> Command:
        """Return a command of the pipeline."""
        output = self.project.output
        return ("python", At(f"{output.dir}/pipeline", (*output.path, "dir")), *words)

    def begin(self, *, history: bool = False) -> tuple[Step, ...]:
        """Return the steps of a job that runs the pipeline: check out, bring Python."""
        dependencies = self.project.model.dependencies
        version = At(dependencies.python, (*dependencies.path, "python"))
        return (Checkout(name="Check out", history=history), Python(name="Set up Python", version=version))

    def packages(self, when: Condition | None = None) -> Run:
        """Return the step that installs the lock."""
        dependencies = self.project.model.dependencies
        lock = At(dependencies.lock, (*dependencies.path, "lock"))
        return Run(name="Install the packages of the lock", commands=(install(lock),), when=when)

    def group(self, *parts: Value) -> Joined:
        """Return the name of a group of which only one runs at a time."""
        return Joined(parts=(f"{self.project.name}-", *parts))

    def runner(self, kind: str | None = None) -> At:
        """Return the label of the machine for a job: ``train``, or None for one without a label of its own."""
        runners = self.project.execution.runners
        if kind is not None and getattr(runners, kind) is not None:
            return At(getattr(runners, kind), (*runners.path, kind))
        return At(runners.default, (*runners.path, "default"))


def deploy_runner(aim: Aim) -> Value:
    """Return the label of the machine for a job that reaches the cluster."""

    def label(environment: Environment) -> At:
        runners = environment.execution.runners
        key = "default" if runners.deploy is None else "deploy"
        return At(getattr(runners, key), (*runners.path, key), environment.name)

    return aim.value(label)


def install(requirements: Word) -> Command:
    """Return the command that installs requirements by hash."""
    return (
        *("python", "-m", "pip", "install", "--disable-pip-version-check", "--quiet"),
        *("--require-hashes", "--no-deps", "--requirement", requirements),
    )


def bring_candidate() -> Bring:
    """Return the step that fetches what the job of the model kept."""
    return Bring(name="Fetch the candidate", artifact="candidate", into="build")


def _bare(value: Value) -> Value:
    return value.value if isinstance(value, At) else value
