# SPDX-License-Identifier: MIT-0
"""Step ``report``: what a reviewer is told about the candidate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..context import Context
from ..refusal import Unusable
from ..report import document, facts
from ..step import Step


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("--file", type=Path, metavar="FILE", help="where the report goes (default: build/report.md)")


def run(context: Context, arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the report of whatever results there are, and add it to the summary.

    Raises:
        Unusable: the file cannot be written.
    """
    from . import PIPELINE  # the table of the steps names this one as well

    found = document.write(facts.read(context, [step.name for step in PIPELINE]))
    path: Path = arguments.file or context.build / "report.md"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found.text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Unusable(f"{path} cannot be written: {error.strerror}") from None
    context.summarize(found.text)
    context.console.say(f"  {found.verdict.word}: {path.name}")
    return {"verdict": found.verdict.word, "left_out": found.left_out}


STEP = Step(
    name="report",
    help="write what the steps found out as one page of Markdown: candidate against champion, and the verdict",
    run=run,
    example="example: python ops/pipeline report --purpose pull-request --file report.md",
    options=options,
    writes_result=False,  # it tells of results and is none
)
