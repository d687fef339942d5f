"""The job of a release in one environment, from the approval to the last test. Deliveries and promotions have the same,
so that every environment is released to in the same way.
"""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.lifecycle import accounts, image
from mlopsc.build.lifecycle.scene import SETUP_MINUTES, bring_candidate, deploy_runner
from mlopsc.lifecycle import (
    After,
    All,
    Exclusive,
    Fact,
    Field,
    Input,
    Is,
    Job,
    Joined,
    Outcome,
    Output,
    Permission,
    Run,
    Signer,
    Sink,
    TagImage,
    Variable,
    VerifyImage,
    VerifyProvenance,
    asked,
    both,
    either,
)
from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlopsc.build.lifecycle.scene import Aim, Scene
    from mlopsc.lifecycle import Condition, Step, Value
    from mlopsc.parts import At, Ref
    from mlopsc.project import Environment

_LIVE_MINUTES = 20
"""What a release may take until it is live; then it is given up."""

_ANSWER_SECONDS = "600"
"""What a gateway may take to send requests to what is live already, and a model that nobody watches to be live."""

LONGEST_PAUSES = {True: 240, False: 1200}
"""Minutes of pauses that leave room for all else: on a machine of GitHub, which gives a job six hours, and on others,
where the token of a job ends after a day.
"""


class New(Record):
    """A candidate that an earlier job of the same run made.

    Attributes:
        image: with its digest.
        resume: why a hold is lifted; empty where nobody says so.
    """

    image: Value
    resume: Value


class Proven(Record):
    """A release that proved itself in another environment.

    Attributes:
        before: that environment.
        release: its id.
        resume: as above.
    """

    before: Value
    release: Value
    resume: Value


def fields(environments: Iterable[Environment]) -> dict[str, Field]:
    """Return what a workflow that releases to these environments asks for when it is started by hand."""
    found = {"resume": Field(description="To lift a hold: why")}
    if any(map(_shadows, environments)):
        found["promote"] = Field(description="To let a release serve that answers a copy of the traffic: why")
    return found


def _shadows(environment: Environment) -> bool:
    return environment.deployment.strategy.shadow is not None


def approvals(scene: Scene, environment: Environment) -> int:
    """Return how many people must approve a release to an environment."""
    if not environment.protected:
        return 0
    approval = scene.project.governance.approvals.get(environment.name)
    return approval.min if approval is not None else 1


def jobs(
    scene: Scene,
    aim: Aim,
    source: New | Proven,
    *,
    job: str,
    name: str,
    needs: tuple[str, ...] = (),
    when: Condition | None = None,
    outputs: tuple[str, ...] = (),
    told: tuple[Ref, ...] = (),
    refs: tuple[Ref, ...] = (),
) -> Iterator[Job]:
    """Yield the approvals beyond the first one, and the release.

    Args:
        scene: the project.
        aim: where to.
        source: what.
        job: id of the job.
        name: of the job.
        needs: jobs before it.
        when: condition.
        outputs: what later jobs may know: ``release``, its id, and ``finished``, whether it serves all traffic.
        told: what in the spec asks for the outputs.
        refs: what in the spec asks for the job.
    """
    before = needs
    most = max(approvals(scene, environment) for environment in aim.environments)
    # an environment is content with one approval: there is another one for each further approval
    for number, further in enumerate(naming.approval_environments("", most)[1:], start=2):
        enough = aim.where(lambda environment, least=number: approvals(scene, environment) >= least)  # type: ignore[misc]
        yield Job(
            id=f"{job}{further}",
            name=f"{name}: {further[1:]} approval",
            needs=before,
            when=both(when, enough),
            runner=scene.runner(),
            minutes=5,
            permissions=(),
            environment=Joined(parts=(aim.name, further)),
            steps=(Run(name="Go on", commands=(("true",),)),),
            refs=_guards(scene, aim),
        )
        before = (*before, f"{job}{further}")
    if before != needs:
        agreed = (
            either(Is(value=Outcome(job=one), text="success"), Is(value=Outcome(job=one), text="skipped"))
            for one in before[len(needs) :]
        )
        earlier = (Is(value=Outcome(job=one), text="success") for one in needs)
        when = both(All(conditions=(After(ended="ended"), *agreed, *earlier)), when)
    yield Job(
        id=job,
        name=name,
        needs=before,
        when=when,
        runner=deploy_runner(aim),
        minutes=_minutes(aim),
        permissions=_permissions(scene, aim),
        environment=aim.name,
        exclusive=Exclusive(group=scene.group("release-", aim.name)),
        outputs={key: asked(Output(step="rollout", name=key), told) for key in outputs},
        steps=tuple(_steps(scene, aim, source)),
        refs=refs,
    )


