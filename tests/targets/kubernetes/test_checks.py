"""Each check of the target bites, says where, and is silent on the mended spec."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc import assets
from mlopsc.codes import parse
from mlopsc.record import Path
from targets.kubernetes import projects

CODES = parse(assets.text("mlopsc_targets.kubernetes", "codes.yaml"))
STRATEGY: Path = ("deployment", "strategy")
ARGO = {"controller": "argo-rollouts"}
CANARY = {"steps": ["10%"], "pause": "10m"}
FLUX = {"flux": {"repo": "https://github.com/acme/penguins"}}
ONE: dict[str, Any] = {"environments": {"production": {}}}
ARGOCD: dict[str, Any] = {"argocd": {"repo": "https://github.com/acme/penguins"}}
MANIFESTS = {"credentials": {"secret": "PUSH"}}
PUSH = {"secrets": {"PUSH": {"github": "PUSH"}}}
REPLICAS = {"scale_on": {"cpu": "70%"}}


def namespaces(bad: str, good: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any], Path]:
    """Return a case with a namespace that is somebody else's."""
    first, second = ({"environments": {"production": {"namespace": name}}, **more} for name in (bad, good))
    return first, second, ("environments", "production", "namespace")


def flux_key(secret: dict[str, Any]) -> dict[str, Any]:
    """Return changes that give Flux a key for the repository."""
    flux = {"repo": "git@github.com:acme/penguins.git", "credentials": {"secret": "KEY"}}
    return {"deployment__gitops": {"flux": flux}, "secrets": {"KEY": secret}}


def batch(source: str) -> dict[str, Any]:
    """Return changes that make a job of the model, which reads a data set."""
    job = {"input": source, "output": "s3://acme-ml/scores.csv", "schedule": "0 5 * * *", "key": "id"}
    return {"deployment": {"mode": "batch", "batch": job, "image": {"name": "ghcr.io/acme/penguins"}}}


STORE = {"uri": "s3://acme-ml/models/"}
TRAIN_ON: Path = ("execution", "train", "on")


def cluster(**more: Any) -> dict[str, Any]:
    """Return changes that train in the cluster."""
    return {"execution": {"train": {"on": "cluster"}}, "deployment__model_store": STORE, **more}


def undeployed(**deployment: Any) -> dict[str, Any]:
    """Return changes that train in the cluster and deploy nothing."""
    deployment = {"mode": "none", "model_store": STORE, **deployment}
    return {"execution": {"train": {"on": "cluster"}}, "deployment": deployment, "environments": None}


