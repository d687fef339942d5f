"""A project whose releases are rolled out: real git repositories, and a cluster and a Prometheus that are played."""

from __future__ import annotations

import argparse
import functools
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft202012Validator
from mlopsc.steps.mlops_steps.console import Console
from mlopsc.steps.mlops_steps.context import Context
from mlopsc.steps.mlops_steps.refusal import Finding, Refused
from mlopsc.steps.mlops_steps.rollout import command
from steps import formats
from steps.release.repositories import Remote, image, version
from steps.rollout.servers import Reply, Stub
from targets.kubernetes import projects

CANARY: Mapping[str, Any] = {
    "canary": {
        "steps": ["10%", "50%"],
        "pause": "60s",
        "min_requests": 50,
        "max_error_rate": "1%",
        "max_latency_ratio": 1.2,
    }
}
BLUE_GREEN: Mapping[str, Any] = {"blue_green": {"soak": "60s"}}
SHADOW: Mapping[str, Any] = {"shadow": {"percent": "20%"}}
ROLLING: Mapping[str, Any] = {"rolling": {}}

NEW, OLD = version("new"), version("old")
"""Versions of the model that is rolled out, and of the one before."""

NEVER = math.inf
"""An hour of the clock that does not come."""


class PlayedClock:
    """A clock that needs no time, with things that happen at some of its hours."""

    def __init__(self) -> None:
        self.time = 0.0
        self._due: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> float:
        """Return the seconds that were slept."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let the time pass, and happen what is due."""
        self.time += seconds
        due = [what for when, what in self._due if when <= self.time]
        self._due = [(when, what) for when, what in self._due if when > self.time]
        for what in due:
            what()

    def at(self, when: float, what: Callable[[], object]) -> None:
        """Let something happen at an hour."""
        self._due.append((when, what))


Values = float | None | Sequence[tuple[dict[str, str], float]]
"""An answer of Prometheus: one number, none, or several."""


@dataclass
class Measured:
    """What Prometheus answers.

    Attributes:
        requests, error_rate, latency: what a query gives, by the weight of the canary and the window in seconds.
        down: answers instead of all others while it is not None.
    """

    requests: Callable[[int, float], Values] = lambda _weight, _window: 100.0
    error_rate: Callable[[int, float], Values] = lambda _weight, _window: 0.002
    latency: Callable[[int, float], Values] = lambda _weight, _window: 1.05
    down: Callable[[], Reply | None] = lambda: None


