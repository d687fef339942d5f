"""The block of the design that shows every section compiles as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlopsc.codes import catalogue
from mlopsc.compiler import analyze, generate
from mlopsc.inputs import DiskInputs
from mlopsc.report.finding import locate

FIXTURE = Path(__file__).parent / "fixtures" / "section4"
DESIGN = Path(__file__).parents[2] / "shared" / "DESIGN.md"


def test_it_compiles_without_errors() -> None:
    analysis = analyze("mlops.yaml", DiskInputs(str(FIXTURE)))
    compiled = generate(analysis)
    found = locate(compiled.diagnostics, analysis.origins, catalogue())
    assert [(item.code, item.span.line) for item in found if item.severity == "error"] == []
    assert "ops/deploy/overlays/production/kustomization.yaml" in compiled.outputs


def test_what_the_target_has_no_use_for_is_told() -> None:
    analysis = analyze("mlops.yaml", DiskInputs(str(FIXTURE)))
    found = locate(analysis.diagnostics, analysis.origins, catalogue())
    assert [item.spec for item in found if item.code == "K8S-118"] == ["deployment.model_store"]


def test_the_fixture_is_the_block_of_the_design() -> None:
    if not DESIGN.exists():
        pytest.skip("the design is not beside this repository")
    block = DESIGN.read_text(encoding="utf-8").split("## 4.", 1)[1].split("```yaml\n", 1)[1].split("```", 1)[0]
    assert (FIXTURE / "mlops.yaml").read_text(encoding="utf-8") == block
