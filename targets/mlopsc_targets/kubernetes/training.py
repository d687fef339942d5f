"""The role ``train``: a Job of the cluster, with the model handed over by an object store.

The files are JSON, so that the step which fills them in needs no reader of YAML. A training on the runner needs none.
"""

from __future__ import annotations

from mlopsc.build.kubernetes import training
from mlopsc.build.kubernetes.values import at
from mlopsc.build.lifecycle import accounts
from mlopsc.target import At, Contribution, File, Json, Training, lifecycle

from mlopsc_targets.kubernetes.server import TARGET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.kubernetes.settings import Settings
    from mlopsc.target import Part, Project, Report

SLOT = "pipeline/training"
"""Slot of what the steps must know to hand a model over: ``store``, the address of a folder."""
_NAME = 63


def used(project: Project) -> bool:
    """Say whether this target trains the model in the cluster."""
    return project.stack.train == TARGET and project.execution.train.on == "cluster"


def files(project: Project) -> Iterator[Part | Training]:
    """Yield the objects of the training, what the steps must know of it, and how a delivery uses it."""
    if not used(project):
        return
    settings = training.settings(project)
    if settings.deployment.model_store is not None:
        uri = at(settings.deployment.model_store, "uri")
        yield Contribution(slot=SLOT, key="store", value=uri, at=uri.path, env=settings.env)
    yield _delivery(project, settings)
    for item in training.objects(project):
        yield File(
            file=f"{project.output.dir}/training/{item.stem}.json",
            body=Json(document=item.data),
            owner=TARGET,
            purpose=item.purpose,
            at=item.path_of_data or project.execution.train.path,
            env=settings.env,
        )


def _delivery(project: Project, settings: Settings) -> Training:
    """Return how a delivery trains: it builds the image, submits the Job and waits for what it made."""
    train, runners = project.execution.train, settings.environment.execution.runners
    label = "default" if runners.deploy is None else "deploy"
    command = ("python", at(project.output, "dir")._replace(value=f"{project.output.dir}/pipeline"), "submit")
    env: dict[str, lifecycle.Value] = {
        "IMAGE": lifecycle.Result(job=lifecycle.TRAINING_IMAGE, name="image"),
        # tried again, the run is another training, and not the one that failed
        "RUN": lifecycle.Joined(parts=(lifecycle.Fact(name="run"), "-", lifecycle.Fact(name="attempt"))),
    }
    access = accounts.kubeconfig(settings.environment)
    if access is not None:
        env["MLOPS_KUBECONFIG"] = accounts.github_secret(project, access)
    image, run = lifecycle.Variable(name="IMAGE"), lifecycle.Variable(name="RUN")
    return Training(
        steps=(
            lifecycle.Run(
                name="Train in the cluster",
                commands=((*command, "--image", image, "--run", run),),
                env=env,
                told=True,
            ),
        ),
        runner=At(getattr(runners, label), (*runners.path, label), settings.environment.name),
        image=training.image(project),
        refs=((None, (*train.path, "on")),),
    )


def check(project: Project, report: Report) -> None:
    """Report what a training in the cluster lacks."""
    if not used(project):
        return
    settings, on = training.settings(project), at(project.execution.train, "on").path
    environment = settings.environment.name
    if settings.deployment.model_store is None:
        report("K8S-115", on, environment=environment)
    if settings.deployment.image is None:
        report("K8S-116", on, environment=environment)
    name = training.longest_name(project)
    if len(name) > _NAME:
        allowed = len(project.name) - (len(name) - _NAME)
        report("K8S-117", (*project.metadata.path, "name"), on, given=project.name, allowed=allowed)
