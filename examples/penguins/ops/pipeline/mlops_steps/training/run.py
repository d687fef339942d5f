# SPDX-License-Identifier: MIT-0
"""Training: the user's function or command, seeded, on the training rows."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ..context import Context
from ..packaging import recipe
from ..packaging.mlflow_settings import quiet
from ..packaging.scoring import Meaning
from . import call, command


def trained(context: Context) -> Path:
    """Return the folder that a training writes to; the MLflow model in it is called ``model``."""
    return context.build / "trained"


def train(context: Context) -> dict[str, Any]:
    """Train the model of the spec and return the result of the step.

    Returns:
        ``version`` and ``recipe`` of the model, its ``framework``, and the libraries that were ``seeded``.

    Raises:
        Refused: what was trained does not predict what the spec says.
        Unusable: an earlier step did not run, or something that the spec names is missing.
        UserCodeFailed: the training failed.
    """
    quiet()
    split_result = context.results.read("split")
    parts = recipe.recipe(context, split_result, context.results.read("data"))
    version = recipe.version(parts)
    context.console.say(f"  version {version}, {split_result['train']['rows']} rows")

    folder = trained(context)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    meaning = Meaning.of(context.config, split_result)
    way = call if "call" in context.config["model"]["train"] else command
    seeded = way.train(context, split_result, meaning, folder)
    return {"version": version, "recipe": parts, "framework": context.config["model"]["framework"], "seeded": seeded}
