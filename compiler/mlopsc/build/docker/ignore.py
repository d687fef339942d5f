"""The ``.dockerignore`` of an image: everything but what it copies stays out of the build."""

from __future__ import annotations

from mlopsc.inputs import normalize
from mlopsc.parts import File, Text
from mlopsc.render.header import header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlopsc.build.docker import Copied
    from mlopsc.parts import Ref
    from mlopsc.project import Project

_CACHES = "**/__pycache__"
# With the whole folder as the import root there is no list of what to let in.
_NEVER = (".git", ".venv", "venv", "build", ".env", "**/.ipynb_checkpoints")


def build(project: Project, dockerfile: str, copied: Sequence[Copied]) -> File:
    """Return the ``.dockerignore`` beside a Dockerfile.

    Args:
        project: the project.
        dockerfile: path of the Dockerfile, relative to the spec.
        copied: all that it copies.
    """
    lines: dict[str, Ref] = {f"# {header(project.file)}": (None, ())}
    paths = [(normalize(item.file), item.at) for item in copied]
    everything = [at for path, at in paths if path == "."]
    if everything:
        lines.update(dict.fromkeys(_NEVER, (None, everything[0])))
    else:
        lines["*"] = (None, ())
        for path, at in paths:
            lines.setdefault(f"!{path}", (None, at))
    lines[_CACHES] = (None, ())
    return File(
        file=f"{dockerfile}.dockerignore",
        body=Text(lines=tuple(lines), refs=tuple(lines.values())),
        owner="docker",
        purpose="What the build of that image may see.",
    )
