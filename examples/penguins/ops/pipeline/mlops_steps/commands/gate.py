# SPDX-License-Identifier: MIT-0
"""Step gate: whether the model may go on."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Judge what step evaluate found out by the limits of the spec.

    Raises:
        Refused: a limit is broken.
        Unusable: an earlier step did not run, or the model is not of the code and the lock that are here.
    """
    from ..evaluation import gate
    from ..packaging import recipe

    recipe.check_unchanged(context)
    return gate.run(context)


STEP = Step(
    name="gate",
    help="judge the model by the limits of the spec and against the champion",
    run=run,
    example="example: python ops/pipeline gate --purpose delivery",
)
