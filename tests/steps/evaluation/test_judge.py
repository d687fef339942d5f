"""Every rule of the gate, kept and broken, from results that are written down here."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.steps.mlops_steps.evaluation import report
from mlopsc.steps.mlops_steps.evaluation.bounds import Draws, Share
from mlopsc.steps.mlops_steps.evaluation.checks import Check, number_text, on_sample, verdict
from mlopsc.steps.mlops_steps.evaluation.judge import judge

pytestmark = pytest.mark.steps

CHAMPION = {
    "release": "a" * 64,
    "version": "3f2a9c1b7d40",
    "comparable": True,
    "reason": None,
    "rescored": False,
    "metrics": {"accuracy": 0.93, "log_loss": 0.3, "selection_rate": 0.3},
    "slices": {},
    "fairness": {},
}
EVALUATION: dict[str, Any] = {
    "task": "binary-classification",
    "rows": 200,
    "metrics": {"accuracy": 0.9, "log_loss": 0.32, "selection_rate": 0.4, "recall": None},
    "slices": {
        "by_contract": {
            "column": "contract",
            "metric": "recall",
            "groups": {
                "monthly": {"samples": 120, "value": 0.7},
                "yearly": {"samples": 60, "value": None},
                "other": {"samples": 20, "value": 0.1},
            },
        }
    },
    "fairness": {
        "gender": {
            "column": "gender",
            "metric": "selection_rate",
            "groups": {
                "f": {"samples": 90, "value": 0.45},
                "m": {"samples": 100, "value": 0.36},
                "x": {"samples": 10, "value": 1.0},
            },
        }
    },
    "behaviour": {
        "invariant_to": {"contract": {"changed": 0}},
        "directional": {"tenure": {"rows": 200, "violations": 5, "share": 0.025}},
    },
    "champion": None,
}
NO_TESTS: dict[str, Any] = {
    "metrics": {},
    "slices": {},
    "fairness": {},
    "behaviour": {"invariant_to": {}, "directional": {}},
}


def draws(metric: str, paired: bool) -> Draws:
    """Return draws that lie evenly 0.05 about the metric, the champion's 0.03 higher."""
    import numpy as np

    values = EVALUATION["metrics"][metric] + np.linspace(-0.05, 0.05, 1001)
    return Draws(values, values[::-1] + 0.03 if paired else None)


def unpaired(metric: str, paired: bool) -> Draws:
    """Return draws without the champion's."""
    return draws(metric, False)


def metric(
    name: str, champion: dict[str, Any] | None = None, sampler: Any = draws, **gate: Any
) -> tuple[str, str, Check]:
    """Return status, message and check of a gate with one limit."""
    evaluation = {**EVALUATION, "champion": champion}
    (check,) = judge(evaluation, {**NO_TESTS, "metrics": {name: gate}}, sampler)
    return check.status, check.message, check


@pytest.mark.parametrize(
    ("name", "gate", "status"),
    [
        ("accuracy", {"min": 0.9}, "passed"),
        ("accuracy", {"min": 0.901}, "failed"),
        ("log_loss", {"max": 0.32}, "passed"),
        ("log_loss", {"max": 0.319}, "failed"),
        ("accuracy", {"min": 0.85, "confidence": 0.95}, "passed"),
        ("accuracy", {"min": 0.86, "confidence": 0.95}, "failed"),
        ("log_loss", {"max": 0.37, "confidence": 0.95}, "passed"),
        ("log_loss", {"max": 0.36, "confidence": 0.95}, "failed"),
        ("recall", {"min": 0.1}, "not-judged"),
    ],
)
def test_smallest_and_largest_values(name: str, gate: dict[str, Any], status: str) -> None:
    assert metric(name, **gate)[0] == status


def test_the_message_names_everything() -> None:
    _, message, check = metric("accuracy", min=0.86, confidence=0.95)
    assert message == (
        "accuracy is 0.9 on the 200 evaluation rows, and its lower 95% bound is 0.855, below the min of 0.86: "
        "improve the model or change the limit"
    )
    assert check.document() == {
        "kind": "metric",
        "name": "accuracy",
        "rule": "min",
        "value": 0.9,
        "limit": 0.86,
        "status": "failed",
        "message": message,
        "bound": pytest.approx(0.855),
        "confidence": 0.95,
        "samples": 200,
    }


