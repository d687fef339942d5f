"""The champion as a candidate's gate finds it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.release import champion, command
from steps.release.repositories import Checkout, Remote, version


def fetch(here: Checkout) -> tuple[str | None, bool]:
    """Fetch the champion of production and return its version."""
    context = here.context()
    found, predictions = champion.fetch(command.environment(context, "production", None), context.build / "champion")
    return (found.version if found else None), predictions


def folder(here: Checkout) -> Path:
    """Return where the champion goes."""
    return here.context().build / "champion"


def test_before_the_first_release_there_is_none(remote: Remote) -> None:
    folder(remote.first).mkdir(parents=True)
    (folder(remote.first) / "release.json").write_text("{}", encoding="utf-8")
    assert fetch(remote.first) == (None, False)
    asked = json.loads((folder(remote.first) / "release.json").read_text(encoding="utf-8"))
    assert asked == json.loads(
        (remote.first.deploy / "releases" / "production" / "release.json").read_text(encoding="utf-8")
    ), "there is an answer, and it is that nothing is there"
    remote.first.move("hold", "--reason", "x")
    assert fetch(remote.first) == (None, False)
    assert json.loads((folder(remote.first) / "release.json").read_text(encoding="utf-8")) == remote.record()


def test_nothing_of_another_champion_stays(remote: Remote) -> None:
    folder(remote.first).mkdir(parents=True)
    (folder(remote.first) / "predictions.csv").write_text("prediction\nx\n", encoding="utf-8")
    fetch(remote.first)
    assert sorted(path.name for path in folder(remote.first).iterdir()) == ["release.json"]


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
def test_what_is_stable_is_the_champion(remote: Remote, options: tuple[str, ...]) -> None:
    remote.first.start("a")
    remote.first.start("bb")
    here = remote.clone("here", *options)
    assert fetch(here) == (version("a"), True)
    assert (folder(here) / "predictions.csv").read_text(encoding="utf-8") == "prediction\na\n"
    assert json.loads((folder(here) / "release.json").read_text(encoding="utf-8")) == remote.record()
    remote.first.move("promote")
    assert fetch(here) == (version("bb"), True)
    assert (folder(here) / "predictions.csv").read_text(encoding="utf-8") == "prediction\nbb\n"


def test_a_champion_without_predictions(remote: Remote) -> None:
    remote.first.candidate("a")
    (remote.first.context().build / "evaluation" / "predictions.csv").unlink()
    remote.first.move("start", "--image", "ghcr.io/acme/penguins@sha256:" + "0" * 64)
    assert fetch(remote.first) == (version("a"), False)
    assert sorted(path.name for path in folder(remote.first).iterdir()) == ["release.json"]


def test_a_broken_record_is_refused(remote: Remote) -> None:
    remote.first.start("a")
    remote.edit_record('"weight": 100', '"weight": 101')
    with pytest.raises(Refused, match=r"stable\.weight is 101"):
        fetch(remote.first)


def test_an_unreachable_remote_is_no_missing_champion(remote: Remote) -> None:
    remote.path.rename(remote.folder / "moved.git")
    with pytest.raises(Unusable, match="cannot be asked"):
        fetch(remote.first)
