"""Builder ``docker``: the Dockerfiles that train and serve, and the settings of the image scan.

Both images are built from the folder of the spec. A ``.dockerignore`` beside each Dockerfile, which BuildKit prefers
to one at the top, lets in only what that image copies.
"""

from __future__ import annotations

from mlopsc import assets
from mlopsc.build.docker import ignore, scan
from mlopsc.build.docker.base import Base
from mlopsc.build.docker.base import find as find_base
from mlopsc.build.docker.words import copy_words, env_value, exec_form, path_problem
from mlopsc.build.pipeline.data import used
from mlopsc.inputs import normalize
from mlopsc.parts import At, File
from mlopsc.record import Path, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Data, Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project
    from mlopsc.project.deployment import Deployment

OWNER = "docker"
MODEL = "build/model"
MODEL_SETTINGS = "build/model-settings.json"
"""What the package step leaves for the image, relative to the spec."""


class Copied(Record):
    """A file or folder that an image copies, relative to the folder of the spec."""

    file: str
    at: Path = ()


class Recipe(Record):
    """One of the images.

    Attributes:
        name: begins the names of its files.
        about: the line above the command that builds it.
        template: the end of its Dockerfile; the beginning is the same for all.
        copied: all that it needs of the folder of the spec.
        values: what the template prints.
        at: spec path of the lines that come from nowhere else.
    """

    name: str
    about: str
    template: str
    copied: tuple[Copied, ...]
    values: dict[str, Data]
    at: Path


def build(project: Project, pins: Pins, report: Report) -> Iterator[Part]:
    """Return the Dockerfiles with their ``.dockerignore`` files, and the settings of the image scan.

    Args:
        project: the project.
        pins: for the base image and the Dockerfile syntax.
        report: takes paths and packages that no Dockerfile can name, and images without a pin.
    """
    base = find_base(project, pins, report)
    packages = _packages(project, report)
    recipes = [_train(project)]
    deployment = _deployed(project)
    if deployment is not None:
        recipes.insert(0, _batch(project, deployment) if deployment.mode == "batch" else _online(project, deployment))
    intact = _check_paths([_lock(project), *(item for recipe in recipes for item in recipe.copied)], report)
    if base is not None and packages is not None and _check_index(project, report) and intact:
        for recipe in recipes:
            yield from _files(project, base, packages, recipe)
    if deployment is not None and deployment.image is not None:
        yield scan.build(project, deployment.image)


def _deployed(project: Project) -> Deployment | None:
    """Return the settings that the image which serves is built for, None when nothing is served from an image."""
    for deployment in (project.deployment, *(environment.deployment for environment in project.environments)):
        if deployment.mode != "none" and deployment.image is not None:
            return deployment
    return None


def _lock(project: Project) -> Copied:
    dependencies = project.model.dependencies
    return Copied(file=dependencies.lock, at=(*dependencies.path, "lock"))


def _below(project: Project, name: str) -> Copied:
    return Copied(file=f"{project.output.dir}/{name}", at=(*project.output.path, "dir"))


def _online(project: Project, deployment: Deployment) -> Recipe:
    settings = _below(project, "docker/settings.json")
    return Recipe(
        name="serve",
        about="The image that serves the model. Run the pipeline, then build it in the folder of the spec:",
        template="online",
        copied=(settings, Copied(file=MODEL_SETTINGS), Copied(file=MODEL)),
        values={"settings": _copy(settings.at, (settings.file, MODEL_SETTINGS), "./")},
        at=(*deployment.path, "mode"),
    )


def _batch(project: Project, deployment: Deployment) -> Recipe:
    pipeline = _below(project, "pipeline")
    return Recipe(
        name="serve",
        about="The image that scores a data set. Run the pipeline, then build it in the folder of the spec:",
        template="batch",
        copied=(pipeline, Copied(file=MODEL)),
        values={
            "pipeline": _copy(pipeline.at, (pipeline.file,), f"./{pipeline.file}"),
            "entrypoint": _entrypoint(pipeline),
        },
        at=(*deployment.path, "mode"),
    )


