# SPDX-License-Identifier: MIT-0
"""What the command line asks of a release, turned into a move, and the answer."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from ..context import Context
from ..refusal import Unusable
from . import automation, candidate, contents, moves, record, record_format
from . import environment as environments
from .automation import Done, Move
from .branch import ORIGIN
from .environment import Environment, State
from .git import Git, shown
from .moves import Outcome
from .record import Record, Release

MOVES = ("start", "weight", "promote", "finish", "abort", "rollback", "hold", "resume", "show")
REASONED = ("hold", "resume")
DISCARDING = ("start", "weight", "promote", "finish")
"""Moves that are refused when the branch was edited by hand."""


LARGEST_PREDICTIONS = 50 * 2**20
"""Bytes of a prediction file; above it GitHub warns about a push."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("move", choices=MOVES, metavar="MOVE", help=", ".join(MOVES))
    parser.add_argument("--env", help="the environment; may be left out if there is one only")
    parser.add_argument("--image", metavar="NAME@sha256:...", help="start: the image with its digest")
    parser.add_argument("--candidate", type=Path, metavar="FILE", help="start: default build/candidate.json")
    parser.add_argument(
        "--predictions", type=Path, metavar="FILE", help="start: default build/evaluation/predictions.csv"
    )
    parser.add_argument("--commit", metavar="SHA", help="start: whose manifests; default: the candidate's commit")
    parser.add_argument("--weight", type=int, metavar="PERCENT", help="weight: of a step of the plan")
    parser.add_argument("--release", metavar="ID", help="refuse to move another release than this one")
    parser.add_argument("--reason", metavar="TEXT", help="why; hold and resume need it")
    parser.add_argument(
        contents.STABLE_CHANGES,
        action="store_true",
        help="start: even if the wiring differs, and what stable runs changes with it",
    )
    parser.add_argument(
        contents.EDITS, action="store_true", help="start, weight, promote, finish: undo edits on the deploy branch"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    remote_option(parser)


def remote_option(parser: argparse.ArgumentParser) -> None:
    """Add the option for the repository with the deploy branches."""
    parser.add_argument(
        "--remote",
        help='name or address of the repository with the deploy branches; "" for this clone only (default: origin, if '
        "there is one)",
    )


def environment(context: Context, name: str, remote: str | None) -> Environment:
    """Return an environment of the project.

    Args:
        context: of the step.
        name: of the environment.
        remote: as the option says; None if it was not given.

    Raises:
        Unusable: there is no such remote repository, or no repository at all.
    """
    git = Git(context.pipeline)
    known = git.remotes()
    if remote is None:
        remote = ORIGIN if ORIGIN in known else ""
        if not remote:
            context.notice("remote", name, f"there is no remote repository {ORIGIN}: releases stay in this clone")
    elif remote.startswith("-") or (remote and remote not in known and not {":", "/"} & set(remote)):
        raise Unusable(f"there is no remote repository {remote}: take one of {', '.join(known) or 'none'}, or add it")
    folder = environments.folder_of(git, context.deploy.name)
    return Environment(git, context.config["name"], name, folder, remote)


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Do the move that the options ask for.

    Raises:
        Refused: it is not allowed.
        Unusable: an option is missing or wrong, or the branch cannot be reached.
    """
    name = _environment_name(context, options.env)
    _check(options)
    here = environment(context, name, options.remote)
    if options.move == "show":
        state = here.state()
        done = Done(state, Outcome(state.record, state.record.canary or state.record.stable, _summary(state.record)))
    else:
        done = automation.perform(here, _move(context, here, options), dry_run=options.dry_run)
    _tell(context, here, options, done)
    return _result(here, options.move, done)


def _environment_name(context: Context, given: str | None) -> str:
    known: list[str] = list(context.config["environments"])
    if given is None and len(known) == 1:
        return known[0]
    if given not in known:
        asked = "release needs --env" if given is None else f"there is no environment {given}"
        raise Unusable(f"{asked}: the spec has {', '.join(known) or 'none that runs something'}")
    return given


def _check(options: argparse.Namespace) -> None:
    """Make sure that the options fit the move."""
    move = options.move
    if move in REASONED and not _line(options.reason):
        raise Unusable(f'{move} needs a reason: --reason "..."')
    if (move == "weight") != (options.weight is not None):
        raise Unusable("weight needs --weight PERCENT, and no other move takes it")
    if move != "start":
        for option in ("image", "candidate", "predictions", "commit"):
            if getattr(options, option) is not None:
                raise Unusable(f"{move} takes no --{option}: it is for start")
    if options.accept_stable_changes and move != contents.START:
        raise Unusable(f"{move} takes no {contents.STABLE_CHANGES}: it is for start")
    if options.discard_edits and move not in DISCARDING:
        raise Unusable(f"{move} takes no {contents.EDITS}: it is for {', '.join(DISCARDING)}")
    if options.release is not None and move not in automation.PINNED:
        raise Unusable(f"{move} takes no --release: it is for {', '.join(automation.PINNED)}")
    if options.release is not None and not re.fullmatch("[0-9a-f]{64}", options.release):
        raise Unusable(f"--release takes the id of a release, 64 hexadecimal digits, not {options.release}")


def _line(text: str | None) -> str:
    """Return a text on one line, without control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())


