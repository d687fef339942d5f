"""Rules on training in a cluster, for which no fixture can stand: no built-in target of this stack trains."""

from __future__ import annotations

from mlopsc.check import execution
from mlopsc.check.rule import Context
from mlopsc.compiler import analyze
from mlopsc.diagnostics import Findings
from mlopsc.inputs import MemoryInputs
from mlopsc.project import Project

SPEC = """
apiVersion: mlopsc/v1
metadata: { name: churn }
stack: { serve: kubernetes }
data:
  datasets: { customers: { loader: "churn.data:load", version: { resolve: at-run } } }
  train: customers
  evaluate: { split: { test: 20% } }
model: { task: custom, framework: sklearn, train: { call: "churn.model:train" } }
execution: { train: { on: cluster, workers: 4, resources: { gpu: 1 } } }
"""


def codes(project: Project) -> set[str]:
    """Return the codes that the rules of the family report."""
    findings = Findings()
    context = Context(findings.report, MemoryInputs({}), "", lambda _path, _env: True)
    for rule in execution.RULES:
        rule.run(project, context)
    return {item.code for item in findings.items}


def test_training_in_a_cluster_needs_a_target_that_trains() -> None:
    """With such a target GPUs and workers are fine; without one the place is wrong, not what is asked of it."""
    project = analyze("mlops.yaml", MemoryInputs({"mlops.yaml": SPEC.encode()})).project
    assert project is not None
    assert {"CHK-454", "CHK-455", "CHK-456"} & codes(project) == {"CHK-456"}
    trained = project.replace(stack=project.stack.replace(train="cluster"))
    assert not {"CHK-454", "CHK-455", "CHK-456"} & codes(trained)