CASES: list[tuple[str, dict[str, Any], dict[str, Any], Path]] = [
    ("K8S-101", {"deployment__ingress": None}, {}, (*STRATEGY, "canary")),
    (
        "K8S-101",
        {"deployment__ingress": None, "deployment__strategy": {"shadow": {}}},
        {"deployment__ingress": None, "deployment__strategy": {"rolling": {}}},
        (*STRATEGY, "shadow"),
    ),
    (
        "K8S-101",
        {"deployment__ingress": None, "deployment__strategy": {"blue_green": {}}},
        {"deployment__ingress": None, "deployment__strategy": {"blue_green": {}, **ARGO}},
        (*STRATEGY, "blue_green"),
    ),
    (
        "K8S-102",
        {"deployment__strategy": {"rolling": {}, **ARGO}},
        {"deployment__strategy": {"blue_green": {}, **ARGO}},
        (*STRATEGY, "controller"),
    ),
    (
        "K8S-102",
        {"deployment__strategy": {"shadow": {}, **ARGO}},
        {"deployment__strategy": {"shadow": {}}},
        (*STRATEGY, "controller"),
    ),
    (
        "K8S-103",
        {"model__dependencies": {"python": "3.13", "lock": "requirements.txt"}},
        {"model__dependencies": {"python": "3.12", "lock": "requirements.txt"}},
        ("model", "dependencies", "python"),
    ),
    (
        "K8S-104",
        {"deployment__strategy": {"canary": {**CANARY, "steps": ["10%", "12.5%"]}}},
        {"deployment__strategy": {"canary": {**CANARY, "steps": ["10%", "12.0%"]}}},
        (*STRATEGY, "canary", "steps", 1),
    ),
    (
        "K8S-104",
        {"deployment__serving__scale_on": {"cpu": "70.5%"}},
        {"deployment__serving__scale_on": {"cpu": "70%"}},
        ("deployment", "serving", "scale_on", "cpu"),
    ),
    (
        "K8S-105",
        {"monitoring__slos": {"latency": {"objective": "99%", "under": "200ms"}}},
        {"monitoring__slos": {"latency": {"objective": "99%", "under": "2500ms"}}},
        ("monitoring", "slos", "latency", "under"),
    ),
    (
        "K8S-106",
        {"deployment__strategy": {"canary": {**CANARY, "pause": "119s"}}},
        {"deployment__strategy": {"canary": {**CANARY, "pause": "2m"}}},
        (*STRATEGY, "canary", "pause"),
    ),
    (
        "K8S-106",
        {"deployment__kubernetes": {"scrape_interval": "5m"}},
        {"deployment__kubernetes": {"scrape_interval": "15s"}},
        (*STRATEGY, "canary", "pause"),
    ),
    (
        "K8S-107",
        {"deployment__strategy": {"canary": CANARY, **ARGO}, "deployment__gitops": FLUX},
        {"deployment__strategy": {"blue_green": {}, **ARGO}, "deployment__gitops": FLUX},
        (*STRATEGY, "controller"),
    ),
    (
        "K8S-108",
        {"deployment__serving": {"replicas": {"min": 0, "max": 2}, **REPLICAS}},
        {"deployment__serving": {"replicas": {"min": 1, "max": 2}, **REPLICAS}},
        ("deployment", "serving", "replicas", "min"),
    ),
    (
        "K8S-109",
        {"environments": {"production": {"cluster": {"name": "prod-eu"}}}, "deployment__gitops": FLUX},
        {"environments": {"production": {"cluster": {"name": "prod-eu"}}}},
        ("environments", "production", "cluster"),
    ),
    (
        "K8S-110",
        {
            "deployment__gitops": {**ARGOCD, "repository": {**MANIFESTS, "url": "https://github.com/acme/manifests"}},
            **PUSH,
        },
        {"deployment__gitops": {**ARGOCD, "repository": {**MANIFESTS, "url": ARGOCD["argocd"]["repo"]}}, **PUSH},
        ("deployment", "gitops", "argocd", "repo"),
    ),
    (
        "K8S-106",
        {"deployment__strategy": {"blue_green": {"soak": "119s"}}},
        {"deployment__strategy": {"blue_green": {"soak": "2m"}}},
        (*STRATEGY, "blue_green", "soak"),
    ),
    ("K8S-111", *namespaces("default", "default-model")),
    ("K8S-111", *namespaces("kube-public", "kubeflow")),
    ("K8S-111", *namespaces("gateway", "gateways")),
    ("K8S-111", *namespaces("monitoring", "monitoring-of-models")),
    ("K8S-111", *namespaces("argocd", "flux-system")),
    ("K8S-111", *namespaces("flux-system", "argocd", deployment__gitops=FLUX)),
    (
        "K8S-111",
        {"metadata__name": "default", "environments": None},
        {"metadata__name": "default", "environments": None, "deployment__kubernetes": {"create_namespace": False}},
        ("metadata", "name"),
    ),
    (
        "K8S-112",
        {"deployment__gitops": {"flux": {"repo": "git@github.com:acme/penguins.git"}}},
        flux_key({"kubernetes": {"name": "penguins-deploy", "key": "identity"}}),
        ("deployment", "gitops", "flux", "repo"),
    ),
    (
        "K8S-112",
        {"deployment__gitops": {"flux": {"repo": "ssh://git@github.com/acme/penguins.git"}}},
        {"deployment__gitops": FLUX},
        ("deployment", "gitops", "flux", "repo"),
    ),
    (
        "K8S-113",
        flux_key({"external": {"store": "vault", "key": "penguins/deploy"}}),
        flux_key({"kubernetes": {"name": "penguins-deploy", "key": "identity"}}),
        ("deployment", "gitops", "flux", "credentials", "secret"),
    ),
    ("K8S-114", batch("data/new.csv"), batch("s3://acme-ml/new.csv"), ("deployment", "batch", "input")),
    ("K8S-115", cluster(deployment__model_store=None), cluster(), TRAIN_ON),
    ("K8S-115", cluster(deployment__model_store=None), {"execution": {"train": {"on": "runner"}}}, TRAIN_ON),
    ("K8S-116", undeployed(), undeployed(image={"name": "ghcr.io/acme/penguins"}), TRAIN_ON),
    ("K8S-117", cluster(metadata__name="p" * 45), cluster(metadata__name="p" * 44), ("metadata", "name")),
    ("K8S-118", {"deployment__model_store": STORE}, cluster(), ("deployment", "model_store")),
]
WITHOUT_ENVIRONMENT = {"K8S-103", "K8S-115", "K8S-116", "K8S-117"}
"""Codes about what no environment decides."""


