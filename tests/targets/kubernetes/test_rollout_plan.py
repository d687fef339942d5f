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
        {"weight": 0, "replicas": 1},
        {"weight": 1, "replicas": 1},
        {"weight": 34, "replicas": 3},
        {"weight": 50, "replicas": 3},
    ]
    assert document["pause_seconds"] == 90


def test_a_canary_has_its_first_copies_before_any_traffic() -> None:
    document = plan(deployment__strategy={"canary": {"steps": ["40%"], "pause": "90s"}})
    assert document["steps"] == [{"weight": 0, "replicas": 3}, {"weight": 40, "replicas": 3}]


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


def test_where_the_model_is_reached() -> None:
    assert plan()["url"] == "https://penguins.acme.example"
    inside = {"deployment__ingress": None, "execution": {"runners": {"deploy": "in-cluster"}}}
    assert plan(**inside)["url"] == "http://penguins.live.svc:8080"
    assert plan(deployment__ingress=None)["url"] is None, "nobody outside of the cluster reaches it"


def test_what_tells_the_releases_that_run() -> None:
    live = plan()["live"]
    assert live["query_url"] == "https://prometheus.acme.example"
    for track in ("stable", "canary"):
        labels = f'namespace="live", mlops_model="penguins", mlops_track="{track}"'
        ready = 'method="GET", path=~"/v2/models/{model_name}/ready", status_code="200"'
        assert live[track] == (
            f"count by (mlops_release) (up{{{labels}}} == 1 and on (instance) "
            f"rest_server_requests_total{{{labels}, {ready}}})"
        )
    assert plan(deployment__strategy={"rolling": {}})["live"] == live
    assert plan(monitoring__prometheus={"kind": "operator"})["live"] is None


def test_how_long_a_version_may_take() -> None:
    strategy = {"canary": {"steps": ["10%", "50%"], "pause": "10m"}}
    assert plan(deployment__strategy=strategy)["live_timeout_seconds"] == 900
    argo = {**strategy, "controller": "argo-rollouts"}
    assert plan(deployment__strategy=argo)["live_timeout_seconds"] == 900 + 2 * 600
    argo = {"blue_green": {"soak": "10m"}, "controller": "argo-rollouts"}
    assert plan(deployment__strategy=argo)["live_timeout_seconds"] == 900


@pytest.mark.parametrize(
    ("gitops", "name"),
    [
        ({"argocd": {"repo": "https://github.com/acme/penguins"}}, "argocd"),
        ({"flux": {"repo": "https://github.com/acme/penguins"}}, "flux"),
        ({"push": {"kubeconfig": {"secret": "KUBECONFIG"}}}, "push"),
        (None, None),
    ],
)
def test_what_brings_the_branch_to_the_cluster(gitops: dict[str, Any] | None, name: str | None) -> None:
    secrets = {"secrets": {"KUBECONFIG": {"github": "KUBECONFIG"}}} if name == "push" else {}
    assert plan(deployment__gitops=gitops, **secrets)["gitops"] == name


def test_a_batch_job_answers_nobody() -> None:
    batch = {"input": "s3://acme/in/", "output": "s3://acme/out/", "schedule": "0 5 * * *", "key": "id"}
    deployment = {"mode": "batch", "batch": batch, "image": {"name": "ghcr.io/acme/penguins"}}
    document = plan(deployment=deployment)
    assert (document["mode"], document["url"], document["live"], document["analysis"]) == ("batch", None, None, None)


def test_the_window_stands_beside_the_queries() -> None:
    analysis = plan()["analysis"]
    assert analysis["window"] == "10m"
    assert all(f"[{analysis['window']}]" in item["query"] for item in analysis["checks"])


def test_the_plan_names_its_environment() -> None:
    document = plan()
    assert (document["name"], document["environment"], document["namespace"]) == ("penguins", "production", "live")
