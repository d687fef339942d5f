# SPDX-License-Identifier: MIT-0
"""What the command line asks about the protection of environments, and the answer."""

from __future__ import annotations

import argparse
import re
from typing import Any

from ..context import Context
from ..refusal import Unusable
from . import apply, approvals, check, wanted
from .github import GitHub
from .wanted import Wanted

ACTIONS = ("apply", "check", "approvals")
_OF = {"dry_run": "apply", "reviewer": "apply", "run": "approvals", "author": "approvals", "commit": "approvals"}
"""The action that an option belongs to."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("--env", help="the environment; apply, check: all of them by default")
    parser.add_argument("--dry-run", action="store_true", help="apply: say what would change, and change nothing")
    parser.add_argument(
        "--reviewer",
        action="append",
        metavar="@NAME",
        help="apply: who approves, where mlops.yaml does not say; repeat",
    )
    parser.add_argument("--run", metavar="ID", help="approvals: the workflow run")
    parser.add_argument(
        "--author", action="append", metavar="LOGIN", help="approvals: who wrote what is released; may be repeated"
    )
    parser.add_argument(
        "--commit", action="append", metavar="SHA", help="approvals: what is released, for its author; may be repeated"
    )


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Do what the options ask for.

    Raises:
        Refused: the protection or the approvals are not as wanted.
        Unusable: an option is missing or wrong, or GitHub cannot be asked.
    """
    for name, action in _OF.items():
        if getattr(options, name) and options.action != action:
            raise Unusable(f"{options.action} takes no --{name.replace('_', '-')}: it is for {action}")
    everything = wanted.read(context.pipeline.parent / "governance" / "environments.json")
    github = GitHub(context.pipeline)
    if options.action == "approvals":
        return _approvals(context, github, everything, options)
    environments = wanted.chosen(everything, options.env)
    if options.action == "check":
        result = check.check(github, environments)
        context.console.say(f"  protected as wanted: {', '.join(result['environments'])}")
        return result
    reviewers = tuple(wanted.reviewer(name) for name in options.reviewer or ())
    return apply.apply(context, github, apply.named(environments, reviewers), dry_run=options.dry_run)


def _approvals(
    context: Context, github: GitHub, everything: tuple[Wanted, ...], options: argparse.Namespace
) -> dict[str, Any]:
    if options.env is None or options.run is None:
        raise Unusable("approvals needs --env and --run: the environment, and the id of the workflow run")
    if not re.fullmatch("[0-9]+", options.run):
        raise Unusable(f"--run takes the id of a workflow run, which is a number, not {options.run}")
    commits = options.commit or ()
    for commit in commits:
        if not re.fullmatch("[0-9a-f]{40}", commit):
            raise Unusable(f"--commit takes the full id of a commit, 40 hexadecimal digits, not {commit}")
    chain = tuple(item for item in wanted.chosen(everything, options.env) if item.approves == options.env)
    if not chain or not chain[0].required:
        context.console.say(f"  a release to {options.env} needs no approval")
        return {"environment": options.env, "required": 0, "counted": [], "not_counted": {}}
    authors = [wanted.login(name) for name in options.author or ()]
    if chain[0].not_author and not authors and not commits:
        raise Unusable(
            f"who wrote a release to {options.env} may not approve it: say with --commit what is released, or with "
            "--author who wrote it"
        )
    result = approvals.count(context, github, chain, options.run, authors, commits)
    names = ", ".join(f"@{login}" for login in result["counted"])
    context.console.say(f"  {options.env}: approved by {names}")
    context.summarize(f"Approved for {options.env} by {names}.")
    return result
