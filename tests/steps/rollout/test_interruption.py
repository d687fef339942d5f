"""Somebody ends the process: the release is taken back first."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.release import automation
from mlopsc.steps.mlops_steps.release.environment import Environment
from mlopsc.steps.mlops_steps.results import write_json
from steps import formats
from steps.project import STEPS
from steps.release.repositories import image, version
from steps.rollout.bench import ROLLING, Bench


def sent(number: int) -> Callable[[], None]:
    """Return what sends a signal to this process."""
    return lambda: os.kill(os.getpid(), number)


def test_termination_in_a_pause(canary: Bench) -> None:
    canary.clock.at(30, sent(signal.SIGTERM))
    with pytest.raises(Refused) as caught:
        canary.rollout()
    [finding] = caught.value.findings
    assert finding.rule == "interrupted"
    assert canary.moves() == ["start", "weight", "abort"]
    assert canary.serving() == (version("old"), 0)
    assert canary.remote.record()["rejected"] == []
    assert (canary.outputs["started"], canary.outputs["finished"]) == ("true", "false")


def test_an_interrupt_in_a_pause(canary: Bench) -> None:
    canary.clock.at(90, sent(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        canary.rollout()
    assert canary.moves() == ["start", "weight", "weight", "abort"]
    assert canary.remote.record()["rejected"] == []
    assert "It was not released" in canary.summary


def test_the_signals_are_handled_as_before_in_the_end(canary: Bench) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    canary.clock.at(30, sent(signal.SIGTERM))
    with pytest.raises(Refused):
        canary.rollout()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_second_signal_does_not_stop_the_way_back(canary: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    perform = automation.perform

    def interrupted(environment: Environment, move: automation.Move, *, dry_run: bool = False) -> automation.Done:
        if move.name == "abort":
            sent(signal.SIGTERM)()
            sent(signal.SIGINT)()
        return perform(environment, move, dry_run=dry_run)

    monkeypatch.setattr(automation, "perform", interrupted)
    canary.clock.at(30, sent(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        canary.rollout()
    assert canary.moves() == ["start", "weight", "abort"]


def test_a_promoted_release_stays(canary: Bench) -> None:
    """All its steps passed; only the second track is put to rest."""
    canary.ready["stable", version("new")] = 500
    canary.clock.at(200, sent(signal.SIGTERM))
    with pytest.raises(Refused):
        canary.rollout()
    assert canary.moves() == ["start", "weight", "weight", "promote", "abort"]
    assert canary.serving() == (version("new"), 0)
    assert canary.remote.record()["rejected"] == []


def test_a_rolling_release_stays(bench: Bench) -> None:
    """There is no track to abort, and Kubernetes replaces no copy before the next one is ready."""
    bench.plan(ROLLING)
    bench.stable()
    bench.ready["stable", version("new")] = 500
    bench.clock.at(200, sent(signal.SIGTERM))
    with pytest.raises(Refused):
        bench.rollout()
    assert bench.moves() == ["start"]
    assert bench.serving() == (version("new"), 0)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 1), (signal.SIGINT, 130)])
def test_a_real_process(canary: Bench, number: signal.Signals, code: int) -> None:
    canary.here.candidate("new")
    outputs = canary.here.context().build / "outputs"
    shutil.copy(STEPS / "__main__.py", canary.here.pipeline)
    shutil.copytree(
        STEPS / "mlops_steps", canary.here.pipeline / "mlops_steps", ignore=shutil.ignore_patterns("__pycache__")
    )
    write_json(canary.here.pipeline / "config.json", canary.here.config)
    words = ["rollout", "--env", "production", "--image", image("new"), "--outputs", str(outputs)]
    process = subprocess.Popen(
        [sys.executable, str(canary.here.pipeline), *words],
        cwd=canary.here.top,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not outputs.exists() or "started=true" not in outputs.read_text(encoding="utf-8"):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == code, said
    assert (canary.moves()[0], canary.moves()[-1]) == ("start", "abort")
    assert "may start again" in said
    if code == 1:
        result = json.loads((outputs.parent / "results" / "rollout.json").read_text(encoding="utf-8"))
        assert result["status"] == "refused"
        assert formats.problems("result", result) == []
