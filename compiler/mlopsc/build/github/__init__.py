"""Builder ``github``: the life cycle as workflows of GitHub Actions."""

from __future__ import annotations

from mlopsc.parts import File, Yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.lifecycle import Training
    from mlopsc.parts import Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project

OWNER = "github"


def build(project: Project, pins: Pins, training: Training | None) -> Iterator[Part]:
    """Return the files of all workflows.

    Args:
        project: the project.
        pins: commits of actions, and what the compile check installs.
        training: how a target trains, if it does not do so on the machine of the job.
    """
    from mlopsc.build import lifecycle
    from mlopsc.build.github.steps import Renderer
    from mlopsc.build.github.workflows import document

    renderer = Renderer(pins, project.name, project.folder)
    for workflow in lifecycle.workflows(project, pins, training):
        yield File(
            file=f"/{renderer.file(workflow.name)}",
            body=Yaml(documents=(document(workflow, renderer),)),
            owner=OWNER,
            purpose=workflow.purpose,
            at=(*project.metadata.path, "name"),
        )
