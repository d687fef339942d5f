# SPDX-License-Identifier: MIT-0
"""Step ``key``: the name under which a cache keeps a trained model."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..packaging import reuse
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Hand on ``key``, the digest of all that decides how the trained and packaged model comes out.

    Raises:
        Unusable: the steps ``data`` and ``split`` did not run, or the code or the lock is missing.
    """
    key = reuse.key(context, context.results.read("split"), context.results.read("data"))
    context.console.say(f"  {key}")
    context.output("key", key)
    return {"key": key}


STEP = Step(
    name="key",
    help="print the key under which a cache keeps the model that these data, code, lock and configuration give",
    run=run,
    example="example: python ops/pipeline key --json",
    writes_result=False,  # it is handed on, and no later step reads it
)