@pytest.mark.parametrize(
    ("name", "gate", "status"),
    [
        ("accuracy", {"better": "higher", "max_drop": 0.03}, "passed"),  # 0.93 - 0.9 is above 0.03 in binary numbers
        ("accuracy", {"better": "higher", "max_drop": 0.029}, "failed"),
        ("log_loss", {"better": "lower", "max_drop": 0.02}, "passed"),
        ("log_loss", {"better": "lower", "max_drop": 0.019}, "failed"),
        ("log_loss", {"better": "higher", "max_drop": 0.0}, "passed"),
        ("accuracy", {"better": "higher", "max_drop": 0.12, "confidence": 0.95}, "passed"),
        ("accuracy", {"better": "higher", "max_drop": 0.11, "confidence": 0.95}, "failed"),
    ],
)
def test_drops_against_the_champion(name: str, gate: dict[str, Any], status: str) -> None:
    found, message, _ = metric(name, CHAMPION, **gate)
    assert found == status
    assert "the champion 3f2a9c1b7d40" in message


@pytest.mark.parametrize(("limit", "drop"), [("min", 0.03), ("max", -0.03)])
def test_a_custom_task_tells_the_direction_by_its_limit(limit: str, drop: float) -> None:
    checks = judge(
        {**EVALUATION, "champion": CHAMPION},
        {**NO_TESTS, "metrics": {"accuracy": {limit: 0.9, "max_drop": 1.0}}},
        draws,
    )
    assert [check.value for check in checks] == [0.9, pytest.approx(drop)]


def test_what_cannot_be_compared_has_not_passed() -> None:
    gate = {"better": "higher", "max_drop": 0.1}
    other = {**CHAMPION, "comparable": False, "reason": "it was evaluated on other rows"}
    status, message, check = metric("accuracy", other, **gate)
    assert (status, verdict([check])) == ("not-comparable", "not-comparable")
    assert message == "accuracy is not comparable with the champion 3f2a9c1b7d40: it was evaluated on other rows"
    assert metric("accuracy", {**CHAMPION, "metrics": {}}, **gate)[0] == "not-comparable"
    assert metric("accuracy", CHAMPION, unpaired, **gate, confidence=0.9)[0] == "not-comparable"
    assert metric("recall", CHAMPION, **gate)[0] == "not-judged"


def test_no_champion_yet_stops_nothing() -> None:
    status, message, check = metric("accuracy", None, better="higher", max_drop=0.1)
    assert (status, verdict([check])) == ("notice", "passed")
    assert "no champion yet" in message


def test_a_bound_that_cannot_be_computed_has_not_passed() -> None:
    import numpy as np

    def undefined(name: str, paired: bool) -> Draws:
        values = np.where(np.arange(1000) % 5, 0.99, np.nan)
        return Draws(values, values if paired else None)

    def none(name: str, paired: bool) -> None:
        return None

    status, message, check = metric("accuracy", None, undefined, min=0.1, confidence=0.95)
    assert (status, check.undefined, verdict([check])) == ("not-judged", 200, "not-judged")
    assert "since 200 of 1000 bootstrap draws have no value" in message
    assert metric("accuracy", CHAMPION, undefined, better="higher", max_drop=0.5, confidence=0.95)[0] == "not-judged"
    assert metric("accuracy", None, none, min=0.1, confidence=0.95)[0] == "not-judged"


def test_equal_draws_are_said() -> None:
    """A bound that is the value itself is judged, with a notice; that of a share of rows is exact instead."""
    import numpy as np

    def equal(name: str, paired: bool) -> Draws:
        values = np.full(1000, EVALUATION["metrics"][name])
        return Draws(values, values + 0.03 if paired else None, None if name == "log_loss" else Share(5, 5))

    def found(name: str, champion: dict[str, Any] | None = None, **gate: Any) -> list[Check]:
        evaluation = {**EVALUATION, "champion": champion}
        return judge(evaluation, {**NO_TESTS, "metrics": {name: {**gate, "confidence": 0.95}}}, equal)

    said, judged = found("log_loss", max=0.4)
    assert (said.status, judged.status, judged.bound) == ("notice", "passed", 0.32)
    assert "its upper 95% bound equals this value because all bootstrap draws are equal" in said.message
    said, judged = found("accuracy", CHAMPION, better="higher", max_drop=0.01)
    assert (said.status, judged.status) == ("notice", "failed")
    (judged,) = found("accuracy", min=0.6)
    assert judged.status == "failed"
    assert judged.bound == pytest.approx(0.549, abs=0.0005)
    assert "its exact lower 95% bound is 0.54928" in judged.message


