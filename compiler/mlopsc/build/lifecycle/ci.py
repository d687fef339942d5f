"""``ci``: what a pull request must pass. It gets no secret and writes nothing but its comment and its findings."""

from __future__ import annotations

from mlopsc import naming
from mlopsc.build.lifecycle import accounts
from mlopsc.build.lifecycle.paths import watched
from mlopsc.build.lifecycle.scene import HOSTED, READ_CODE, install
from mlopsc.lifecycle import (
    After,
    All,
    Bring,
    Changed,
    Checkout,
    Chosen,
    CodeScanning,
    Comment,
    Either,
    Exclusive,
    Fact,
    Forked,
    Is,
    Job,
    Joined,
    Keep,
    Not,
    OnPullRequest,
    Outcome,
    Output,
    Permission,
    Proposed,
    Python,
    Recall,
    Remember,
    Require,
    Result,
    Run,
    ShowFindings,
    Sink,
    Trusted,
    Workflow,
    both,
    either,
)
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.build.lifecycle.scene import Scene
    from mlopsc.lifecycle import Condition, Step, Value
    from mlopsc.pins import CheckJob

_PURPOSE = "pull-request"
_REPORT = "build/report.md"
_SARIF = "mlopsc.sarif"
_TRAINED = (
    "build/trained",
    "build/model",
    "build/model-settings.json",
    "build/results/train.json",
    "build/results/package.json",
)
_KEPT_DAYS = 14


def workflow(scene: Scene) -> Workflow:
    """Return the workflow."""
    jobs: list[Job] = []
    if scene.project.folder:
        jobs.append(_changes(scene))
    checked = scene.pins.mlopsc if scene.project.output.builders.check else None
    if checked is not None:
        jobs.append(_check(scene, checked))
    if scene.project.tests.unit is not None:
        jobs.append(_tests(scene))
    jobs += [_model(scene), _comment(scene)]
    if checked is not None:
        jobs.append(_findings())
    jobs.append(_required(scene, [job.id for job in jobs if job.id in _DECIDING]))
    return Workflow(
        name="ci",
        purpose="What a pull request must pass: compile check, tests, data checks, training, gates.",
        triggers=(OnPullRequest(branch=scene.branch),),
        jobs=tuple(jobs),
        exclusive=Exclusive(
            group=scene.group("ci-", Either(first=Fact(name="pull-request"), second=Fact(name="commit"))),
            newest=True,
        ),
    )


_DECIDING = ("changes", "check", "tests", "model")
"""Jobs that the last one asks for; the others only show."""


def _relevant(scene: Scene) -> tuple[tuple[str, ...], Condition | None]:
    """Return what a job needs, and the condition, so that it only runs for changes of this project."""
    if not scene.project.folder:
        return (), None
    return ("changes",), Is(value=Result(job="changes", name="relevant"), text="true")


def _runner(scene: Scene, kind: str | None = None) -> Value:
    """Return the machine for code of a pull request: never a machine of one's own for a fork."""
    label = scene.runner(kind)
    if label.value == HOSTED:
        return label
    return Chosen(when=Trusted(), then=label, otherwise=HOSTED)


def _changes(scene: Scene) -> Job:
    return Job(
        id="changes",
        name="Changed files",
        note="The repository holds more than this project.",
        runner=HOSTED,
        minutes=10,
        permissions=(READ_CODE,),
        steps=(
            Checkout(name="Check out", history=True),
            Changed(name="Look for changes of this project", id="changed", files=tuple(watched(scene))),
        ),
        outputs={"relevant": Output(step="changed", name="relevant")},
    )


def _check(scene: Scene, pinned: CheckJob) -> Job:
    needs, when = _relevant(scene)
    output = scene.project.output
    requirements = At(f"{output.dir}/check/requirements.txt", (*output.path, "dir"))
    return Job(
        id="check",
        name="Compile check",
        note="Delete this job and everything goes on working: nothing else needs mlopsc.",
        needs=needs,
        when=when,
        runner=HOSTED,
        minutes=15,
        permissions=(READ_CODE,),
        steps=(
            Checkout(name="Check out"),
            Python(name="Set up Python", version=pinned.python),
            Run(
                name="Install mlopsc by hash",
                commands=(install(requirements),),
            ),
            Run(
                name="Compare the generated files with the spec",
                commands=(
                    (
                        *("mlopsc", "compile", "--check", "--format", "github", "--sarif", _SARIF),
                        scene.project.file,
                    ),
                ),
            ),
            Keep(
                name="Keep the findings",
                when=After(ended="ended"),
                artifact="findings",
                files=(_SARIF,),
                days=_KEPT_DAYS,
            ),
        ),
    )


def _tests(scene: Scene) -> Job:
    needs, when = _relevant(scene)
    unit = scene.project.tests.unit
    if unit is None:
        raise ValueError("there are no unit tests")
    path = (*unit.path, "command")
    return Job(
        id="tests",
        name="Unit tests",
        needs=needs,
        when=when,
        runner=_runner(scene),
        minutes=60,
        permissions=(READ_CODE,),
        steps=(
            *scene.begin(),
            scene.packages(),
            Run(name="Run the unit tests", commands=(tuple(At(word, path) for word in unit.command.argv),)),
        ),
    )


