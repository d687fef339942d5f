"""Builder ``governance``: what the spec promises of how releases are watched over.

``environments.json`` says how the environments of GitHub are to be protected. A workflow cannot protect them: the step
``environments`` of the pipeline applies the file, reads the protection back, and counts the approvals of a release.
"""

from __future__ import annotations

from mlopsc.build.governance import environments
from mlopsc.parts import File, Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project

OWNER = "governance"


def build(project: Project, pins: Pins, report: Report) -> Iterator[Part]:
    """Return the files of the folder ``governance``; none when nothing is released and no job signs in to a cloud.

    Args:
        project: the project.
        pins: not needed.
        report: not needed: the rules on governance have seen the spec.
    """
    wanted = environments.document(project)
    if wanted is not None:
        yield File(
            file=f"{project.output.dir}/governance/environments.json",
            body=Json(document=wanted),
            owner=OWNER,
            purpose="How the environments of GitHub must be protected, and who approves.",
        )
