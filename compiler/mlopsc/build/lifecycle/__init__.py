"""The life cycle of a project: which workflows there are, and what happens in them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.lifecycle import Training, Workflow
    from mlopsc.pins import Pins
    from mlopsc.project import Project


def workflows(project: Project, pins: Pins, training: Training | None) -> Iterator[Workflow]:
    """Yield the workflows of a project, in the order in which a change meets them.

    Args:
        project: the project.
        pins: tell whether the compile check can be installed.
        training: how a target trains, if it does not do so on the machine of the job.
    """
    from mlopsc.build.lifecycle import ci, delivery, promote, rollback
    from mlopsc.build.lifecycle.scene import Scene

    scene = Scene(project, pins, training)
    yield ci.workflow(scene)
    yield delivery.workflow(scene)
    if any(environment.after is not None for environment in scene.deployed):
        yield promote.workflow(scene)
    if scene.deployed:
        yield rollback.workflow(scene)
