"""Where and when the pipeline runs."""

from __future__ import annotations

from mlopsc.check import cron, datasets
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Project
    from mlopsc.project.data import Dataset
    from mlopsc.record import Path

_GITHUB_MINUTES = 5
HOSTED = ("ubuntu-", "windows-", "macos-")
"""How the labels of GitHub's own machines begin."""

_SHORTEST_JOB = 60
_LONGEST_JOB = {True: (6 * 3600, "6h"), False: (5 * 86400, "5d")}  # hosted by GitHub, self-hosted


@rule("CHK-450", "execution", "deployment")
def no_cron_expression(project: Project, context: Context) -> None:
    """Schedules are cron expressions."""
    for path, env, text in _schedules(project):
        try:
            cron.parse(text)
        except cron.CronError as error:
            context.report("CHK-450", path, env=env, given=text, problem=error)


def _schedules(project: Project) -> Iterator[tuple[Path, str | None, str]]:
    if project.execution.schedule is not None:
        yield (*project.execution.path, "schedule"), None, project.execution.schedule
    for environment in project.environments:
        if environment.deployment.batch is not None:
            batch = environment.deployment.batch
            yield (*batch.path, "schedule"), environment.name, batch.schedule


@rule("CHK-451", "execution")
def schedule_too_close(project: Project, context: Context) -> None:
    """GitHub starts nothing more often than every five minutes."""
    text = project.execution.schedule
    if text is None:
        return
    try:
        gap = cron.parse(text).shortest_gap
    except cron.CronError:
        return
    if gap < _GITHUB_MINUTES:
        context.report("CHK-451", (*project.execution.path, "schedule"), given=text, gap=gap, least=_GITHUB_MINUTES)


@rule("CHK-452", "execution", "data")
def schedule_without_news(project: Project, context: Context) -> None:
    """A schedule needs training data that may change."""
    dataset = datasets.training(project.data)
    version = fixed_version(dataset)
    if project.execution.schedule is not None and version is not None:
        path = (*project.execution.path, "schedule")
        context.report("CHK-452", path, version, dataset=project.data.train, version=version[-1])


@rule("CHK-453", "data")
def freshness_of_fixed_data(project: Project, context: Context) -> None:
    """Data that never changes only grows older."""
    for name, dataset in project.data.datasets.items():
        version = fixed_version(dataset)
        if dataset.checks.freshness is not None and version is not None:
            context.report("CHK-453", dataset.checks.freshness.path, version, dataset=name, version=version[-1])


def fixed_version(dataset: Dataset | None) -> Path | None:
    """Return the spec path of what fixes the content of a data set, None when the content may change."""
    version = dataset.version if dataset is not None else None
    for key in ("sha256", "dvc"):
        if version is not None and getattr(version, key) is not None:
            return (*version.path, key)
    return None


@rule("CHK-454", "execution")
def gpu_on_runner(project: Project, context: Context) -> None:
    """GPUs are asked for in the cluster only."""
    train = project.execution.train
    if train.on == "runner" and train.resources.gpu > 0:
        context.report("CHK-454", (*train.resources.path, "gpu"), (*train.path, "on"), gpu=train.resources.gpu)


@rule("CHK-455", "execution")
def workers_on_runner(project: Project, context: Context) -> None:
    """A runner is one machine."""
    train = project.execution.train
    if train.on == "runner" and train.workers > 1:
        context.report("CHK-455", (*train.path, "workers"), (*train.path, "on"), workers=train.workers)


@rule("CHK-456", "execution", "stack")
def no_cluster_to_train_in(project: Project, context: Context) -> None:
    """Training in a cluster needs a target that trains."""
    train = project.execution.train
    if train.on == "cluster" and project.stack.train is None:
        context.report("CHK-456", (*train.path, "on"), project.stack.path)


@rule("CHK-457", "execution")
def rows_without_sample(project: Project, context: Context) -> None:
    """The size of a sample says nothing where no sample is trained on."""
    pull_request = project.execution.pull_request
    path = (*pull_request.path, "rows")
    if pull_request.train != "sample" and context.written(path, None):
        context.report("CHK-457", path, (*pull_request.path, "train"), train=pull_request.train)


@rule("CHK-458", "execution")
def timeout_of_job(project: Project, context: Context) -> None:
    """A training fits into the time that GitHub gives a job: the one that trains, or that waits for the cluster."""
    execution = project.execution
    own = execution.runners.train if execution.train.on == "runner" else execution.runners.deploy
    label = own or execution.runners.default
    longest, told = _LONGEST_JOB[label.startswith(HOSTED)]
    if not _SHORTEST_JOB <= execution.train.timeout.seconds <= longest:
        path = (*execution.train.path, "timeout")
        context.report("CHK-458", path, given=execution.train.timeout, runner=label, longest=told)


@rule("CHK-459", "execution")
def pull_request_in_cluster(project: Project, context: Context) -> None:
    """Code that nobody has reviewed yet does not run in the cluster."""
    execution = project.execution
    if execution.train.on == "cluster" and execution.pull_request.train == "full":
        context.report("CHK-459", (*execution.pull_request.path, "train"), (*execution.train.path, "on"))


RULES = (
    no_cron_expression,
    schedule_too_close,
    schedule_without_news,
    freshness_of_fixed_data,
    gpu_on_runner,
    workers_on_runner,
    no_cluster_to_train_in,
    rows_without_sample,
    timeout_of_job,
    pull_request_in_cluster,
)
