"""A second run goes on where the first one ended."""

from __future__ import annotations

import pytest
from steps.rollout.bench import NEVER, NEW, Bench, refused
from steps.rollout.servers import Reply


def test_a_second_run_changes_nothing(canary: Bench) -> None:
    canary.rollout()
    tip, then = canary.remote.tip(), canary.clock.now()
    result = canary.rollout()
    assert canary.remote.tip() == tip
    assert canary.clock.now() == then
    assert (result["started"], result["finished"]) == (False, True)
    assert (canary.outputs["started"], canary.outputs["finished"]) == ("false", "true")
    assert "It already had all traffic." in canary.summary


def test_a_second_run_that_finds_other_copies_takes_nothing_back(canary: Bench) -> None:
    canary.rollout()
    tip = canary.remote.tip()
    canary.ready["stable", NEW] = NEVER
    [finding] = refused(canary, "--timeout", "30")
    assert finding.rule == "live"
    assert canary.remote.tip() == tip
    assert canary.outputs["started"] == "false"


@pytest.mark.parametrize(
    ("done", "rest", "seconds"),
    [
        ([], ["weight", "weight", "promote", "finish"], 120),
        (["weight --weight 10"], ["weight", "promote", "finish"], 120),
        (["weight --weight 50"], ["promote", "finish"], 60),
        (["weight --weight 50", "promote"], ["finish"], 0),
    ],
)
def test_a_second_run_goes_on(canary: Bench, done: list[str], rest: list[str], seconds: float) -> None:
    canary.here.start("new")
    for words in done:
        canary.here.move(*words.split())
    result = canary.rollout()
    assert canary.moves() == ["start", *(words.split()[0] for words in done), *rest]
    assert canary.clock.now() == seconds
    assert (result["started"], result["finished"]) == (True, True)


def test_a_second_run_judges_and_aborts_as_well(canary: Bench) -> None:
    canary.here.start("new")
    canary.measured.down = lambda: Reply(503, b"")
    [finding] = refused(canary, "--timeout", "30")
    assert finding.rule == "live"
    assert "nobody can tell whether" in finding.message
    assert canary.moves() == ["start", "abort"]
    assert canary.remote.record()["rejected"] == []
