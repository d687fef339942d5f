# SPDX-License-Identifier: MIT-0
"""The user's own evaluation of a model, for tasks that have no metrics of their own.

The command gets two environment variables. ``MLOPSC_CONFIG`` names a JSON file: number of the format (``schema``),
folder of the ``model``, the rows (``evaluate``: path, format, features, target), ``params``, ``seed``. ``MLOPSC_OUT``
names a folder, into which the command writes ``metrics.json``: a map from the name of a metric to a number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..context import Context
from ..data import frames
from ..packaging import scoring
from ..refusal import Finding, Refused, refuse
from ..release.record import Evaluation
from ..results import write_json
from ..user_code import UserCodeFailed, command
from . import champion, method, reactions
from .rows import CUSTOM

SCHEMA = 1
"""Number of the format of the file that ``MLOPSC_CONFIG`` names."""


def result(context: Context, split: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the whole result of the step "evaluate".

    Args:
        context: of the run.
        split: what the step "split" found out.
        folder: ``build/evaluation``.

    Raises:
        Refused: the command wrote no usable metrics.
        UserCodeFailed: it failed, or the model did.
    """
    evaluation = Evaluation(split["evaluate"]["digest"], method.digest(context, split))
    metrics = evaluate(context, split, context.build / "model", folder)
    behaviour: dict[str, Any] = {"invariant_to": {}, "directional": {}}
    if any(context.config["tests"]["behaviour"].values()):
        features = frames.features(frames.read(context, frames.EVALUATE), split)
        model = scoring.load(context.build / "model")
        served = reactions.predict(model, features).values
        behaviour = reactions.of_project(context, split, model, features, served)
    return {
        "task": CUSTOM,
        "rows": split["evaluate"]["rows"],
        "digest": evaluation.digest,
        "method": evaluation.method,
        "metrics": metrics,
        "slices": {},
        "fairness": {},
        "behaviour": behaviour,
        "champion": _champion(context, split, evaluation, folder),
    }


def _champion(
    context: Context, split: Mapping[str, Any], evaluation: Evaluation, folder: Path
) -> dict[str, Any] | None:
    home = context.build / "champion"
    release = champion.read(home, context.config["name"], needed=champion.needed(context))
    if release is None:
        return None
    reason = champion.unlike(release.evaluation, evaluation)
    if not (home / "model").is_dir():
        return champion.document(release, {} if reason else release.metrics, reason=reason)
    if not reason and not champion.unrecorded(release, context.config["tests"]):
        return champion.document(release, release.metrics)
    try:
        metrics = evaluate(context, split, home / "model", folder / "champion")
    except (UserCodeFailed, Refused) as error:
        return champion.document(release, {}, rescored=True, reason=f"its model cannot be evaluated: {error}")
    return champion.document(release, metrics, rescored=True)


def evaluate(context: Context, split: Mapping[str, Any], model: Path, out: Path) -> dict[str, float]:
    """Run the user's command on a model and return the metrics that it wrote.

    Args:
        context: of the run.
        split: what the step "split" found out.
        model: folder of the model.
        out: folder for what the command writes.

    Raises:
        Refused: there is no ``metrics.json``, it is no map of finite numbers, or a metric with a limit is not in it.
        UserCodeFailed: the command failed.
    """
    config = context.config
    out.mkdir(parents=True, exist_ok=True)
    written = out / "metrics.json"
    written.unlink(missing_ok=True)
    settings = out / "config.json"
    rows = {
        "path": str(frames.path(context, frames.EVALUATE)),
        "format": "parquet",
        "features": list(split["features"]),
        "target": split["target"],
    }
    write_json(
        settings,
        {
            "schema": SCHEMA,
            "model": str(model),
            "evaluate": rows,
            "params": config["model"]["params"],
            "seed": config["model"]["seed"],
        },
    )
    argv = config["model"]["evaluate"]["command"]
    environment = {"MLOPSC_CONFIG": str(settings), "MLOPSC_OUT": str(out)}
    command(argv, context.root, config["model"]["source"], environment, timeout=None)
    return _checked(written, " ".join(argv), list(config["tests"]["metrics"]))


def _checked(path: Path, shown: str, needed: list[str]) -> dict[str, float]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise refuse("evaluate", "metrics.json", f"{shown}: wrote no metrics.json into the folder MLOPSC_OUT") from None
    except ValueError as error:
        raise refuse("evaluate", "metrics.json", f"{shown}: its metrics.json is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise refuse("evaluate", "metrics.json", f"{shown}: its metrics.json is no map from names to numbers")
    wrong = [
        Finding("evaluate", name, f"{shown}: the metric {name} is no finite number; write a number or leave it out")
        for name, value in found.items()
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
    ]
    wrong += [
        Finding("evaluate", name, f"{shown}: did not write the metric {name}, which tests.metrics has a limit for")
        for name in needed
        if name not in found
    ]
    if wrong:
        raise Refused(wrong)
    return {name: float(value) for name, value in found.items()}
