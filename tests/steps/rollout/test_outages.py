"""Prometheus, the remote repository and the cluster are away for a moment, or for long."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.release import push
from mlopsc.steps.mlops_steps.rollout import patience
from steps.rollout.bench import CANARY, OLD, Bench, refused
from steps.rollout.servers import Reply


def test_a_short_outage_of_prometheus(canary: Bench) -> None:
    canary.measured.down = lambda: Reply(503, b"") if 60 <= canary.clock.now() < 100 else None
    assert canary.rollout()["finished"]
    assert "503; once more in 10 s" in canary.printed
    assert canary.clock.now() == 160


def test_a_long_outage_of_prometheus(canary: Bench) -> None:
    canary.measured.down = lambda: Reply(503, b"") if canary.clock.now() >= 60 else None
    [finding] = refused(canary)
    assert finding.rule == "prometheus"
    assert "nobody can judge" in finding.message
    assert canary.clock.now() == 60 + patience.PROMETHEUS
    assert canary.moves() == ["start", "weight", "abort"]
    assert canary.remote.record()["rejected"] == []


def test_a_query_that_prometheus_refuses_is_not_repeated(canary: Bench) -> None:
    body = json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error"}).encode()
    canary.measured.down = lambda: Reply(400, body) if canary.clock.now() >= 60 else None
    [finding] = refused(canary)
    assert "answers 400 (parse error)" in finding.message
    assert canary.clock.now() == 60
    assert canary.remote.record()["rejected"] == []


def test_nothing_starts_without_prometheus(canary: Bench) -> None:
    canary.measured.down = lambda: Reply(503, b"")
    tip = canary.remote.tip()
    with pytest.raises(Unusable, match="nothing was started"):
        canary.rollout()
    assert canary.remote.tip() == tip
    assert (canary.outputs["started"], canary.outputs["finished"]) == ("false", "false")


class Cluster:
    """Stands in for the application of the branch in push mode."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.phases: list[str] = []
        self.fails: Callable[[str, int], bool] = lambda phase, weight: False
        self.failure = Unusable
        monkeypatch.setattr(push, "apply", self.apply)

    def apply(self, _environment: Any, state: Any) -> None:
        """Note what is applied, or fail."""
        if self.fails(state.record.phase, state.record.weight):
            raise self.failure("the cluster is not as the branch says: timed out")
        self.phases.append(f"{state.record.phase} {state.record.weight}")