def slices(**test: Any) -> dict[str | None, Check]:
    """Return the checks of a slice by group."""
    tests = {"by_contract": {"column": "contract", "metric": "recall", "min_samples": 50, **test}}
    return {check.group: check for check in judge(EVALUATION, {**NO_TESTS, "slices": tests}, draws)}


@pytest.mark.parametrize(
    ("test", "status"),
    [({"min": 0.7}, "passed"), ({"min": 0.71}, "failed"), ({"max": 0.7}, "passed"), ({"max": 0.69}, "failed")],
)
def test_slices(test: dict[str, float], status: str) -> None:
    found = slices(**test)
    assert {group: check.status for group, check in found.items()} == {
        "monthly": status,
        "yearly": "notice",  # without a class
        "other": "notice",  # too few rows, however bad
    }
    assert "recall is undefined on the 60 evaluation rows" in found["yearly"].message
    assert "there are 20 of at least 50 rows" in found["other"].message


def test_a_slice_with_enough_rows_is_judged() -> None:
    found = slices(min=0.6, min_samples=20)["other"]
    assert found.status == "failed"
    assert found.message == (
        "slice by_contract: recall is 0.1 on the 20 evaluation rows where contract = other, below the min of 0.6: "
        "improve the model there or change the limit"
    )


def fairness(max_gap: float, min_samples: int = 50) -> list[Check]:
    """Return the checks of a comparison of groups."""
    test = {"column": "gender", "metric": "selection_rate", "max_gap": max_gap, "min_samples": min_samples}
    return judge(EVALUATION, {**NO_TESTS, "fairness": {"gender": test}}, draws)


def test_gaps_between_groups() -> None:
    assert [check.status for check in fairness(0.09)] == ["notice", "passed"]
    assert [check.status for check in fairness(0.089)] == ["notice", "failed"]
    assert [check.status for check in fairness(0.5, min_samples=10)] == ["failed"]
    assert fairness(0.089)[1].message == (
        "fairness gender: selection_rate is 0.45 where gender = f and 0.36 where gender = m, a gap of 0.09, "
        "above the max_gap of 0.089: improve the model there or change the limit"
    )


def test_one_group_is_no_comparison() -> None:
    found = fairness(0.01, min_samples=95)
    assert [check.status for check in found] == ["notice"] * 3
    assert "only 1 of 3 groups of gender can be compared" in found[-1].message


def behaviour(kind: str, name: str, test: Any, **found: Any) -> Check:
    """Return the check of a test of behaviour."""
    evaluation = copy.deepcopy(EVALUATION)
    evaluation["behaviour"][kind][name].update(found)
    tests = {"invariant_to": {}, "directional": {}, kind: {name: test}}
    (check,) = judge(evaluation, {**NO_TESTS, "behaviour": tests}, draws)
    return check


def test_behaviour() -> None:
    assert behaviour("invariant_to", "contract", ["monthly", "yearly"]).status == "passed"
    changed = behaviour("invariant_to", "contract", ["monthly", "yearly"], changed=3)
    assert changed.status == "failed"
    assert "3 of 200 predictions depend on whether contract is monthly or yearly" in changed.message
    falling = {"expect": "decreasing", "tolerance": 0.025}
    assert behaviour("directional", "tenure", falling).status == "passed"
    broken = behaviour("directional", "tenure", {**falling, "tolerance": 0.02})
    assert broken.status == "failed"
    assert (
        "5 of 200 predictions rise when tenure rises, a share of 0.025, above the tolerance of 0.02" in broken.message
    )
    assert behaviour("directional", "tenure", falling, violations=None, share=None).status == "notice"
    absent = behaviour("directional", "tenure", falling, rows=0, violations=None, share=None)
    assert (absent.status, absent.message) == (
        "notice",
        "the direction of tenure is not judged: no evaluation row has a value of it",
    )
    few = behaviour("directional", "tenure", falling, rows=10, violations=5, share=0.5)
    assert (few.status, few.samples) == ("failed", 10)
    assert "5 of 10 predictions rise" in few.message


