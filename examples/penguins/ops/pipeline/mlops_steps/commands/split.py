# SPDX-License-Identifier: MIT-0
"""Step ``split``: which rows train and which evaluate, and that nothing leaks from one to the other."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Return rows and digests of both sides, the classes, and the data type of each feature."""
    from ..data import split

    return split.split(context)


STEP = Step(
    "split",
    "divide the data into training and evaluation rows",
    run,
    example="example: python ops/pipeline split",
    leaves=("data/train.parquet", "data/evaluate.parquet"),
)
