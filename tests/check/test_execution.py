"""Training in a cluster: what the short form of a stack means, and which rules it silences."""

from __future__ import annotations

import pytest
from mlopsc.compiler import analyze
from mlopsc.inputs import MemoryInputs

SPEC = """
apiVersion: mlopsc/v1
metadata: { name: churn }
STACK
data:
  datasets: { customers: { loader: "churn.data:load", version: { resolve: at-run } } }
  train: customers
  evaluate: { split: { test: 20% } }
model: { task: custom, framework: sklearn, train: { call: "churn.model:train" } }
execution: { train: { on: cluster, workers: 4, resources: { gpu: 1 } } }
"""
PLACE = {"CHK-454", "CHK-455", "CHK-456"}
"""Rules on the place of the training."""


def codes(stack: str) -> set[str]:
    """Return the codes of the family that a spec with a stack is told."""
    text = SPEC.replace("STACK", stack).encode()
    return {item.code for item in analyze("mlops.yaml", MemoryInputs({"mlops.yaml": text})).diagnostics} & PLACE


@pytest.mark.parametrize("stack", ["target: kubernetes", "stack: { train: kubernetes, serve: kubernetes }"])
def test_with_a_target_that_trains_gpus_and_workers_are_fine(stack: str) -> None:
    assert codes(stack) == set()


def test_without_one_the_place_is_wrong_and_not_what_is_asked_of_it() -> None:
    assert codes("stack: { serve: kubernetes }") == {"CHK-456"}
