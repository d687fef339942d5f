"""Newer releases of actions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from mlopsc.pins import Action
from mlopsc.update.actions import Actions
from mlopsc.update.change import Found
from mlopsc.update.network import Answer
from mlopsc.update.refusal import Refused
from update.world import API, TODAY, World, sha

NAME = "actions/cache/save"
REPOSITORY = "actions/cache"
PIN = Action(tag="v5.0.5", sha=sha("v5.0.5"))
OLD = ("v5.0.5", "2026-04-13")


def look(world: World, pin: Action = PIN, cooldown: int = 7, name: str = NAME) -> Found:
    return Actions(world, TODAY, cooldown).look(name, pin)


def refused(world: World, pin: Action = PIN) -> tuple[str, dict[str, str]]:
    with pytest.raises(Refused) as caught:
        look(world, pin)
    return caught.value.code, dict(caught.value.facts)


@pytest.fixture
def world() -> World:
    return World()


def test_the_newest_release_of_the_same_major_version_is_taken_with_its_commit(world: World) -> None:
    world.release(REPOSITORY, ("v5.1.0", "2026-10-01"), ("v5.1.2", "2026-10-20"), ("v5.1.1", "2026-10-10"), OLD)
    found = look(world)
    assert found.pin == Action(tag="v5.1.2", sha=sha("v5.1.2"))
    (change,) = found.changes
    assert (change.section, change.name, change.old, change.new) == ("actions", NAME, "v5.0.5", "v5.1.2")
    assert (str(change.old_date), str(change.new_date)) == ("2026-04-13", "2026-10-20")
    assert found.notes == ()


def test_nothing_newer_asks_one_question(world: World) -> None:
    world.release(REPOSITORY, OLD, ("v5.0.4", "2026-03-01"))
    assert look(world) == Found()
    assert world.asked == [f"GET {API}/repos/{REPOSITORY}/releases?per_page=100"]


def test_the_releases_of_a_repository_are_asked_for_once(world: World) -> None:
    world.release(REPOSITORY, OLD)
    actions = Actions(world, TODAY, 7)
    for name in (REPOSITORY, NAME, f"{REPOSITORY}/restore"):
        assert actions.look(name, PIN) == Found()
    assert len(world.asked) == 1


def test_drafts_tries_and_moving_tags_are_no_releases(world: World) -> None:
    listed = [
        {"tag_name": "v5.2.0", "published_at": "2026-10-01T00:00:00Z", "draft": True},
        {"tag_name": "v5.3.0", "published_at": "2026-10-01T00:00:00Z", "prerelease": True},
        {"tag_name": "v5", "published_at": "2026-10-01T00:00:00Z"},
        {"tag_name": "bundle-v5.9.9", "published_at": "2026-10-01T00:00:00Z"},
        {"tag_name": "v5.0.5", "published_at": "2026-04-13T00:00:00Z"},
        "no release",
    ]
    world.put(f"{API}/repos/{REPOSITORY}/releases?per_page=100", listed)
    assert look(world) == Found()


def test_a_new_major_version_is_told_and_not_taken(world: World) -> None:
    world.release(REPOSITORY, ("v6.1.0", "2026-10-10"), ("v6.0.0", "2026-10-01"), ("v5.0.6", "2026-06-01"), OLD)
    found = look(world)
    assert found.pin == Action(tag="v5.0.6", sha=sha("v5.0.6"))
    assert found.notes == (f"{NAME}: v6.1.0 is out; a new major version comes with a new version of mlopsc",)


@pytest.mark.parametrize(("cooldown", "taken"), [(7, "v5.0.6"), (6, "v5.0.7"), (0, "v5.0.8")])
def test_a_release_must_be_out_for_the_cooldown(world: World, cooldown: int, taken: str) -> None:
    world.release(REPOSITORY, ("v5.0.8", "2026-11-20"), ("v5.0.7", "2026-11-14"), ("v5.0.6", "2026-11-13"), OLD)
    found = look(world, cooldown=cooldown)
    assert found.changes[0].new == taken
    assert len(found.notes) == {7: 2, 6: 1, 0: 0}[cooldown]
    if cooldown == 7:
        assert found.notes[0] == f"{NAME}: v5.0.8 is not 7 days old (2026-11-20)"
        assert not any("v5.0.8" in question for question in world.asked)


def test_an_old_release_whose_tag_was_moved_to_a_new_commit_is_not_taken(world: World) -> None:
    world.release(REPOSITORY, ("v5.0.6", "2026-06-01"), OLD, commits={"v5.0.6": "2026-11-19"})
    found = look(world)
    assert found.pin is None
    assert found.notes == (f"{NAME}: v5.0.6 is not 7 days old (2026-11-19)",)


def test_without_releases_the_tags_count_and_their_commits_tell_the_days(world: World) -> None:
    world.release(REPOSITORY, ("v5.0.7", "2026-11-19"), ("v5.0.6", "2026-10-01"), OLD)
    world.put(f"{API}/repos/{REPOSITORY}/releases?per_page=100", [])
    tags = [{"name": tag, "commit": {"sha": "a" * 40}} for tag in ("v5.0.7", "v5.0.6", "v5.0.5", "v5")]
    world.put(f"{API}/repos/{REPOSITORY}/tags?per_page=100", tags)
    found = look(world)
    assert found.pin == Action(tag="v5.0.6", sha=sha("v5.0.6"))
    assert str(found.changes[0].new_date) == "2026-10-01"
    assert found.notes == (f"{NAME}: v5.0.7 is not 7 days old (2026-11-19)",)


def test_a_tag_whose_commit_has_no_date_waits(world: World) -> None:
    world.put(f"{API}/repos/{REPOSITORY}/releases?per_page=100", [])
    world.put(f"{API}/repos/{REPOSITORY}/tags?per_page=100", [{"name": "v5.0.6"}])
    world.put(f"{API}/repos/{REPOSITORY}/commits/tags/v5.0.6", {"sha": sha("x")})
    assert look(world).notes == (f"{NAME}: v5.0.6 is not 7 days old (nobody says when)",)


def test_a_pin_without_a_version_is_left_alone(world: World) -> None:
    found = look(world, PIN.replace(tag="main"))
    assert found == Found(notes=(f"{NAME}: main is no version, so nothing counts as newer",))
    assert world.asked == []


@pytest.mark.parametrize("given", [None, "", "v5.0.6", "0123456", sha("x").upper()])
def test_a_release_without_a_commit_is_refused(world: World, given: str | None) -> None:
    world.release(REPOSITORY, ("v5.0.6", "2026-06-01"), OLD)
    world.put(f"{API}/repos/{REPOSITORY}/commits/tags/v5.0.6", {"sha": given})
    code, facts = refused(world)
    assert code == "PIN-742"
    assert facts == {"name": NAME, "host": "api.github.com", "what": "commit", "tag": "v5.0.6"}


def test_a_newer_version_from_an_older_commit_is_refused(world: World) -> None:
    world.release(REPOSITORY, ("v5.0.6", "2026-06-01"), OLD, commits={"v5.0.6": "2026-04-12"})
    code, facts = refused(world)
    assert code == "PIN-743"
    assert facts == {"name": NAME, "new": "v5.0.6 (2026-04-12)", "old": "v5.0.5 (2026-04-13)"}


@pytest.mark.parametrize("status", [404, 422])
def test_a_pinned_commit_that_is_gone_has_no_date(world: World, status: int) -> None:
    world.release(REPOSITORY, ("v5.0.6", "2026-06-01"), OLD)
    world.put(f"{API}/repos/{REPOSITORY}/commits/{PIN.sha}", {}, status=status)
    (change,) = look(world).changes
    assert change.old_date is None


@pytest.mark.parametrize(
    ("status", "hint"), [(404, "the name is still right"), (403, "GH_TOKEN"), (429, "GH_TOKEN"), (401, "GH_TOKEN")]
)
def test_an_answer_without_releases_stops(world: World, status: int, hint: str) -> None:
    world.put(f"{API}/repos/{REPOSITORY}/releases?per_page=100", {"message": "no"}, status=status)
    code, facts = refused(world)
    assert code == "PIN-741"
    assert (facts["host"], facts["given"]) == ("api.github.com", f"status {status}")
    assert facts["what"] == f"{REPOSITORY}/releases"
    assert hint in facts["hint"]


def test_an_answer_that_is_no_json_stops(world: World) -> None:
    world.put(f"{API}/repos/{REPOSITORY}/releases?per_page=100", b"<html>log in first</html>")
    assert refused(world)[1]["given"] == "something that is no JSON"


def test_a_token_goes_to_the_api_and_another_github_may_be_named(world: World) -> None:
    seen: list[str] = []
    world.variables = {"GITHUB_API_URL": "https://github.acme.example/api/v3/", "GH_TOKEN": "t0p", "GITHUB_TOKEN": "no"}
    url = f"https://github.acme.example/api/v3/repos/{REPOSITORY}/releases?per_page=100"
    world.put(url, [{"tag_name": "v5.0.5"}])
    answer = world.pages[url]
    assert not callable(answer)

    def told(headers: Mapping[str, str]) -> Answer:
        seen.append(headers["Authorization"])
        return answer

    world.pages[url] = told
    assert look(world) == Found()
    assert seen == ["Bearer t0p"]
