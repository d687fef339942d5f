# SPDX-License-Identifier: MIT-0
"""``champion``: fetch what the gate compares a candidate with."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..release import champion, command
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Fetch the release record and the predictions of the champion into ``build/champion``."""
    name = context.config["tests"].get("champion")
    if name is None:
        context.notice("champion", context.config["name"], "no champion: the spec has no environment to compare with")
        return {"environment": None, "release": None}
    environment = command.environment(context, name, options.remote)
    release, predictions = champion.fetch(environment, context.build / "champion")
    if release is None:
        context.notice("champion", name, f"no champion yet: nothing was released to {name}")
        return {"environment": name, "release": None}
    context.console.say(f"  champion: {release.version}, which serves in {name}")
    if not predictions:
        context.notice("predictions", name, f"{name} keeps no predictions of {release.version}")
    return {"environment": name, "release": release.id, "version": release.version, "predictions": predictions}


STEP = Step(
    name="champion",
    help="fetch what the gate compares a candidate with",
    run=run,
    example="example: python ops/pipeline champion",
    options=command.remote_option,
)