@pytest.mark.parametrize(("code", "bad", "good", "place"), CASES)
def test_check(code: str, bad: dict[str, Any], good: dict[str, Any], place: Path) -> None:
    found = projects.load(projects.spec(**{**ONE, **bad}))[1]
    assert [(item.code, item.at[0]) for item in found] == [(code, place)]
    only = next(iter({**ONE, **bad}["environments"] or ["default"]))
    assert found[0].env == (None if code in WITHOUT_ENVIRONMENT else only)
    entry = CODES[code]
    for template in (entry.message, entry.hint):
        assert template.format(**found[0].facts)
    assert projects.codes(projects.spec(**{**ONE, **good})) == []


def test_every_code_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(CODES)


def test_environments_are_looked_at_one_by_one() -> None:
    spec = projects.spec(deployment__ingress=None, environments__staging__deployment={"strategy": {"rolling": {}}})
    assert projects.codes(spec) == [("K8S-101", "production")]


def test_the_nearest_bound_is_named() -> None:
    spec = projects.spec(**ONE, monitoring__slos={"latency": {"objective": "99%", "under": "300ms"}})
    facts = projects.load(spec)[1][0].facts
    assert facts["nearest"] == "250ms"
    assert "100ms, 250ms, 500ms" in facts["allowed"]
    assert facts["allowed"].endswith("2.5s, 5s, 7.5s, 10s")


@pytest.mark.parametrize(
    "changes",
    [
        {"deployment__strategy": {"blue_green": {"soak": "1s"}, **ARGO}},
        {"deployment__strategy": {"blue_green": {"soak": "1s"}}, "monitoring__prometheus": {"kind": "operator"}},
    ],
)
def test_a_soak_that_nobody_judges_may_be_short(changes: dict[str, Any]) -> None:
    assert projects.codes(projects.spec(**ONE, **changes)) == []


def test_a_namespace_of_somebody_else_may_be_used_but_not_made() -> None:
    spec = projects.spec(
        environments={"production": {"namespace": "default"}}, deployment__kubernetes={"create_namespace": False}
    )
    assert projects.codes(spec) == []


def test_an_unknown_secret_is_left_to_the_rules_about_secrets() -> None:
    changes = flux_key({"kubernetes": {"name": "a", "key": "b"}})
    assert projects.codes(projects.spec(**ONE, **{**changes, "secrets": {}})) == []


def test_what_is_not_deployed_is_not_checked() -> None:
    deployment = {"mode": "none", "strategy": {"canary": {"steps": ["12.5%"]}}}
    assert projects.codes(projects.spec(deployment=deployment, environments=None)) == []


def test_python_matters_to_the_server_only() -> None:
    batch = {"input": "s3://a/i/", "output": "s3://a/o/", "schedule": "0 5 * * *", "key": "id"}
    spec = projects.spec(
        deployment={"mode": "batch", "batch": batch, "image": {"name": "ghcr.io/acme/penguins"}},
        model__dependencies={"python": "3.13", "lock": "requirements.txt"},
        environments=None,
    )
    assert projects.codes(spec) == []
