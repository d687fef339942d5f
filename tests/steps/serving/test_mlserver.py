"""A real MLServer serves the packaged model as its image does; smoke and load test say what it is worth."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.serving import answers
from mlopsc.steps.mlops_steps.serving.client import Client
from steps.project import ROOT, Project
from steps.serving import mlserver, models
from steps.serving.fakes import closed
from targets.kubernetes.test_metrics_catalog import differences, parse, selected

pytestmark = pytest.mark.steps

CATALOG = ROOT / "targets" / "mlopsc_targets" / "kubernetes" / "metrics.yaml"


@pytest.fixture(scope="module")
def server(labels: Project) -> Iterator[mlserver.Running]:
    with mlserver.serve(labels.folder / "build") as running:
        yield running


def infer(running: mlserver.Running, name: str, request: Any) -> dict[str, Any]:
    answer = Client(running.url).post_json(f"/v2/models/{name}/infer", json.dumps(request).encode())
    assert answer.status == 200, answer.body
    return answers.parse(answer.body)


def test_labels_are_served_as_they_were_evaluated(labels: Project, server: mlserver.Running) -> None:
    request, predictions = models.evaluated(labels)
    answer = infer(server, "penguins", request)
    assert len(predictions) == 69
    assert answers.rows(answer["outputs"][0]) == [line[0] for line in predictions]
    assert answer["model_version"] == labels.result("train")["result"]["version"]


def test_probabilities_are_served_as_they_were_evaluated(probabilities: Project) -> None:
    request, predictions = models.evaluated(probabilities)
    with mlserver.serve(probabilities.folder / "build") as running:
        served = answers.rows(infer(running, "churn", request)["outputs"][0])
    assert served == [float(line[0]) for line in predictions]
    assert 0 < sum(share >= 0.35 for share in served) < sum(share >= 0.1 for share in served)


def test_another_user_serves_and_writes_nothing_where_it_runs(labels: Project, server: mlserver.Running) -> None:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    user = int(next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1])
    assert user != 0
    assert not any(path.stat().st_mode & 0o222 for path in (server.folder, *server.folder.rglob("*")))
    assert sorted(path.name for path in server.folder.iterdir()) == ["model", "model-settings.json", "settings.json"]
    if os.geteuid() == 0:
        assert user == mlserver.NOBODY


def test_the_scraped_metrics_are_those_of_the_catalog(labels: Project, server: mlserver.Running) -> None:
    request, _ = models.evaluated(labels)
    infer(server, "penguins", request)
    assert Client(server.url).post_json("/v2/models/penguins/infer", b"{}").status == 422
    call_grpc(server)
    catalog = yaml.safe_load(CATALOG.read_text(encoding="utf-8"))
    scrape = Client(server.metrics_url).get("/metrics").body.decode()
    # What a label was seen to hold depends on what was called.
    found = [line for line in differences(catalog, {"some": scrape}) if not line.startswith("label ")]
    assert found == []
    _, samples = parse(scrape)
    requests = selected(catalog["signals"]["requests"], samples)
    assert {sample.labels["status_code"] for sample in requests} >= {"200", "422"}
    assert sum(sample.value for sample in selected(catalog["signals"]["latency"], samples, "_count")) == sum(
        sample.value for sample in requests
    )


def call_grpc(server: mlserver.Running) -> None:
    """Ask over gRPC whether the model is ready: its metrics have no time series before."""
    import grpc  # type: ignore[import-untyped]
    from mlserver.grpc.dataplane_pb2 import ModelReadyRequest
    from mlserver.grpc.dataplane_pb2_grpc import GRPCInferenceServiceStub

    with grpc.insecure_channel(server.grpc) as channel:
        stub = GRPCInferenceServiceStub(channel)
        assert stub.ModelReady(ModelReadyRequest(name="penguins"), timeout=30).ready


def smoke(project: Project, url: str, **given: Any) -> dict[str, Any]:
    from mlopsc.steps.mlops_steps.commands.smoke import STEP

    options = {"url": url, "env": None, "version": None, "wait": 0.0, "host": None, **given}
    return STEP.run(project.context(), Namespace(**options))


@pytest.fixture
def expecting(labels: Project, tmp_path: Path) -> Project:
    """The project with the committed request and the values that it brings."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "request.json").write_bytes((labels.folder / "tests" / "request.json").read_bytes())
    copied = Project(tmp_path, labels.config)
    copied.write("tests/expected.json", '["Adelie", "Adelie"]')
    entry = {"request": "tests/request.json", "status": 200, "values": "tests/expected.json", "tolerance": 0.0}
    copied.change(lambda config: config["tests"].update(smoke=[entry]))
    return copied


