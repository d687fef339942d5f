"""Releases that are taken back although nothing is known against them: they are not rejected."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused
from steps.release.repositories import Remote, version


def test_an_aborted_canary_starts_again(remote: Remote) -> None:
    here = remote.first
    stable = here.release_fully("a")
    release = here.start("bb")["release"]
    result = here.move("abort", "--allow-again", "--release", release)
    assert "may start again" in result["message"]
    record = remote.record()
    assert (record["stable"]["release"], record["canary"]["replicas"], record["rejected"]) == (stable, 0, [])
    assert "releases/production/candidate-predictions.csv" not in remote.files()
    again = here.start("bb")
    assert (again["release"], again["changed"]) == (release, True)


def test_a_rollback_of_a_canary_is_an_abort(remote: Remote) -> None:
    here = remote.first
    here.release_fully("a")
    here.start("bb")
    assert "this was an abort" in here.move("rollback", "--allow-again")["message"]
    assert remote.record()["rejected"] == []
    assert here.start("bb")["changed"] is True


@pytest.mark.parametrize("words", ["rollback", "rollback --to FIRST"])
def test_a_stable_release_that_is_left_starts_again(remote: Remote, words: str) -> None:
    here = remote.first
    first = here.release_fully("a")
    second = here.release_fully("bb")
    here.move(*words.replace("FIRST", first).split(), "--allow-again")
    record = remote.record()
    assert (record["stable"]["release"], record["rejected"]) == (first, [])
    assert here.release_fully("bb") == second
    record = remote.record()
    assert (record["stable"]["release"], record["previous"]["release"]) == (second, first)


@pytest.mark.parametrize(
    ("finished", "taken", "again"),
    [
        (False, "abort --allow-again", "rollback"),
        (False, "abort", "rollback --allow-again"),
        (False, "rollback --allow-again", "abort"),
        (True, "rollback --allow-again", "rollback"),
        (True, "rollback", "rollback --allow-again"),
        (True, "rollback --allow-again", "rollback --allow-again"),
    ],
)
def test_taken_back_twice_is_taken_back_once(remote: Remote, finished: bool, taken: str, again: str) -> None:
    """A job may take back what the rollout took back already; whether that was rejected stays as it is."""
    here = remote.first
    here.release_fully("a")
    release = here.release_fully("bb") if finished else here.start("bb")["release"]
    here.move(*taken.split(), "--release", release)
    tip, rejected = remote.tip(), remote.record()["rejected"]
    assert rejected == ([] if "--allow-again" in taken else [release])
    runner = remote.clone("runner", "--depth=1")
    result = runner.move(*again.split(), "--release", release)
    assert (result["changed"], remote.tip()) == (False, tip)
    assert "already" in result["message"]
    here.start("ccc")
    assert here.move(*again.split(), "--release", release)["changed"] is False, "nor is the next release taken back"


def test_what_was_not_taken_back_is_still_named_in_vain(remote: Remote) -> None:
    """The release before, and one that came again and is in turn no more."""
    here = remote.first
    first = here.release_fully("a")
    here.start("bb")
    here.move("abort", "--allow-again")
    second = here.release_fully("bb")
    here.release_fully("ccc")
    for release in (first, second, "0" * 64):
        with pytest.raises(Refused, match="was meant for"):
            here.move("rollback", "--release", release)
    assert remote.record()["stable"]["version"] == version("ccc")


def test_no_rollback_leads_to_what_was_taken_back(remote: Remote) -> None:
    here = remote.first
    for name in ("a", "bb", "ccc"):
        here.release_fully(name)
    here.move("rollback", "--allow-again")
    assert here.move("show")["facts"]["previous"] == here.move("show", "--back")["release"]
    assert here.move("show", "--back")["version"] == version("a"), "and not ccc, which is newer"
    here.move("rollback", "--allow-again")
    assert remote.record()["stable"]["version"] == version("a")
    with pytest.raises(Refused, match="there is nothing to go back to"):
        here.move("rollback")


def test_what_came_again_is_gone_back_to(remote: Remote) -> None:
    here = remote.first
    here.release_fully("a")
    for _ in range(2):
        here.release_fully("bb")
        here.move("rollback", "--allow-again")
    here.release_fully("bb")
    here.release_fully("ccc")
    here.release_fully("dddd")
    for name in ("ccc", "bb", "a"):
        here.move("rollback")
        assert remote.record()["stable"]["version"] == version(name)


def test_the_next_environment_does_not_start_it(remote: Remote) -> None:
    here = remote.first
    here.release_fully("a", env="staging")
    release = here.release_fully("bb", env="staging")
    here.move("rollback", "--allow-again", env="staging")
    words = ("start", "--from", "staging", "--release", release)
    with pytest.raises(Refused, match="was taken back in staging: release it there again before") as no:
        here.move(*words)
    assert no.value.findings[0].rule == "taken-back"
    assert remote.tip() is None
    assert here.release_fully("bb", env="staging") == release
    assert here.move(*words)["release"] == release
