"""What is watched through the log of predictions: drift, quality, and performance on true outcomes."""

from __future__ import annotations

from mlopsc import metrics
from mlopsc.check import datasets
from mlopsc.check.execution import fixed_version
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlopsc.project import Environment, Project
    from mlopsc.project.data import Column
    from mlopsc.project.monitoring import Bounds, Performance
    from mlopsc.record import Path

_TYPES = {"ks": ("integer", "number"), "chi2": ("category", "boolean", "string")}
_AT_MOST_ONE = ("ks", "js")
_NEVER_LOGGED = ("excluded", "sensitive", "target")


@rule("CHK-510", "monitoring")
def no_prediction_log(project: Project, context: Context) -> None:
    """What is computed from the log of predictions needs one."""
    for environment in project.environments:
        monitoring = environment.monitoring
        if monitoring.prediction_log is not None:
            continue
        for key in ("drift", "quality", "prediction_shift", "performance"):
            if getattr(monitoring, key) is not None:
                context.report("CHK-510", (*monitoring.path, key), env=environment.name, what=key)


@rule("CHK-511", "monitoring", "data")
def unknown_outcomes(project: Project, context: Context) -> None:
    """The outcomes are a data set of the spec."""
    for environment, performance in _performance(project):
        truth = performance.ground_truth
        if truth.dataset not in project.data.datasets:
            path = (*truth.path, "dataset")
            known = tuple(project.data.datasets)
            context.report("CHK-511", path, env=environment.name, given=truth.dataset, allowed=known)


@rule("CHK-512", "monitoring", "data")
def unknown_outcome_column(project: Project, context: Context) -> None:
    """Outcome and key are columns of the outcomes."""
    for environment, performance in _performance(project):
        truth = performance.ground_truth
        dataset = project.data.datasets.get(truth.dataset)
        for key in ("label", "join_on"):
            column = getattr(truth, key)
            if dataset is not None and dataset.columns and column not in dataset.columns:
                context.report(
                    "CHK-512",
                    (*truth.path, key),
                    env=environment.name,
                    dataset=truth.dataset,
                    given=column,
                    allowed=tuple(dataset.columns),
                )


@rule("CHK-513", "monitoring", "data")
def key_not_logged(project: Project, context: Context) -> None:
    """Outcomes are joined on something that the log holds."""
    for environment, performance in _performance(project):
        log, truth = environment.monitoring.prediction_log, performance.ground_truth
        if log is None or log.writer == "external" or not _columns(project):
            continue
        logged = [log.id]
        for name, column in _columns(project).items():
            if column.role not in _NEVER_LOGGED and not column.personal and name not in log.exclude:
                logged.append(name)
        if truth.join_on not in logged:
            path = (*truth.path, "join_on")
            context.report("CHK-513", path, log.path, env=environment.name, given=truth.join_on, allowed=logged)


@rule("CHK-514", "monitoring", "model")
def unknown_metric(project: Project, context: Context) -> None:
    """Performance is judged by metrics that the task has."""
    for environment, performance in _performance(project):
        for name, bounds in performance.metrics.items():
            facts = metrics.unknown(project.model.task, name)
            if facts is not None:
                context.report("CHK-514", bounds.path, env=environment.name, **facts)


@rule("CHK-515", "monitoring", "model")
def limit_without_sense(project: Project, context: Context) -> None:
    """A limit of a metric can be broken, can be kept, and keeps worse models out."""
    for environment, performance in _performance(project):
        for name, bounds in performance.metrics.items():
            metric = metrics.find(project.model.task, name)
            for keys, problem in _limits(bounds, metric):
                context.report("CHK-515", (*bounds.path, *keys), env=environment.name, metric=name, problem=problem)
            if metric is not None and metric.probabilities and project.model.prediction.output != "probability":
                output = (*project.model.prediction.path, "output")
                problem = "is computed from probabilities, and the model returns none"
                context.report("CHK-515", bounds.path, output, env=environment.name, metric=name, problem=problem)


def _limits(bounds: Bounds, metric: metrics.Metric | None) -> Iterator[tuple[Path, str]]:
    if bounds.min is None and bounds.max is None:
        yield (), 'has neither "min" nor "max"'
    if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
        yield ("min",), f"has a min of {bounds.min:g} above its max of {bounds.max:g}"
    if metric is None:
        return
    if metric.better == "higher" and bounds.max is not None:
        yield ("max",), 'is better when it is higher: the limit is "min"'
    if metric.better == "lower" and bounds.min is not None:
        yield ("min",), 'is better when it is lower: the limit is "max"'
    for key in ("min", "max"):
        value = getattr(bounds, key)
        if value is not None and metric.low is not None and value < metric.low:
            yield (key,), f"is never below {metric.low:g}, so a {key} of {value:g} says nothing"
        if value is not None and metric.high is not None and value > metric.high:
            yield (key,), f"is never above {metric.high:g}, so a {key} of {value:g} says nothing"


