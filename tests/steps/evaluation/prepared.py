"""Projects as the step "package" leaves them, with a model whose answers a test writes down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mlopsc.steps.mlops_steps.context import LAPTOP, Context
from mlopsc.steps.mlops_steps.evaluation import method
from mlopsc.steps.mlops_steps.packaging import recipe, reuse, scoring
from mlopsc.steps.mlops_steps.results import write_json
from mlopsc.steps.mlops_steps.step import Step
from steps.project import Project

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DIGEST, OTHER_DIGEST = f"sha256:{'d' * 64}", f"sha256:{'e' * 64}"

COLUMNS: dict[str, Any] = {
    "tenure": {"type": "integer", "role": "feature"},
    "contract": {"type": "category", "role": "feature", "values": ["monthly", "yearly"]},
    "gender": {"type": "category", "role": "sensitive", "values": ["f", "m"]},
    "churned": {"type": "boolean", "role": "target"},
}

CONFIG: dict[str, Any] = {
    "schema": 1,
    "name": "churn",
    "root": "../..",
    "data": {
        "datasets": {"customers": {"columns": COLUMNS}},
        "train": "customers",
        "evaluate": {"split": {"by": "random", "test": 0.2, "stratify": True, "seed": 7}},
    },
    "model": {
        "task": "binary-classification",
        "source": "src",
        "params": {"C": 1.0},
        "seed": 42,
        "prediction": {"output": "probability", "positive": True, "threshold": 0.5},
    },
    "tests": {
        "metrics": {},
        "slices": {},
        "fairness": {},
        "behaviour": {"invariant_to": {}, "directional": {}},
    },
}

SPLIT: dict[str, Any] = {
    "train": {"rows": 100, "digest": DIGEST},
    "evaluate": {"rows": 8, "digest": DIGEST},
    "sample": False,
    "classes": [False, True],
    "positive": True,
    "features": {"tenure": "int64", "contract": "str"},
    "deviation": {"tenure": 2.0},
    "target": "churned",
    "weight": None,
}


@dataclass
class Model:
    """A packaged model that answers a formula of tenure and contract."""

    meaning: scoring.Meaning
    slope: float = -0.1
    contract: float = 0.0
    fails: bool = False

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return probabilities: 0.9 at tenure 0, less by the slope, more for monthly contracts."""
        if self.fails:
            raise ValueError("no column called tenure")
        monthly = (features["contract"] == "monthly").to_numpy(float)
        return (0.9 + self.slope * features["tenure"].to_numpy(float) + self.contract * monthly).clip(0, 1)


MEANING = scoring.Meaning("binary-classification", "probability", [False, True], True, 0.5)


def rows() -> pd.DataFrame:
    """Return eight evaluation rows: of tenure 1 to 8, the first five churned and so did the last."""
    import pandas as pd

    return pd.DataFrame(
        {
            "tenure": pd.Series(range(1, 9), dtype="int64"),
            "contract": ["monthly", "yearly"] * 4,
            "gender": ["f", "f", "m", "m"] * 2,
            "churned": [True, True, True, True, True, False, False, True],
        }
    )


def prepared(
    folder: Path, patch: pytest.MonkeyPatch, models: Mapping[str, Model] | None = None, **split: Any
) -> Project:
    """Return a project with evaluation rows and the result of the split.

    Args:
        folder: where it is.
        patch: replaces the loading of models.
        models: by folder below ``build``.
        split: what differs in the result of the split.
    """
    project = Project(folder, CONFIG)
    data = folder / "build" / "data"
    data.mkdir(parents=True)
    rows().to_parquet(data / "evaluate.parquet", index=False)
    divided(project, **split)
    for module, check in ((recipe, "check_unchanged"), (reuse, "check")):
        patch.setattr(module, check, lambda _context: None)  # nothing was trained
    known = {folder / "build" / name: model for name, model in (models or {"model": Model(MEANING)}).items()}
    for name in known:
        name.mkdir(parents=True)
    patch.setattr(scoring, "load", lambda path: known[path])
    return project


def divided(project: Project, **changes: Any) -> None:
    """Write the result of the split; it must be written again when the task changes.

    Args:
        project: whose it is.
        changes: what differs.
    """
    project.context().results.write("split", "passed", {**SPLIT, **changes})


def champion(project: Project, predictions: str | None = None, **changes: Any) -> None:
    """Write the release record of a champion, and its predictions."""
    folder = project.folder / "build" / "champion"
    context = project.context()
    meaning = method.digest(context, context.results.read("split"))
    identity = {
        "release": "a" * 64,
        "image": f"ghcr.io/acme/churn@sha256:{'b' * 64}",
        "version": "3f2a9c1b7d40",
        "commit": "c" * 40,
    }
    stable = {
        **identity,
        "weight": 100,
        "metrics": changes.get("metrics", {"accuracy": 0.625}),
        "evaluation": {"digest": changes.get("digest", DIGEST), "method": meaning},
    }
    record = {
        "apiVersion": "mlopsc/v1",
        "kind": "Release",
        "metadata": {
            "name": changes.get("name", "churn"),
            "annotations": {"config.kubernetes.io/local-config": "true"},
        },
        "state": "released",
        "stable": stable,
        "canary": {**identity, "weight": 0, "replicas": 0},
        "rejected": [],
    }
    write_json(folder / "release.json", record)
    if predictions is not None:
        (folder / "predictions.csv").write_text(predictions, encoding="utf-8")


def run(project: Project, step: Step, purpose: str = LAPTOP) -> tuple[dict[str, Any], Context]:
    """Run a step, write its result as the command line does, and return it with its context."""
    import argparse

    context = project.context(purpose)
    result = step.run(context, argparse.Namespace())
    context.results.write(step.name, result.get("status", "passed"), result)
    return json.loads(json.dumps(result)), context