def _train(project: Project) -> Recipe:
    pipeline = _below(project, "pipeline")
    source = Copied(file=project.model.source, at=(*project.model.path, "source"))
    copied = (_lock(project), pipeline, source, *_data(project))
    return Recipe(
        name="train",
        about="The image that trains the model. Build it in the folder of the spec:",
        template="train",
        copied=copied,
        values={
            "copies": [_copy(item.at, (item.file,), f"./{normalize(item.file)}") for item in copied],
            "entrypoint": _entrypoint(pipeline),
        },
        at=project.model.path,
    )


def _data(project: Project) -> Iterator[Copied]:
    """Yield the data of the repository that the training and the evaluation read."""
    for name in used(project):
        dataset = project.data.datasets[name]
        if dataset.uri is not None and "://" not in dataset.uri:
            yield Copied(file=dataset.uri, at=(*dataset.path, "uri"))
        if dataset.version is not None and dataset.version.dvc is not None:
            yield Copied(file=dataset.version.dvc, at=(*dataset.version.path, "dvc"))


def _copy(at: Path, sources: Sequence[str], target: str) -> Data:
    # What no Dockerfile can name is reported before anything is rendered.
    return At("" if any(map(path_problem, sources)) else copy_words(sources, target), at)


def _entrypoint(pipeline: Copied) -> Data:
    return At(exec_form(["python", pipeline.file]), pipeline.at)


def _check_paths(copied: Sequence[Copied], report: Report) -> bool:
    problems = {item: problem for item in copied if (problem := path_problem(item.file))}
    for item, problem in problems.items():
        report("PIN-722", item.at, given=item.file, reason=problem)
    return not problems


def _check_index(project: Project, report: Report) -> bool:
    dependencies = project.model.dependencies
    host = (dependencies.index or "").partition("://")[2].partition("/")[0]
    if "@" in host:
        report("PIN-724", (*dependencies.path, "index"))
    return "@" not in host


def _packages(project: Project, report: Report) -> list[At] | None:
    """Return the Debian packages, None when one has no valid name, which is reported."""
    import re

    dependencies = project.model.dependencies
    found, intact = [], True
    for number, package in enumerate(dependencies.system_packages):
        at = (*dependencies.path, "system_packages", number)
        # Policy of Debian for names and versions.
        if re.fullmatch(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?(?:=[A-Za-z0-9.+:~-]+)?", package):
            found.append(At(package, at))
        else:
            report("PIN-723", at, given=package)
            intact = False
    return found if intact else None


def _files(project: Project, base: Base, packages: list[At], recipe: Recipe) -> Iterator[Part]:
    from mlopsc.render import template

    dependencies = project.model.dependencies
    lock = _lock(project)
    folder = f"{project.output.dir}/docker"
    file = f"{folder}/{recipe.name}.Dockerfile"
    index = dependencies.index
    source = "".join(_template(name) for name in ("environment", recipe.template))
    values = {
        "syntax": base.syntax,
        "about": recipe.about,
        "dockerfile": At(_shell_word(file), (*project.output.path, "dir")),
        "image": base.image,
        "version": base.version,
        "python": At(dependencies.python, (*dependencies.path, "python")),
        "index": At(env_value(index), (*dependencies.path, "index")) if index is not None else None,
        "lock": _copy(lock.at, (lock.file,), "/tmp/requirements.txt"),  # noqa: S108 - a path in the image
        "packages": packages,
        "unpinned": any("=" not in package.value for package in packages),
        **recipe.values,
    }
    yield File(
        file=file,
        body=template.text(source, values, spec_file=project.file, at=recipe.at),
        owner=OWNER,
        purpose=recipe.about.partition(".")[0] + ".",
        at=recipe.at,
    )
    yield ignore.build(project, file, [lock, *recipe.copied])


def _template(name: str) -> str:
    return assets.text("mlopsc", f"build/docker/templates/{name}.Dockerfile.j2")


def _shell_word(text: str) -> str:
    import shlex

    return shlex.quote(text)
