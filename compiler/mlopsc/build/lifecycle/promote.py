"""``promote``: bring a release that proved itself in one environment to the next one."""

from __future__ import annotations

from mlopsc.build.lifecycle import rollout
from mlopsc.build.lifecycle.scene import Aim
from mlopsc.lifecycle import ByHand, Exclusive, Field, Input, Joined, Workflow
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.build.lifecycle.scene import Scene
    from mlopsc.project import Environment

NAME = "promote"


def workflow(scene: Scene) -> Workflow:
    """Return the workflow."""
    aim = Aim(environments=tuple(item for item in scene.deployed if item.after is not None), asked=True)
    release = Input(name="release")
    source = rollout.Proven(before=aim.value(_before), release=release, resume=Input(name="resume"))
    return Workflow(
        name=NAME,
        purpose="Brings a release to the next environment; started by hand.",
        title=Joined(parts=("Promote ", release, " to ", aim.name)),
        triggers=(
            ByHand(
                fields={
                    "environment": Field(
                        description="Where to",
                        required=True,
                        choices=tuple(At(item.name, item.path) for item in aim.environments),
                    ),
                    "release": Field(
                        description="Id of the release; the summary of the delivery tells it", required=True
                    ),
                    **rollout.fields(aim.environments),
                }
            ),
        ),
        jobs=tuple(rollout.jobs(scene, aim, source, job="release", name="Release")),
        exclusive=Exclusive(group=scene.group("promote-", aim.name)),
    )


def _before(environment: Environment) -> At:
    return At(environment.after, (*environment.path, "after"), environment.name)
