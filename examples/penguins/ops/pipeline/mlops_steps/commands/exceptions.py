# SPDX-License-Identifier: MIT-0
"""``exceptions``: stop at accepted findings of the image scan whose time is over."""

from __future__ import annotations

import argparse
import datetime
from typing import Any

from ..context import Context
from ..protection import accepted
from ..step import Step


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("--on", metavar="DATE", help="the day to judge on, such as 2026-05-31 (default: today, in UTC)")


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Check the last days of the accepted findings."""
    today = accepted.day(options.on) if options.on is not None else datetime.datetime.now(datetime.timezone.utc).date()
    ignored = context.config.get("scan", {}).get("ignore", {})
    result = accepted.check(ignored, today)
    context.console.say(f"  accepted findings: {', '.join(ignored) or 'none'}")
    return result


STEP = Step(
    name="exceptions",
    help="stop at accepted findings of the image scan whose time is over",
    run=run,
    example="example: python ops/pipeline exceptions",
    options=options,
)
