"""Every step is judged: what passes, what fails, and what nobody can tell."""

from __future__ import annotations

import json
import math

import pytest
from steps.release.repositories import image
from steps.rollout.bench import CANARY, NEW, OLD, Bench, answer, problems, refused
from steps.rollout.servers import Reply


def test_all_steps_pass(canary: Bench) -> None:
    result = canary.rollout()
    assert canary.moves() == ["start", "weight", "weight", "promote", "finish"]
    assert canary.serving() == (NEW, 0)
    assert (result["started"], result["finished"], result["phase"]) == (True, True, "at-rest")
    assert [step["weight"] for step in result["steps"]] == [10, 50]
    assert {step["verdict"] for step in result["steps"]} == {"passed"}
    assert canary.clock.now() == 120, "two steps of a minute, and nothing else takes time"
    assert canary.outputs == {
        "release": canary.remote.record()["stable"]["release"],
        "version": NEW,
        "image": image("new"),
        "started": "true",
        "finished": "true",
    }
    assert problems(result) == []
    assert "It gets all traffic." in canary.summary


def test_errors_above_the_limit_at_the_second_step(canary: Bench) -> None:
    canary.measured.error_rate = lambda weight, _window: 0.002 if weight == 10 else 0.0312
    [finding] = refused(canary)
    assert finding.rule == "error-rate"
    assert finding.facts == {
        "check": "error-rate",
        "value": 0.0312,
        "max": 0.01,
        "weight": 50,
        "requests": 100.0,
        "window_seconds": 60.0,
    }
    for word in ("error-rate", "0.0312", "0.01", "50%", NEW):
        assert word in finding.message
    assert canary.moves() == ["start", "weight", "weight", "abort"]
    assert canary.serving() == (OLD, 0)
    assert len(canary.remote.record()["rejected"]) == 1
    assert (canary.outputs["started"], canary.outputs["finished"]) == ("true", "false")
    assert "0.0312" in canary.summary
    assert "It was not released" in canary.summary


def test_a_rejected_release_does_not_start_again(canary: Bench) -> None:
    canary.measured.error_rate = lambda _weight, _window: 0.5
    refused(canary)
    canary.measured.error_rate = lambda _weight, _window: 0.0
    [finding] = refused(canary)
    assert finding.rule == "rejected"
    assert canary.moves() == ["start", "weight", "abort"]
    assert (canary.outputs["started"], canary.outputs["finished"]) == ("false", "false")


def test_latency_above_the_limit(canary: Bench) -> None:
    canary.measured.latency = lambda _weight, _window: 1.21
    [finding] = refused(canary)
    assert (finding.rule, finding.facts["value"], finding.facts["max"]) == ("latency-ratio", 1.21, 1.2)
    assert canary.moves() == ["start", "weight", "abort"]


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_what_is_infinite_says_nothing(canary: Bench, value: float) -> None:
    canary.measured.latency = lambda _weight, _window: value
    [finding] = refused(canary)
    assert finding.facts["value"] is None
    assert "has no value that can be used in 180 s, and the limit is 1.2: the answer is infinite" in finding.message
    assert "not yet: latency-ratio" in canary.printed
    assert canary.moves() == ["start", "weight", "abort"]


def test_a_part_of_the_data_decides_nothing(canary: Bench) -> None:
    """A store is away for a while: its requests and errors are missing, and the rest looks good."""
    canary.measured.down = lambda: partial(0.0) if 60 <= canary.clock.now() < 120 else None
    result = canary.rollout()
    assert result["finished"]
    assert [step["verdict"] for step in result["steps"]] == ["undecided", "passed", "passed"]
    assert result["steps"][0]["requests"] is None
    assert "not yet: nobody knows how many requests" in canary.printed
    assert "may lack something (store a is away)" in canary.printed
    assert "| 10% | requests in 60 s | none | at least 50 | unknown |" in canary.summary
    assert problems(result) == []


def test_a_part_of_the_data_for_ever_is_no_pass(canary: Bench) -> None:
    canary.measured.down = lambda: partial(0.0) if canary.clock.now() >= 60 else None
    found = refused(canary)
    assert [finding.rule for finding in found] == ["min_requests"]
    assert "are needed to judge it" in found[0].message
    assert "may lack something (store a is away)" in found[0].message
    assert canary.moves() == ["start", "weight", "abort"]


def partial(value: float) -> Reply:
    """Return an answer as Thanos gives it without one of its stores."""
    document = json.loads(answer(value).body)
    return Reply(200, json.dumps({**document, "warnings": ["store a is away"]}).encode())


