# SPDX-License-Identifier: MIT-0
"""The command contract: a command reads ``MLOPSC_CONFIG`` and writes an MLflow model to ``$MLOPSC_OUT/model``.

The script needs nothing of this package. Format of the file: train-config.v1.schema.json.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import user_code
from ..context import Context
from ..packaging.scoring import Meaning
from ..results import write_json
from . import check, rows
from .train_data import TrainData

SCHEMA = 1
"""Number of the format of the file that ``MLOPSC_CONFIG`` names."""


def train(context: Context, split_result: Mapping[str, Any], meaning: Meaning, folder: Path) -> list[str]:
    """Run the user's command and try the model that it writes.

    Args:
        context: of the run.
        split_result: the result of the step ``split``.
        meaning: what the model has to predict.
        folder: ``MLOPSC_OUT``.

    Returns:
        The libraries that were seeded: none, the command gets the seed.
    """
    model = context.config["model"]
    argv = model["train"]["command"]
    data = rows.read(context, split_result)
    given = context.build / "training"
    shutil.rmtree(given, ignore_errors=True)
    file = given / "config.json"
    write_json(file, _document(context, split_result, _write(data, split_result, given / "train.parquet")))
    user_code.command(
        argv,
        context.root,
        model["source"],
        {"MLOPSC_CONFIG": str(file), "MLOPSC_OUT": str(folder), "MLFLOW_DISABLE_TELEMETRY": "true"},
        context.config["execution"]["train"]["timeout_seconds"],
    )
    check.written(folder / "model", meaning, data.features.head(check.ROWS), " ".join(argv))
    return []


def _document(context: Context, split_result: Mapping[str, Any], path: Path) -> dict[str, Any]:
    model = context.config["model"]
    return {
        "schema": SCHEMA,
        "name": context.config["name"],
        "task": model["task"],
        "framework": model["framework"],
        "params": model["params"],
        "seed": model["seed"],
        "classes": split_result["classes"],
        "positive": split_result["positive"],
        "prediction": {"output": model["prediction"]["output"], "threshold": model["prediction"]["threshold"]},
        "train": {
            "path": path.as_posix(),
            "format": "parquet",
            "features": list(split_result["features"]),
            "target": split_result["target"],
            "weight": split_result["weight"],
        },
    }


def _write(data: TrainData, split_result: Mapping[str, Any], path: Path) -> Path:
    """Write the columns that a training may see."""
    frame = data.features.copy()
    for name, column in ((split_result["target"], data.target), (split_result["weight"], data.weight)):
        if name is not None:
            frame[name] = column
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)
    return path
