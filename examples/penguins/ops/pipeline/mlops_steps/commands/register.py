# SPDX-License-Identifier: MIT-0
"""Step ``register``: write down where the model comes from, for the release and for MLflow."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import PULL_REQUEST, Context
from ..packaging import recipe
from ..results import write_json
from ..step import Step
from ..tracking import candidate


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Write ``build/candidate.json`` and, when the stack tracks with MLflow, log and register the model there.

    Raises:
        Unusable: an earlier step did not run or pass, or the model is not of the code and the lock that are here.
    """
    recipe.check_unchanged(context)
    found = candidate.collect(context)
    passed = found["gate"] == "passed"
    if not passed:
        context.notice(
            "gate",
            found["version"],
            f"the gate says {found['gate'].replace('-', ' ')}: this candidate cannot be registered or released",
            verdict=found["gate"],
        )
    if context.config["tracking"] == "mlflow":
        from ..tracking import mlflow_tracking

        proposed = context.purpose == PULL_REQUEST
        if passed and proposed:
            context.notice(
                "purpose",
                found["version"],
                "not registered in MLflow: the code of a pull request may change before it is merged; a delivery does",
            )
        registered = mlflow_tracking.record(context, found, register=passed and not proposed)
        if registered:
            found["registry"] = registered
            context.console.say(f"  registered as {registered['uri']}")
    write_json(context.build / candidate.FILE, found)
    context.console.say(f"  candidate {found['version']}")
    return found


STEP = Step(
    name="register",
    help="write down where the model comes from: build/candidate.json, and MLflow when the stack has it",
    run=run,
    example="example: python ops/pipeline register",
    leaves=(candidate.FILE,),
)
