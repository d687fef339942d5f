# SPDX-License-Identifier: MIT-0
"""Step gate: whether the model may go on."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Judge what step evaluate found out by the limits of the spec."""
    from ..evaluation import gate

    return gate.run(context)


STEP = Step(
    name="gate",
    help="judge the model by the limits of the spec and against the champion",
    run=run,
    example="example: python ops/pipeline gate --purpose delivery",
)
