"""``delivery``: from a merged change to a judged model, its image, and its release to the first environments."""

from __future__ import annotations

from mlopsc.build.lifecycle import accounts, image, rollout
from mlopsc.build.lifecycle.paths import patterns
from mlopsc.build.lifecycle.scene import READ_CODE, Aim
from mlopsc.lifecycle import (
    TRAINING_IMAGE,
    After,
    Builder,
    BuildImage,
    ByHand,
    Checkout,
    CopyFromImage,
    Exclusive,
    Fact,
    Input,
    Is,
    Job,
    Joined,
    Keep,
    OnPush,
    OnSchedule,
    Output,
    Result,
    Run,
    Signer,
    Sink,
    VerifyImage,
    Workflow,
)
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.lifecycle.scene import Scene
    from mlopsc.lifecycle import Permission, Step, Trigger
    from mlopsc.parts import Ref
    from mlopsc.project import Environment

_PURPOSE = "delivery"
_KEPT_DAYS = 30
_REPORT = "build/report.md"
_CANDIDATE = (
    "build/candidate.json",
    "build/evaluation/predictions.csv",
    "build/model",
    "build/model-settings.json",
    "build/results",
)


def workflow(scene: Scene) -> Workflow:
    """Return the workflow."""
    triggers: list[Trigger] = [OnPush(branch=scene.branch, files=tuple(patterns(scene)))]
    schedule = scene.project.execution.schedule
    if schedule is not None:
        triggers.append(OnSchedule(cron=At(schedule, (*scene.project.execution.path, "schedule"))))
    reached = tuple(_reached(scene))
    triggers.append(ByHand(fields=rollout.fields(reached) if reached else {}))
    training = scene.training
    jobs = [] if training is None or training.image is None else [_training_image(scene, training.image, training.refs)]
    jobs.append(_model(scene, needs=tuple(job.id for job in jobs)))
    if scene.deployed:
        jobs.append(image.job(scene, needs="model"))
        jobs += _releases(scene, reached)
    return Workflow(
        name="delivery",
        purpose="Trains and judges what was merged, builds and signs its image, and releases it.",
        triggers=tuple(triggers),
        jobs=tuple(jobs),
        exclusive=Exclusive(group=scene.group("delivery")),
    )


def _model(scene: Scene, needs: tuple[str, ...]) -> Job:
    execution = scene.project.execution
    rescoring = _rescores(scene)
    permissions: tuple[Permission, ...] = (READ_CODE, *accounts.cloud_permission(execution.cloud))
    if rescoring:
        permissions += accounts.registry_permission(scene, write=False, why="copy the champion out of its image")
    kept = Keep(name="Keep the candidate", artifact="candidate", files=_CANDIDATE, days=_KEPT_DAYS)
    return Job(
        id="model",
        name="Data, training and gates",
        needs=needs,
        runner=scene.runner("train") if scene.training is None else scene.training.runner,
        minutes=scene.training_minutes,
        environment=accounts.delivery_environment(scene.project) or "",
        permissions=permissions,
        steps=(
            *scene.begin(),
            scene.packages(),
            *accounts.cloud(scene, execution.cloud),
            *_before(scene),
            *(_champion(scene, scene.champion, rescoring=rescoring) if scene.champion is not None else ()),
            *((_step(scene, "Train and package", "train", "package"),) if scene.training is None else ()),
            _step(scene, "Evaluate", "evaluate"),
            _step(scene, "Judge by the gates", "gate"),
            _step(scene, "Register", "register"),
            Run(
                name="Write the report",
                when=After(ended="ended"),
                commands=(scene.pipeline("report", "--file", _REPORT, "--summary", Sink(name="summary")),),
            ),
            *((kept,) if scene.deployed else ()),
        ),
    )


def _step(scene: Scene, name: str, *steps: str) -> Run:
    words = [word for step in steps for word in ("--step", step)]
    return Run(name=name, commands=(scene.pipeline("run", "--purpose", _PURPOSE, *words),))


def _before(scene: Scene) -> tuple[Step, ...]:
    """Return what comes before the champion is fetched: its rows are compared with those of the split."""
    if scene.training is None:
        return (_step(scene, "Check and split the data", "data", "split"),)
    return scene.training.steps


