"""Push mode looks for leftovers among the kinds that are generated: none may be missing from its list."""

from __future__ import annotations

import posixpath

import pytest
import yaml
from mlopsc.compiler import analyze, generate
from mlopsc.inputs import MemoryInputs
from mlopsc.steps.mlops_steps.release import push
from oracle.test_oracle import FILES, SPECS, spec

NO_OBJECTS = {"Component", "Kustomization", "Release"}
"""What kustomize reads and keeps for itself."""

KEPT = {"namespaces"}
"""What is never deleted."""


def resource(item: dict[str, str]) -> str:
    """Return how kubectl calls the kind of an object."""
    group, kind = item["apiVersion"].rpartition("/")[0], item["kind"].lower()
    plural = f"{kind.removesuffix('y')}ies" if kind.endswith("y") else f"{kind}s"
    return f"{plural}.{group}" if group else plural


def kinds(name: str) -> set[str]:
    """Return the kinds of all objects that the overlays of a spec may bring."""
    outputs = generate(analyze("mlops.yaml", MemoryInputs({**FILES, "mlops.yaml": spec(name).encode()}))).outputs
    found = set()
    for path, output in outputs.items():
        folders = posixpath.dirname(path).split("/")
        if "deploy" not in folders or not {"base", "overlays"} & {*folders} or not path.endswith(".yaml"):
            continue
        for item in yaml.safe_load_all(output.rendered.text):
            if isinstance(item, dict) and "$patch" not in item and item["kind"] not in NO_OBJECTS:
                found.add(resource(item))
    return found


@pytest.mark.parametrize("name", [name for name in SPECS if name not in ("none", "batch")])
def test_a_served_model(name: str) -> None:
    found = kinds(name)
    assert "services" in found
    assert found - KEPT <= {*push.PRUNED}


def test_a_batch_job() -> None:
    found = kinds("batch")
    assert "cronjobs.batch" in found
    assert found - KEPT <= {*push.PRUNED}


def test_the_list_is_sorted_and_spelt_as_kubectl_does() -> None:
    assert [*push.PRUNED] == sorted({*push.PRUNED})
    assert resource({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}) in push.PRUNED
    assert resource({"apiVersion": "v1", "kind": "Namespace"}) not in push.PRUNED
