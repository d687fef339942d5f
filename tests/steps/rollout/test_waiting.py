"""No step begins before its copies run, and no traffic goes to copies of the old model."""

from __future__ import annotations

import pytest
from steps.rollout.bench import BLUE_GREEN, NEVER, NEW, OLD, ROLLING, Bench, refused
from steps.rollout.servers import Reply


def test_the_second_track_is_waited_for(canary: Bench) -> None:
    canary.ready["canary", NEW] = 200
    assert canary.rollout()["finished"]
    assert canary.clock.now() == 320


def test_no_traffic_goes_to_copies_that_do_not_run(canary: Bench) -> None:
    canary.ready["canary", NEW] = 200
    found: list[dict[str, int]] = []
    for hour in (190, 210):
        canary.clock.at(hour, lambda: found.append(canary.remote.record()["canary"]))
    result = canary.rollout()
    assert [(slot["weight"], slot["replicas"]) for slot in found] == [(0, 1), (10, 1)]
    assert [step["weight"] for step in result["steps"]] == [10, 50], "without traffic there is nothing to judge"


def test_a_version_that_never_comes(canary: Bench) -> None:
    canary.edit_plan(live_timeout_seconds=100)
    canary.ready["canary", NEW] = NEVER
    [finding] = refused(canary)
    assert finding.rule == "live"
    assert "Prometheus sees 0 of 1 copies of it, and nothing got better for 100 s" in finding.message
    assert canary.clock.now() == 100
    assert canary.moves() == ["start", "abort"], "it never got traffic"
    assert len(canary.remote.record()["rejected"]) == 1


def test_the_option_for_the_wait(canary: Bench) -> None:
    canary.ready["canary", NEW] = NEVER
    refused(canary, "--timeout", "45")
    assert canary.clock.now() == pytest.approx(45, abs=10)


def test_stable_must_be_live_before_the_second_track_rests(canary: Bench) -> None:
    canary.ready["stable", NEW] = 400
    finished_at: list[float] = []
    canary.clock.at(390, lambda: finished_at.extend([canary.clock.now()] if "finish" in canary.moves() else []))
    assert canary.rollout()["finished"]
    assert finished_at == [], "old copies would have got the traffic"
    assert canary.clock.now() == pytest.approx(400, abs=10)
    assert canary.moves() == ["start", "weight", "weight", "promote", "finish"]


def test_stable_never_gets_the_promoted_model(canary: Bench) -> None:
    canary.ready["stable", NEW] = NEVER
    [finding] = refused(canary, "--timeout", "30")
    assert (finding.rule, finding.facts) == ("live", {"track": "stable"})
    assert canary.moves() == ["start", "weight", "weight", "promote", "rollback"]
    assert canary.serving() == (OLD, 0)
    assert len(canary.remote.record()["rejected"]) == 1


def test_nobody_can_tell_whether_stable_runs_the_promoted_model(canary: Bench) -> None:
    canary.measured.down = lambda: Reply(503, b"") if canary.serving()[0] == NEW else None
    [finding] = refused(canary, "--timeout", "30")
    assert finding.rule == "live"
    assert "nobody can tell whether" in finding.message
    assert canary.moves() == ["start", "weight", "weight", "promote", "rollback"]
    assert canary.serving() == (OLD, 0)
    assert canary.remote.record()["rejected"] == []


def test_nobody_can_tell_what_is_live(bench: Bench) -> None:
    bench.plan(BLUE_GREEN)
    bench.edit_plan(url=None, live=None, analysis=None)
    bench.stable()
    assert bench.rollout()["finished"]
    assert [notice.rule for notice in bench.notices] == ["live", "analysis", "live"]
    assert "nobody can tell" in bench.notices[0].message
    assert bench.clock.now() == 3 * 60, "each track is given the time of a step, so that no traffic goes to nobody"


def test_nobody_can_tell_whether_more_copies_are_live(canary: Bench) -> None:
    canary.edit_plan(url=None, live=None, analysis=None)
    weights: list[int] = []
    for hour in (30, 90, 150, 210, 270):
        canary.clock.at(hour, lambda: weights.append(canary.serving()[1]))
    assert canary.rollout()["finished"]
    assert weights == [0, 10, 50, 50, 50], "the first copy gets time before traffic; so do more copies, and stable"
    assert canary.clock.now() == 5 * 60


def test_the_model_itself_tells_its_version(bench: Bench) -> None:
    bench.plan(ROLLING)
    bench.edit_plan(url=bench.stub.url, live=None)
    bench.stable()
    ready = f"/v2/models/penguins/versions/{NEW}/ready"
    bench.stub.reply = lambda path: Reply(200 if path == ready and bench.clock.now() >= 20 else 404, b"")
    assert bench.rollout()["finished"]
    assert bench.clock.now() == 20
    assert bench.stub.asked.count(ready) > 10


def test_other_manifests_with_the_same_model_are_waited_for(bench: Bench) -> None:
    bench.plan(ROLLING)
    bench.stable("new")
    bench.here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 2Gi")
    bench.ready["stable", NEW] = 50
    assert bench.rollout()["finished"]
    assert bench.clock.now() == 50
    assert bench.notices == []


def test_the_address_cannot_tell_a_release_of_the_same_version(bench: Bench) -> None:
    bench.plan(ROLLING)
    bench.edit_plan(url=bench.stub.url, live=None)
    bench.stable("new")
    bench.stub.reply = lambda _path: Reply(200, b"")
    bench.here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 2Gi")
    assert bench.rollout()["finished"]
    [notice] = bench.notices
    assert "nobody can tell from the version" in notice.message
