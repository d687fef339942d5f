# SPDX-License-Identifier: MIT-0
"""The step ``package``: the trained model as it is served."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Package the model and return its signature."""
    from ..packaging.package import package

    return package(context)


STEP = Step(
    name="package",
    help="make the model that is served: code, pinned packages, signature and lineage in build/model",
    run=run,
    example="example: python ops/pipeline package",
    leaves=("model", "model-settings.json"),
)