def test_every_move_is_pushed_to_the_cluster(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.edit_plan(live=None)
    bench.stable()
    cluster.phases.clear()
    assert bench.rollout()["finished"]
    assert cluster.phases == ["canary 0", "canary 10", "canary 50", "promoted 50", "at-rest 0"]
    assert bench.clock.now() == 120, "kubectl has waited for the copies already"
    assert bench.notices == []


def test_a_push_that_fails_for_a_moment(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.stable()
    cluster.fails = lambda phase, weight: weight == 50 and bench.clock.now() < 90
    result = bench.rollout()
    assert result["finished"]
    assert bench.moves() == ["start", "weight", "weight", "promote", "finish"]
    assert len(result["moves"]) == 5


def test_a_push_that_fails(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.stable()
    cluster.phases.clear()
    cluster.fails = lambda phase, weight: weight == 10
    [finding] = refused(bench)
    assert (finding.rule, "timed out" in finding.message) == ("outage", True)
    assert bench.moves() == ["start", "weight", "abort"]
    assert cluster.phases == ["canary 0", "at-rest 0"]
    assert bench.remote.record()["rejected"] == []
    assert (bench.outputs["started"], bench.outputs["finished"]) == ("true", "false")


def test_copies_that_do_not_run_behind_a_push(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.stable()
    cluster.fails, cluster.failure = lambda phase, weight: phase == "canary", push.NotRunningError
    [finding] = refused(bench)
    assert finding.rule == "live"
    assert bench.moves() == ["start", "abort"]
    assert len(bench.remote.record()["rejected"]) == 1
    assert bench.outputs["started"] == "true"


@pytest.mark.parametrize(("failure", "rule", "rejected"), [(push.NotRunningError, "live", 1), (Unusable, "outage", 0)])
def test_copies_that_do_not_run_after_the_promotion(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, failure: type[Unusable], rule: str, rejected: int
) -> None:
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.stable()
    cluster.fails, cluster.failure = lambda phase, weight: phase == "promoted", failure
    [finding] = refused(bench)
    assert finding.rule == rule
    assert bench.moves() == ["start", "weight", "weight", "promote", "rollback"]
    assert bench.serving() == (OLD, 0)
    assert cluster.phases[-1] == "at-rest 0", "the cluster follows"
    assert len(bench.remote.record()["rejected"]) == rejected
    assert "It was not released" in bench.summary


def test_the_cluster_is_away_when_all_is_done(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.stable()
    cluster.fails = lambda phase, weight: phase == "at-rest"
    [finding] = refused(bench)
    assert finding.rule == "outage"
    assert bench.moves() == ["start", "weight", "weight", "promote", "finish"], "nothing speaks against it"
    assert "It gets all traffic, and the rollout failed" in bench.summary
    cluster.fails = lambda phase, weight: False
    assert bench.rollout()["finished"]
    assert cluster.phases[-1] == "at-rest 0"


def test_the_way_back_reaches_the_cluster_later(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.stable()
    cluster.phases.clear()
    failed: list[float] = []

    def fails(phase: str, weight: int) -> bool:
        if phase == "at-rest" and len(failed) < 3:
            failed.append(bench.clock.now())
            return True
        return weight == 10

    cluster.fails, cluster.failure = fails, push.NotRunningError
    [finding] = refused(bench)
    assert finding.rule == "live"
    assert len(failed) == 3, "the branch had the abort already"
    assert bench.moves() == ["start", "weight", "abort"]
    assert cluster.phases == ["canary 0", "at-rest 0"]


def test_the_result_of_an_outage(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line saves what `Refused` holds, and nothing of what cannot run at all."""
    cluster = Cluster(monkeypatch)
    bench.plan(CANARY, deployment__gitops={"push": {}})
    bench.stable()
    cluster.fails = lambda phase, weight: weight == 10
    with pytest.raises(Refused) as caught:
        bench.rollout()
    result = caught.value.result
    assert [made["move"] for made in result["moves"]] == ["start", "weight", "abort"]
    assert (result["started"], result["finished"], result["phase"]) == (True, False, "at-rest")
    assert "timed out" in bench.summary


def test_a_rule_that_forbids_the_push_in_between(canary: Bench) -> None:
    """Nobody decided against the release, so that it is still this rollout's to take back."""
    canary.clock.at(30, lambda: canary.remote.hook("echo 'GH013: protected branch' >&2; exit 1"))
    forbidden, rollback = refused(canary)
    assert (forbidden.rule, rollback.rule) == ("push", "rollback")
    assert "does not take a push" in forbidden.message
    release = canary.outputs["release"]
    assert f"release rollback --env production --release {release} --allow-again" in rollback.message
    assert (canary.outputs["started"], canary.outputs["finished"]) == ("true", "false")
    assert canary.moves() == ["start", "weight"]
    assert "on its way and not finished" in canary.summary
    canary.remote.no_hook()


def test_a_rule_that_forbids_one_push(canary: Bench) -> None:
    def once() -> None:
        canary.remote.hook('rm "$0"; echo "GH013: protected branch" >&2; exit 1')

    canary.clock.at(30, once)
    [forbidden] = refused(canary)
    assert forbidden.rule == "push"
    assert canary.moves() == ["start", "weight", "abort"]
    assert canary.remote.record()["rejected"] == []
    assert canary.outputs["started"] == "true"


def test_the_remote_repository_is_away_for_a_moment(canary: Bench) -> None:
    away = canary.remote.path.with_name("away.git")
    canary.clock.at(30, lambda: canary.remote.path.rename(away))
    canary.clock.at(70, lambda: away.rename(canary.remote.path))
    assert canary.rollout()["finished"]
    assert canary.moves() == ["start", "weight", "weight", "promote", "finish"]


def test_the_remote_repository_is_away_for_long(canary: Bench) -> None:
    away = canary.remote.path.with_name("away.git")
    canary.clock.at(30, lambda: canary.remote.path.rename(away))
    outage, rollback = refused(canary)
    assert (outage.rule, rollback.rule) == ("outage", "rollback")
    release = canary.outputs["release"]
    assert f"release rollback --env production --release {release} --allow-again" in rollback.message
    away.rename(canary.remote.path)
    assert canary.moves() == ["start", "weight"]


def test_a_fault_takes_the_release_back(canary: Bench) -> None:
    def fault() -> None:
        raise ZeroDivisionError

    canary.clock.at(30, fault)
    with pytest.raises(ZeroDivisionError):
        canary.rollout()
    assert canary.moves() == ["start", "weight", "abort"]
    assert canary.remote.record()["rejected"] == []
