"""The steps smoke and load: which tests they take from config.json, and what they say and write."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.commands.load import STEP as LOAD
from mlopsc.steps.mlops_steps.commands.smoke import STEP as SMOKE
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.serving import load
from steps.project import Project
from steps.serving.fakes import Reply, prediction, serve

LIMITS = {"rate_per_second": 50, "duration_seconds": 30, "p95_seconds": 0.25, "max_errors": 0.001}
FINE = load.Measured(1500, 0, 50.0, 0.01, 0.02, 0.4, {})
SLOW = load.Measured(1500, 0, 50.0, 0.01, 0.5, 0.9, {})


def entry(name: str, **changes: Any) -> dict[str, Any]:
    return {"request": name, "status": 200, "tolerance": 0.0, **changes}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A served model with one request for all environments, and another one for production."""
    config = {
        "schema": 1,
        "name": "toy",
        "root": "../..",
        "tests": {"smoke": [entry("tests/common.json")]},
        "serving": {"path": "/v2/models/toy"},
        "environments": {
            "staging": {"load": LIMITS},
            "production": {"smoke": [entry("tests/own.json", values="tests/values.json")]},
            "silent": {"smoke": []},
        },
    }
    project = Project(tmp_path, config)
    project.write("tests/common.json", '{"inputs": ["common"]}')
    project.write("tests/own.json", '{"inputs": ["own"]}')
    project.write("tests/values.json", "[1]")
    return project


def smoke(project: Project, url: str | None = "http://127.0.0.1:1", **given: Any) -> dict[str, Any]:
    options = {"url": url, "env": None, "version": None, "wait": 0.0, "host": None, **given}
    return SMOKE.run(project.context(), Namespace(**options))


def test_an_environment_has_its_own_requests_or_those_of_all(project: Project) -> None:
    with serve(lambda received: prediction(1, version="v")) as server:
        results = [smoke(project, server.url, env=env) for env in (None, "staging", "production")]
    assert [received.body for received in server.received] == [
        b'{"inputs": ["common"]}',
        b'{"inputs": ["common"]}',
        b'{"inputs": ["own"]}',
    ]
    assert {received.path for received in server.received} == {"/v2/models/toy/infer"}
    assert results[2] == {
        "environment": "production",
        "version": None,
        "requests": [{"request": "tests/own.json", "status": 200, "version": "v"}],
    }


def test_an_environment_without_requests_is_a_notice(project: Project) -> None:
    context = project.context()
    with serve(lambda received: Reply()) as server:
        options = Namespace(url=server.url, env="silent", version=None, wait=0.0, host=None)
        assert SMOKE.run(context, options)["requests"] == []
    assert [notice.rule for notice in context.notices] == ["smoke"]
    assert server.received[0].path == "/v2/models/toy/ready"


def test_a_refusal_keeps_what_was_answered(project: Project) -> None:
    with serve(lambda received: prediction(2, version="v")) as server, pytest.raises(Refused) as caught:
        smoke(project, server.url, env="production")
    assert [finding.rule for finding in caught.value.findings] == ["values"]
    assert caught.value.result["requests"][0]["version"] == "v"


def remove(name: str) -> Callable[[Project], object]:
    return lambda project: (project.folder / name).unlink()


