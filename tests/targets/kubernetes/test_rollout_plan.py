"""The plan of a release: steps, pauses and what judges them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from targets.kubernetes import projects


def plan(**changes: Any) -> Any:
    """Return the plan of the environment production."""
    changes.setdefault("environments", {"production": {"namespace": "live"}})
    files = projects.rendered(projects.spec(**changes))
    return json.loads(files["ops/deploy/overlays/production/rollout.json"].text)


def limits(document: Any) -> dict[str, float]:
    """Return the limits by check."""
    return {item["name"]: item["max"] for item in document["analysis"]["checks"]}


def test_copies_follow_the_share_of_the_traffic() -> None:
    document = plan(deployment__strategy={"canary": {"steps": ["1%", "34%", "50%"], "pause": "90s"}})
    assert document["steps"] == [
        {"weight": 1, "replicas": 1},
        {"weight": 34, "replicas": 3},
        {"weight": 50, "replicas": 3},
    ]
    assert document["pause_seconds"] == 90


def test_the_limits_of_the_canary_come_first() -> None:
    assert limits(plan()) == {"error-rate": 0.01, "latency-ratio": 1.2}


def test_without_limits_the_objectives_hold() -> None:
    strategy = {"canary": {"steps": ["10%"], "pause": "10m"}}
    assert limits(plan(deployment__strategy=strategy)) == {"error-rate": 0.001, "latency": 0.25}
    assert limits(plan(deployment__strategy=strategy, monitoring__slos=None)) == {}


def test_queries_look_at_the_canary_in_its_namespace_during_the_pause() -> None:
    document = plan()
    queries = [document["analysis"]["requests"], *(item["query"] for item in document["analysis"]["checks"])]
    for query in queries:
        assert 'namespace="live"' in query
        assert 'mlops_model="penguins"' in query
        assert 'mlops_track="canary"' in query
        assert "[10m]" in query
    assert ['mlops_track="stable"' in query for query in queries] == [False, False, True]
    assert document["analysis"]["min_requests"] == 200
    assert document["analysis"]["query_url"] == "https://prometheus.acme.example"


def test_blue_green_moves_at_once_and_soaks() -> None:
    document = plan(deployment__strategy={"blue_green": {"soak": "5m"}})
    assert document["steps"] == [{"weight": 0, "replicas": 6}, {"weight": 100, "replicas": 6}]
    assert (document["pause_seconds"], document["soak_seconds"]) == (0, 300)
    assert limits(document) == {"error-rate": 0.001, "latency": 0.25}
    assert document["analysis"]["min_requests"] == 1, "no request is no verdict"
    silent = plan(deployment__strategy={"blue_green": {}}, monitoring__prometheus={"kind": "operator"})
    assert silent["analysis"] is None


def test_a_shadow_gets_no_traffic_of_its_own() -> None:
    document = plan(deployment__strategy={"shadow": {"percent": "20%"}})
    assert document["steps"] == [{"weight": 0, "replicas": 2}]


@pytest.mark.parametrize(
    "strategy",
    [{"rolling": {}}, {"canary": {"steps": ["10%"], "pause": "10m"}, "controller": "argo-rollouts"}],
)
def test_without_steps_of_ours_the_plan_is_empty(strategy: dict[str, Any]) -> None:
    document = plan(deployment__strategy=strategy)
    assert document["steps"] == []
    assert document["analysis"] is None
    assert document["strategy"] in strategy


def test_the_plan_names_its_environment() -> None:
    document = plan()
    assert (document["name"], document["environment"], document["namespace"]) == ("penguins", "production", "live")
