"""Accepted findings of the image scan."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import commands
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from steps.project import Project

CONFIG = {
    "schema": 1,
    "name": "penguins",
    "root": "../..",
    "scan": {"ignore": {"CVE-2026-1": "2026-05-31", "GHSA-x": "2026-06-30"}},
}


def run(folder: Path, *arguments: str, config: dict[str, Any] | None = None) -> dict[str, Any]:
    step = commands.STEPS["exceptions"]
    parser = argparse.ArgumentParser()
    step.options(parser)
    project = Project(folder, CONFIG if config is None else config)
    return step.run(project.context(), parser.parse_args(arguments))


def test_the_last_day_still_counts(tmp_path: Path) -> None:
    assert run(tmp_path, "--on", "2026-05-31") == {"accepted": CONFIG["scan"]["ignore"]}  # type: ignore[index]


def test_a_day_later_it_stops(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        run(tmp_path, "--on", "2026-06-01")
    (finding,) = refusal.value.findings
    assert (finding.rule, finding.subject, finding.facts) == ("expires", "CVE-2026-1", {"expires": "2026-05-31"})
    assert finding.message == (
        "CVE-2026-1 was accepted until 2026-05-31, and it is 2026-06-01: update what has it, or accept it anew in "
        "deployment.image.scan.ignore of mlops.yaml"
    )


def test_all_that_are_over_are_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        run(tmp_path, "--on", "2027-01-01")
    assert [finding.subject for finding in refusal.value.findings] == ["CVE-2026-1", "GHSA-x"]


@pytest.mark.parametrize("config", [{}, {"scan": {"ignore": {}}}])
def test_nothing_is_accepted(tmp_path: Path, config: dict[str, Any]) -> None:
    assert run(tmp_path, config={"schema": 1, "name": "penguins", "root": "../..", **config}) == {"accepted": {}}


def test_it_is_today_in_utc(tmp_path: Path) -> None:
    today = datetime.datetime.now(datetime.timezone.utc).date()
    for days, passes in ((-2, False), (2, True)):
        ignore = {"CVE-2026-1": str(today + datetime.timedelta(days=days))}
        config = {**CONFIG, "scan": {"ignore": ignore}}
        if passes:
            assert run(tmp_path, config=config) == {"accepted": ignore}
        else:
            with pytest.raises(Refused):
                run(tmp_path, config=config)


@pytest.mark.parametrize("day", ["2026-02-30", "20260531", "2026-W22-1", "31.05.2026", "soon", ""])
def test_a_day_that_is_none_is_told(tmp_path: Path, day: str) -> None:
    with pytest.raises(Unusable, match="is no day: write one such as 2026-05-31"):
        run(tmp_path, config={**CONFIG, "scan": {"ignore": {"CVE-2026-1": day}}})


def test_a_day_of_the_command_line_that_is_none_is_told(tmp_path: Path) -> None:
    for day in ("tomorrow", ""):
        with pytest.raises(Unusable, match="is no day"):
            run(tmp_path, "--on", day)