def test_a_sample_is_never_judged() -> None:
    tests = {**NO_TESTS, "metrics": {"accuracy": {"min": 0.99}, "log_loss": {"max": 9}}}
    found = on_sample(judge(EVALUATION, tests, draws))
    assert [(check.status, check.message, check.value) for check in found] == [
        ("not-judged", "not judged: sample", 0.9),
        ("not-judged", "not judged: sample", 0.32),
    ]
    assert verdict(found) == "not-judged"


def test_the_worst_check_is_the_verdict() -> None:
    statuses = ["passed", "notice", "not-judged", "not-comparable", "failed"]
    checks = [Check("metric", "accuracy", "min", 0.5, 0.5, status, "") for status in statuses]
    found = [verdict(checks[: count + 1]) for count in range(len(checks))]
    assert found == ["passed", "passed", "not-judged", "not-comparable", "failed"]
    assert verdict([]) == "passed"


LIMITS = st.floats(0, 1)


@given(low=LIMITS, high=LIMITS, confidence=st.sampled_from([None, 0.5, 0.9, 0.99]))
def test_a_higher_limit_is_harder_to_keep(low: float, high: float, confidence: float | None) -> None:
    """Raising min never turns a failure into a pass; raising max or max_drop never turns a pass into a failure."""
    low, high = sorted((low, high))
    chance = {} if confidence is None else {"confidence": confidence}
    rank = {"passed": 1, "failed": 0}
    for name, rule, sign in (("accuracy", "min", 1), ("log_loss", "max", -1), ("accuracy", "max_drop", -1)):
        easy, hard = (low, high) if sign > 0 else (high, low)
        before = metric(name, CHAMPION, better="higher", **{rule: easy}, **chance)[0]
        after = metric(name, CHAMPION, better="higher", **{rule: hard}, **chance)[0]
        assert rank[after] <= rank[before]


@given(value=st.floats(-1, 1), limit=st.floats(0, 1), better=st.sampled_from(["higher", "lower"]))
def test_a_model_like_the_champion_never_drops(value: float, limit: float, better: str) -> None:
    evaluation = {
        **EVALUATION,
        "metrics": {"accuracy": value},
        "champion": {**CHAMPION, "metrics": {"accuracy": value}},
    }
    tests = {**NO_TESTS, "metrics": {"accuracy": {"better": better, "max_drop": limit}}}
    assert [check.status for check in judge(evaluation, tests, draws)] == ["passed"]


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0.9, None, "0.9"),
        (0.98529411, 0.9, "0.985294"),
        (0.89999996, 0.9, "0.89999996"),
        (0.9, 0.9, "0.9"),
        (0.00001234, None, "1.234e-05"),
        (1234567.8, None, "1.23457e+06"),
    ],
)
def test_numbers_are_told_from_their_limits(value: float, limit: float | None, text: str) -> None:
    assert number_text(value, limit) == text


def test_the_table() -> None:
    tests = {
        **NO_TESTS,
        "metrics": {"accuracy": {"better": "higher", "min": 0.86, "max_drop": 0.2, "confidence": 0.95}},
    }
    evaluation = {**EVALUATION, "champion": CHAMPION}
    assert report.lines(judge(evaluation, tests, draws), evaluation) == [
        "check     value  bound         champion  limit         verdict",
        "accuracy  0.9    0.855 at 95%  0.93      min 0.86      failed",
        "accuracy  0.03   0.12 at 95%   0.93      max_drop 0.2  passed",
    ]
    assert report.lines([], evaluation) == ["no limits: the spec has no tests of the model"]
    plain = report.lines(judge(EVALUATION, {**NO_TESTS, "metrics": {"accuracy": {"min": 0.5}}}, draws), EVALUATION)
    assert plain == ["check     value  limit    verdict", "accuracy  0.9    min 0.5  passed"]
