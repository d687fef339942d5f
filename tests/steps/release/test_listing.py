"""The releases that were ever stable, for whoever looks for one to go back to."""

from __future__ import annotations

import argparse
from dataclasses import replace
from io import StringIO
from typing import Any

from mlopsc.steps.mlops_steps.release import command
from mlopsc.steps.mlops_steps.results import document
from steps import formats
from steps.release.repositories import Checkout, Remote, image, version


def listed(here: Checkout, env: str = "production") -> list[dict[str, str]]:
    """Return what the step lists, which must be as the published format says."""
    result = here.move("list", env=env)
    config: dict[str, Any] = here.context().config
    assert formats.problems("result", document("release", "passed", result, (), (), config)) == []
    found: list[dict[str, str]] = result["releases"]
    return found


def test_before_the_first_release(remote: Remote) -> None:
    assert listed(remote.first) == []
    assert "0 releases were stable once" in remote.first.printed


def test_the_newest_first_and_what_each_one_is_now(remote: Remote) -> None:
    here = remote.first
    ids = {name: here.release_fully(name) for name in ("a", "bb", "ccc", "dddd")}
    here.move("rollback")
    aborted = here.start("eeeee")["release"]
    here.move("abort")
    tried = here.start("ffffff")["release"]
    runner = remote.clone("runner", "--depth=1")
    found = listed(runner)
    assert [(item["id"], item["now"]) for item in found] == [
        (ids["ccc"], "serves"),
        (ids["dddd"], "rejected"),
        (ids["bb"], "earlier"),
        (ids["a"], "earlier"),
    ], "what was only tried was never stable"
    assert not {aborted, tried} & {item["id"] for item in found}
    assert found[2] == {
        "id": ids["bb"],
        "short": ids["bb"][:12],
        "version": version("bb"),
        "image": image("bb"),
        "commit": remote.commit,
        "now": "earlier",
    }
    assert not runner.outputs.exists(), "it is for people"
    here.move("abort")
    assert [item["now"] for item in listed(here)] == ["serves", "rejected", "previous", "earlier"]
    assert here.move("rollback")["record"]["stable"]["release"] == ids["bb"], "where it said"


def test_as_a_table(remote: Remote) -> None:
    here = remote.first
    first = here.release_fully("a")
    second = here.release_fully("bb")
    listed(here)
    rows = [line.split() for line in here.printed.splitlines()[1:]]
    assert rows == [
        ["now", "release", "version", "commit", "image", "id"],
        ["serves", second[:12], version("bb"), remote.commit[:12], image("bb"), second],
        ["previous", first[:12], version("a"), remote.commit[:12], image("a"), first],
    ]


def test_as_markdown(remote: Remote) -> None:
    here = remote.first
    page = here.top.parent / "summary.md"
    parser = argparse.ArgumentParser()
    command.options(parser)
    options = parser.parse_args(["list", "--env", "production"])
    command.run(replace(here.context(StringIO()), summary_file=page), options)
    assert "Nothing was released yet." in page.read_text(encoding="utf-8")
    release = here.release_fully("a")
    page.unlink()
    command.run(replace(here.context(StringIO()), summary_file=page), options)
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[:4] == [
        "### Releases of production",
        "",
        "| now | release | version | commit | image | id |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    assert lines[4].startswith("| serves | `")
    assert f"`{release}`" in lines[4]