def served_values(server: mlserver.Running, project: Project) -> list[Any]:
    request = json.loads((project.folder / "tests" / "request.json").read_text(encoding="utf-8"))
    return answers.rows(infer(server, "penguins", request)["outputs"][0])


def test_smoke_passes_and_fails_as_the_answers_do(
    labels: Project, expecting: Project, server: mlserver.Running
) -> None:
    version = labels.result("train")["result"]["version"]
    right = served_values(server, expecting)
    expecting.write("tests/expected.json", json.dumps(right))
    assert smoke(expecting, server.url, version=version)["requests"] == [
        {"request": "tests/request.json", "status": 200, "version": version}
    ]

    expecting.write("tests/expected.json", json.dumps([right[0], "Emperor"]))
    with pytest.raises(Refused, match=rf'predictions\[1\]: got "{right[1]}", expected "Emperor"'):
        smoke(expecting, server.url)

    with pytest.raises(Refused, match=f"version {version} answered, expected 000000000000"):
        smoke(expecting, server.url, version="0" * 12)


def test_smoke_fails_on_a_missing_column(expecting: Project, server: mlserver.Running) -> None:
    request = json.loads((expecting.folder / "tests" / "request.json").read_text(encoding="utf-8"))
    expecting.write("tests/request.json", models.without(request, "sex"))
    with pytest.raises(Refused, match=r"the status is 500 .*Failed to enforce schema.*, expected 200"):
        smoke(expecting, server.url)


def test_smoke_asks_for_readiness_where_there_is_no_request(
    labels: Project, expecting: Project, server: mlserver.Running
) -> None:
    expecting.change(lambda config: config["tests"].update(smoke=[]))
    version = labels.result("train")["result"]["version"]
    assert smoke(expecting, server.url, version=version)["requests"] == []
    with pytest.raises(Refused, match="answers 404, expected 200: the model is not ready"):
        smoke(expecting, server.url, version="0" * 12)


def test_smoke_fails_without_a_server(expecting: Project) -> None:
    with pytest.raises(Refused, match="does not answer: Connection refused"):
        smoke(expecting, closed())


LIMITS = {"rate_per_second": 10, "duration_seconds": 3, "p95_seconds": 10.0, "max_errors": 0.0}


def load(project: Project, url: str, **changes: float) -> dict[str, Any]:
    from mlopsc.steps.mlops_steps.commands.load import STEP

    limits = {**LIMITS, **changes}
    project.change(lambda config: config["environments"].update(staging={"load": limits}))
    return STEP.run(project.context(), Namespace(url=url, env="staging", host=None))


def test_load_passes_and_fails_as_the_server_bears_it(expecting: Project, server: mlserver.Running) -> None:
    result = load(expecting, server.url)
    assert result["requests"] >= 27
    assert result["failures"] == 0
    assert 0 < result["p50_seconds"] <= result["p95_seconds"] <= result["max_seconds"]

    with pytest.raises(Refused, match=r"95% of the requests took up to .* s, the limit of p95 is 0\.0001 s") as caught:
        load(expecting, server.url, p95_seconds=0.0001)
    assert [finding.rule for finding in caught.value.findings] == ["p95"]

    with pytest.raises(Refused, match=r"requests per second were reached, 2000 were asked"):
        load(expecting, server.url, rate_per_second=2000, duration_seconds=1, p95_seconds=60)


def test_load_fails_on_errors(expecting: Project, server: mlserver.Running) -> None:
    request = json.loads((expecting.folder / "tests" / "request.json").read_text(encoding="utf-8"))
    expecting.write("tests/request.json", models.without(request, "sex"))
    with pytest.raises(Refused, match=r"requests failed \(100\.00%\), max_errors is 50\.00%: \d+ x status 500"):
        load(expecting, server.url, max_errors=0.5)
