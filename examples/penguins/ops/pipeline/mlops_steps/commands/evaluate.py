# SPDX-License-Identifier: MIT-0
"""Step evaluate: what the packaged model is worth on the evaluation rows."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Score the packaged model and, where there is one, the champion; write their predictions.

    Raises:
        Refused: the predictions cannot be judged, or the user's evaluation wrote no usable metrics.
        UserCodeFailed: the model or the user's evaluation failed.
        Unusable: an earlier step did not run, or the packaged model is not of what is here, as a stale one may be.
    """
    from ..evaluation import evaluate
    from ..packaging import reuse

    reuse.check(context)
    return evaluate.run(context)


STEP = Step(
    name="evaluate",
    help="score the packaged model: metrics, slices, fairness, behaviour, and the champion on the same rows",
    run=run,
    example="example: python ops/pipeline evaluate",
    leaves=("evaluation",),
)
