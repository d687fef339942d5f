"""The summary for people."""

from __future__ import annotations

from typing import Any

from mlopsc.steps.mlops_steps.refusal import Finding
from mlopsc.steps.mlops_steps.rollout import summary
from mlopsc.steps.mlops_steps.rollout.course import GONE, SERVES, TRIED
from mlopsc.steps.mlops_steps.rollout.findings import number


def result(**changes: Any) -> dict[str, Any]:
    """Return the result of a rollout that ended at its second step."""
    return {
        "environment": "production",
        "branch": "deploy/churn/production",
        "release": "4" * 64,
        "version": "3f2a9c1b7d40",
        "image": f"ghcr.io/acme/churn@sha256:{'5' * 64}",
        "strategy": "canary",
        "started": True,
        "finished": False,
        "phase": "at-rest",
        "moves": [{"move": "start", "message": "3f2a9c1b7d40 gets 10% of the traffic", "commit": "6" * 40}],
        "steps": [
            {
                "weight": 10,
                "window_seconds": 600.0,
                "requests": 48.25,
                "min_requests": 200.0,
                "verdict": "undecided",
                "checks": [
                    {"check": "error-rate", "value": 0.0312345, "max": 0.01, "verdict": "failed"},
                    {"check": "latency-ratio", "value": None, "max": 1.2, "verdict": "undecided"},
                    {"check": "latency", "value": 0.5, "max": 0.25, "verdict": "failed"},
                ],
            }
        ],
        **changes,
    }


def test_everything_that_was_measured() -> None:
    lines = summary.markdown(result(), [Finding("error-rate", "x", "it is too high")], GONE).splitlines()
    assert lines == [
        "### Rollout of 3f2a9c1b7d40 to production",
        "",
        f"**It was not released.** Release `{'4' * 64}`, strategy canary.",
        "",
        "- it is too high",
        "",
        "| move | what it did | commit |",
        "| --- | --- | --- |",
        "| start | 3f2a9c1b7d40 gets 10% of the traffic | `666666666666` |",
        "",
        "| traffic | measured | value | limit | verdict |",
        "| --- | --- | --- | --- | --- |",
        "| 10% | requests in 600 s | 48.25 | at least 200 | too few |",
        "| 10% | error\\-rate | 0.03123 | at most 0.01 | failed |",
        "| 10% | latency\\-ratio | none | at most 1.2 | undecided |",
        "| 10% | latency | 0.5 | at most 0.25 | failed |",
    ]


def test_how_it_ended() -> None:
    for changes, standing, said in (
        ({"finished": True}, SERVES, "It gets all traffic."),
        ({"finished": True, "started": False}, SERVES, "It already had all traffic."),
        ({"phase": "canary"}, TRIED, "on its way"),
        ({"phase": "at-rest"}, SERVES, "It gets all traffic, and the rollout failed."),
        ({"phase": "canary"}, GONE, "It was not released."),
    ):
        assert said in summary.markdown(result(**changes), [], standing)


def test_words_of_others_are_no_markup() -> None:
    words = 'held: "a | b\n# <img src=x> [x](http://me:pw@evil.example?a=1) `c` @team"'
    text = summary.markdown(result(), [Finding("hold", "x", words)], GONE)
    [line] = [line for line in text.splitlines() if line.startswith("- ")]
    assert line == (r'- held\: "a \| b\\n\# &lt;img src=x&gt; \[x\]\(http\://evil.example?...\) \`c\` \@team"')


def test_numbers() -> None:
    assert [number(value) for value in (None, 200.0, 0.0312345, 1e-7, 1234567.0, 1.05)] == [
        "none",
        "200",
        "0.03123",
        "1e-07",
        "1234567",
        "1.05",
    ]
