# SPDX-License-Identifier: MIT-0
"""What the command line asks of a rollout."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..context import Context
from ..refusal import Unusable
from ..release import arguments, starting
from ..release import command as releases
from ..release.automation import Move
from ..release.environment import Environment
from ..serving.settings import seconds
from . import conditions
from .clock import Clock, SystemClock
from .controller import Rollout

_CANDIDATE = ("image", "candidate", "predictions", "commit")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("--env", required=True, help="the environment")
    parser.add_argument("--image", metavar="NAME@sha256:...", help="of a candidate: the image with its digest")
    parser.add_argument("--candidate", type=Path, metavar="FILE", help="default: build/candidate.json")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="default: build/evaluation/predictions.csv")
    parser.add_argument("--commit", metavar="SHA", help="whose manifests; default: the candidate's commit")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="ENV",
        help="instead of a candidate, what this environment released, named by --release",
    )
    parser.add_argument("--release", metavar="ID", help="with --from: which release")
    parser.add_argument("--resume", metavar="REASON", help="lift a hold first, and why; an empty text lifts none")
    parser.add_argument(
        "--promote",
        metavar="REASON",
        help="let a shadow serve that an earlier run started, and why; an empty text lets none",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="SECONDS",
        help="how long to wait for a version that makes no progress (default: as rollout.json says)",
    )
    releases.remote_option(parser)


def run(context: Context, options: argparse.Namespace, clock: Clock | None = None) -> dict[str, Any]:
    """Bring a release to an environment, step by step.

    Args:
        context: of the step.
        options: of the command line.
        clock: tells the time and passes it; that of the machine by default.

    Raises:
        Refused: the release may not start, was taken back, or others decided otherwise.
        Unusable: an option is missing or wrong, or something cannot be reached.
    """
    _check(context, options)
    here = releases.environment(context, options.env, options.remote)
    start = _start(context, here, options)
    release = start.brings
    if release is None:
        raise TypeError("a move that starts something brings a release")
    for name, value in (("release", release.id), ("version", release.version), ("image", release.image)):
        context.output(name, value)
    found = conditions.read(here.plan(release, here.state()))
    if options.timeout is not None:
        found = replace(found, live_timeout=options.timeout)
    return Rollout(
        context,
        here,
        start,
        release,
        found,
        clock or SystemClock(),
        path=context.config["serving"].get("path"),
        resume=arguments.line(options.resume) or None,
        promote=arguments.line(options.promote) or None,
    ).run()


def _start(context: Context, here: Environment, options: argparse.Namespace) -> Move:
    if options.source is None:
        return starting.from_candidate(
            context, here, options.image, options.candidate, options.predictions, options.commit
        )
    source = releases.predecessor(context, here, options.source, options.remote)
    return starting.from_environment(context, here, source, options.release)


def _check(context: Context, options: argparse.Namespace) -> None:
    known = context.config["environments"]
    if options.env not in known:
        raise Unusable(f"there is no environment {options.env}: the spec has {', '.join(known) or 'none'}")
    if (options.source is None) != (options.release is None):
        raise Unusable("give --from ENV and --release ID together, or neither: then the candidate is released")
    if options.release is not None and not re.fullmatch("[0-9a-f]{64}", options.release):
        raise Unusable(f"--release takes the id of a release, 64 hexadecimal digits, not {options.release}")
    for name in _CANDIDATE:
        if options.source is not None and getattr(options, name) is not None:
            raise Unusable(f"give --from or --{name}: what was released before has its own {name}")
