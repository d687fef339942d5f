# SPDX-License-Identifier: MIT-0
"""Step ``submit``: train in the cluster instead of here."""

from __future__ import annotations

import argparse
from typing import Any

from ..cluster import submit
from ..context import Context
from ..step import Step


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument(
        "--image",
        required=True,
        metavar="NAME@DIGEST",
        help="the training image, built from ops/docker/train.Dockerfile",
    )
    parser.add_argument(
        "--run",
        metavar="ID",
        help="what makes this training another one than that of the same image before, such as the run of a workflow",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="longest time to wait (default: execution.train.timeout and some minutes)",
    )


def run(context: Context, arguments: argparse.Namespace) -> dict[str, Any]:
    """Submit, wait, and take the model over.

    Raises:
        Refused: the training failed or took too long, or its archive is not the one that it stored.
        Unusable: the cluster or the store cannot be used.
    """
    return submit.submit(context, arguments.image, arguments.run, arguments.timeout)


STEP = Step(
    name="submit",
    help="train in the cluster: submit a Job, wait for it, and fetch the packaged model",
    run=run,
    example="example: python ops/pipeline submit --image ghcr.io/acme/churn-train@sha256:... --run 4711",
    options=options,
    leaves=(
        "data",
        "trained",
        "model",
        "model-settings.json",
        "evaluation",
        "candidate.json",
        *(f"results/{step}.json" for step in ("data", "split", "train", "package", "evaluate", "gate", "register")),
    ),
)
