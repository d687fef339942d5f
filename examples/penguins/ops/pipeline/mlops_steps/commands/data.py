# SPDX-License-Identifier: MIT-0
"""Step ``data``: load every data set, check it against its columns, write it with data types."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Return source, digest, number of rows and columns of each data set."""
    from ..data import datasets

    return datasets.load_all(context)


STEP = Step(
    "data",
    "load and check the data",
    run,
    example="example: python ops/pipeline data --purpose delivery",
    leaves=("data/sets",),
)
