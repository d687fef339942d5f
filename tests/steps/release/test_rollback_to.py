"""A rollback to a release that its caller names, and one that puts releases on hold as well."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused
from steps.release.repositories import Remote, version
from steps.release.test_publishing import once_before_publishing


@pytest.fixture
def ids(remote: Remote) -> dict[str, str]:
    """Three releases of production, each with manifests of its own, by the names of their models."""
    found = {"a": remote.first.release_fully("a")}
    for name, old, new in (("bb", "1Gi", "2Gi"), ("ccc", "2Gi", "3Gi")):
        remote.first.edit("base/deployment.yaml", f"memory: {old}", f"memory: {new}")
        found[name] = remote.first.release_fully(name)
    return found


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
def test_the_first_release_comes_back_while_another_one_is_tried(
    remote: Remote, ids: dict[str, str], options: tuple[str, ...]
) -> None:
    tried = remote.first.start("dddd")["release"]
    here = remote.clone("here", *options)
    result = here.move("rollback", "--to", ids["a"], "--reason", "wrong species")
    assert (result["changed"], result["phase"]) == (True, "at-rest")
    record = remote.record()
    assert (record["stable"]["release"], record["stable"]["weight"]) == (ids["a"], 100)
    assert record["rejected"] == [tried, ids["ccc"]]
    assert "previous" not in record
    assert remote.manifests() == remote.first.manifests(remote.commit)
    kept = {path: text for path, text in remote.files().items() if path.endswith(".csv")}
    assert kept == {"releases/production/predictions.csv": "prediction\na\n"}
    assert "Reason: wrong species" in remote.log(form="%b")
    tip = remote.tip()
    assert here.move("rollback", "--to", ids["a"], "--reason", "again")["changed"] is False
    assert remote.tip() == tip


def test_what_was_left_out_is_not_rejected(remote: Remote, ids: dict[str, str]) -> None:
    remote.first.move("rollback", "--to", ids["a"])
    assert remote.record()["rejected"] == [ids["ccc"]]
    with pytest.raises(Refused, match="is not released again"):
        remote.first.start("ccc")


def test_to_what_serves_while_another_one_is_tried(remote: Remote, ids: dict[str, str]) -> None:
    tried = remote.first.start("dddd")["release"]
    remote.first.move("rollback", "--to", ids["ccc"])
    record = remote.record()
    assert (record["stable"]["release"], record["rejected"]) == (ids["ccc"], [tried])
    assert record["previous"]["release"] == ids["bb"]
    assert record["canary"]["replicas"] == 0


def test_after_a_promotion_that_is_not_finished(remote: Remote, ids: dict[str, str]) -> None:
    promoted = remote.first.start("dddd")["release"]
    remote.first.move("promote")
    remote.first.move("rollback", "--to", ids["bb"])
    record = remote.record()
    assert (record["stable"]["release"], record["rejected"]) == (ids["bb"], [promoted])
    assert (record["canary"]["weight"], record["canary"]["replicas"]) == (0, 0)


def test_to_what_was_promoted_it_only_finishes(remote: Remote, ids: dict[str, str]) -> None:
    promoted = remote.first.start("dddd")["release"]
    remote.first.move("promote")
    remote.first.move("rollback", "--to", promoted)
    record = remote.record()
    assert (record["stable"]["release"], record["stable"]["weight"], record["rejected"]) == (promoted, 100, [])
    assert record["previous"]["release"] == ids["ccc"]


def test_nobody_goes_back_to_what_is_rejected(remote: Remote, ids: dict[str, str]) -> None:
    remote.first.move("rollback")
    tip = remote.tip()
    with pytest.raises(Refused, match="and nobody goes back to it: name another release"):
        remote.first.move("rollback", "--to", ids["ccc"])
    assert remote.tip() == tip


def test_what_was_never_stable_is_nothing_to_go_back_to(remote: Remote, ids: dict[str, str]) -> None:
    tried = remote.first.start("dddd")["release"]
    for release in (tried, "0" * 64):
        with pytest.raises(Refused, match=f"{release[:12]} was never stable in production") as no:
            remote.first.move("rollback", "--to", release)
        assert no.value.findings[0].rule == "stable"
    assert remote.record()["canary"]["release"] == tried
    assert ids["a"] not in remote.record()["rejected"]


def test_the_release_that_is_left_can_be_named(remote: Remote, ids: dict[str, str]) -> None:
    with pytest.raises(Refused, match="rollback was meant for the release"):
        remote.first.move("rollback", "--to", ids["a"], "--release", ids["bb"])
    words = ("rollback", "--to", ids["a"], "--release", ids["ccc"])
    assert remote.first.move(*words)["changed"] is True
    assert remote.first.move(*words)["changed"] is False, "done twice it changes nothing"


@pytest.mark.parametrize("between", ["promote", "abort", "weight --weight 50", "hold --reason x"])
def test_it_gets_there_whatever_a_promotion_does_at_the_same_time(
    remote: Remote, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    tried = remote.first.start("dddd")["release"]
    other = remote.clone("other")
    once_before_publishing(monkeypatch, lambda: other.move(*between.split()))
    remote.first.move("rollback", "--to", ids["a"], "--hold", "--reason", "wrong species")
    record = remote.record()
    assert record["stable"]["release"] == ids["a"]
    assert tried in record["rejected"]
    assert record["hold"] == {"reason": "wrong species"}


def test_a_hold_comes_with_the_rollback(remote: Remote, ids: dict[str, str]) -> None:
    before = len(remote.log())
    words = ("rollback", "--to", ids["a"], "--hold", "--reason", 'wrong "species"\n$(x)')
    message = remote.first.move(*words)["message"]
    assert message.endswith("releases are on hold")
    assert len(remote.log()) == before + 1, "one commit for both"
    assert remote.record()["hold"] == {"reason": 'wrong "species" $(x)'}
    assert remote.first.move(*words)["changed"] is False
    with pytest.raises(Refused, match="on hold"):
        remote.first.start("dddd")
    remote.first.move("resume", "--reason", "fixed")
    assert remote.first.start("dddd")["version"] == version("dddd")


def test_a_hold_without_a_name_of_where_to_go(remote: Remote, ids: dict[str, str]) -> None:
    remote.first.move("rollback", "--hold", "--reason", "wrong", "--release", ids["ccc"])
    record = remote.record()
    assert (record["stable"]["release"], record["hold"]) == (ids["bb"], {"reason": "wrong"})
    assert remote.first.move("rollback", "--hold", "--reason", "wrong", "--release", ids["ccc"])["changed"] is False
    remote.first.move("resume", "--reason", "right")
    remote.first.move("rollback", "--hold", "--reason", "wrong", "--release", ids["ccc"])
    record = remote.record()
    assert (record["stable"]["release"], record["hold"]) == (ids["bb"], {"reason": "wrong"}), (
        "what is back already stays, and the hold is written"
    )


def test_predictions_come_back_from_far(remote: Remote, ids: dict[str, str]) -> None:
    """The record names the release before only; the one before that is found in the history, predictions included."""
    for expected in ("bb", "a"):
        remote.first.move("rollback")
        assert remote.record()["stable"]["release"] == ids[expected]
        assert remote.files()["releases/production/predictions.csv"] == f"prediction\n{expected}\n"