def _accepted(options: argparse.Namespace) -> frozenset[str]:
    given = {contents.EDITS: options.discard_edits, contents.STABLE_CHANGES: options.accept_stable_changes}
    return frozenset(name for name, is_given in given.items() if is_given)


def _move(context: Context, here: Environment, options: argparse.Namespace) -> Move:
    if options.move == contents.START:
        return _start(context, here, options)
    reason = _line(options.reason)

    def weight(state: State) -> Outcome:
        canary = state.record.canary
        plan = (here.current_plan(state) or here.plan(canary, state)) if canary else None
        return moves.weight(state.record, plan, options.weight)

    steps = {
        "weight": weight,
        "promote": lambda state: moves.promote(state.record),
        "finish": lambda state: moves.finish(state.record),
        "abort": lambda state: moves.abort(state.record),
        "rollback": lambda state: moves.rollback(state.record, lambda: here.earlier(state)),
        "hold": lambda state: moves.hold(state.record, reason),
        "resume": lambda state: moves.resume(state.record),
    }
    return Move(options.move, steps[options.move], options.release, reason, accepted=_accepted(options))


def _start(context: Context, here: Environment, options: argparse.Namespace) -> Move:
    image = candidate.image(options.image, here.name, context.config["environments"][here.name])
    found = candidate.read(options.candidate or context.build / "candidate.json", here.project)
    if found.dirty:
        context.notice(
            "dirty",
            found.version,
            f"{found.version} was made with changes that are in no commit: nobody can make it again",
        )
    asked = options.commit or found.commit
    if asked is None:
        raise Unusable(
            f"nobody knows the commit of {found.version}, which was made outside of git: give the one that it was made "
            "from with --commit SHA"
        )
    commit = here.git.commit_id(asked) or asked
    if not re.fullmatch(record_format.COMMIT, commit):
        raise Unusable(f"there is no commit {asked} here: give its full id, which can be fetched")
    files = here.released(commit)
    release = Release(
        id=here.identity(files, found.version, image),
        image=image,
        version=found.version,
        commit=commit,
        metrics=found.metrics,
        evaluation=found.evaluation,
    )

    def start(state: State) -> Outcome:
        here.same_project(state, commit)
        return moves.start(state.record, release, here.plan(release, state))

    return Move(
        contents.START,
        start,
        reason=_line(options.reason),
        predictions=_predictions(context, here, options, release),
        accepted=_accepted(options),
    )


def _predictions(context: Context, here: Environment, options: argparse.Namespace, release: Release) -> dict[str, str]:
    path: Path = options.predictions or context.build / "evaluation" / "predictions.csv"
    subject = release.version
    if not path.is_file():
        if options.predictions is not None:
            raise Unusable(f"there is no file {path}: give the predictions of the evaluation, or leave the option out")
        context.notice(
            "predictions", subject, f"{subject} has no predictions, so others cannot be compared with it row by row"
        )
        return {}
    size = path.stat().st_size
    if size > LARGEST_PREDICTIONS:
        context.notice(
            "predictions",
            subject,
            f"the predictions of {subject} have {size} bytes and are not kept; the limit is {LARGEST_PREDICTIONS}",
            size=size,
        )
        return {}
    return {release.id: here.git.store(path.read_bytes(), write=not options.dry_run)}


def _tell(context: Context, here: Environment, options: argparse.Namespace, done: Done) -> None:
    say = context.console.say
    say(f"  {here.name}: {done.outcome.message}")
    for notice in done.notices:
        context.notice(notice.rule, notice.subject, notice.message, **notice.facts)
    if options.move == "show":
        return
    if not done.changed:
        say("  nothing changes, so there is no commit")
    elif options.dry_run:
        say(f"  would change on {here.branch.name}:")
        for path in done.changed:
            say(f"    {shown(path)}")
    else:
        say(f"  {here.branch.name} is at {done.state.tip}")


def _summary(now: Record) -> str:
    """Return what runs, in one sentence."""
    if now.stable is None:
        text = "nothing was released yet"
    elif now.phase == record.CANARY and now.canary is not None:
        text = f"{now.stable.version} serves, and {now.canary.version} is tried with {now.weight}% of the traffic"
    elif now.phase == record.PROMOTED:
        text = f"{now.stable.version} is promoted and not finished; its own copies have {now.weight}% of the traffic"
    else:
        text = f"{now.stable.version} serves"
    return text if now.hold is None else f'{text}; releases are on hold ("{now.hold}")'


def _result(here: Environment, move: str, done: Done) -> dict[str, Any]:
    now = done.state.record
    about = done.outcome.about
    plan = here.current_plan(done.state)
    return {
        "environment": here.name,
        "move": move,
        "message": done.outcome.message,
        "changed": bool(done.changed),
        "branch": here.branch.name,
        "commit": done.state.tip,
        "phase": now.phase,
        "release": about.id if about else None,
        "version": about.version if about else None,
        "plan": dict(plan.document) if plan else None,
        "record": now.document(),
    }
