"""Builder ``gitattributes``: the block of ``.gitattributes`` that tells generated files from written ones.

Generated files are folded in reviews and left out of the language statistics. What decides over production stays open:
the overlays that reach it, what they start from, what the GitOps controller is told, and the alerts.
"""

from __future__ import annotations

import re

from mlopsc import naming
from mlopsc.inputs import normalize
from mlopsc.parts import File, Text
from mlopsc.render.characters import HIDDEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlopsc.parts import Ref
    from mlopsc.project import Project

FILE = "/.gitattributes"

_GENERATED = "linguist-generated=true text eol=lf"
_SHOWN = "linguist-generated=false"


def build(project: Project, files: Mapping[str, File]) -> File:
    """Return the block.

    Args:
        project: the project.
        files: what was generated, by path from the repository root.
    """
    folder = f"{project.folder}/" if project.folder else ""
    top = f"{folder}{project.output.dir}/"
    output = (*project.output.path, "dir")
    taken = dict(_ejected(project, folder))
    lines: list[tuple[str, Ref]] = [(_line(f"{top}**", _GENERATED), (None, output))]
    lines += [
        (_line(path, _GENERATED), (file.env, file.at))
        for path, file in sorted(files.items())
        if not path.startswith(top) and file.kind == "managed" and path not in taken
    ]
    lines.append(
        ("# No merge driver for the lock: joining both sides would join digests. Compile again instead.", (None, ()))
    )
    lines.append((_line(f"{folder}{naming.LOCK}", _GENERATED), (None, ())))
    written = [(path, ref) for path, ref in taken.items() if path.startswith(top)]
    shown = [*_production(project, top, files), *_alerts(top, files), *written]
    if shown:
        lines.append(("# Shown in reviews: what decides over production, and files that were taken over.", (None, ())))
        lines += [(_line(path, _SHOWN), ref) for path, ref in shown]
    # the folder is part of every path, and the order of the environments says which of them is the last
    also: tuple[Ref, ...] = (
        (None, output),
        (None, (*project.deployment.path, "mode")),
        *((None, (*environment.path, "after")) for environment in project.environments),
    )
    return File(
        file=FILE,
        body=Text(
            lines=tuple(line for line, _ in lines),
            refs=tuple(ref for _, ref in lines),
            also={index: also for index, (line, _) in enumerate(lines) if not line.startswith("#")},
        ),
        owner="gitattributes",
        purpose="Marks generated files, so that reviews fold them.",
        kind="block",
        at=output,
    )


def pattern(path: str) -> str:
    """Return a path from the repository root as a pattern that matches it and nothing else.

    A final ``**`` keeps its meaning: everything below.

    Raises:
        ValueError: a path with a line end or another hidden character.
    """
    if HIDDEN.search(path) or "\n" in path:
        raise ValueError(f"{path!r} holds a hidden character")
    stem, everything = (path[:-2], "**") if path.endswith("/**") else (path, "")
    escaped = "/" + re.sub(r"([\\*?\[\]])", r"\\\1", stem) + everything
    if re.search(r'[\s"]', escaped):
        quoted = escaped.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        return f'"{quoted}"'
    return escaped


def _line(path: str, attributes: str) -> str:
    return f"{pattern(path)} {attributes}"


def _production(project: Project, top: str, files: Mapping[str, File]) -> Iterator[tuple[str, Ref]]:
    """Yield base, and the overlays and files for GitOps controllers of the environments that are protected or that
    nothing comes after.
    """
    deploy = f"{top}deploy/"
    shown = list(_shown(project))
    if shown and any(path.startswith(f"{deploy}base/") for path in files):
        yield f"{deploy}base/**", (None, (*project.output.path, "dir"))
    for name, ref in shown:
        overlay = f"{deploy}overlays/{name}/"
        if any(path.startswith(overlay) for path in files):
            yield f"{overlay}**", ref
        controllers = (f"{deploy}{controller}/{name}.yaml" for controller in ("argocd", "flux"))
        yield from ((path, ref) for path in controllers if path in files)


def _shown(project: Project) -> Iterator[tuple[str, Ref]]:
    """Yield the environments whose files are shown, each with the field that decides it."""
    earlier = {environment.after for environment in project.environments}
    for environment in project.environments:
        if environment.protected:
            yield environment.name, (environment.name, (*environment.path, "protected"))
        elif environment.name not in earlier:
            yield environment.name, (environment.name, environment.path)


def _alerts(top: str, files: Mapping[str, File]) -> Iterator[tuple[str, Ref]]:
    for path, file in sorted(files.items()):
        folder, _, name = path.rpartition("/")
        if folder.startswith(f"{top}monitoring") and name.partition(".")[0] == "alerts":
            yield path, (file.env, file.at)


def _ejected(project: Project, folder: str) -> Iterator[tuple[str, Ref]]:
    for number, name in enumerate(project.eject):
        path = normalize(folder + name)
        if path is not None:
            yield path, (None, ("eject", number))
