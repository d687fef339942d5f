# SPDX-License-Identifier: MIT-0
"""Step ``reproduce``: train again from a record and compare."""

from __future__ import annotations

import argparse
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..context import LAPTOP, PULL_REQUEST, Context
from ..refusal import Refused
from ..results import PASSED
from ..step import Step
from ..tracking import git, reproduction
from . import data, evaluate, package, split, train

_STEPS = (data.STEP, split.STEP, train.STEP, package.STEP, evaluate.STEP)
_FOLDER = "reproduce"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument(
        "--record",
        type=Path,
        required=True,
        metavar="FILE",
        help="a candidate.json or the release.json of an environment",
    )


def run(context: Context, arguments: argparse.Namespace) -> dict[str, Any]:
    """Make the model anew, with the code and the data that are here, in ``build/reproduce``.

    Raises:
        Refused: a part of the recipe, the version or a metric is not as recorded.
        Unusable: there is no such record.
    """
    recorded = reproduction.read(arguments.record, context.config["name"])
    state = git.checkout(context.root, context.build, lambda message: context.notice("git", "commit", message))
    for notice in reproduction.notices(recorded, state.commit):
        context.notice(notice.rule, notice.subject, notice.message, **notice.facts)
    again = _make(context, arguments, sample=recorded.sample is not False)
    made = reproduction.made(again.results, state)
    found = list(reproduction.differences(recorded, made))
    result = {"record": asdict(recorded), "now": asdict(made)}
    if found:
        raise Refused(found, result)
    context.console.say(f"  version {made.version} and {len(made.metrics)} metrics are as recorded")
    return result


def _make(context: Context, arguments: argparse.Namespace, *, sample: bool) -> Context:
    """Run the steps that make and score a model, and return where they ran.

    The age of the data is not judged: a record may be old.
    """
    folder = context.build / _FOLDER
    if folder.exists():
        shutil.rmtree(folder)
    again = replace(context, build_folder=folder, purpose=PULL_REQUEST if sample else LAPTOP)
    for step in _STEPS:
        context.console.say(f"  {step.name}")
        result = step.run(again, arguments)
        again.results.write(step.name, result.pop("status", PASSED), result)
    return again


STEP = Step(
    name="reproduce",
    help="train again from a record and compare recipe, version and metrics",
    run=run,
    example="example: python ops/pipeline reproduce --record build/candidate.json",
    options=options,
    trains=True,
)
