"""``rollback``: back to an earlier release, at once, without building or judging anything anew."""

from __future__ import annotations

from mlopsc.build.lifecycle import accounts, image, promote, rollout
from mlopsc.build.lifecycle.scene import SETUP_MINUTES, Aim, deploy_runner
from mlopsc.lifecycle import (
    ByHand,
    CancelRuns,
    Exclusive,
    Field,
    Input,
    Job,
    Joined,
    Output,
    Permission,
    Run,
    Signer,
    Sink,
    Variable,
    VerifyImage,
    Workflow,
)
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.lifecycle.scene import Scene
    from mlopsc.lifecycle import Step
    from mlopsc.project import Environment

NAME = "rollback"
_CANCEL = Permission(scope="runs", access="write", why="cancel promotions that are under way")


def workflow(scene: Scene) -> Workflow:
    """Return the workflow."""
    aim = Aim(environments=scene.deployed, asked=True)
    choices = tuple(At(item.name, item.path) for item in aim.environments)
    return Workflow(
        name=NAME,
        purpose="Brings an earlier release back and holds further ones; started by hand.",
        title=Joined(parts=("Roll back ", aim.name)),
        triggers=(
            ByHand(
                fields={
                    "environment": Field(description="Where", required=True, choices=choices),
                    "release": Field(description="Id of the release to go back to; empty: the one before"),
                    "reason": Field(description="Why; it stands in the release record until resumed", required=True),
                }
            ),
        ),
        jobs=(_job(scene, aim),),
        exclusive=Exclusive(group=scene.group("rollback-", aim.name)),
    )


def _job(scene: Scene, aim: Aim) -> Job:
    return Job(
        id="rollback",
        name="Roll back",
        runner=deploy_runner(aim),
        minutes=SETUP_MINUTES + 30,
        environment=Joined(parts=(aim.name, "-rollback")),
        permissions=(
            accounts.deploy_permission(aim),
            *((_CANCEL,) if aim.any(_promoted) else ()),
            *accounts.registry_permission(scene, write=False, why="verify the image"),
            *accounts.cloud_permission(*(environment.execution.cloud for environment in aim.environments)),
        ),
        steps=tuple(_steps(scene, aim)),
    )


def _steps(scene: Scene, aim: Aim) -> Iterator[Step]:
    known = {"ENVIRONMENT": aim.name, **accounts.git_token(scene, aim)}
    environment = ("--env", Variable(name="ENVIRONMENT"))
    yield from scene.begin(history=True)
    yield Run(
        name="Find the release to go back to",
        id="found",
        commands=(
            scene.pipeline(
                *("release", "show", *environment, "--back", Variable(name="RELEASE", option="--release")),
                *("--outputs", Sink(name="outputs")),
            ),
        ),
        env={**known, "RELEASE": Input(name="release")},
    )
    yield from accounts.deploy_cloud(scene, aim)
    yield from accounts.registry(scene, aim)
    yield Signer(name="Install cosign")
    yield VerifyImage(
        name="Verify who signed its image",
        image=Output(step="found", name="image"),
        workflow=image.SIGNER,
        branch=scene.branch,
    )
    yield Run(
        name="Go back, and hold further releases",
        commands=(
            scene.pipeline(
                *("release", "rollback", *environment, "--to", Variable(name="RELEASE"), "--hold"),
                *(Variable(name="REASON", option="--reason"), "--summary", Sink(name="summary")),
            ),
        ),
        env={
            **known,
            "RELEASE": Output(step="found", name="release"),
            "REASON": Input(name="reason"),
            **accounts.cluster(scene, aim),
        },
    )
    # Only now: one that is cancelled earlier takes back what it tries, and nothing would be known against it.
    if aim.any(_promoted):
        yield CancelRuns(name="Cancel promotions that are under way", workflow=promote.NAME, environment=aim.name)
    yield from rollout.smoke_tests(scene, aim, "found")


def _promoted(environment: Environment) -> bool:
    return environment.after is not None
