"""The harness itself: what it runs, what it sees, and what it ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tools
from e2e import linters
from e2e.act import World
from e2e.actions import MisuseError
from e2e.world import github, processes

pytestmark = pytest.mark.e2e

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
HEAD = """\
name: work
on:
  push: {}
  workflow_dispatch:
    inputs:
      where: { type: choice, options: [a, b], required: true }
      why: { type: string, default: none }
permissions: {}
defaults: { run: { shell: bash } }
jobs:
  one:
    name: One
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: { contents: read }
    steps:
"""
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

Make = Callable[..., World]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """A function that makes a world whose repository has one workflow with certain steps."""
    opened = []

    def made(*steps: str, head: str = HEAD) -> World:
        content = tmp_path / "content"
        (content / ".github" / "workflows").mkdir(parents=True)
        text = head + "".join(f"      - {step}\n" for step in steps)
        (content / ".github" / "workflows" / "work.yml").write_text(text, encoding="utf-8")
        (content / "file.txt").write_text("content\n", encoding="utf-8")
        (tmp_path / "world").mkdir()
        act, kubectl = linters.program("act"), tools.program("kubectl")
        world = World(tmp_path / "world", content, act=act, kubectl=kubectl, pythons=[sys.executable])
        opened.append(world.__enter__())
        return world

    yield made
    for world in opened:
        world.__exit__()


def run(script: str, name: str = "Run", **environment: str) -> str:
    """Return a step."""
    lines = "".join(f"\n          {line}" for line in script.splitlines())
    given = "".join(f"\n          {key}: {value}" for key, value in environment.items())
    return f"name: {name}" + (f"\n        env:{given}" if given else "") + f"\n        run: |{lines}"


def use(action: str, name: str = "Use", **given: str) -> str:
    """Return a step that uses an action."""
    inputs = "".join(f"\n          {key.replace('_', '-')}: {value}" for key, value in given.items())
    return f"name: {name}\n        uses: {action}" + (f"\n        with:{inputs}" if inputs else "")


CHECK_OUT = use(CHECKOUT, "Check out", persist_credentials="false")


def test_steps_run_in_the_commit_that_was_pushed(make: Make) -> None:
    world = make(CHECK_OUT, run("cat file.txt\ngit log --oneline"))
    world.commit("Change", {"file.txt": "changed\n"})
    ran = world.push("work.yml").passed()
    assert "changed" in ran.log
    assert ran.jobs == {"work/One": "success"}
    assert ran.steps == {("work/One", "Check out"): "success", ("work/One", "Run"): "success"}
    (call,) = world.state.calls()
    assert (call["name"], call["job"]) == ("actions/checkout", "one")


def test_a_failing_step_is_named(make: Make) -> None:
    world = make(run("true", "Good"), run("false", "Bad"), run("true", "Later"))
    ran = world.push("work.yml").failed_at("Bad")
    assert ("work/One", "Later") not in ran.steps
    with pytest.raises(AssertionError, match=r"failed in .*Bad"):
        ran.passed()
    with pytest.raises(AssertionError, match=r"failed in .*Bad"):
        ran.failed_at("Good")


def test_credentials_must_not_be_left_behind(make: Make) -> None:
    make(use(CHECKOUT)).push("work.yml").failed_at("Use")


def test_a_checkout_needs_its_permission(make: Make) -> None:
    ran = make(CHECK_OUT, head=HEAD.replace("{ contents: read }", "{}")).push("work.yml").failed_at("Check out")
    assert "needs contents: read" in ran.log


def test_the_repository_is_private(make: Make) -> None:
    world = make(CHECK_OUT, run("git fetch origin main"))
    assert "could not read Username" in world.push("work.yml").failed_at("Run").log


def test_a_push_needs_its_permission(make: Make) -> None:
    script = (
        "git config user.name a && git config user.email a@acme.example\n"
        "git commit --quiet --allow-empty --message=x\n"
        'header="Authorization: Basic $(printf x-access-token:%s "$TOKEN" | base64 -w0)"\n'
        'git -c http.extraHeader="$header" push origin HEAD:topic'
    )
    world = make(CHECK_OUT, run(script, TOKEN="${{ github.token }}"))
    assert "needs contents: write" in world.push("work.yml").failed_at("Run").log
    assert world.git("branch", "--list", "topic") == ""
    path = ".github/workflows/work.yml"
    world.commit("Allow", {path: world.git("show", f"main:{path}").replace("contents: read", "contents: write") + "\n"})
    world.push("work.yml").passed()
    assert "topic" in world.git("branch", "--list", "topic")


def test_an_interpreter_has_no_packages_until_they_are_installed(make: Make) -> None:
    install = "python -m pip install --require-hashes --no-deps --requirement"
    world = make(
        CHECK_OUT,
        use(PYTHON, python_version=f'"{VERSION}"'),
        run("! python -c 'import pytest'\n! python3 -c 'import pytest'\n/usr/bin/env python -c 'import json'"),
        run(f"{install} lock.txt\npython -c 'import pytest'", "Lock"),
        run(f"{install} other.txt", "Other"),
    )
    lock = f"pytest=={pytest.__version__} --hash=sha256:{'0' * 64}\n"
    world.commit("Lock", {"lock.txt": lock, "other.txt": lock.replace("==", "==0.")})
    world.push("work.yml").failed_at("Other")


def test_an_interpreter_of_another_version_is_not_there(make: Make) -> None:
    assert "'2.7'" in make(use(PYTHON, python_version='"2.7"')).push("work.yml").failed_at("Use").log


def test_jobs_reach_no_host_but_those_of_the_world(make: Make) -> None:
    script = "python3 -c 'import urllib.request as u; u.urlopen(\"https://pypi.org/simple\")'"
    world = make(run(script))
    assert "502" in world.push("work.yml").failed_at("Run").log
    assert world.internet.refused == ["pypi.org"]


def test_programs_refuse_what_the_job_may_not(make: Make) -> None:
    world = make(
        run("! gh run list --json status", "No token"),
        run("! gh run list --json status", "No permission", GH_TOKEN="${{ github.token }}", GH_REPO="acme/penguins"),
        run("! gh repo delete", "Unknown", GH_TOKEN="${{ github.token }}", GH_REPO="acme/penguins"),
        run("! docker run x\n! command -v cosign", "Programs"),
    )
    ran = world.push("work.yml").passed()
    for text in ("set the GH_TOKEN", "needs actions: read", "unknown command 'repo delete'", "docker: 'run x'"):
        assert text in ran.log


def test_inputs_are_those_of_the_form(make: Make) -> None:
    world = make(run('echo "[$WHERE] [$WHY]"', WHERE="${{ inputs.where }}", WHY="${{ inputs.why }}"))
    assert "[a] [none]" in world.dispatch("work.yml", {"where": "a"}).passed().log
    for inputs, message in (({}, "Required"), ({"where": "c"}, "not in the list"), ({"x": "1"}, "Unexpected")):
        with pytest.raises(MisuseError, match=message):
            world.dispatch("work.yml", inputs)
    with pytest.raises(MisuseError, match="not started by schedule"):
        world.start("schedule", "work.yml")


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (use("acme/unknown@v1"), "there is no stand-in for acme/unknown"),
        (use(CHECKOUT, nonsense="1"), "actions/checkout has no input 'nonsense'"),
        (use("actions/cache/save@v1", key="x"), "actions/cache/save needs the input 'path'"),
    ],
)
def test_a_use_that_does_not_fit_is_not_run(make: Make, step: str, message: str) -> None:
    with pytest.raises(MisuseError, match=message):
        make(step).push("work.yml")


SLOW = """\
python3 -u -c '
import pathlib, signal, time
def told(number, frame):
    print("told", number)
    raise SystemExit(3)
