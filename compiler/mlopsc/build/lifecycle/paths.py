"""Which files of the repository a model, its tests and its deployment are made of."""

from __future__ import annotations

import posixpath
import re

from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.lifecycle.scene import Scene
    from mlopsc.project import Project


def watched(scene: Scene) -> Iterator[At]:
    """Yield folders and files, from the top of the repository: the folder of the spec, and what lies outside of it."""
    project = scene.project
    if project.folder:
        yield At(project.folder)
    yield from (At(path, at.path) for path, at in _outside(project))


def patterns(scene: Scene) -> Iterator[At]:
    """Yield patterns of files whose change makes a delivery, from the top of the repository."""
    project = scene.project
    if project.folder:
        yield At(f"{_escaped(project.folder)}/**")
        yield from (At(f"{_escaped(path)}", at.path) for path, at in _outside(project))
        return
    seen = set()
    for path, at, folder in _inside(project):
        # GitHub compares with paths as git knows them, without "./" and "//"
        place = posixpath.normpath(path)
        if place not in seen:
            seen.add(place)
            yield At("**" if place == "." else _escaped(place) + ("/**" if folder else ""), at)


def _inside(project: Project) -> Iterator[tuple[str, tuple[str | int, ...], bool]]:
    """Yield path from the spec, its origin, and whether it is a folder."""
    output, model = project.output, project.model
    # whatever the spec says stands in a generated file
    yield output.dir, (*output.path, "dir"), True
    yield model.source, (*model.path, "source"), True
    yield model.dependencies.lock, (*model.dependencies.path, "lock"), False
    data = project.data
    for name in dict.fromkeys((data.train, data.evaluate.dataset)):
        dataset = data.datasets.get(name) if name is not None else None
        if dataset is None:
            continue
        if dataset.uri is not None and "://" not in dataset.uri:
            folder = dataset.uri.endswith("/")
            yield dataset.uri.rstrip("/"), (*dataset.path, "uri"), folder
        if dataset.version is not None and dataset.version.dvc is not None:
            yield dataset.version.dvc, (*dataset.version.path, "dvc"), False


def _outside(project: Project) -> Iterator[tuple[str, At]]:
    """Yield what lies outside the folder of the spec, from the top of the repository."""
    for path, at, _ in _inside(project):
        place = posixpath.normpath(posixpath.join(project.folder, path))
        if project.folder and not f"{place}/".startswith(f"{project.folder}/"):
            yield place, At(place, at)


def _escaped(path: str) -> str:
    """Return a path in which GitHub finds no pattern."""
    return re.sub(r"([\\*?+!\[\]])", r"\\\1", path)
