"""Builder ``readme``: the table of contents of the generated files, and how a change reaches production."""

from __future__ import annotations

from mlopsc import assets, naming
from mlopsc.build.readme import lifecycle, workflows
from mlopsc.build.requirements import lock_command
from mlopsc.parts import At, File
from mlopsc.render.markdown import code, escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlopsc.parts import Data
    from mlopsc.project import Project

OWNER = "readme"


def build(project: Project, files: Mapping[str, File]) -> File:
    """Return the README of the output folder.

    Args:
        project: the project.
        files: all that was generated, by path from the repository root.
    """
    from mlopsc.render import template

    metadata, output = project.metadata, project.output
    values: dict[str, Data] = {
        "name": At(escape(metadata.name), (*metadata.path, "name")),
        "description": At(escape(metadata.description or ""), (*metadata.path, "description")),
        "spec": code(project.file),
        "compile": "mlopsc compile" if project.file == "mlops.yaml" else f"mlopsc compile {_word(project.file)}",
        "relock": At(lock_command(project), project.model.dependencies.path, also=((None, (*output.path, "dir")),)),
        "run": _pipeline(project, "run"),
        "steps": _pipeline(project, "--help"),
        "owners": list(_owners(project)),
        "fate": At(_fate(project), (*project.deployment.path, "mode")),
        "environments": lifecycle.environments(project),
        "chart": lifecycle.chart(project),
        "workflows": workflows.wanted(project),
        "setup": list(workflows.setup(project)),
        "by_hand": list(workflows.by_hand(project)),
        "groups": _groups(project, files),
    }
    source = assets.text("mlopsc", "build/readme/templates/README.md.j2")
    return File(
        file=f"{output.dir}/README.md",
        body=template.text(source, values, spec_file=project.file),
        owner=OWNER,
        purpose="What each generated file is for, and how a change travels.",
    )


def _fate(project: Project) -> str:
    """Return what becomes of a model that passes."""
    judged = "A change that was merged to the main branch is trained and judged by the gates; what passes is "
    if not lifecycle.environments(project):
        return judged + "registered. Nothing is deployed."
    return judged + (
        "released to one environment after the other. Releases never change the main branch: each environment has a "
        "branch of its own, with the manifests and the release record of what runs there."
    )


def _pipeline(project: Project, argument: str) -> At:
    """Return a command of the pipeline."""
    return At(f"python {_word(f'{project.output.dir}/pipeline')} {argument}", (*project.output.path, "dir"))


def _owners(project: Project) -> Iterator[Data]:
    """Yield who writes which files. A list: one longer cell would realign every line of a table."""
    dependencies = project.model.dependencies
    yield f"You: {code(project.file)}, your code and its tests."
    yield At(f"You, with `uv pip compile`: {code(dependencies.lock)}.", (*dependencies.path, "lock"))
    folder = code(f"{project.output.dir}/")
    yield At(f"`mlopsc compile`: {folder} and {code(naming.LOCK)}.", (*project.output.path, "dir"))
    yield f"You, where a pinned image should be another one: {code(naming.PINS)}."
    if lifecycle.deployed(project):
        branches = code(naming.release_branch(project.name, "*"))
        yield At(f"Release automation: the branches {branches}, and nothing else.", (*project.metadata.path, "name"))


def _groups(project: Project, files: Mapping[str, File]) -> list[dict[str, Data]]:
    """Return the files that have a purpose of their own, by folder; those outside the spec's folder come last."""
    top = f"{project.folder}/" if project.folder else ""
    folders: dict[str, list[Data]] = {}
    for path, file in sorted(files.items(), key=lambda item: (not item[0].startswith(top), *_split(item[0]))):
        if not file.purpose:
            continue
        folder, name = _split(path)
        # Named as seen from the spec; from the repository root where that is elsewhere.
        shown = folder.removeprefix(top) if f"{folder}/".startswith(top) else f"/{folder}"
        line = At(f"{code(name)}: {escape(file.purpose)}", file.at, file.env)
        folders.setdefault(shown, []).append(line)
    output = (*project.output.path, "dir")
    return [
        {"folder": At(code(folder or "."), output if _within(folder, project.output.dir) else ()), "files": lines}
        for folder, lines in folders.items()
    ]


def _within(folder: str, top: str) -> bool:
    return folder == top or folder.startswith(f"{top}/")


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _word(text: str) -> str:
    """Return a path as a word of a shell command on one line."""
    import shlex

    from mlopsc.render.characters import visible

    return shlex.quote(visible(text).replace("\n", " "))
