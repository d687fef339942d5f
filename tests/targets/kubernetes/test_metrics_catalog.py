"""The metric catalog of MLServer says what a running server exposed: no more, no less."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

HERE = Path(__file__).parent
CATALOG = HERE.parents[2] / "targets" / "mlopsc_targets" / "kubernetes" / "metrics.yaml"
SCRAPES = {
    "some": (HERE / "mlserver-1.7.1.metrics.txt").read_text(encoding="utf-8"),
    "none": (HERE / "mlserver-1.7.1.no-workers.metrics.txt").read_text(encoding="utf-8"),
}
SUFFIXES = {"counter": ("",), "gauge": ("",), "summary": ("_sum", "_count"), "histogram": ("_bucket", "_sum", "_count")}


class Sample(NamedTuple):
    """One line of a scrape."""

    name: str
    labels: dict[str, str]
    value: float


def parse(scrape: str) -> tuple[dict[str, str], list[Sample]]:
    """Return the type of each metric and all samples of a scrape in Prometheus' text format.

    Raises:
        ValueError: a line that is no comment and no sample.
    """
    types: dict[str, str] = {}
    samples = []
    for line in scrape.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            types[name] = kind
        elif not line.startswith("#"):
            match = re.fullmatch(r'(\w+)(?:\{((?:\w+="[^"]*",?)*)\})? (\S+)', line)
            if match is None:
                raise ValueError(line)
            samples.append(Sample(match[1], dict(re.findall(r'(\w+)="([^"]*)"', match[2] or "")), float(match[3])))
    return types, samples


def differences(catalog: dict[str, Any], scrapes: dict[str, str]) -> list[str]:
    """Return a line for each place where the catalog and the scrapes disagree."""
    found = []
    values: dict[str, set[str]] = {}
    for workers, scrape in scrapes.items():
        types, samples = parse(scrape)
        listed = {name: metric for name, metric in catalog["metrics"].items() if metric["workers"] in ("any", workers)}
        found += [f"{workers}: {name} is not in the catalog" for name in types.keys() - listed.keys()]
        found += [f"{workers}: {name} is not in the scrape" for name in listed.keys() - types.keys()]
        for name in types.keys() & listed.keys():
            metric = listed[name]
            if metric["type"] != types[name]:
                found.append(f"{workers}: {name} is a {types[name]}")
            own = [sample for sample in samples if sample.name in {name + suffix for suffix in SUFFIXES[types[name]]}]
            if bool(own) != metric.get("series", True):
                found.append(f"{workers}: {name} has {len(own)} samples")
            for sample in own:
                labels = sample.labels.keys() - {"le"}
                if labels != set(metric["labels"]):
                    found.append(f"{workers}: {sample.name} has the labels {sorted(labels)}")
                for label in labels:
                    values.setdefault(label, set()).add(sample.labels[label])
            buckets = list(dict.fromkeys(sample.labels["le"] for sample in own if "le" in sample.labels))
            if buckets != metric.get("buckets", []):
                found.append(f"{workers}: {name} has the buckets {buckets}")
        known = {name + suffix for name, kind in types.items() for suffix in SUFFIXES[kind]}
        found += [f"{workers}: {sample.name} has no type" for sample in samples if sample.name not in known]
    seen = {label: set(entry["seen"]) for label, entry in catalog["labels"].items()}
    found += [f"label {label}: {values.get(label)}" for label in seen | values if seen.get(label) != values.get(label)]
    return found


def selected(signal: dict[str, Any], samples: list[Sample], suffix: str = "") -> list[Sample]:
    """Return the samples that a query with the signal's matchers would read."""
    return [
        sample
        for sample in samples
        if sample.name == signal["metric"] + suffix
        and all(re.fullmatch(pattern, sample.labels.get(label, "")) for label, pattern in signal["match"].items())
    ]


@pytest.fixture(scope="module")
def catalog() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(CATALOG.read_text(encoding="utf-8"))
    return document


def test_the_catalog_equals_the_scrapes(catalog: dict[str, Any]) -> None:
    assert differences(catalog, SCRAPES) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("# TYPE parallel_request_queue histogram", "# nothing", "some: parallel_request_queue is not in the scrape"),
        ("# TYPE parallel_request_queue histogram", "# nothing", "some: parallel_request_queue_count has no type"),
        ("# TYPE p", "# TYPE new_metric gauge\n# TYPE p", "some: new_metric is not in the catalog"),
        ("s_total counter", "s_total gauge", "some: rest_server_requests_total is a gauge"),
        (
            'status_code="',
            'code="',
            "some: rest_server_requests_total has the labels ['app_name', 'code', 'method', 'path']",
        ),
        ('path="/ping"', 'path="/pong"', "label path: "),
        (
            'parallel_request_queue_bucket{le="0.25"}',
            'parallel_request_queue_bucket{le="0.3"}',
            "some: parallel_request_queue has the buckets ",
        ),
        ("\nmodel_infer_request_duration_", "\n#", "some: model_infer_request_duration has 0 samples"),
    ],
)
def test_another_scrape_is_told_from_the_catalog(catalog: dict[str, Any], old: str, new: str, finding: str) -> None:
    assert old in SCRAPES["some"]
    found = differences(catalog, {**SCRAPES, "some": SCRAPES["some"].replace(old, new)})
    assert any(line.startswith(finding) for line in found), found


def test_a_metric_that_no_server_has_is_told(catalog: dict[str, Any]) -> None:
    invented = {**catalog["metrics"], "model_latency_seconds": catalog["metrics"]["rest_server_requests_total"]}
    assert sorted(differences({**catalog, "metrics": invented}, SCRAPES)) == [
        "none: model_latency_seconds is not in the scrape",
        "some: model_latency_seconds is not in the scrape",
    ]


def test_a_line_that_is_no_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="half a line"):
        parse('requests_total{path="/half a line')


def test_every_metric_is_described(catalog: dict[str, Any]) -> None:
    for name, metric in catalog["metrics"].items():
        assert metric["help"].endswith("."), name
        assert metric["unit"], name


def test_the_signals_select_inference_calls_only(catalog: dict[str, Any]) -> None:
    _, samples = parse(SCRAPES["some"])
    requests, errors, latency = (catalog["signals"][name] for name in ("requests", "errors", "latency"))
    by_status: dict[str, float] = {}
    for sample in selected(requests, samples):
        by_status[sample.labels["status_code"]] = by_status.get(sample.labels["status_code"], 0) + sample.value
    # What was sent: ten good calls, two without a column, two without a body, two to nobody, the rest while loading.
    assert by_status == {"200": 10, "500": 2, "422": 2, "404": 2, "400": 17}
    assert sum(sample.value for sample in selected(errors, samples)) == 2
    assert sum(sample.value for sample in selected(latency, samples, "_count")) == sum(by_status.values())
    everything = sum(sample.value for sample in samples if sample.name == requests["metric"])
    assert everything > sum(by_status.values())  # probes and pages are in the scrape, and were left out


def test_ready_selects_the_probes_that_found_the_model(catalog: dict[str, Any]) -> None:
    for scrape, number in (("some", 2), ("none", 1)):
        [sample] = selected(catalog["signals"]["ready"], parse(SCRAPES[scrape])[1])
        assert (sample.value, sample.labels["status_code"]) == (number, "200"), "while it loads the answer is 400"


def test_the_signals_use_labels_of_their_metric(catalog: dict[str, Any]) -> None:
    for name, signal in catalog["signals"].items():
        assert signal["match"].keys() <= set(catalog["metrics"][signal["metric"]]["labels"]), name