signal.signal(signal.SIGINT, told)
print("ready")
time.sleep(60)
'
"""


@pytest.mark.parametrize("forwarded", [True, False])
def test_cancelling_asks_the_shell_before_it_kills(
    make: Make, forwarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on GitHub, a program sees the signal only where it took the place of the shell."""
    monkeypatch.setattr(processes, "PATIENCE", ((signal.SIGINT, 1.0), (signal.SIGTERM, 1.0)))
    after = "name: After\n        if: cancelled()\n        run: echo cleaned"
    world = make(run(("exec " if forwarded else "") + SLOW, "Slow"), after)
    running = world.start("push", "work.yml")
    deadline = time.monotonic() + 60
    while "ready" not in running.text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    github.cancel(world.state, running.number)
    ran = running.wait(60)
    assert ran.code != 0
    assert ("told 2" in ran.log) is forwarded
    assert "cleaned" in ran.log
    assert world.state.read("runs", {})[running.number]["conclusion"] == "cancelled"


def test_nothing_outlives_a_world(make: Make, tmp_path: Path) -> None:
    world = make(run(f"sleep {SPANS[0]} &\nsleep {SPANS[1]}"))
    running = world.start("push", "work.yml")
    deadline = time.monotonic() + 60
    while len(sleeping()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    running.kill()
    assert running.over
    assert sleeping() == []


SPANS = tuple(f"{seconds}.{os.getpid()}" for seconds in (300, 301))
"""Seconds that no other program of this machine sleeps."""


def sleeping() -> list[str]:
    """Return the programs of the test above that are running."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_text(encoding="utf-8", errors="replace").split("\0")
        except OSError:
            continue
        if words[0] == "sleep" and words[1] in SPANS:
            found.append(" ".join(words))
    return found
