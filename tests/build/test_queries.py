"""Queries use what the catalog lists and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc import catalog
from mlopsc.build import queries
from mlopsc.catalog import CatalogError
from mlopsc.units import Duration

RAW: dict[str, Any] = {
    "metrics": {
        "http_total": {"type": "counter", "unit": "requests", "labels": ["path", "code"]},
        "http_seconds": {
            "type": "histogram",
            "unit": "seconds",
            "labels": ["path"],
            "buckets": ["0.1", "0.25", "+Inf"],
        },
        "model_seconds": {"type": "summary", "unit": "seconds", "labels": ["model"]},
    },
    "signals": {
        "requests": {"metric": "http_total", "match": {"path": "/a|/b"}},
        "errors": {"metric": "http_total", "match": {"path": "/a|/b", "code": "5.."}},
        "latency": {"metric": "http_seconds", "match": {"path": "/a"}},
    },
}
CATALOG = catalog.parse(RAW)
WINDOW = Duration("10m")
NEW = queries.track("live", "churn", "canary")
OLD = queries.track("live", "churn", "stable")
LABELS = 'namespace="live", mlops_model="churn", mlops_track="canary"'


def with_latency(metric: str) -> catalog.Catalog:
    """Return the catalog of a server that measures latency elsewhere."""
    signals = {**RAW["signals"], "latency": {"metric": metric, "match": {}}}
    return catalog.parse({**RAW, "signals": signals})


def test_requests() -> None:
    assert queries.requests(CATALOG, NEW, WINDOW) == f'sum(increase(http_total{{{LABELS}, path=~"/a|/b"}}[10m]))'


def test_errors_count_as_none_before_the_first() -> None:
    failed = f'sum(increase(http_total{{{LABELS}, path=~"/a|/b", code=~"5.."}}[10m]))'
    total = f'sum(increase(http_total{{{LABELS}, path=~"/a|/b"}}[10m]))'
    assert queries.error_rate(CATALOG, NEW, WINDOW) == f"({failed} or vector(0)) / {total}"


def test_latency_is_a_quantile_of_a_histogram() -> None:
    buckets = f'http_seconds_bucket{{{LABELS}, path=~"/a"}}'
    assert queries.latency(CATALOG, NEW, WINDOW, "0.99") == (
        f"histogram_quantile(0.99, sum by (le) (rate({buckets}[10m])))"
    )


def test_latency_is_a_mean_without_a_histogram() -> None:
    assert queries.latency(with_latency("model_seconds"), NEW, WINDOW, "0.99") == (
        f"sum(rate(model_seconds_sum{{{LABELS}}}[10m])) / sum(rate(model_seconds_count{{{LABELS}}}[10m]))"
    )


def test_a_ratio_compares_the_tracks() -> None:
    ratio = queries.latency_ratio(CATALOG, NEW, OLD, WINDOW)
    above, _, below = ratio.partition(") / (")
    assert 'mlops_track="canary"' in above
    assert 'mlops_track="stable"' not in above
    assert 'mlops_track="stable"' in below


def test_a_metric_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(CatalogError, match="http_total_sum"):
        queries.latency(with_latency("http_total"), NEW, WINDOW, "0.99")


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(CatalogError, match="http_total has no label status; it has path, code"):
        queries.selector(CATALOG.metric("http_total"), {}, {"status": "5.."})
    with pytest.raises(CatalogError, match="model"):
        queries.selector(CATALOG.metric("http_total"), {"model": "churn"}, {})


def test_an_unknown_metric_or_signal_is_refused() -> None:
    with pytest.raises(CatalogError, match="http_totals"):
        CATALOG.metric("http_totals")
    bare = catalog.parse({"metrics": {}, "signals": {}})
    with pytest.raises(CatalogError, match="requests"):
        queries.requests(bare, NEW, WINDOW)


def test_a_signal_on_an_unknown_label_or_metric_is_refused() -> None:
    wrong = {"requests": {"metric": "http_total", "match": {"method": "POST"}}}
    with pytest.raises(CatalogError, match="method"):
        catalog.parse({**RAW, "signals": wrong})
    with pytest.raises(CatalogError, match="nowhere"):
        catalog.parse({**RAW, "signals": {"requests": {"metric": "nowhere", "match": {}}}})


def test_values_cannot_leave_their_quotes() -> None:
    text = queries.selector(CATALOG.metric("http_total"), {"namespace": 'a"} or vector(1) #\\\n'}, {})
    assert text == 'http_total{namespace="a\\"} or vector(1) #\\\\\\n"}'


def test_live_copies_by_release() -> None:
    assert queries.live(CATALOG, NEW) == f"count by (mlops_release) (up{{{LABELS}}} == 1)"


def test_live_copies_are_ready_where_the_server_counts_its_probes() -> None:
    signals = {**RAW["signals"], "ready": {"metric": "http_total", "match": {"path": "/ready", "code": "200"}}}
    ready = f'http_total{{{LABELS}, path=~"/ready", code="200"}}'
    assert queries.live(catalog.parse({**RAW, "signals": signals}), NEW) == (
        f"count by (mlops_release) (up{{{LABELS}}} == 1 and on (instance) {ready})"
    )


def test_plain_values_are_matched_exactly() -> None:
    metric = CATALOG.metric("http_total")
    assert queries.selector(metric, {}, {"code": "200"}) == 'http_total{code="200"}'
    assert queries.selector(metric, {}, {"code": "2.0"}) == 'http_total{code=~"2.0"}'


def test_the_catalog_of_the_target_has_every_signal() -> None:
    real = catalog.load("mlopsc_targets.kubernetes")
    assert set(real.signals) == {"requests", "errors", "latency", "ready"}
    assert [str(bound) for bound in real.signal("latency").metric.bounds()][5:8] == ["0.1", "0.25", "0.5"]
    assert 'status_code=~"5.."' in queries.error_rate(real, NEW, WINDOW)