def _model(scene: Scene) -> Job:
    needs, when = _relevant(scene)
    execution = scene.project.execution
    trains = execution.pull_request.train != "off"
    environment: Value = At(naming.CI_ENVIRONMENT, execution.cloud.path) if execution.cloud is not None else ""
    return Job(
        id="model",
        name=At("Data, training and gates" if trains else "Data", (*execution.pull_request.path, "train")),
        note="Code from forks gets neither data nor machines: when it is queued to be merged, this runs for it.",
        needs=needs,
        when=both(when, Trusted()),
        runner=scene.runner("train"),
        minutes=scene.training_minutes,
        environment=environment,
        permissions=(READ_CODE, *accounts.cloud_permission(execution.cloud)),
        steps=(
            *scene.begin(),
            scene.packages(),
            *accounts.cloud(scene, execution.cloud),
            Run(
                name="Check and split the data",
                commands=(scene.pipeline("run", "--purpose", _PURPOSE, "--step", "data", "--step", "split"),),
            ),
            *(_training(scene) if trains else ()),
            *_report(scene),
        ),
    )


def _training(scene: Scene) -> Iterator[Step]:
    key = Joined(parts=(scene.group("model-"), Output(step="key", name="key")))
    missed = Not(condition=Is(value=Output(step="cache", name="cache-hit"), text="true"))
    if scene.champion is not None and not accounts.separate(scene.champion):
        # from another repository it could be fetched with a secret only, and a pull request gets none
        yield Run(
            name="Fetch the champion",
            commands=(scene.pipeline("champion", "--purpose", _PURPOSE),),
            env={"MLOPS_GIT_TOKEN": Fact(name="token")},
        )
    yield Run(
        name="Say what the model is made of",
        id="key",
        commands=(scene.pipeline("key", "--purpose", _PURPOSE, "--outputs", Sink(name="outputs")),),
    )
    yield Recall(name="Fetch the model if it was trained before", id="cache", key=key, files=_TRAINED)
    yield Run(
        name="Train and package",
        when=missed,
        commands=(scene.pipeline("run", "--purpose", _PURPOSE, "--step", "train", "--step", "package"),),
    )
    yield Remember(name="Remember the model", when=missed, key=key, files=_TRAINED)
    yield Run(name="Evaluate", commands=(scene.pipeline("run", "--purpose", _PURPOSE, "--step", "evaluate"),))
    yield Run(name="Judge by the gates", commands=(scene.pipeline("run", "--purpose", _PURPOSE, "--step", "gate"),))


def _report(scene: Scene) -> Iterator[Step]:
    yield Run(
        name="Write the report",
        when=After(ended="ended"),
        commands=(scene.pipeline("report", "--file", _REPORT, "--summary", Sink(name="summary")),),
    )
    yield Keep(name="Keep the report", when=After(ended="ended"), artifact="report", files=(_REPORT,), days=_KEPT_DAYS)


def _comment(scene: Scene) -> Job:
    ran = Not(condition=Is(value=Outcome(job="model"), text="skipped"))
    return Job(
        id="comment",
        name="Comment",
        needs=("model",),
        when=both(After(ended="ended"), ran, Proposed()),
        runner=HOSTED,
        minutes=10,
        permissions=(Permission(scope="pull-requests", access="write", why="one comment, updated in place"),),
        steps=(
            Bring(name="Fetch the report", artifact="report"),
            Comment(name="Write or update the comment", file="report.md", mark=f"<!-- mlops {scene.project.name} -->"),
        ),
    )


def _findings() -> Job:
    ran = Not(condition=Is(value=Outcome(job="check"), text="skipped"))
    return Job(
        id="findings",
        name="Code scanning",
        needs=("check",),
        when=both(After(ended="ended"), ran, Trusted(), CodeScanning()),
        runner=HOSTED,
        minutes=10,
        permissions=(
            Permission(scope="code", access="read", why="read the commit"),
            Permission(scope="findings", access="write", why="show the findings of the compile check"),
            Permission(scope="runs", access="read", why="tell which run found them, in a private repository"),
        ),
        steps=(
            Bring(name="Fetch the findings", artifact="findings"),
            ShowFindings(name="Show the findings", file=_SARIF, category="mlopsc"),
        ),
    )


def _required(scene: Scene, deciding: list[str]) -> Job:
    outcomes: dict[str, Value] = {}
    for job in deciding:
        skipped = Is(value=Outcome(job=job), text="skipped")
        allowed: list[Condition] = [Forked()] if job == "model" else []
        if scene.project.folder and job != "changes":
            allowed.append(Is(value=Result(job="changes", name="relevant"), text="false"))
        outcomes[job] = Outcome(job=job)
        if allowed:
            fine = All(conditions=(skipped, either(*allowed)))
            outcomes[job] = Chosen(when=fine, then="success", otherwise=Outcome(job=job))
    return Job(
        id="required",
        name=scene.project.name,
        note="The check to require in the rules of the branch: it always runs.",
        needs=tuple(deciding),
        when=After(ended="always"),
        runner=HOSTED,
        minutes=5,
        permissions=(),
        steps=(Require(name="Ask how the other jobs ended", outcomes=outcomes),),
    )
