"""The document ``config.json``: what the steps need of each section of the spec, and nothing else."""

from __future__ import annotations

from mlopsc.build.pipeline import data, tests
from mlopsc.build.pipeline.values import at, given, seconds
from mlopsc.parts import At, Slot
from mlopsc.patch import located

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.parts import Data
    from mlopsc.project import Project
    from mlopsc.project.deployment import Gitops, Image
    from mlopsc.project.environments import Environment
    from mlopsc.units import Command

SCHEMA = 1
"""Number of the format; the steps refuse any other."""

SERVING = "pipeline/serving"
"""Slot of what a serving target says about its requests: ``path``, below which a server answers for the model."""

TRAINING = "pipeline/training"
"""Slot of what a target that trains outside says: ``store``, where the trained model is handed over."""

TRACKER = "mlflow"
"""The target whose server the steps write to; without it, what was made of what stands beside the release record."""


def document(project: Project) -> dict[str, Data]:
    """Return the configuration of the steps."""
    found: dict[str, Data] = {
        "schema": SCHEMA,
        "name": _name(project),
        "root": _root(project),
        "data": data.section(project),
        "model": _model(project),
        "execution": _execution(project),
        "tests": tests.section(project),
        "tracking": At(TRACKER if project.stack.track == TRACKER else "release-records", ("stack", "track")),
        "training": Slot(TRAINING),
        "serving": Slot(SERVING),
        "environments": {
            environment.name: At(_environment(project, environment), environment.path)
            for environment in project.environments
            if environment.deployment.mode != "none"
        },
    }
    image = _built_image(project)
    return found if image is None else {**found, "scan": _scan(image)}


def _name(project: Project) -> At:
    return At(project.name, (*project.metadata.path, "name"))


def _root(project: Project) -> At:
    """Return the way from the folder of the pipeline to that of the spec."""
    import posixpath

    folder = posixpath.join(project.output.dir, "pipeline")
    return At(posixpath.relpath(".", folder), (*project.output.path, "dir"))


def _model(project: Project) -> At:
    model = project.model
    train: dict[str, Data] = given(model.train, "call")
    if model.train.command is not None:
        train["command"] = _argv(model.train.command, *model.train.path)
    section: dict[str, Data] = {
        "task": at(model, "task"),
        "framework": at(model, "framework"),
        "source": at(model, "source"),
        "train": At(train, model.train.path),
    }
    if model.evaluate is not None:
        command = _argv(model.evaluate.command, *model.evaluate.path)
        section["evaluate"] = At({"command": command}, model.evaluate.path)
    params = (*model.path, "params")
    section |= {
        "params": At(located(dict(model.params), params), params),
        "seed": at(model, "seed"),
        "prediction": At(given(model.prediction, "output", "positive", "threshold"), model.prediction.path),
        "dependencies": At(given(model.dependencies, "python", "lock"), model.dependencies.path),
        "registered_name": _name(project) if model.registered_name is None else at(model, "registered_name"),
    }
    return At(section, model.path)


def _argv(command: Command, *path: str | int) -> At:
    return At(list(command.argv), (*path, "command"))


def _execution(project: Project) -> At:
    execution = project.execution
    return At(
        {
            "train": At({"timeout_seconds": seconds(execution.train, "timeout")}, execution.train.path),
            "pull_request": At(given(execution.pull_request, "train", "rows"), execution.pull_request.path),
        },
        execution.path,
    )


def _environment(project: Project, environment: Environment) -> dict[str, Data]:
    found: dict[str, Data] = {}
    if environment.deployment.image is not None:
        found["image"] = at(environment.deployment.image, "name", environment.name)
    before = next((item for item in project.environments if item.name == environment.after), None)
    if before is not None and before.deployment.mode != "none":
        found["after"] = at(environment, "after")
    if environment.deployment.gitops is not None:
        gitops = _gitops(environment.deployment.gitops, environment.name)
        if gitops:
            found["gitops"] = At(gitops, environment.deployment.gitops.path, environment.name)
    return found | tests.of_environment(project, environment)


def _gitops(gitops: Gitops, env: str) -> dict[str, Data]:
    """Return where the deploy branch is, and whether the steps bring it to the cluster."""
    found: dict[str, Data] = {}
    if gitops.repository is not None:
        found["url"] = at(gitops.repository, "url", env)
        found["path"] = At(gitops.repository.path_, (*gitops.repository.path, "path"), env)
    if gitops.push is not None:
        found["push"] = At(True, gitops.push.path, env)
    return found


def _built_image(project: Project) -> Image | None:
    """Return the image that is built and scanned once, for all environments."""
    used = (item.deployment.image for item in project.environments if item.deployment.mode != "none")
    return next((image for image in used if image is not None), None)


def _scan(image: Image) -> At:
    """Return the last day of each accepted finding of the image scan."""
    scan = image.scan
    ignored = {advisory: at(accepted, "expires") for advisory, accepted in scan.ignore.items()}
    return At({"ignore": At(ignored, (*scan.path, "ignore"))}, scan.path)
