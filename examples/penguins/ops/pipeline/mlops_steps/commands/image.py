# SPDX-License-Identifier: MIT-0
"""Step ``image``: the tag of the image that serves the candidate."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..release import candidate
from ..serving import image
from ..step import Step


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Hand on ``tag`` and ``version`` of the image that serves ``build/candidate.json``.

    Raises:
        Refused: the gate did not let the candidate pass.
        Unusable: there is no candidate or no Dockerfile, or a file that goes into the image is missing.
    """
    version = candidate.read(context.build / "candidate.json", context.config["name"]).version
    tag, files = image.tag(context, version)
    context.console.say(f"  {tag}: the model {version} and {len(files)} other files")
    context.output("tag", tag)
    context.output("version", version)
    return {"tag": tag, "version": version, "files": files}


STEP = Step(
    name="image",
    help="print the tag of the image that serves the candidate: it changes with whatever goes into the image",
    run=run,
    example="example: python ops/pipeline image --json",
    writes_result=False,  # it is handed on, and no later step reads it
)
