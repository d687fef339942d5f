# SPDX-License-Identifier: MIT-0
"""Step ``register``: write down where the model comes from, for the release and for MLflow."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..results import write_json
from ..step import Step
from ..tracking import candidate


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Write ``build/candidate.json`` and, when the stack tracks with MLflow, log and register the model there."""
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

        registered = mlflow_tracking.record(context, found, register=passed)
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
