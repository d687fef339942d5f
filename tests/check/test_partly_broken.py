"""A broken section hides nothing of the others: rules that look at several sections run for those that are intact."""

from __future__ import annotations

from mlopsc.compiler import analyze
from mlopsc.inputs import MemoryInputs
from mlopsc.record import Path

SPEC = """\
apiVersion: mlopsc/v1
metadata: {name: churn}
target: kubernetes
data:
  datasets:
    rows:
      uri: data/nope.csv
      format: csv
      version: {resolve: at-run}
      columns: {id: {type: string, role: id}, y: {type: number, role: target}, x: {type: number}}
  train: rows
  evaluate: {split: {test: 20%}}
model:
  task: regression
  framework: sklearn
  source: src
  train: {call: "m.model:train"}
  dependencies: {python: "3.11", lock: requirements.txt}
tests: {load: {against: default, rate: 50, duration: 1m, p95: 1s, max_errors: 1%}}
secrets: {PAGER: {kubernetes: {name: pager, key: key}}}
deployment: {image: {name: ghcr.io/acme/churn}}
monitoring: {alerts: {page: {pagerduty: {routing_key: {secret: PAGR}}}}}
"""


def analyzed(text: str) -> tuple[set[tuple[str, Path]], set[str]]:
    analysis = analyze("mlops.yaml", MemoryInputs({"mlops.yaml": text.encode(), "src/m/model.py": b""}))
    found = {(item.code, item.at[0]) for item in analysis.diagnostics if item.at}
    return found, {check for check, _ in analysis.skipped}


def test_missing_files_and_secrets_of_intact_sections_are_found() -> None:
    found, skipped = analyzed(SPEC)
    assert ("SPC-303", ("tests", "load", "rate")) in found
    assert ("CHK-490", ("data", "datasets", "rows", "uri")) in found
    assert ("CHK-460", ("monitoring", "alerts", "page", "pagerduty", "routing_key", "secret")) in found
    assert {"CHK-490 in tests", "CHK-460 in tests", "CHK-461"} <= skipped


def test_a_secret_that_a_misspelt_reference_means_is_not_called_unused() -> None:
    mended = SPEC.replace("rate: 50,", "rate: 50/s,")
    codes = {code for code, _ in analyzed(mended)[0]}
    assert "CHK-460" in codes
    assert "CHK-461" not in codes
    other = {code for code, _ in analyzed(mended.replace("PAGR", "SOMETHING_ELSE"))[0]}
    assert {"CHK-460", "CHK-461"} <= other