@pytest.mark.parametrize(
    ("change", "env", "message"),
    [
        (lambda project: project.change(lambda config: config.update(serving={})), None, "no server answers requests"),
        (lambda project: None, "nowhere", "--env nowhere: there is no such environment; there are staging, production"),
        (
            remove("tests/common.json"),
            None,
            r"tests/common\.json, which tests\.smoke names, cannot be read: No such file",
        ),
        (remove("tests/values.json"), "production", r"tests/values\.json, which tests\.smoke names, cannot be read"),
        (
            lambda project: project.write("tests/values.json", "{}"),
            "production",
            r"tests/values\.json, which tests\.smoke names, is neither a list of predictions nor",
        ),
    ],
)
def test_what_cannot_be_tested_is_unusable(
    project: Project, change: Callable[[Project], object], env: str | None, message: str
) -> None:
    change(project)
    with pytest.raises(Unusable, match=message):
        smoke(project, env=env)


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "soon"])
def test_only_seconds_can_be_waited_for(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    SMOKE.options(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--url", "http://h", f"--wait={text}"])
    assert "--wait" in capsys.readouterr().err


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What locust is asked for; it finds a server that is too slow."""
    calls: list[tuple[Any, ...]] = []

    def run(*arguments: Any) -> load.Measured:
        calls.append(arguments)
        return SLOW

    monkeypatch.setattr(load, "run", run)
    return calls


def run_load(project: Project, env: str | None = None) -> dict[str, Any]:
    options = Namespace(url="http://127.0.0.1:1/", env=env, host="toy.example")
    return LOAD.run(project.context(), options)


def test_the_load_of_an_environment_is_judged(project: Project, measured: list[tuple[Any, ...]]) -> None:
    with pytest.raises(Refused, match=r"the limit of p95 is 0\.25 s") as caught:
        run_load(project, "staging")
    assert caught.value.result["p95_seconds"] == 0.5
    ((url, path, host, request, limits),) = measured
    assert (url, path, host) == ("http://127.0.0.1:1", "/v2/models/toy/infer", "toy.example")
    assert request.body == b'{"inputs": ["common"]}'
    assert limits == LIMITS


def test_a_load_that_meets_its_limits_passes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "run", lambda *arguments: FINE)
    result = run_load(project, "staging")
    assert "status" not in result
    assert result["limits"] == LIMITS
    assert result["requests"] == 1500


def test_the_load_of_a_server_in_the_job_only_informs(project: Project, measured: list[tuple[Any, ...]]) -> None:
    project.change(lambda config: config["tests"].update(load=LIMITS))
    context = project.context()
    result = LOAD.run(context, Namespace(url="http://127.0.0.1:1", env=None, host=None))
    assert result["status"] == "not-judged"
    assert result["p95_seconds"] == 0.5
    assert [notice.rule for notice in context.notices] == ["p95"]


def test_the_request_of_the_load_is_the_first_that_brings_a_prediction(
    project: Project, measured: list[tuple[Any, ...]]
) -> None:
    requests = [entry("tests/common.json", status=422), entry("tests/own.json")]
    project.change(lambda config: config["tests"].update(smoke=requests))
    with pytest.raises(Refused):
        run_load(project, "staging")
    assert measured[0][3].name == "tests/own.json"


@pytest.mark.parametrize(
    ("change", "env", "message"),
    [
        (lambda config: None, None, "there is no load test against runner: add --env staging"),
        (lambda config: None, "production", "no load test against production: set tests.load with against: production"),
        (lambda config: config["environments"].clear(), None, "set tests.load with against: runner"),
        (lambda config: config["environments"].clear(), "staging", "there is none"),
        (lambda config: config.update(serving={}), "staging", "no server answers requests"),
        (
            lambda config: config["tests"].update(smoke=[entry("tests/common.json", status=422)]),
            "staging",
            "sends the first request of tests.smoke that brings a prediction: add one there",
        ),
    ],
)
def test_a_load_that_cannot_be_tested_is_unusable(
    project: Project, change: Callable[[dict[str, Any]], Any], env: str | None, message: str
) -> None:
    project.change(change)
    with pytest.raises(Unusable, match=message):
        run_load(project, env)


def test_the_address_of_an_environment_stands_in_its_plan(project: Project) -> None:
    with serve(lambda received: prediction(1, version="v")) as server:
        project.write("ops/deploy/overlays/staging/rollout.json", f'{{"url": "{server.url}"}}')
        (answered,) = smoke(project, None, env="staging")["requests"]
    assert (answered["request"], answered["status"]) == ("tests/common.json", 200)


@pytest.mark.parametrize("plan", ['{"url": null}', "{}", "[]", "no JSON", None])
def test_without_an_address_nothing_is_sent(project: Project, plan: str | None) -> None:
    if plan is not None:
        project.write("ops/deploy/overlays/staging/rollout.json", plan)
    with pytest.raises(Unusable, match="nothing outside of the cluster reaches the model in staging"):
        smoke(project, None, env="staging")
    with pytest.raises(Unusable, match="say where the server is"):
        smoke(project, None)
