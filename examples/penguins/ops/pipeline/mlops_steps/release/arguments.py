# SPDX-License-Identifier: MIT-0
"""The options of the step, and which of them fit which move."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from ..refusal import Unusable
from . import automation, contents

MOVES = ("start", "weight", "promote", "finish", "abort", "rollback", "hold", "resume", "show", "list")
_REASONED = ("hold", "resume")
_DISCARDING = ("start", "weight", "promote", "finish")
"""Moves that are refused when the branch was edited by hand."""

_TAKING_BACK = ("abort", "rollback")

_CANDIDATE = ("image", "candidate", "predictions", "commit")
"""What a start begins with, unless it begins with what another environment released."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("move", choices=MOVES, metavar="MOVE", help=", ".join(MOVES))
    parser.add_argument("--env", help="the environment; may be left out if there is one only")
    parser.add_argument("--image", metavar="NAME@sha256:...", help="start: the image with its digest")
    parser.add_argument("--candidate", type=Path, metavar="FILE", help="start: default build/candidate.json")
    parser.add_argument(
        "--predictions", type=Path, metavar="FILE", help="start: default build/evaluation/predictions.csv"
    )
    parser.add_argument("--commit", metavar="SHA", help="start: whose manifests; default: the candidate's commit")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="ENV",
        help="start: instead of a candidate, what this environment released, named by --release",
    )
    parser.add_argument("--weight", type=int, metavar="PERCENT", help="weight: of a step of the plan")
    parser.add_argument(
        "--release",
        type=_given,
        metavar="ID",
        help="start --from: which release; show: of which release; else: refuse to move another one",
    )
    parser.add_argument(
        "--back", action="store_true", help="show: the release to go back to, by default the one before"
    )
    parser.add_argument("--to", metavar="ID", help="rollback: to this release, which was stable once")
    parser.add_argument(
        "--allow-again",
        action="store_true",
        help="abort, rollback: nothing speaks against the release, so that it is not rejected and may start again",
    )
    parser.add_argument("--hold", action="store_true", help="rollback: put releases on hold as well")
    parser.add_argument("--reason", metavar="TEXT", help="why; hold, resume and rollback --hold need it")
    parser.add_argument(
        contents.STABLE_CHANGES,
        action="store_true",
        help="start: even if the wiring differs, and what stable runs changes with it",
    )
    parser.add_argument(
        contents.EDITS, action="store_true", help="start, weight, promote, finish: undo edits on the deploy branch"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")


def check(options: argparse.Namespace) -> None:
    """Make sure that the options fit the move.

    Raises:
        Unusable: one is missing, or not for this move.
    """
    move = options.move
    if (move in _REASONED or options.hold) and not line(options.reason):
        raise Unusable(f'{"hold" if options.hold else move} needs a reason: --reason "..."')
    if (move == "weight") != (options.weight is not None):
        raise Unusable("weight needs --weight PERCENT, and no other move takes it")
    if move == contents.START:
        _check_start(options)
    else:
        _only(options, contents.START, "image", "candidate", "predictions", "commit", "source", "accept_stable_changes")
    if move != "show":
        _only(options, "show", "back")
    if move != "rollback":
        _only(options, "rollback", "to", "hold")
    if options.allow_again and move not in _TAKING_BACK:
        raise Unusable(f"{move} takes no --allow-again: it is for {', '.join(_TAKING_BACK)}")
    if options.discard_edits and move not in _DISCARDING:
        raise Unusable(f"{move} takes no {contents.EDITS}: it is for {', '.join(_DISCARDING)}")
    if options.release is not None and move not in ("start", "show", *automation.PINNED):
        raise Unusable(f"{move} takes no --release: it is about the whole environment")
    for name in ("release", "to"):
        given = getattr(options, name)
        if given is not None and not re.fullmatch("[0-9a-f]{64}", given):
            raise Unusable(f"--{name} takes the id of a release, 64 hexadecimal digits, not {given}")


def _given(text: str) -> str | None:
    """Return an option's text; an empty one, as CI systems make of what nobody filled in, is none."""
    return text or None


def line(text: str | None) -> str:
    """Return a text on one line, without control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())


def _check_start(options: argparse.Namespace) -> None:
    if (options.source is None) != (options.release is None):
        raise Unusable("start takes --from ENV and --release ID together, or neither: then it starts the candidate")
    if options.source is not None:
        for name in _CANDIDATE:
            if getattr(options, name) is not None:
                raise Unusable(f"start takes --from or --{name}: what was released before has its own {name}")


def _only(options: argparse.Namespace, move: str, *names: str) -> None:
    for name in names:
        if getattr(options, name):
            option = "from" if name == "source" else name.replace("_", "-")
            raise Unusable(f"{options.move} takes no --{option}: it is for {move}")
