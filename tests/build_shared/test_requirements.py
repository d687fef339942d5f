"""The packages that the pipeline needs."""

from __future__ import annotations

import re

import pytest
from build_shared.project import line_of, load, rendered, requirement
from mlopsc import assets
from mlopsc.build.requirements import frameworks, requirements_of
from mlopsc.parts import At, Contribution, File, Lines
from mlopsc.render.document import render

PATH = "ops/pipeline/requirements.in"


def test_the_pipeline_s_own_lines_and_those_of_the_targets_are_sorted_with_their_reasons() -> None:
    extra = (requirement("uvloop", At("==0.21.0", note="newer ones break the workers")), requirement("mlserver", "==1"))
    file = rendered(load(), PATH, extra=extra)
    head, *lines = file.text.splitlines()
    assert head.startswith("# Generated from mlops.yaml;")
    entries = [line for line in lines if not line.startswith("#")]
    assert entries == sorted(entries)
    assert [re.split("[<>=]", entry)[0] for entry in entries] == [
        "mlflow",
        "mlserver",
        "pandera[pandas]",
        "pytest",
        "scikit-learn",
        "scipy",
        "uvloop",
    ]
    assert lines[-2:] == ["# newer ones break the workers", "uvloop==0.21.0"]
    assert line_of(file, "uvloop==") == (None, ("target",))
    assert line_of(file, "newer ones") == (None, ("target",))
    assert line_of(file, "pytest>=") == (None, ("tests", "unit"))


def test_pytest_is_needed_by_unit_tests_only() -> None:
    assert "pytest" not in rendered(load({"tests": {}}), PATH).text


LOAD = {"against": "runner", "rate": "1/s", "duration": "1m", "p95": "1s", "max_errors": "1%"}


def test_locust_is_needed_by_a_load_test_only() -> None:
    assert "locust" not in rendered(load(), PATH).text
    assert line_of(rendered(load({"tests.load": LOAD}), PATH), "locust>=") == (None, ("tests", "load"))
    own = {"tests": {"load": {**LOAD, "against": "staging"}}}
    assert line_of(rendered(load({"environments.staging": own}), PATH), "locust>=") == ("staging", ("tests", "load"))


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("s3://a/b.csv", "s3fs"),
        ("gs://a/b.csv", "gcsfs"),
        ("az://a/b.csv", "adlfs"),
        ("https://a/b.csv", "fsspec[http]"),
    ],
)
def test_data_elsewhere_needs_a_reader_for_its_scheme(uri: str, name: str) -> None:
    file = rendered(load({"data.datasets.customers.uri": uri}), PATH)
    assert line_of(file, f"{name}>=") == (None, ("data", "datasets", "customers", "uri"))
    assert name not in rendered(load(), PATH).text


def test_data_that_neither_trains_nor_evaluates_needs_no_reader() -> None:
    other = {"uri": "s3://a/b/", "format": "parquet"}
    assert "s3fs" not in rendered(load({"data.datasets.outcomes": other}), PATH).text


def test_a_batch_job_needs_readers_for_both_ends_and_each_once() -> None:
    batch = {"input": "s3://a/i/", "output": "gs://a/o/", "schedule": "0 5 * * *", "key": "id"}
    changes = {"deployment.mode": "batch", "deployment.batch": batch, "deployment.strategy": None, "environments": {}}
    changes["data.datasets.customers.uri"] = "s3://a/b.csv"
    file = rendered(load(changes), PATH)
    assert line_of(file, "s3fs>=") == (None, ("data", "datasets", "customers", "uri"))
    assert line_of(file, "gcsfs>=") == (None, ("deployment", "batch", "output"))


def test_the_store_of_a_training_in_the_cluster_needs_its_client() -> None:
    """The one of the first environment, where the training runs."""
    store = {"deployment.model_store": {"uri": "gs://a/"}}
    assert "gcsfs" not in rendered(load(store), PATH).text
    cluster = {"execution.train": {"on": "cluster"}, **store}
    assert line_of(rendered(load(cluster), PATH), "gcsfs>=") == ("staging", ("deployment", "model_store", "uri"))
    own = {"environments.staging": {"deployment": {"model_store": {"uri": "az://a/"}}}}
    text = rendered(load({**cluster, **own}), PATH).text
    assert "adlfs" in text
    assert "gcsfs" not in text


def test_every_line_is_a_range() -> None:
    for name, specifier in requirements_of(load(), ()):
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z,]+\])?", name)
        assert re.fullmatch(r">=[0-9.]+(,<[0-9]+)?", specifier), "a compile cannot lock, so it must not fix"


def test_requirements_of_says_what_the_file_says() -> None:
    project = load()
    other = Contribution(slot="elsewhere", key="x", value="==1", at=())
    extra = (requirement("mlserver", At("==1.7.1", note="why")), other)
    found = requirements_of(project, extra)
    assert ("mlserver", "==1.7.1") in found
    assert "x" not in dict(found)
    lines = rendered(project, PATH, extra=extra[:1]).text.splitlines()
    assert [name + specifier for name, specifier in found] == [line for line in lines if not line.startswith("#")]


def test_a_framework_that_is_always_needed_is_not_asked_for_twice() -> None:
    table = assets.data("mlopsc", "data/requirements.yaml")
    named = {name for distributions in table["frameworks"].values() for name in distributions}
    assert named.isdisjoint(name for name, _ in requirements_of(load(), ()))
    assert frameworks(load()) == []
    assert dict(frameworks(load({"model.framework": "lightgbm"}))) == {"lightgbm": ">=4.5,<5"}


def test_lines_that_were_not_linked_cannot_be_rendered() -> None:
    file = File(file="a", body=Lines(slot="requirements"), owner="test", purpose="p")
    with pytest.raises(TypeError, match="not linked"):
        render(file, spec_file="mlops.yaml", static_reader=lambda package, resource: "")
