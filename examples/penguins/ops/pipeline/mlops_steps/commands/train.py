# SPDX-License-Identifier: MIT-0
"""The step ``train``: the user's training, on the training rows."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Train and return the version of the model with the recipe that it follows."""
    from ..training.run import train

    return train(context)


STEP = Step(
    name="train",
    help="call your training on the training rows; writes build/trained/model",
    run=run,
    example="example: python ops/pipeline train",
    trains=True,
    leaves=("trained", "training"),
)