class Bench:
    """A project in git repositories.

    Args:
        folder: for the repositories.
        stub: plays Prometheus, and the address of the model.
    """

    def __init__(self, folder: Path, stub: Stub) -> None:
        self.remote = Remote(folder)
        self.here = self.remote.first
        self.here.config["serving"] = {"path": "/v2/models/penguins"}
        self.stub = stub
        self.stub.reply = self._reply
        self.clock = PlayedClock()
        self.measured = Measured()
        self.ready: dict[tuple[str, str], float] = {}
        """Hour of the clock at which a version on a track is ready; without one it is at once."""
        self.outputs: dict[str, str] = {}
        self.summary = self.printed = ""
        self.notices: list[Finding] = []

    def plan(self, strategy: Mapping[str, Any] = CANARY, env: str = "production", **changes: Any) -> None:
        """Commit the plan that the compiler makes of a strategy."""
        text = compiled(json.dumps(strategy), self.stub.url, json.dumps(changes), env)
        self.here.commit({f"overlays/{env}/rollout.json": text})

    def edit_plan(self, **fields: Any) -> None:
        """Commit other values at the top of the plan of production."""
        path = self.here.deploy / "overlays" / "production" / "rollout.json"
        document = {**json.loads(path.read_text(encoding="utf-8")), **fields}
        self.here.commit({"overlays/production/rollout.json": json.dumps(document, indent=2) + "\n"})

    def stable(self, name: str = "old") -> None:
        """Release a model without any rollout, as the first one is."""
        self.here.start(name)

    def rollout(self, name: str = "new", *words: str, env: str = "production") -> dict[str, Any]:
        """Run the step with the candidate of a name."""
        self.here.candidate(name)
        return self.run("--env", env, "--image", image(name), *words)

    def run(self, *words: str) -> dict[str, Any]:
        """Run the step; keep what it handed on, printed and noticed, also when it fails."""
        parser = argparse.ArgumentParser()
        command.options(parser)
        stream = StringIO()
        build = self.here.context().build
        outputs, summary = build / "outputs", build / "summary.md"
        build.mkdir(exist_ok=True)
        for path in (outputs, summary):
            path.unlink(missing_ok=True)
        context = Context(
            config=self.here.config,
            console=Console(stream),
            pipeline=self.here.pipeline,
            outputs_file=outputs,
            summary_file=summary,
        )
        try:
            return command.run(context, parser.parse_args(words), self.clock)
        finally:
            self.printed, self.notices = stream.getvalue(), list(context.notices)
            lines = outputs.read_text(encoding="utf-8").splitlines() if outputs.exists() else []
            self.outputs = dict(line.split("=", 1) for line in lines)
            self.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""

    def moves(self, env: str = "production") -> list[str]:
        """Return the moves on the branch, the oldest first, without those that made the first release."""
        return [subject.split(": ")[1].split(" ")[0] for subject in self.remote.log(env)][1:]

    def serving(self, env: str = "production") -> tuple[str, int]:
        """Return the version that is stable, and the weight of the second track."""
        record = self.remote.record(env)
        return record["stable"]["version"], record["canary"]["weight"]

    def _reply(self, path: str) -> Reply:
        parts = urlsplit(path)
        if parts.path != "/api/v1/query":
            return Reply(404, b"")
        down = self.measured.down()
        return down or answer(self._value(parse_qs(parts.query)["query"][0]))

    def _value(self, query: str) -> Values:
        found = re.search(r'namespace="penguins(?:-(\w+))?"', query)
        assert found is not None
        env = found[1] or "production"
        if query.startswith("count by (mlops_release)"):
            track = re.search(r'mlops_track="(\w+)"', query)
            assert track is not None
            return self.copies(env, track[1])
        window = re.search(r"\[(\d+)([sm])\]", query)
        assert window is not None
        seconds = float(window[1]) * {"s": 1, "m": 60}[window[2]]
        record = self.remote.record(env) if self.remote.tip(env) else {}
        weight = record["canary"]["weight"] if record else 0
        if "histogram_quantile" in query:
            return self.measured.latency(weight, seconds)
        if "or vector(0)" in query:
            return self.measured.error_rate(weight, seconds)
        return self.measured.requests(weight, seconds)

    def copies(self, env: str, track: str) -> list[tuple[dict[str, str], float]]:
        """Return the copies that run on a track: a cluster that follows the branch at once, where pods become ready."""
        if self.remote.tip(env) is None:
            return []
        record = self.remote.record(env)
        slot = record[track]
        count = record["canary"]["replicas"] if track == "canary" else 2
        if self.clock.now() < self.ready.get((track, slot["version"]), 0):
            previous = record.get("previous")
            return [({"mlops_release": previous["release"]}, 2)] if track == "stable" and previous else []
        return [({"mlops_release": slot["release"]}, count)] if count else []


def answer(values: Values) -> Reply:
    """Return an answer as Prometheus writes it."""
    if not isinstance(values, Sequence):
        values = [] if values is None else [({}, values)]
    result = [{"metric": labels, "value": [1.0, spelled(value)]} for labels, value in values]
    return Reply(200, json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}}).encode())


def spelled(value: float) -> str:
    """Return a number as Prometheus spells it."""
    return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN" if math.isnan(value) else repr(value))


@functools.cache
def compiled(strategy: str, url: str, changes: str, env: str) -> str:
    """Return the plan that the compiler makes."""
    spec = projects.spec(
        deployment__strategy=json.loads(strategy), monitoring__prometheus__query_url=url, **json.loads(changes)
    )
    overlay = spec["environments"][env].setdefault("deployment", {})
    overlay["strategy"] = json.loads(strategy)
    return projects.rendered(spec)[f"ops/deploy/overlays/{env}/rollout.json"].text


def problems(result: Mapping[str, Any]) -> list[str]:
    """Return why a result is not as the published format says."""
    json.dumps(result, allow_nan=False)
    schema = {**formats.schema("result"), "$ref": "#/$defs/rollout"}
    for key in ("properties", "required", "additionalProperties", "allOf"):
        del schema[key]
    return [error.message for error in Draft202012Validator(schema).iter_errors(result)]


def refused(bench: Bench, *words: str) -> tuple[Finding, ...]:
    """Roll the new model out, which must be refused, and return the reasons."""
    with pytest.raises(Refused) as caught:
        bench.rollout("new", *words)
    assert caught.value.result == {} or problems(caught.value.result) == []
    return caught.value.findings
