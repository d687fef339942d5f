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
from steps.rollout.bench import CANARY, NEVER, ROLLING, Bench, refused


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


def test_a_promoted_release_is_not_proven_yet(canary: Bench) -> None:
    """The second track still serves, and nobody has seen the first one run the model: it is not put to rest."""
    canary.ready["stable", version("new")] = 500
    canary.clock.at(200, sent(signal.SIGTERM))
    with pytest.raises(Refused):
        canary.rollout()
    assert canary.moves() == ["start", "weight", "weight", "promote", "rollback"]
    assert canary.serving() == (version("old"), 0)
    assert canary.remote.record()["rejected"] == []


def test_a_rolling_release_is_taken_back(bench: Bench) -> None:
    bench.plan(ROLLING)
    bench.stable()
    bench.ready["stable", version("new")] = 500
    bench.clock.at(200, sent(signal.SIGTERM))
    with pytest.raises(Refused):
        bench.rollout()
    assert bench.moves() == ["start", "rollback"]
    assert bench.serving() == (version("old"), 0)
    assert bench.remote.record()["rejected"] == []


def test_what_is_proven_stays(canary: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    perform = automation.perform

    def interrupted(environment: Environment, move: automation.Move, *, dry_run: bool = False) -> automation.Done:
        done = perform(environment, move, dry_run=dry_run)
        if move.name == "finish":
            sent(signal.SIGTERM)()
        return done

    monkeypatch.setattr(automation, "perform", interrupted)
    with pytest.raises(Refused):
        canary.rollout()
    assert canary.moves() == ["start", "weight", "weight", "promote", "finish"]
    assert canary.serving() == (version("new"), 0)


def begun(bench: Bench, number: signal.Signals) -> tuple[int, str]:
    """Run the step in a process of its own, send that a signal once it has moved something, and return how it ended.

    Returns:
        The exit code and what it printed.
    """
    bench.here.candidate("new")
    outputs = bench.here.context().build / "outputs"
    shutil.copy(STEPS / "__main__.py", bench.here.pipeline)
    shutil.copytree(
        STEPS / "mlops_steps", bench.here.pipeline / "mlops_steps", ignore=shutil.ignore_patterns("__pycache__")
    )
    write_json(bench.here.pipeline / "config.json", bench.here.config)
    words = ["rollout", "--env", "production", "--image", image("new"), "--outputs", str(outputs)]
    process = subprocess.Popen(
        [sys.executable, str(bench.here.pipeline), *words],
        cwd=bench.here.top,
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
    return process.returncode, said


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGTERM, 1), (signal.SIGINT, 130)])
def test_a_real_process(canary: Bench, number: signal.Signals, expected: int) -> None:
    code, said = begun(canary, number)
    assert code == expected, said
    assert (canary.moves()[0], canary.moves()[-1]) == ("start", "abort")
    assert "may start again" in said
    if code == 1:
        path = canary.here.context().build / "results" / "rollout.json"
        result = json.loads(path.read_text(encoding="utf-8"))
        assert result["status"] == "refused"
        assert formats.problems("result", result) == []


@pytest.fixture(params=["rolling", "argo-rollouts"])
def killed(bench: Bench, request: pytest.FixtureRequest) -> Bench:
    """A project in which a release got all of the traffic, and whoever waited until it runs was killed."""
    bench.plan(ROLLING if request.param == "rolling" else {**CANARY, "controller": request.param})
    bench.stable()
    bench.ready["stable", version("new")] = 500
    code, said = begun(bench, signal.SIGKILL)
    assert code == -signal.SIGKILL, said
    assert (bench.moves(), bench.remote.record()["unproven"]) == (["start"], True)
    return bench


def test_the_next_run_waits_on_after_a_kill(killed: Bench) -> None:
    assert killed.rollout()["finished"]
    assert killed.clock.now() == 500
    assert killed.moves() == ["start", "finish"]
    assert "unproven" not in killed.remote.record()


def test_the_next_run_takes_it_back_after_a_kill(killed: Bench) -> None:
    killed.ready["stable", version("new")] = NEVER
    [finding] = refused(killed, "--timeout", "30")
    assert finding.rule == "live"
    assert killed.moves() == ["start", "rollback"]
    assert killed.serving() == (version("old"), 0)


def test_no_other_release_starts_after_a_kill(killed: Bench) -> None:
    with pytest.raises(
        Refused, match="with 100% of the traffic: let its rollout run again, finish it, or roll it back before"
    ):
        killed.rollout("third")
    assert killed.moves() == ["start"]


def test_no_other_environment_gets_it_after_a_kill(killed: Bench) -> None:
    killed.here.config["environments"]["staging"]["after"] = "production"
    release = killed.remote.record()["stable"]["release"]
    words = ("--env", "staging", "--from", "production", "--release", release)
    for asked in ([], ["--release", release]):
        assert killed.here.move("show", *asked)["phase"] == "promoted"
        assert "nobody has seen yet that it runs" in killed.here.printed
    with pytest.raises(Refused) as caught:
        killed.run(*words)
    assert [finding.rule for finding in caught.value.findings] == ["unproven"]
    assert killed.rollout()["finished"]
    assert killed.here.move("start", "--from", "production", "--release", release, env="staging")["changed"]
