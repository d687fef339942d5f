"""What MLServer is told, what it needs, and the options of the target."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mlopsc import units
from mlopsc.parts import At
from mlopsc.registry import get
from mlopsc_targets.kubernetes import TARGET, options, server
from pydantic import ValidationError
from targets.kubernetes import projects


def test_the_settings_keep_the_root_file_system_clean() -> None:
    document = json.loads(projects.rendered(projects.SPEC)["ops/docker/settings.json"].text)
    assert document["metrics_dir"].startswith("/tmp/")
    assert document["environments_dir"].startswith("/tmp/")
    assert (document["http_port"], document["grpc_port"], document["metrics_port"]) == (8080, 9000, 8082)


def test_the_packages_of_the_server_are_asked_for() -> None:
    found = {part.key: part.value for part in projects.contributions(projects.SPEC) if part.slot == "requirements"}
    assert {key: value.value for key, value in found.items()} == {
        "mlserver": "==1.7.1",
        "mlserver-mlflow": "==1.7.1",
        "uvloop": "==0.21.0",
    }
    assert isinstance(found["uvloop"], At)
    assert found["uvloop"].note


def test_the_pipeline_is_told_where_the_model_answers() -> None:
    (address,) = (part for part in projects.contributions(projects.SPEC) if part.slot == "pipeline/serving")
    assert address.key == "path"
    assert address.value.value == "/v2/models/penguins"
    assert address.at == ("metadata", "name")


def test_a_batch_job_needs_no_server() -> None:
    batch = {"input": "s3://a/i/", "output": "s3://a/o/", "schedule": "0 5 * * *", "key": "id"}
    spec = projects.spec(
        deployment={"mode": "batch", "batch": batch, "image": {"name": "ghcr.io/acme/penguins"}}, environments=None
    )
    assert projects.contributions(spec) == []
    assert "ops/docker/settings.json" not in projects.files(spec)


def test_the_target_is_registered_and_complete() -> None:
    assert get("kubernetes") is TARGET
    assert set(TARGET.capabilities()) <= TARGET.roles
    assert TARGET.stack["serve"] == TARGET.name == server.TARGET
    assert TARGET.package == server.PACKAGE


def test_options_take_what_is_documented() -> None:
    model = TARGET.options_model()
    assert model.model_validate({}).model_dump() == {
        "create_namespace": True,
        "pod_security": "restricted",
        "egress": None,
        "scrape_interval": "30s",
        "termination_grace": "60s",
        "batch_deadline": "6h",
    }
    assert options._DURATION == units.DURATION
    for field in model.model_fields.values():
        assert field.description


@pytest.mark.parametrize(
    "data",
    [
        {"egres": "all"},
        {"egress": "internet"},
        {"pod_security": "privileged"},
        {"scrape_interval": "fast"},
        {"scrape_interval": 30},
        {"create_namespace": "yes"},
    ],
)
def test_options_refuse_the_rest(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TARGET.options_model().model_validate(data)
