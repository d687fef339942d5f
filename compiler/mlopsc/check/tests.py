"""Gates: metrics that exist, limits that can pass and fail, environments. Their columns have a module of their own."""

from __future__ import annotations

from mlopsc import metrics
from mlopsc.check import tested_columns
from mlopsc.check.rule import Context, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.project import Project
    from mlopsc.project.tests import Gate, Slice, Tests
    from mlopsc.record import Path

RUNNER = "runner"
"""Value of ``tests.load.against`` that is no environment."""


def _metrics(tests: Tests) -> Iterator[tuple[str, Path]]:
    """Yield the metrics of all gates with the place that names them."""
    yield from ((name, gate.path) for name, gate in tests.metrics.items())
    yield from ((test.metric, (*test.path, "metric")) for test in tests.slices.values())
    yield from ((test.metric, (*test.path, "metric")) for test in tests.fairness.values())


def _limits(tests: Tests) -> Iterator[tuple[str, Gate | Slice]]:
    """Yield metrics with a smallest or largest value."""
    yield from tests.metrics.items()
    yield from ((test.metric, test) for test in tests.slices.values())


@rule("CHK-428", "model", "tests")
def custom_gate(project: Project, context: Context) -> None:
    """The command of a custom task writes numbers only: nothing to slice, to resample or to tell the better one."""
    if project.model.task != "custom":
        return
    tests, task = project.tests, (*project.model.path, "task")
    numbers = "the command writes one number a metric and no predictions"
    places = [(test.path, "slice") for test in tests.slices.values()]
    places += [(test.path, "comparison of groups") for test in tests.fairness.values()]
    places += [((*gate.path, "confidence"), "confidence") for gate in tests.metrics.values() if gate.confidence]
    for path, test in places:
        context.report("CHK-428", path, task, test=test, reason=numbers)
    for gate in tests.metrics.values():
        if gate.max_drop is not None and (gate.min is None) == (gate.max is None):
            reason = 'which direction is better follows from "min" or "max", one of which must stand beside it'
            context.report("CHK-428", (*gate.path, "max_drop"), task, test="max_drop", reason=reason)


@rule("CHK-429", "tests", "deployment", "environments")
def nothing_to_call(project: Project, context: Context) -> None:
    """Requests are sent to a model that answers requests."""
    modes = {environment.name: environment.deployment.mode for environment in project.environments}
    nowhere = "online" not in modes.values()
    for environment in project.environments:
        tests = environment.tests
        if tests.smoke and nowhere:
            context.report("CHK-429", ("tests", "smoke"), env=environment.name, test="smoke", where="any environment")
        if tests.load is None:
            continue
        path, against = (*tests.load.path, "against"), tests.load.against
        if modes.get(against, "online") != "online":
            context.report("CHK-429", path, env=environment.name, test="load", where=against)
        elif against == RUNNER and against not in modes and nowhere:
            context.report("CHK-429", path, env=environment.name, test="load", where="any environment")


@rule("CHK-430", "model", "tests")
def metric_of_probabilities(project: Project, context: Context) -> None:
    """Some metrics rank or weigh probabilities, which the model must return then."""
    prediction = project.model.prediction
    if prediction.output == "probability":
        return
    for name, path in _metrics(project.tests):
        metric = metrics.find(project.model.task, name)
        if metric is not None and metric.probabilities:
            context.report("CHK-430", path, (*prediction.path, "output"), metric=name)


@rule("CHK-431", "model", "tests")
def unknown_metric(project: Project, context: Context) -> None:
    """A gate judges a metric that the task has."""
    for name, path in _metrics(project.tests):
        facts = metrics.unknown(project.model.task, name)
        if facts is not None:
            context.report("CHK-431", path, **facts)


@rule("CHK-432", "tests")
def gate_without_limit(project: Project, context: Context) -> None:
    """A gate can fail."""
    for name, gate in project.tests.metrics.items():
        if gate.min is None and gate.max is None and gate.max_drop is None:
            context.report("CHK-432", gate.path, gate=name, limits='"min", "max" or "max_drop"')
    for name, test in project.tests.slices.items():
        if test.min is None and test.max is None:
            context.report("CHK-432", test.path, gate=name, limits='"min" or "max"')


@rule("CHK-433", "model", "tests")
def limit_on_wrong_side(project: Project, context: Context) -> None:
    """Limits keep worse models out, not better ones."""
    for name, gate in _limits(project.tests):
        metric = metrics.find(project.model.task, name)
        wrong = {"higher": "max", "lower": "min"}.get(metric.better) if metric else None
        if metric is not None and wrong is not None and getattr(gate, wrong) is not None:
            right = "min" if wrong == "max" else "max"
            context.report("CHK-433", (*gate.path, wrong), metric=name, limit=wrong, better=metric.better, right=right)


