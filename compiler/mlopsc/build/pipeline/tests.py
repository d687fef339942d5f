"""The section ``tests`` of ``config.json``, and the tests that belong to one environment."""

from __future__ import annotations

from mlopsc import metrics
from mlopsc.build.pipeline.values import at, given, number, plain, seconds, share
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlopsc.parts import Data
    from mlopsc.project import Project
    from mlopsc.project.environments import Environment
    from mlopsc.project.tests import Behaviour, Gate, Load, Smoke


def section(project: Project) -> At:
    """Return the section."""
    tests = project.tests
    found: dict[str, Data] = {
        "metrics": {name: _metric(project, name, gate) for name, gate in tests.metrics.items()},
        "slices": {
            name: At(given(item, "column", "metric", "min", "max", "min_samples"), item.path)
            for name, item in tests.slices.items()
        },
        "fairness": {
            name: At(given(item, "column", "metric", "max_gap", "min_samples"), item.path)
            for name, item in tests.fairness.items()
        },
        "behaviour": _behaviour(tests.behaviour),
        "smoke": _smoke(tests.smoke, (*tests.path, "smoke")),
    }
    names = [environment.name for environment in project.environments]
    if tests.load is not None and tests.load.against not in names:
        found["load"] = _load(tests.load)
    champion_of = champion(project)
    if champion_of is not None:
        found["champion"] = champion_of
    return At(found, tests.path)


def of_environment(project: Project, environment: Environment) -> dict[str, Data]:
    """Return the smoke requests that an environment has of its own, and the load test that is against it."""
    tests, found = environment.tests, dict[str, "Data"]()
    if tests.smoke != project.tests.smoke:
        found["smoke"] = _smoke(tests.smoke, (*tests.path, "smoke"), environment.name)
    if tests.load is not None and tests.load.against == environment.name:
        found["load"] = _load(tests.load, environment.name)
    return found


def _metric(project: Project, name: str, gate: Gate) -> At:
    metric = metrics.find(project.model.task, name)
    found: dict[str, Data] = {}
    if metric is not None:
        found["better"] = At(metric.better, gate.path, also=((None, (*project.model.path, "task")),))
    found |= given(gate, "min", "max", "max_drop")
    if gate.confidence is not None:
        found["confidence"] = share(gate, "confidence")
    return At(found, gate.path)


def _behaviour(behaviour: Behaviour) -> At:
    swapped = (*behaviour.path, "invariant_to")
    return At(
        {
            "invariant_to": {
                name: At([At(plain(value), (*swapped, name, index)) for index, value in enumerate(values)])
                for name, values in behaviour.invariant_to.items()
            },
            "directional": {
                name: At({"expect": at(item, "expect"), "tolerance": share(item, "tolerance")}, item.path)
                for name, item in behaviour.directional.items()
            },
        },
        behaviour.path,
    )


def _smoke(requests: Sequence[Smoke], path: tuple[str | int, ...], env: str | None = None) -> At:
    return At(
        [
            At(
                {"request": at(item, "request"), **given(item.expect, "status", "values", "tolerance")},
                (*path, index),
            )
            for index, item in enumerate(requests)
        ],
        path,
        env,
    )


def _load(load: Load, env: str | None = None) -> At:
    return At(
        {
            "rate_per_second": At(number(load.rate.per_second), (*load.path, "rate")),
            "duration_seconds": seconds(load, "duration"),
            "p95_seconds": seconds(load, "p95"),
            "max_errors": share(load, "max_errors"),
        },
        load.path,
        env,
    )


def champion(project: Project) -> At | None:
    """Return the environment that holds the champion; None where nothing runs or several chains end.

    A comparison between several ends has been refused.
    """
    if project.tests.champion is not None:
        return at(project.tests, "champion")
    deployed = [environment for environment in project.environments if environment.deployment.mode != "none"]
    before = {environment.after for environment in deployed}
    ends = [environment for environment in deployed if environment.name not in before]
    if len(ends) != 1:
        return None
    chain = tuple((None, (*environment.path, "after")) for environment in project.environments)
    return At(ends[0].name, ends[0].path, also=((None, (*project.deployment.path, "mode")), *chain))