@rule("CHK-516", "monitoring", "data")
def unknown_exclusion(project: Project, context: Context) -> None:
    """What is kept out of the log is a column of the training data."""
    known = _columns(project)
    for environment in project.environments:
        log = environment.monitoring.prediction_log
        for index, name in enumerate(log.exclude if log is not None else ()):
            if known and name not in known:
                path = ("monitoring", "prediction_log", "exclude", index)
                context.report("CHK-516", path, env=environment.name, given=name, allowed=tuple(known))


@rule("CHK-522", "monitoring", "data")
def retraining_without_news(project: Project, context: Context) -> None:
    """Training again needs training data that may change."""
    version = fixed_version(datasets.training(project.data))
    for environment in project.environments:
        drift = environment.monitoring.drift
        if drift is not None and drift.retrain and version is not None:
            path = (*drift.path, "retrain")
            context.report(
                "CHK-522", path, version, env=environment.name, dataset=project.data.train, version=version[-1]
            )


@rule("CHK-523", "monitoring")
def log_forgets(project: Project, context: Context) -> None:
    """Predictions are kept until they are looked at."""
    for environment in project.environments:
        monitoring = environment.monitoring
        log = monitoring.prediction_log
        if log is None or log.retention is None:
            continue
        spans = []
        if monitoring.drift is not None:
            spans.append(((*monitoring.drift.path, "every"), monitoring.drift.every, "drift is computed over the last"))
        if monitoring.performance is not None:
            truth = monitoring.performance.ground_truth
            spans.append(((*truth.path, "delay"), truth.delay, "outcomes are known after"))
        for path, span, reason in spans:
            if log.retention.seconds < span.seconds:
                context.report(
                    "CHK-523",
                    (*log.path, "retention"),
                    path,
                    env=environment.name,
                    given=log.retention,
                    reason=f"{reason} {span}",
                )


@rule("CHK-524", "monitoring", "data")
def statistic_without_feature(project: Project, context: Context) -> None:
    """The statistic of the drift can be computed for some feature."""
    types = {column.type for column in _features(project)}
    for environment in project.environments:
        drift = environment.monitoring.drift
        fitting = _TYPES.get(drift.statistic) if drift is not None else None
        if drift is not None and fitting is not None and types and not types & set(fitting):
            path = (*drift.path, "statistic")
            context.report("CHK-524", path, env=environment.name, given=drift.statistic, types=fitting)


@rule("CHK-525", "monitoring")
def drift_never_too_large(project: Project, context: Context) -> None:
    """A limit lies below the largest value of its statistic."""
    for environment in project.environments:
        drift = environment.monitoring.drift
        if drift is not None and drift.statistic in _AT_MOST_ONE and drift.max >= 1:
            path = (*drift.path, "max")
            context.report("CHK-525", path, env=environment.name, given=f"{drift.max:g}", statistic=drift.statistic)


@rule("CHK-526", "monitoring", "data")
def quality_of_nothing(project: Project, context: Context) -> None:
    """Ranges and categories are watched where a feature has any."""
    features = _features(project)
    found = {
        "out_of_range": any(column.min is not None or column.max is not None for column in features),
        "unseen_category": any(column.type in ("category", "string") for column in features),
    }
    needs = {"out_of_range": '"min" or "max"', "unseen_category": "the type category"}
    for environment in project.environments:
        quality = environment.monitoring.quality
        for key, any_feature in found.items():
            if quality is not None and getattr(quality, key) is not None and features and not any_feature:
                context.report("CHK-526", (*quality.path, key), env=environment.name, check=key, needs=needs[key])


@rule("CHK-527", "monitoring", "deployment")
def log_without_writer(project: Project, context: Context) -> None:
    """Where nothing is deployed, somebody else writes the log. One environment that writes it is enough."""
    if any(environment.deployment.mode != "none" for environment in project.environments):
        return
    for environment in project.environments:
        log, mode = environment.monitoring.prediction_log, (*environment.deployment.path, "mode")
        if log is not None and log.writer == "mlopsc":
            context.report("CHK-527", log.path, mode, env=environment.name)


@rule("CHK-528", "monitoring")
def empty_log(project: Project, context: Context) -> None:
    """A log of no predictions is none."""
    for environment in project.environments:
        log = environment.monitoring.prediction_log
        if log is not None and log.sample.fraction == 0:
            context.report("CHK-528", (*log.path, "sample"), env=environment.name, given=log.sample)


def _performance(project: Project) -> Iterator[tuple[Environment, Performance]]:
    for environment in project.environments:
        if environment.monitoring.performance is not None:
            yield environment, environment.monitoring.performance


def _columns(project: Project) -> Mapping[str, Column]:
    dataset = datasets.training(project.data)
    return dataset.columns if dataset is not None else {}


def _features(project: Project) -> list[Column]:
    return [column for column in _columns(project).values() if column.role == "feature"]


RULES = (
    no_prediction_log,
    unknown_outcomes,
    unknown_outcome_column,
    key_not_logged,
    unknown_metric,
    limit_without_sense,
    unknown_exclusion,
    retraining_without_news,
    log_forgets,
    statistic_without_feature,
    drift_never_too_large,
    quality_of_nothing,
    log_without_writer,
    empty_log,
)
