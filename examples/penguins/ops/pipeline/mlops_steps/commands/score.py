# SPDX-License-Identifier: MIT-0
"""Step ``score``: predict a whole data set."""

from __future__ import annotations

import argparse
from typing import Any

from ..context import Context
from ..step import Step


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument(
        "--input", required=True, metavar="URI", help="rows to score: a file, or a folder with a / at the end"
    )
    parser.add_argument("--output", required=True, metavar="URI", help="where the predictions go: a file or a folder")
    parser.add_argument("--key", required=True, metavar="COLUMN", help="column that tells rows apart; it is copied")


def run(context: Context, arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the predictions of the packaged model.

    Raises:
        Refused: rows are not as in training, a key is missing or doubled, or a prediction is missing.
        Unusable: the model, the input or the output cannot be used.
    """
    from ..serving import batch

    result = batch.score(context, arguments.input, arguments.output, arguments.key)
    context.console.say(f"  {result['rows']} rows scored with version {result['version']}: {result['output']}")
    return result


STEP = Step(
    "score",
    "predict a whole data set with the packaged model",
    run,
    example="example: python ops/pipeline score --input data/new.csv --output data/scores.csv --key customer_id",
    options=options,
    writes_result=False,  # a job's file system is read-only; the output tells what happened
)