def _training_image(scene: Scene, name: At, refs: tuple[Ref, ...]) -> Job:
    """Return the job that builds the image which a training elsewhere runs in."""
    output = scene.project.output
    return Job(
        id=TRAINING_IMAGE,
        name="Training image",
        runner=scene.runner(),
        minutes=90,
        environment=accounts.delivery_environment(scene.project) or "",
        permissions=(
            READ_CODE,
            *accounts.registry_permission(scene, write=True, why="push the image"),
            *accounts.cloud_permission(scene.project.execution.cloud),
        ),
        outputs={"image": Joined(parts=(name, "@", Output(step="build", name="digest")))},
        refs=refs,
        steps=(
            Checkout(name="Check out"),
            *accounts.cloud(scene, scene.project.execution.cloud),
            *accounts.registry(scene),
            Builder(name="Set up Buildx"),
            BuildImage(
                name="Build and push",
                id="build",
                dockerfile=At(f"{output.dir}/docker/train.Dockerfile", (*output.path, "dir")),
                tag=Joined(parts=(name, ":", Fact(name="commit"))),
                arguments={"MLOPS_COMMIT": Fact(name="commit")},
            ),
        ),
    )


def _rescores(scene: Scene) -> bool:
    """Say whether the champion may have to predict the evaluation rows again."""
    return bool(scene.deployed) and any(gate.max_drop is not None for gate in scene.project.tests.metrics.values())


def _champion(scene: Scene, where: Environment, *, rescoring: bool) -> Iterator[Step]:
    aim = Aim(environments=(where,), asked=False)
    yield Run(
        name="Fetch the champion",
        id="champion",
        commands=(scene.pipeline("champion", "--purpose", _PURPOSE, "--outputs", Sink(name="outputs")),),
        env=accounts.git_token(scene, aim),
    )
    if not rescoring:
        return
    needed = Is(value=Output(step="champion", name="rescore"), text="true")
    champion = Output(step="champion", name="image")
    yield from accounts.registry(scene, when=needed)
    yield Signer(name="Install cosign", when=needed)
    yield VerifyImage(
        name="Verify who signed the champion",
        when=needed,
        image=champion,
        workflow=image.SIGNER,
        branch=scene.branch,
    )
    yield CopyFromImage(
        name="Copy the champion out of its image",
        when=needed,
        image=champion,
        source="/app/model",
        target="build/champion/model",
    )


def _reached(scene: Scene) -> Iterator[Environment]:
    """Yield the environments that a delivery reaches by itself."""
    names: set[str] = set()
    for environment in scene.deployed:
        if environment.after is None or (environment.promotion == "automatic" and environment.after in names):
            names.add(environment.name)
            yield environment


def _releases(scene: Scene, reached: tuple[Environment, ...]) -> Iterator[Job]:
    """Yield the releases to these environments."""
    for environment in reached:
        aim = Aim(environments=(environment,), asked=False)
        name, before = f"Release to {environment.name}", environment.after
        job = _release(environment.name)
        # the next environment is told what it gets
        followers = [
            item for item in scene.deployed if item.after == environment.name and item.promotion == "automatic"
        ]
        outputs = ("release", "finished") if followers else ()
        told = tuple((None, item.path) for item in followers)
        refs = ((None, environment.path),)
        if before is None:
            new = rollout.New(image=Result(job=image.ID, name="image"), resume=Input(name="resume"))
            yield from rollout.jobs(
                scene,
                aim,
                new,
                job=job,
                name=name,
                needs=(image.ID,),
                outputs=outputs,
                told=told,
                refs=refs,
            )
        else:
            earlier = _release(before)
            proven = rollout.Proven(
                before=At(before, (*environment.path, "after")),
                release=Result(job=earlier, name="release"),
                resume=Input(name="resume"),
            )
            # a model that only answers a copy of the traffic there has not proved itself yet
            serves = Is(value=Result(job=earlier, name="finished"), text="true")
            yield from rollout.jobs(
                scene,
                aim,
                proven,
                job=job,
                name=name,
                needs=(earlier,),
                when=serves,
                outputs=outputs,
                told=told,
                refs=refs,
            )


def _release(environment: str) -> str:
    return f"release-{environment}"