@rule("CHK-434", "model", "tests")
def limit_out_of_reach(project: Project, context: Context) -> None:
    """A limit lies where the metric has values, and a bound has a meaningful confidence."""
    _report_bounds(project, context)
    _report_differences(project, context)
    for gate in project.tests.metrics.values():
        if gate.confidence is not None and not 50 <= 100 * gate.confidence.fraction < 100:
            path, reason = (*gate.path, "confidence"), "a bound has a confidence from 50% to below 100%"
            context.report("CHK-434", path, limit="confidence", value=gate.confidence, reason=reason)


def _report_bounds(project: Project, context: Context) -> None:
    for name, gate in _limits(project.tests):
        metric = metrics.find(project.model.task, name)
        for limit, value in (("min", gate.min), ("max", gate.max)):
            if value is not None and metric is not None and not _reachable(metric, value):
                reason = f"the values of {name} go {_range(metric)}"
                context.report("CHK-434", (*gate.path, limit), limit=limit, value=f"{value:g}", reason=reason)
        two_sided = metric is None or metric.better == "neither"  # of others one limit is on the wrong side
        if two_sided and gate.min is not None and gate.max is not None and gate.min > gate.max:
            places, reason = ((*gate.path, "min"), (*gate.path, "max")), f"it is above max ({gate.max:g})"
            context.report("CHK-434", *places, limit="min", value=f"{gate.min:g}", reason=reason)


def _report_differences(project: Project, context: Context) -> None:
    for name, value, path in _differences(project.tests):
        metric = metrics.find(project.model.task, name)
        width = metric.high - metric.low if metric and metric.high is not None and metric.low is not None else None
        if width is not None and value > width:
            reason = f"two values of {name} differ by {width:g} at most"
            context.report("CHK-434", path, limit=path[-1], value=f"{value:g}", reason=reason)


def _reachable(metric: metrics.Metric, value: float) -> bool:
    return (metric.low is None or value >= metric.low) and (metric.high is None or value <= metric.high)


def _range(metric: metrics.Metric) -> str:
    low = "" if metric.low is None else f"from {metric.low:g}"
    high = "" if metric.high is None else f"to {metric.high:g}"
    return " ".join(part for part in (low, high) if part)


def _differences(tests: Tests) -> Iterator[tuple[str, float, Path]]:
    """Yield metric, value and place of the limits that compare two values of a metric."""
    for name, gate in tests.metrics.items():
        if gate.max_drop is not None:
            yield name, gate.max_drop, (*gate.path, "max_drop")
    for test in tests.fairness.values():
        yield test.metric, test.max_gap, (*test.path, "max_gap")


@rule("CHK-438", "tests", "environments")
def unknown_environment(project: Project, context: Context) -> None:
    """The champion and the load test name an environment."""
    names = tuple(environment.name for environment in project.environments)
    champion = project.tests.champion
    if champion is not None and champion not in names:
        context.report("CHK-438", (*project.tests.path, "champion"), given=champion, allowed=names)
    for environment in project.environments:
        load = environment.tests.load
        if load is not None and load.against not in (*names, RUNNER):
            path = (*load.path, "against")
            context.report("CHK-438", path, env=environment.name, given=load.against, allowed=(*names, RUNNER))


@rule("CHK-439", "tests", "environments")
def several_champions(project: Project, context: Context) -> None:
    """A comparison with the champion needs one environment that holds it."""
    tests = project.tests
    before = {environment.after for environment in project.environments}
    ends = [environment for environment in project.environments if environment.name not in before]
    drops = [(*gate.path, "max_drop") for gate in tests.metrics.values() if gate.max_drop is not None]
    if tests.champion is None and len(ends) > 1 and drops:
        names = tuple(environment.name for environment in ends)
        context.report("CHK-439", *drops, *(environment.path for environment in ends), ends=names, example=names[0])


@rule("CHK-440", "model", "tests")
def drop_without_direction(project: Project, context: Context) -> None:
    """A loss against the champion needs a direction that is worse."""
    for name, gate in project.tests.metrics.items():
        metric = metrics.find(project.model.task, name)
        if gate.max_drop is not None and metric is not None and metric.better == "neither":
            context.report("CHK-440", (*gate.path, "max_drop"), metric=name)


@rule("CHK-441", "model", "tests")
def direction_of_classes(project: Project, context: Context) -> None:
    """Only numbers and the probability of a positive class rise and fall."""
    task = project.model.task
    if task != "multiclass-classification":
        return
    for name, test in project.tests.behaviour.directional.items():
        context.report("CHK-441", test.path, (*project.model.path, "task"), task=task, column=name)


RULES = (
    custom_gate,
    nothing_to_call,
    metric_of_probabilities,
    unknown_metric,
    gate_without_limit,
    limit_on_wrong_side,
    limit_out_of_reach,
    *tested_columns.RULES,
    unknown_environment,
    several_champions,
    drop_without_direction,
    direction_of_classes,
)
