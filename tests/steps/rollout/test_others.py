"""What other people do in between holds, and nothing of theirs is touched."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from steps.release.repositories import Checkout, git, version
from steps.rollout.bench import OLD, Bench, refused
from steps.rollout.servers import Reply


def somebody(bench: Bench) -> Checkout:
    """Return the clone of somebody else."""
    return bench.remote.clone("somebody")


def test_a_hold_in_between(canary: Bench) -> None:
    other = somebody(canary)
    canary.clock.at(30, lambda: other.move("hold", "--reason", "an incident"))
    [finding] = refused(canary)
    assert finding.rule == "hold"
    assert 'put on hold ("an incident")' in finding.message
    assert canary.moves() == ["start", "weight", "hold"]
    assert canary.serving() == (OLD, 10), "what runs stays"
    assert canary.outputs["started"] == "false", "so that no later job takes it back"
    assert "on its way and not finished" in canary.summary


@pytest.mark.parametrize("words", ["abort", "rollback", "rollback --hold --reason incident"])
def test_somebody_else_takes_it_back(canary: Bench, words: str) -> None:
    other = somebody(canary)
    canary.clock.at(90, lambda: other.move(*words.split()))
    [finding] = refused(canary)
    assert finding.rule == "rejected"
    assert "somebody took" in finding.message
    assert canary.moves() == ["start", "weight", "weight", words.split()[0]]


def test_somebody_else_takes_it_back_without_rejecting_it(canary: Bench) -> None:
    other = somebody(canary)
    canary.clock.at(30, lambda: other.move("abort", "--allow-again"))
    [finding] = refused(canary)
    assert finding.rule == "release"
    assert "or took yours back" in finding.message
    assert canary.moves() == ["start", "weight", "abort"]
    assert canary.outputs["started"] == "false"


def test_somebody_else_releases_another_model(canary: Bench) -> None:
    other = somebody(canary)

    def another() -> None:
        other.move("abort")
        other.start("third")
        record = canary.remote.record()
        canary.remote.edit_record(f'"{record["rejected"][0]}"', "")

    canary.clock.at(30, another)
    [finding] = refused(canary)
    assert finding.rule == "release"
    assert version("third") in finding.message
    assert canary.remote.record()["canary"]["version"] == version("third"), "it is not ours to abort"


def test_somebody_else_promotes_it(canary: Bench) -> None:
    other = somebody(canary)
    canary.clock.at(30, lambda: other.move("promote"))
    assert canary.rollout()["finished"]
    assert canary.moves() == ["start", "weight", "promote", "finish"]


def test_edits_by_hand_in_between_are_left_alone(canary: Bench) -> None:
    place = canary.remote.folder / "by-hand"

    def edit() -> None:
        branch = "--branch=deploy/penguins/production"
        git(canary.remote.folder, "clone", "--quiet", branch, str(canary.remote.path), place.name)
        path = place / "ops" / "deploy" / "base" / "deployment.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "# an emergency\n", encoding="utf-8")
        git(place, "-c", "user.name=U", "-c", "user.email=u@example.com", "commit", "-qam", "release(x): by-hand")
        git(place, "push", "--quiet")

    canary.clock.at(30, edit)
    [finding] = refused(canary)
    assert finding.rule == "edits"
    assert canary.moves() == ["start", "weight", "by-hand"]


def test_a_broken_record_in_between(canary: Bench) -> None:
    canary.clock.at(30, lambda: canary.remote.edit_record('"weight": 10', '"weight": 11'))
    findings = refused(canary)
    assert {finding.rule for finding in findings} == {"format"}


def test_another_release_on_its_way(canary: Bench) -> None:
    canary.here.start("third")
    [finding] = refused(canary)
    assert finding.rule == "running"
    assert canary.moves() == ["start"]
    assert canary.outputs["started"] == "false"


def test_a_hold_refuses(canary: Bench) -> None:
    canary.here.move("hold", "--reason", "an incident")
    for words in ([], ["--resume", ""], ["--resume", " "]):
        [finding] = refused(canary, *words)
        assert finding.rule == "hold"
    assert canary.moves() == ["hold"]


def test_a_reason_lifts_a_hold(canary: Bench) -> None:
    canary.here.move("hold", "--reason", "an incident")
    assert canary.rollout("new", "--resume", "the cause\nis gone")["finished"]
    assert canary.moves() == ["hold", "resume", "start", "weight", "weight", "promote", "finish"]
    assert "Reason: the cause is gone" in git(canary.remote.path, "log", "--format=%B", "deploy/penguins/production")


def test_a_hold_stays_when_the_release_is_refused(canary: Bench) -> None:
    canary.here.move("hold", "--reason", "an incident")
    canary.here.edit("base/service.yaml", "port: 8080", "port: 8081")
    path = "overlays/production/released/kustomization.yaml"
    canary.here.commit({path: (canary.here.deploy / path).read_text(encoding="utf-8") + "# wiring\n"})
    [finding] = refused(canary, "--resume", "the cause is gone")
    assert finding.rule == "wiring"
    assert canary.moves() == ["hold"]


def test_a_hold_stays_when_prometheus_is_away(canary: Bench) -> None:
    canary.here.move("hold", "--reason", "an incident")
    canary.measured.down = lambda: Reply(503, b"")
    with pytest.raises(Unusable):
        canary.rollout("new", "--resume", "the cause is gone")
    assert canary.moves() == ["hold"]
