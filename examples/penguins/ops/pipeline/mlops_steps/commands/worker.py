# SPDX-License-Identifier: MIT-0
"""Step ``worker``: what a Job of the step ``submit`` runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..cluster import worker
from ..context import Context
from ..step import Step


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("--training", required=True, metavar="NAME", help="folder of the store for the result")
    parser.add_argument("--report", required=True, type=Path, metavar="FILE", help="takes the digest of the result")


def run(context: Context, arguments: argparse.Namespace) -> dict[str, Any]:
    """Train, and store the result.

    Raises:
        Unusable: the store or the report cannot be written.
    """
    worker.run(context, arguments.training, arguments.report)
    return {}


STEP = Step(
    name="worker",
    help="train inside of a Job of the cluster, and store the result for the step submit",
    run=run,
    example="example: python ops/pipeline worker --training churn-train-0123456789ab --report /dev/termination-log",
    options=options,
    writes_result=False,  # the first worker hands over the results of the steps; this one is none of them
)
