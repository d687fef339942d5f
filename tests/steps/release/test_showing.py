"""What an environment runs, for later jobs."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.release.repositories import Checkout, Remote, image, version


def show(here: Checkout, *words: str) -> dict[str, str]:
    """Return what the step hands to later jobs."""
    here.outputs.unlink(missing_ok=True)
    result = here.move("show", *words)
    lines = here.outputs.read_text(encoding="utf-8").splitlines()
    found = dict(line.split("=", 1) for line in lines)
    assert list(found) == list(result["facts"])
    return found


def test_before_the_first_release(remote: Remote) -> None:
    assert show(remote.first) == {
        "release": "",
        "version": "",
        "image": "",
        "commit": "",
        "hold": "false",
        "phase": "none",
        "rejected": "false",
        "previous": "",
    }


def test_the_release_in_turn_and_where_a_rollback_goes(remote: Remote) -> None:
    here = remote.first
    first = here.release_fully("a")
    assert show(here) == {
        "release": first,
        "version": version("a"),
        "image": image("a"),
        "commit": remote.commit,
        "hold": "false",
        "phase": "at-rest",
        "rejected": "false",
        "previous": "",
    }
    tried = here.start("bb")["release"]
    found = show(here)
    assert (found["release"], found["phase"], found["previous"]) == (tried, "canary", first)
    here.move("promote")
    found = show(here)
    assert (found["release"], found["phase"], found["previous"]) == (tried, "promoted", first)
    here.move("finish")
    third = here.release_fully("ccc")
    assert show(here)["previous"] == tried
    here.move("rollback", "--hold", "--reason", "x")
    found = show(remote.clone("runner", "--depth=1"))
    assert (found["release"], found["hold"]) == (tried, "true")
    assert found["previous"] == first, "a rollback finds it in the history, so it is told"
    assert third not in found.values()


def test_a_release_is_found_wherever_it_stands_or_stood(remote: Remote) -> None:
    here = remote.first
    ids = {name: here.release_fully(name) for name in ("a", "bb", "ccc")}
    here.move("rollback")
    aborted = here.start("dddd")["release"]
    here.move("abort")
    tried = here.start("eeeee")["release"]
    runner = remote.clone("runner", "--depth=1")
    said = {}
    for release, rejected in (
        (ids["a"], "false"),
        (ids["bb"], "false"),
        (ids["ccc"], "true"),
        (aborted, "true"),
        (tried, "false"),
    ):
        found = show(runner, "--release", release)
        assert (found["release"], found["rejected"], found["phase"]) == (release, rejected, "canary")
        said[found["version"]] = runner.printed
    assert show(runner, "--release", ids["a"])["image"] == image("a")
    assert ids["a"] in runner.printed
    show(runner)
    assert tried in runner.printed
    for name, words in (
        ("a", "ran before"),
        ("bb", "serves"),
        ("ccc", "was aborted or rolled back"),
        ("dddd", "was aborted or rolled back"),
        ("eeeee", "is tried with 0% of the traffic"),
    ):
        assert words in said[version(name)]


def test_what_never_was(remote: Remote) -> None:
    remote.first.release_fully("a")
    with pytest.raises(
        Unusable, match=r"there never was a release 0{12} in production: .*release list --env production"
    ):
        remote.first.move("show", "--release", "0" * 64)
    assert not remote.first.outputs.exists() or "000000" not in remote.first.outputs.read_text(encoding="utf-8")


def test_where_to_go_back_to(remote: Remote) -> None:
    here = remote.first
    first, second, third = (here.release_fully(name) for name in ("a", "bb", "ccc"))
    assert show(here, "--back")["release"] == second
    assert show(here, "--back", "--release", "")["release"] == second
    assert show(here, "--back", "--release", first)["image"] == image("a")
    tried = here.start("dddd")["release"]
    assert show(here, "--back")["release"] == third, "what is tried is given up first"
    with pytest.raises(Unusable, match=f"the release {tried[:12]} never served all traffic"):
        here.move("show", "--back", "--release", tried)


def test_a_rollback_that_runs_again_goes_no_further_back(remote: Remote) -> None:
    here = remote.first
    first, second, third = (here.release_fully(name) for name in ("a", "bb", "ccc"))
    here.move("rollback", "--to", second, "--hold", "--release", third, "--reason", "late answers")
    said = r'on hold \("late answers"\), so a rollback was made already: name the release to go back to with --release'
    for words in ((), ("--release", "")):
        here.outputs.unlink(missing_ok=True)
        with pytest.raises(Unusable, match=said):
            here.move("show", "--back", *words)
        assert not here.outputs.exists(), "no later job may take a release for the one to go back to"
    assert show(here, "--back", "--release", first)["release"] == first
    here.move("resume", "--reason", "mended")
    assert show(here, "--back")["release"] == first


def test_there_may_be_nothing_to_go_back_to(remote: Remote) -> None:
    here = remote.first
    with pytest.raises(Unusable, match="no release before this one"):
        here.move("show", "--back")
    here.release_fully("a")
    with pytest.raises(Unusable, match="no release before this one"):
        here.move("show", "--back")
