# SPDX-License-Identifier: MIT-0
"""Step ``smoke``: ask a deployed model and compare its answers."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..refusal import Refused
from ..serving import settings, smoke
from ..serving.client import Client
from ..step import Step


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    settings.add_address(parser)
    parser.add_argument("--version", metavar="V", help="the version that must answer")
    parser.add_argument(
        "--wait",
        type=settings.seconds,
        default=0.0,
        metavar="SECONDS",
        help="how long to wait until the server, or the version, answers (default: not at all)",
    )


def run(context: Context, arguments: argparse.Namespace) -> dict[str, Any]:
    """Send the requests of ``tests.smoke``.

    Raises:
        Refused: an answer is missing or not as expected.
        Unusable: nothing is served, or a file of a request cannot be read.
    """
    path = settings.path(context.config)
    requests = smoke.read(settings.requests(context.config, arguments.env), context.root)
    client = Client(settings.address(context, arguments.url, arguments.env), arguments.host)
    if not requests:
        context.notice("smoke", "tests.smoke", "tests.smoke has no request: only the readiness of the model was asked")
    outcome = smoke.wait(client, path, requests, arguments.version, arguments.wait)
    result = {"environment": arguments.env, "version": arguments.version, "requests": outcome.requests}
    if outcome.findings:
        raise Refused(outcome.findings, result)
    context.console.say(f"  {len(requests)} requests answered as expected")
    return result


STEP = Step(
    "smoke",
    "send the requests of tests.smoke to a deployed model",
    run,
    example="example: python ops/pipeline smoke --url https://models.example --env staging --version 3f2a9c1b7d40 "
    "--wait 600",
    options=options,
)
