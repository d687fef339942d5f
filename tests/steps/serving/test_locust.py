"""Locust, in a process of its own, against a server that a test controls."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.serving import load
from mlopsc.steps.mlops_steps.serving.smoke import Request
from steps.serving.fakes import Received, Reply, closed, prediction, serve

pytestmark = pytest.mark.steps

LIMITS = {"rate_per_second": 20.0, "duration_seconds": 2.5, "p95_seconds": 5.0, "max_errors": 0.0}


def measure(url: str, host: str | None = None, status: int = 200, **changes: float) -> load.Measured:
    request = Request("request.json", b'{"inputs": []}', status, None, 0.0)
    return load.run(url, "/v2/models/toy/infer", host, request, {**LIMITS, **changes})


def test_the_rate_is_kept_and_requests_are_spread_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    # Settings of the developer's own locust must not matter.
    monkeypatch.setenv("LOCUST_USERS", "1")
    moments = []

    def answer(received: Received) -> Reply:
        moments.append(time.perf_counter())
        return prediction(1)

    with serve(answer) as server:
        found = measure(server.url, host="toy.acme.example")
    assert found.failures == 0
    assert found.requests == pytest.approx(50, abs=5)
    assert found.rate == pytest.approx(20, abs=2)
    assert {(received.method, received.path, received.body) for received in server.received} == {
        ("POST", "/v2/models/toy/infer", b'{"inputs": []}')
    }
    assert {received.headers["Host"] for received in server.received} == {"toy.acme.example"}
    gaps = sorted(later - earlier for earlier, later in pairwise(moments))
    assert gaps[len(gaps) // 2] == pytest.approx(1 / 20, rel=0.5)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500), "status 500"),
        (Reply(201), "status 201"),
        (Reply(302, headers=(("Location", "/elsewhere"),)), "status 302"),
    ],
)
def test_another_status_is_a_failure(reply: Reply, reason: str) -> None:
    with serve(lambda received: reply) as server:
        found = measure(server.url, duration_seconds=1)
    assert found.requests == found.failures == found.reasons[reason] > 0
    assert {received.path for received in server.received} == {"/v2/models/toy/infer"}


def test_an_expected_error_is_no_failure() -> None:
    with serve(lambda received: Reply(422)) as server:
        assert measure(server.url, status=422, duration_seconds=1).failures == 0


def test_no_server_is_all_failures() -> None:
    found = measure(closed(), duration_seconds=1)
    assert found.requests == found.failures > 0
    assert any("refused" in reason for reason in found.reasons)


def test_answers_that_come_too_late_do_not_count_for_the_rate() -> None:
    def slow(received: Received) -> Reply:
        time.sleep(2)
        return prediction(1)

    with serve(slow) as server:
        found = measure(server.url, duration_seconds=1, p95_seconds=0.5)
    assert found.requests > 0
    assert found.rate == 0.0
    assert [finding.rule for finding in load.judge(found, {**LIMITS, "p95_seconds": 0.5})] == ["p95", "rate"]
    assert found.p95_seconds is not None
    assert found.p95_seconds >= 2


def test_what_locust_says_when_it_fails_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    broken = tmp_path / "locustfile.py"
    broken.write_text("raise SystemExit('no clients today')\n", encoding="utf-8")
    monkeypatch.setattr(load, "_FILE", broken)
    with pytest.raises(Unusable, match="locust ended with exit code 1:\nno clients today"):
        measure("http://127.0.0.1:1")
