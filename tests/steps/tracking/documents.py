"""Results of the pipeline as later steps find them, without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steps.project import Project

VERSION = "3f2a9c1b7d40"
DIGESTS = {
    name: f"sha256:{letter * 64}"
    for name, letter in (("data", "a"), ("train", "b"), ("evaluate", "c"), ("method", "d"))
}
RECIPE = {"code": "1" * 64, "lock": "2" * 64, "data": "3" * 64, "model": "4" * 64}
METRICS = {"accuracy": 0.9375, "f1_macro": 0.1 + 0.2, "roc_auc": None}


def config(**changes: Any) -> dict[str, Any]:
    """Return the parts of ``config.json`` that the records read."""
    return {
        "schema": 1,
        "name": "birds",
        "root": "../..",
        "data": {
            "datasets": {"birds": {"uri": "data/birds.csv", "columns": COLUMNS}},
            "train": "birds",
            "evaluate": {"split": {"by": "random", "test": 0.5, "stratify": False, "seed": 7}},
        },
        "model": {
            "params": {"C": 0.5, "solver": "lbfgs", "grid": {"b": [1, 2], "a": None}},
            "seed": 42,
            "registered_name": "birds",
        },
        "tracking": "release-records",
        **changes,
    }


COLUMNS = {"species": {"type": "category", "role": "target"}, "mass": {"type": "number", "role": "feature"}}

RESULTS: dict[str, dict[str, Any]] = {
    "data": {
        "datasets": {
            "birds": {"source": "data/birds.csv", "digest": DIGESTS["data"], "rows": 4, "columns": ["species", "mass"]}
        }
    },
    "split": {
        **{side: {"rows": 2, "digest": DIGESTS[side]} for side in ("train", "evaluate")},
        "sample": False,
        "target": "species",
        "features": {"mass": "float64"},
    },
    "train": {"version": VERSION, "recipe": RECIPE, "framework": "sklearn", "seeded": ["random", "numpy"]},
    "evaluate": {"digest": DIGESTS["evaluate"], "method": DIGESTS["method"], "metrics": METRICS},
    "gate": {"verdict": "passed", "checks": []},
}


def project(folder: Path, **changes: Any) -> Project:
    """Return a project whose pipeline has run up to the gate, in a folder outside of any repository."""
    made = Project(folder, config(**changes))
    results = made.context().results
    for step, result in RESULTS.items():
        results.write(step, "passed", result)
    return made


COMMIT = "c" * 40


def release(name: str = "birds", evaluation: str = DIGESTS["evaluate"], **metrics: float) -> dict[str, Any]:
    """Return a release record with a stable release and nothing else.

    Args:
        name: of the project.
        evaluation: digest of the evaluation rows.
        metrics: of the model.
    """
    image = f"ghcr.io/acme/{name}@sha256:{'b' * 64}"
    identity = {"release": "a" * 64, "image": image, "version": VERSION, "commit": COMMIT}
    return {
        "apiVersion": "mlopsc/v1",
        "kind": "Release",
        "metadata": {"name": name, "annotations": {"config.kubernetes.io/local-config": "true"}},
        "state": "released",
        "stable": {
            **identity,
            "weight": 100,
            "metrics": metrics,
            "evaluation": {"digest": evaluation, "method": DIGESTS["method"]},
        },
        "canary": {**identity, "weight": 0, "replicas": 0},
        "rejected": [],
    }