def _permissions(scene: Scene, aim: Aim) -> tuple[Permission, ...]:
    found = [
        accounts.deploy_permission(aim),
        *accounts.registry_permission(scene, write=True, why="tag the image, so that no clean-up removes it"),
        *accounts.cloud_permission(*(environment.execution.cloud for environment in aim.environments)),
    ]
    if scene.image.attest:
        found.append(
            Permission(scope="attestations", access="read", why="verify how the image was built", refs=scene.attested)
        )
    if aim.any(lambda environment: environment.protected):
        why = "read back who approved, and the protection"
        found.append(Permission(scope="runs", access="read", why=why, refs=_guards(scene, aim)))
    return tuple(found)


def pauses(environment: Environment) -> int:
    """Return how many minutes a release pauses at most: each pause may be extended twice."""
    strategy = environment.deployment.strategy
    seconds = 0
    if strategy.canary is not None:
        seconds = len(strategy.canary.steps) * int(strategy.canary.pause.seconds)
    elif strategy.blue_green is not None:
        seconds = int(strategy.blue_green.soak.seconds)
    return -(-3 * seconds // 60)


def _minutes(aim: Aim) -> At:
    """Return the longest time that a release may take."""
    longest, refs = 0, []
    for environment in aim.environments:
        strategy = environment.deployment.strategy
        refs.append((environment.name, strategy.path))
        waits = 2
        if strategy.canary is not None:
            waits += 1 + len(strategy.canary.steps)
            refs += [(environment.name, (*strategy.canary.path, key)) for key in ("pause", "steps")]
        elif strategy.blue_green is not None:
            waits += 2
            refs.append((environment.name, (*strategy.blue_green.path, "soak")))
        longest = max(longest, waits * _LIVE_MINUTES + pauses(environment))
    return asked(longest + SETUP_MINUTES, tuple(refs))


def _guards(scene: Scene, aim: Aim) -> tuple[Ref, ...]:
    """Return what decides whose approval a release needs."""
    given = scene.project.governance.approvals
    names = [environment.name for environment in aim.environments]
    return (
        *((environment.name, (*environment.path, "protected")) for environment in aim.environments),
        *((None, (*given[name].path, "min")) for name in names if name in given),
    )


def _steps(scene: Scene, aim: Aim, source: New | Proven) -> Iterator[Step]:
    known = {"ENVIRONMENT": aim.name, **accounts.git_token(scene, aim)}
    yield from scene.begin(history=True)
    released: Value = Output(step="found", name="image")
    if isinstance(source, New):
        released = source.image
        yield bring_candidate()
    else:
        yield _find(scene, aim, source)
    if aim.any(lambda environment: environment.protected):
        commit = Fact(name="commit") if isinstance(source, New) else Output(step="found", name="commit")
        yield from _approved(scene, aim, commit)
    yield from accounts.deploy_cloud(scene, aim)
    yield from accounts.registry(scene, aim)
    yield Signer(name="Install cosign")
    yield VerifyImage(name="Verify who signed the image", image=released, workflow=image.SIGNER, branch=scene.branch)
    if scene.image.attest:
        yield VerifyProvenance(
            name="Verify how it was built",
            image=released,
            workflow=image.SIGNER,
            branch=scene.branch,
            refs=scene.attested,
        )
    yield _move(scene, aim, source)
    yield from _tests(scene, aim)
    started = Is(value=Output(step="rollout", name="started"), text="true")
    which = ("--env", Variable(name="ENVIRONMENT"), Variable(name="RELEASE", option="--release"))
    env = {**known, "RELEASE": Output(step="rollout", name="release"), **accounts.cluster(scene, aim)}
    yield Run(
        name="Take the release back",
        when=both(After(ended="failed"), started),
        commands=(scene.pipeline("release", "rollback", *which, "--reason", "the run failed"),),
        env=env,
    )
    # Who cancels a run says nothing against the release, so that it is not rejected.
    reason = ("--allow-again", "--reason", "the run was cancelled")
    yield Run(
        name="Withdraw the release",
        when=both(After(ended="cancelled"), started),
        commands=(scene.pipeline("release", "rollback", *which, *reason),),
        env=env,
    )
    # Last: a registry that is down is no reason to take a good release back.
    release = Output(step="rollout", name="release")
    yield TagImage(
        name="Keep the image from being cleaned up",
        image=released,
        tag=Joined(parts=(scene.image_name, ":release-", release)),
    )


def _approved(scene: Scene, aim: Aim, commit: Value) -> Iterator[Step]:
    """Yield the steps that make sure that people approved, who may."""
    when = aim.where(lambda environment: environment.protected)
    env: dict[str, Value] = {
        "ENVIRONMENT": aim.name,
        "GH_TOKEN": Fact(name="token"),
        "GH_REPO": Fact(name="repository"),
    }
    environment = ("--env", Variable(name="ENVIRONMENT"))
    yield Run(
        name="Read the protection of the environment back",
        when=when,
        commands=(scene.pipeline("environments", "check", *environment),),
        env=env,
        refs=_guards(scene, aim),
    )
    yield Run(
        name="Count the people who approved",
        when=when,
        commands=(
            scene.pipeline(
                *("environments", "approvals", *environment),
                *("--run", Variable(name="RUN"), "--commit", Variable(name="COMMIT")),
            ),
        ),
        env={**env, "RUN": Fact(name="run"), "COMMIT": commit},
        refs=_guards(scene, aim),
    )


def _find(scene: Scene, aim: Aim, source: Proven) -> Run:
    """Return the step that finds the image of a release."""
    return Run(
        name="Find the release",
        id="found",
        commands=(
            scene.pipeline(
                *("release", "show", "--env", Variable(name="FROM"), Variable(name="RELEASE", option="--release")),
                *("--outputs", Sink(name="outputs")),
            ),
        ),
        env={"FROM": source.before, "RELEASE": source.release, **accounts.git_token(scene, aim)},
    )


def _move(scene: Scene, aim: Aim, source: New | Proven) -> Run:
    """Return the step that moves the release."""
    env: dict[str, Value] = {"ENVIRONMENT": aim.name}
    words: tuple[str | Variable, ...]
    more: tuple[Variable, ...] = ()
    if isinstance(source, New):
        env["IMAGE"] = source.image
        words = ("--image", Variable(name="IMAGE"))
    else:
        env |= {"FROM": source.before, "RELEASE": source.release}
        words = ("--from", Variable(name="FROM"), Variable(name="RELEASE", option="--release"))
    env["REASON"] = source.resume
    if aim.any(_shadows):
        env["PROMOTE"] = Input(name="promote")
        more = (Variable(name="PROMOTE", option="--promote"),)
    return Run(
        name="Release step by step",
        id="rollout",
        commands=(
            scene.pipeline(
                *("rollout", "--env", Variable(name="ENVIRONMENT"), *words),
                Variable(name="REASON", option="--resume"),
                *more,
                *("--outputs", Sink(name="outputs"), "--summary", Sink(name="summary")),
            ),
        ),
        env={**env, **accounts.git_token(scene, aim), **accounts.cluster(scene, aim)},
        told=True,
    )


def _tests(scene: Scene, aim: Aim) -> Iterator[Step]:
    finished = Is(value=Output(step="rollout", name="finished"), text="true")
    yield from smoke_tests(scene, aim, "rollout", finished)

    def loaded(environment: Environment) -> bool:
        load = environment.tests.load
        return reachable(environment) and load is not None and load.against == environment.name

    if aim.any(loaded):
        where = both(finished, aim.where(loaded))
        yield scene.packages(when=where)
        yield Run(
            name="Load test",
            when=where,
            commands=(scene.pipeline("load", "--env", Variable(name="ENVIRONMENT")),),
            env={"ENVIRONMENT": aim.name},
        )


def smoke_tests(scene: Scene, aim: Aim, step: str, when: Condition | None = None) -> Iterator[Run]:
    """Yield the step that waits until a release answers and sends it the smoke tests, if there are any.

    Args:
        scene: the project.
        aim: where.
        step: id of the step that tells the version.
        when: further condition.
    """

    def tested(environment: Environment) -> bool:
        return reachable(environment) and bool(environment.tests.smoke)

    if aim.any(tested):
        yield Run(
            name="Smoke tests",
            when=both(when, aim.where(tested)),
            commands=(
                scene.pipeline(
                    *("smoke", "--env", Variable(name="ENVIRONMENT"), "--version", Variable(name="VERSION")),
                    *("--wait", _ANSWER_SECONDS),
                ),
            ),
            env={"ENVIRONMENT": aim.name, "VERSION": Output(step=step, name="version")},
        )


def reachable(environment: Environment) -> bool:
    """Say whether a job can send requests to the model: from outside, or from a machine inside the network."""
    deployment = environment.deployment
    inside = environment.execution.runners.deploy is not None
    return deployment.mode == "online" and (deployment.ingress is not None or inside)
