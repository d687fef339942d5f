"""Builder ``dependabot``: ``.github/dependabot.yml``, written once for a repository that has none.

Dependabot moves what people maintain: their workflows and the lock of the model. Generated workflows are left out,
because a pull request that edits a generated file could only fail: their pins stand in ``mlops.pins.yaml``.
"""

from __future__ import annotations

import posixpath

from mlopsc import naming
from mlopsc.inputs import normalize
from mlopsc.parts import At, File, Yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Data, Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project

OWNER = "dependabot"
FILE = "/.github/dependabot.yml"
COOLDOWN_DAYS = 7
"""Days that a release must be out: most of those that were published by a thief are withdrawn by then."""


def build(project: Project, pins: Pins, report: Report) -> Iterator[Part]:
    """Return the file.

    It belongs to whoever comes first: another spec of the repository finds it there and leaves it alone.

    Args:
        project: the project.
        pins: not needed.
        report: not needed.
    """
    document = {
        "version": At(
            2,
            note="Written once by mlopsc, and yours from then on. For another spec of this repository add its\n"
            "workflows to exclude-paths and an entry for its lock.",
        ),
        "updates": [_actions(project), _packages(project)],
    }
    yield File(
        file=FILE,
        body=Yaml(documents=(document,), header=False),
        owner=OWNER,
        purpose="Updates of your own workflows and of the lock; written once, then yours.",
        kind="seed",
        at=(*project.output.builders.path, "dependabot"),
    )


def _actions(project: Project) -> Data:
    workflows = At(f".github/workflows/{project.name}-*.yml", (*project.metadata.path, "name"))
    return {
        **_update("github-actions", "/"),
        "exclude-paths": At(
            [workflows],
            note=f'Generated: their actions are pinned in {naming.PINS}, which "mlopsc update --pins" renews.',
        ),
    }


def _packages(project: Project) -> Data:
    lock = project.model.dependencies.lock
    at = (*project.model.dependencies.path, "lock")
    above = posixpath.dirname(normalize(f"{project.folder}/{lock}") or lock)
    ranges = posixpath.relpath(f"{project.output.dir}/pipeline/requirements.in", posixpath.dirname(lock) or ".")
    own = f"{posixpath.splitext(posixpath.basename(lock))[0]}.in"
    return {
        **_update("pip", At(f"/{above}", at)),
        "versioning-strategy": At(
            "lockfile-only",
            (*project.output.path, "dir"),
            note="The ranges are decided by people and by mlopsc. Dependabot makes a lock from one file of ranges, so\n"
            f'let {own} have the line "-r {ranges}": what the pipeline needs is in the lock then, too.',
            also=((None, at),),
        ),
    }


def _update(ecosystem: str, directory: Data) -> dict[str, Data]:
    return {
        "package-ecosystem": ecosystem,
        "directory": directory,
        "schedule": {"interval": "weekly"},
        "cooldown": {"default-days": COOLDOWN_DAYS},
    }
