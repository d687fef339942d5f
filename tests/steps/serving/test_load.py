"""What locust measured is judged against the limits of the spec."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.serving import load
from mlopsc.steps.mlops_steps.serving.smoke import Request

LIMITS = {"rate_per_second": 50.0, "duration_seconds": 30.0, "p95_seconds": 0.25, "max_errors": 0.001}
FINE = load.Measured(1500, 1, 50.0, 0.01, 0.25, 0.4, {"status 500": 1})
NOTHING = load.Measured(0, 0, 0.0, None, None, None, {})


def test_what_meets_the_limits_passes() -> None:
    assert list(load.judge(FINE, LIMITS)) == []
    assert list(load.judge(replace(FINE, rate=45.0), LIMITS)) == []


@pytest.mark.parametrize(
    ("found", "rule", "message"),
    [
        (
            replace(FINE, p95_seconds=0.26),
            "p95",
            "tests.load: 95% of the requests took up to 0.26 s, the limit of p95 is 0.25 s",
        ),
        (
            replace(FINE, failures=2, reasons={"status 500": 1, "timed out": 1}),
            "max_errors",
            "tests.load: 2 of 1500 requests failed (0.13%), max_errors is 0.10%: 1 x status 500, 1 x timed out",
        ),
        (
            replace(FINE, rate=44.9),
            "rate",
            (
                "tests.load: 44.9 requests per second were reached, 50 were asked: the server is too slow for this "
                "rate, or the machine that tests it is"
            ),
        ),
        (NOTHING, "requests", "tests.load: no request ended in the whole test; is the server there?"),
    ],
)
def test_what_does_not_meet_a_limit_is_named(found: load.Measured, rule: str, message: str) -> None:
    assert [(finding.rule, finding.message) for finding in load.judge(found, LIMITS)] == [(rule, message)]


def test_all_findings_are_named() -> None:
    bad = replace(FINE, failures=1500, rate=1.0, p95_seconds=20.0)
    assert [finding.rule for finding in load.judge(bad, LIMITS)] == ["max_errors", "p95", "rate"]


@pytest.mark.parametrize(
    ("rate", "p95", "duration", "count"),
    [
        (50.0, 0.25, 30.0, 50),  # a second's patience
        (50.0, 2.0, 30.0, 200),  # twice the latency
        (0.1, 0.25, 30.0, 1),
        (50.0, 60.0, 2.0, 100),  # as many as requests
        (1e6, 0.25, 30.0, load.MOST_CLIENTS),
    ],
)
def test_clients_keep_the_rate_up(rate: float, p95: float, duration: float, count: int) -> None:
    limits = {"rate_per_second": rate, "p95_seconds": p95, "duration_seconds": duration}
    assert load.client_count(limits) == count


def test_without_locust_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unusable, match="pip install locust"):
        load.run("http://127.0.0.1:1", "/infer", None, Request("r", b"", 200, None, 0.0), LIMITS)
