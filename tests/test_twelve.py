"""One file with mistakes of every kind reports all of them, each at its line and column, in one run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from mlopsc.codes import catalogue
from mlopsc.compiler import analyze
from mlopsc.inputs import MemoryInputs
from mlopsc.report.finding import locate

MISTAKES = """\
apiVersion: mlopsc/v1
metadata: {name: churn, labels: {team: growth}}
variables: {registry: ghcr.io/acme}
stack: {serve: kubernetes, track: kubernetes}
data:
  datasets:
    rows:
      uri: data/rows.csv
      format: csv
      version: {resolve: at-run}
      columns:
        id: {type: string, role: id}
        age: {type: integer, min: 90, max: 10}
        y: {type: number, role: target}
  train: rwos
  evaluate: {split: {test: 20%}}
model:
  task: regression
  framework: sklearn
  source: source
  train: {call: "m.model:train"}
  dependencies: {python: "3.11", lock: requirements.txt}
  seed: 1
  seed: 2
execution:
  train: {timeout: 30}
  schedul: "0 3 * * 1"
  pull_request: {train: smaple}
monitoring:
  prometheus: {namespace: 7}
deployment:
  image: {name: "${var.registri}/churn"}
  kubernetes: {pod_securty: baseline}
environments:
  staging:
    model: {seed: 3}
"""

EXPECTED = {
    ("SRC-101", 24, 3): "duplicate key",
    ("SPC-301", 27, 3): "unknown key",
    ("SPC-303", 30, 27): "type",
    ("SPC-304", 28, 25): "enumeration",
    ("SPC-303", 26, 20): "unit",
    ("RES-211", 32, 17): "undefined variable",
    ("CHK-401", 15, 10): "bad reference",
    ("RES-213", 36, 5): "overlay of what may not differ",
    ("SPC-301", 33, 16): "target option",
    ("CAP-505", 4, 35): "capability",
    ("CHK-418", 13, 35): "cross-section rule",
    ("CHK-490", 20, 11): "missing file",
}

FILES = {"mlops.yaml": MISTAKES.encode(), "data/rows.csv": b"", "src/m/model.py": b""}


def findings() -> set[tuple[str, int, int]]:
    analysis = analyze("mlops.yaml", MemoryInputs(FILES))
    found = locate(analysis.diagnostics, analysis.origins, catalogue())
    return {(item.code, item.span.line, item.span.col) for item in found if item.severity == "error"}


def test_all_mistakes_are_reported_at_their_places() -> None:
    assert findings() == EXPECTED.keys()


def test_what_a_broken_section_hides_is_named() -> None:
    analysis = analyze("mlops.yaml", MemoryInputs(FILES))
    reasons = {reason for _, reason in analysis.skipped}
    assert any("deployment" in reason for reason in reasons)
    assert any("execution" in reason for reason in reasons)


@pytest.mark.parametrize("command", ["validate", "compile"])
def test_the_command_line_reports_all_and_exits_1(tmp_path: Path, command: str) -> None:
    for name, content in FILES.items():
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "mlopsc", command, "mlops.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    for code, line, column in EXPECTED:
        assert f"mlops.yaml:{line}:{column}: error {code}" in done.stdout
    assert "Traceback" not in done.stderr
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data", "mlops.yaml", "src"]