def test_values_at_their_limit_pass(canary: Bench) -> None:
    canary.measured.error_rate = lambda _weight, _window: 0.01
    canary.measured.latency = lambda _weight, _window: 1.2
    assert canary.rollout()["finished"]


@pytest.mark.parametrize("unknown", [math.nan, None])
def test_a_value_that_nobody_knows_is_no_pass(canary: Bench, unknown: float | None) -> None:
    windows: list[float] = []

    def latency(_weight: int, window: float) -> float | None:
        windows.append(window)
        return unknown

    canary.measured.latency = latency
    [finding] = refused(canary)
    assert finding.rule == "latency-ratio"
    assert "has no value in 180 s" in finding.message
    assert "both need requests" in finding.message
    assert windows == [60, 120, 180], "the step lasts twice longer, and the window grows with it"
    assert canary.clock.now() == 180
    assert canary.moves() == ["start", "weight", "abort"]
    assert canary.remote.record()["rejected"] == []


def test_a_value_that_comes_late_is_waited_for(canary: Bench) -> None:
    canary.measured.latency = lambda _weight, window: 1.0 if window > 60 else math.nan
    result = canary.rollout()
    assert result["finished"]
    assert [step["verdict"] for step in result["steps"]] == ["undecided", "passed"] * 2
    assert "not yet" in canary.printed


def test_a_step_waits_for_requests(canary: Bench) -> None:
    canary.measured.requests = lambda _weight, window: window / 60 * 20
    result = canary.rollout()
    assert result["finished"]
    assert [step["requests"] for step in result["steps"]] == [20, 40, 60] * 2


def test_too_few_requests_in_the_end(canary: Bench) -> None:
    canary.measured.requests = lambda _weight, window: window / 60 * 16
    canary.measured.error_rate = lambda _weight, _window: 0.5
    finding, errors = refused(canary)
    assert finding.rule == "min_requests"
    assert finding.facts == {"weight": 10, "requests": 48.0, "window_seconds": 180.0, "min": 50.0}
    assert "had 48 requests at 10% of the traffic in 180 s, and 50 are needed" in finding.message
    assert errors.rule == "error-rate", "what the few requests showed is told as well"
    assert canary.moves() == ["start", "weight", "abort"]
    assert canary.remote.record()["rejected"] == []


def test_a_release_that_nobody_could_judge_starts_again(canary: Bench) -> None:
    canary.measured.requests = lambda _weight, _window: 16
    refused(canary)
    assert "may start again" in canary.summary
    canary.measured.requests = lambda _weight, _window: 100
    assert canary.rollout()["finished"]
    assert canary.moves() == ["start", "weight", "abort", "start", "weight", "weight", "promote", "finish"]


def test_few_requests_do_not_fail_a_step_early(canary: Bench) -> None:
    canary.measured.requests = lambda _weight, window: 40 if window == 60 else 90
    canary.measured.error_rate = lambda _weight, window: 0.025 if window == 60 else 0.0
    assert canary.rollout()["finished"], "one error in 40 requests says nothing yet"


def test_no_requests_at_all_where_none_are_needed(bench: Bench) -> None:
    strategy = {"canary": {"steps": ["10%"], "pause": "60s", "min_requests": 0, "max_error_rate": "1%"}}
    bench.plan(strategy)
    bench.stable()
    bench.measured.requests = lambda _weight, _window: 0.0
    bench.measured.error_rate = lambda _weight, _window: math.nan
    bench.measured.latency = lambda _weight, _window: math.nan
    assert bench.rollout()["finished"]
    assert [notice.rule for notice in bench.notices] == ["min_requests"]


@pytest.mark.parametrize("unknown", [math.nan, None])
def test_requests_that_nobody_counts_are_not_none(bench: Bench, unknown: float | None) -> None:
    """The metric has another name, or is not scraped: what is wrong then would be hidden by a limit of 0."""
    bench.plan({"canary": {"steps": ["10%"], "pause": "60s", "min_requests": 0, "max_error_rate": "1%"}})
    bench.stable()
    bench.measured.requests = lambda _weight, _window: unknown
    bench.measured.error_rate = bench.measured.latency = lambda _weight, _window: math.nan
    found = refused(bench)
    assert found[0].rule == "min_requests"
    assert "nobody knows how many requests" in found[0].message
    assert "look whether Prometheus still has the metrics" in found[0].message
    assert bench.moves() == ["start", "weight", "abort"]


def test_a_step_that_nothing_measures_only_lasts(bench: Bench) -> None:
    bench.plan(CANARY)
    bench.edit_plan(analysis=None)
    bench.stable()
    assert bench.rollout()["finished"]
    assert {notice.rule for notice in bench.notices} == {"analysis"}
    assert bench.clock.now() == 120
