# SPDX-License-Identifier: MIT-0
"""The candidate: all that is known of a model that was just made. Format: candidate.v1.schema.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..context import Context
from .git import checkout

SCHEMA = 1
FILE = "candidate.json"
"""Its place below the build folder; ``release start`` reads it there."""

Candidate = dict[str, Any]

_NOT_LINEAGE = ("schema", "metrics", "params", "registry")


def collect(context: Context) -> Candidate:
    """Put together what the earlier steps found out about the model in ``build/model``.

    Raises:
        Unusable: one of the steps did not run or did not pass.
    """
    results, config = context.results, context.config
    gate, evaluation = results.read("gate"), results.read("evaluate")
    trained, split, data = results.read("train"), results.read("split"), results.read("data")
    state = checkout(context.root, context.build, lambda message: context.notice("git", "commit", message))
    return {
        "schema": SCHEMA,
        "name": config["name"],
        "version": trained["version"],
        "recipe": dict(trained["recipe"]),
        "commit": state.commit,
        "dirty": state.dirty,
        "data": {name: dataset["digest"] for name, dataset in data["datasets"].items()},
        "rows": {
            side: {"rows": split[side]["rows"], "digest": split[side]["digest"]} for side in ("train", "evaluate")
        },
        "params": config["model"]["params"],
        "seed": config["model"]["seed"],
        "framework": trained["framework"],
        "metrics": defined(evaluation["metrics"]),
        "evaluation": {"digest": evaluation["digest"], "method": evaluation["method"]},
        "gate": gate["verdict"],
        "purpose": context.purpose,
        "sample": split["sample"],
    }


def defined(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """Return the metrics that have a value on the evaluation rows."""
    return {name: value for name, value in metrics.items() if value is not None}


def lineage(candidate: Candidate) -> dict[str, str]:
    """Return where a model comes from as flat tags, ``mlops.recipe.code`` and so on.

    Parameters and metrics are not among them: MLflow has places of its own for both. Texts are as they are, all other
    values JSON. The commit, where there is one, is under the name that MLflow gives it.
    """
    tags = {
        f"mlops.{name}": value
        for key, part in candidate.items()
        if key not in _NOT_LINEAGE
        for name, value in _flat(key, part).items()
    }
    commit = tags.pop("mlops.commit")
    return tags if candidate["commit"] is None else {"mlflow.source.git.commit": commit, **tags}


def _flat(name: str, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {inner: text for key, part in value.items() for inner, text in _flat(f"{name}.{key}", part).items()}
    return {name: value if isinstance(value, str) else json.dumps(value)}
