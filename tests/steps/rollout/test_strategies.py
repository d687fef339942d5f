"""Every strategy and every beginning has its own way."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused
from steps.release.repositories import git, version
from steps.rollout.bench import BLUE_GREEN, CANARY, NEVER, NEW, OLD, ROLLING, SHADOW, Bench, refused


def test_the_first_release_has_no_steps(bench: Bench) -> None:
    bench.plan(CANARY)
    result = bench.rollout()
    assert bench.remote.log() == [f"release(production): {move} {NEW}" for move in ("start", "finish")]
    assert (result["started"], result["finished"], result["steps"]) == (True, True, [])
    assert bench.clock.now() == 0


def test_a_first_release_that_never_comes(bench: Bench) -> None:
    bench.plan(CANARY)
    bench.ready["stable", NEW] = NEVER
    live, rollback = refused(bench, "--timeout", "30")
    assert live.rule == "live"
    assert "there is nothing to go back to" in rollback.message
    assert "do it with" not in rollback.message
    assert bench.serving() == (NEW, 0)
    assert bench.outputs["finished"] == "false"
    assert bench.remote.record()["unproven"]
    assert "on its way and not finished" in bench.summary


def test_the_first_release_that_comes(bench: Bench) -> None:
    """The one before it never ran: it is in nobody's way, nothing is compared with it, and nobody goes back to it."""
    bench.plan(CANARY)
    bench.ready["stable", NEW] = NEVER
    refused(bench, "--timeout", "30")
    assert bench.rollout("third")["finished"]
    record = bench.remote.record()
    assert record["stable"]["version"] == version("third")
    assert "previous" not in record
    with pytest.raises(Refused, match="there is nothing to go back to"):
        bench.here.move("rollback")


def test_a_rolling_release(bench: Bench) -> None:
    bench.plan(ROLLING)
    bench.stable()
    bench.ready["stable", NEW] = 50
    assert bench.rollout()["finished"]
    assert bench.moves() == ["start", "finish"]
    assert bench.clock.now() == 50


def test_a_rolling_release_that_never_comes(bench: Bench) -> None:
    bench.plan(ROLLING)
    bench.stable()
    old = bench.remote.record()["stable"]["release"]
    bench.ready["stable", NEW] = NEVER
    [finding] = refused(bench, "--timeout", "30")
    assert f"and still copies of {old[:12]}" in finding.message
    assert bench.moves() == ["start", "rollback"]
    assert bench.serving() == (OLD, 0)


def test_a_shadow_waits_for_somebody(bench: Bench) -> None:
    bench.plan(SHADOW)
    bench.stable()
    first = bench.rollout("new", "--promote", "a guess")
    assert bench.moves() == ["start"], "nobody can have seen its answers"
    assert (first["started"], first["finished"], first["phase"]) == (True, False, "canary")
    assert bench.outputs["finished"] == "false"
    assert "answers a copy of the traffic" in bench.printed
    for words in ([], ["--promote", ""], ["--promote", " "]):
        again = bench.rollout("new", *words)
        assert (again["started"], again["finished"], again["moves"]) == (False, False, [])
        assert bench.moves() == ["start"], "a delivery that runs again promotes nothing"
    last = bench.rollout("new", "--promote", "its answers\nare good")
    assert bench.moves() == ["start", "promote", "finish"]
    assert (last["started"], last["finished"]) == (True, True)
    assert "Reason: its answers are good" in git(bench.remote.path, "log", "--format=%B", "deploy/penguins/production")


def test_a_shadow_of_an_earlier_run_stays(bench: Bench) -> None:
    bench.plan(SHADOW)
    bench.stable()
    bench.rollout()
    bench.ready["canary", NEW] = NEVER
    refused(bench, "--timeout", "30")
    assert bench.moves() == ["start"]
    assert bench.outputs["started"] == "false"


def test_a_shadow_that_never_comes(bench: Bench) -> None:
    bench.plan(SHADOW)
    bench.stable()
    bench.ready["canary", NEW] = NEVER
    refused(bench, "--timeout", "30")
    assert bench.moves() == ["start", "abort"]


def test_blue_green_soaks_with_all_of_the_traffic(bench: Bench) -> None:
    bench.plan(BLUE_GREEN)
    bench.stable()
    bench.ready["canary", NEW] = 40
    bench.measured.latency = lambda _weight, _window: 0.2
    bench.measured.error_rate = lambda _weight, _window: 0.0005
    weights: list[int] = []
    for hour in (30, 60, 90):
        bench.clock.at(hour, lambda: weights.append(bench.serving()[1]))
    result = bench.rollout()
    assert weights == [0, 100, 100]
    assert bench.moves() == ["start", "weight", "promote", "finish"]
    assert [step["weight"] for step in result["steps"]] == [100]
    assert bench.clock.now() == 100


def test_blue_green_without_a_request(bench: Bench) -> None:
    bench.plan(BLUE_GREEN)
    bench.stable()
    bench.measured.requests = lambda _weight, _window: 0.0
    finding, *_others = refused(bench)
    assert finding.rule == "min_requests"
    assert bench.moves() == ["start", "weight", "abort"]


def test_another_controller_takes_the_steps(bench: Bench) -> None:
    bench.plan({**CANARY, "controller": "argo-rollouts"})
    bench.stable()
    bench.ready["stable", NEW] = 200
    assert bench.rollout()["finished"]
    assert bench.moves() == ["start", "finish"]
    assert bench.clock.now() == 200


def test_another_controller_that_aborts(bench: Bench) -> None:
    bench.plan({**CANARY, "controller": "argo-rollouts"})
    bench.stable()
    bench.ready["stable", NEW] = NEVER
    refused(bench, "--timeout", "30")
    assert bench.moves() == ["start", "rollback"]


def test_a_batch_job_has_nothing_to_wait_for(bench: Bench) -> None:
    bench.plan(ROLLING)
    bench.edit_plan(mode="batch", url=None, live=None)
    bench.stable()
    assert bench.rollout()["finished"]
    assert bench.clock.now() == 0
    assert bench.notices == []


def test_a_release_of_another_environment(canary: Bench) -> None:
    canary.plan(ROLLING, env="staging")
    first = canary.rollout(env="staging")
    assert first["finished"]
    result = canary.run("--env", "production", "--from", "staging", "--release", first["release"])
    assert result["finished"]
    assert result["release"] == first["release"]
    assert canary.moves() == ["start", "weight", "weight", "promote", "finish"]
