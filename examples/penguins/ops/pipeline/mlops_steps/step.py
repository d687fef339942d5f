# SPDX-License-Identifier: MIT-0
"""What a step is to the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .context import Context


def _no_options(parser: argparse.ArgumentParser) -> None:
    """Most steps take none."""


@dataclass(frozen=True)
class Step:
    """A step. Its module imports heavy packages only inside the functions that need them.

    Attributes:
        name: the word on the command line.
        help: one line.
        run: does the work and returns the result; a key ``status`` in it replaces ``passed``. Raises `Refused` for a
            no, `Unusable` when it cannot work, `UserCodeFailed` for the user's own code.
        example: a command for the end of its help.
        options: adds its options to a parser.
        trains: whether it runs the user's training, so that hashing must be fixed before Python starts.
        writes_result: whether it leaves a result file.
        leaves: files and folders below the build folder that must not outlive a run in which this step is not reached.
    """

    name: str
    help: str
    run: Callable[[Context, argparse.Namespace], dict[str, Any]]
    example: str = ""
    options: Callable[[argparse.ArgumentParser], None] = _no_options
    trains: bool = False
    writes_result: bool = True
    leaves: tuple[str, ...] = ()
