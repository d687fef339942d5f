# SPDX-License-Identifier: MIT-0
"""What the command line asks of a release, turned into a move, and the answer."""

from __future__ import annotations

import argparse
from pathlib import PurePosixPath
from typing import Any

from ..context import Context
from ..refusal import Unusable, refuse
from . import arguments, automation, contents, listing, moves, push, showing, starting
from . import environment as environments
from .automation import Done, Move
from .branch import ORIGIN
from .environment import Environment, State
from .git import Git, shown
from .moves import Outcome


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    arguments.add(parser)
    remote_option(parser)


def remote_option(parser: argparse.ArgumentParser) -> None:
    """Add the option for the repository with the deploy branches."""
    parser.add_argument(
        "--remote",
        help='name or address of the repository with the deploy branches; "" for this clone only (default: the one of '
        "the spec, else origin, if there is one)",
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
    settings = context.config["environments"].get(name, {})
    gitops = settings.get("gitops", {})
    if remote is None:
        remote = gitops.get("url") or (ORIGIN if ORIGIN in known else "")
        if not remote:
            context.notice("remote", name, f"there is no remote repository {ORIGIN}: releases stay in this clone")
    elif remote.startswith("-") or (remote and remote not in known and not {":", "/"} & set(remote)):
        raise Unusable(f"there is no remote repository {remote}: take one of {', '.join(known) or 'none'}, or add it")
    place = None
    if "path" in gitops:
        place = str(PurePosixPath(gitops["path"]) / context.deploy.resolve().relative_to(context.root).as_posix())
    folder = environments.folder_of(git, context.deploy.name)
    pushes = gitops.get("push", False)
    return Environment(git, context.config["name"], name, folder, remote, place=place, pushes=pushes)


def predecessor(context: Context, here: Environment, name: str, remote: str | None) -> Environment:
    """Return the environment that an environment follows, whose releases it may start.

    Args:
        context: of the step.
        here: the environment.
        name: of the one before it, as the caller has it.
        remote: as the option says; None if it was not given.

    Raises:
        Unusable: the environment follows another one, or none.
    """
    after = context.config["environments"][here.name].get("after")
    if name != after:
        told = f"{here.name} follows {after}" if after else f"{here.name} follows no other environment"
        raise Unusable(
            f"{here.name} starts no releases of {name}, since {told} in the spec: "
            + (f"give --from {after}" if after else "give --image")
        )
    return environment(context, name, remote)


def run(context: Context, options: argparse.Namespace) -> dict[str, Any]:
    """Do the move that the options ask for.

    Raises:
        Refused: it is not allowed.
        Unusable: an option is missing or wrong, or the branch cannot be reached.
    """
    name = _environment_name(context, options.env)
    arguments.check(options)
    here = environment(context, name, options.remote)
    if options.move == "show":
        return _show(context, here, options.release, back=options.back)
    if options.move == "list":
        return _list(context, here)
    done = automation.perform(here, _move(context, here, options), dry_run=options.dry_run)
    _tell(context, here, options, done)
    if not options.dry_run:
        _apply(context, here, done)
    return _result(here, options.move, done)


def _show(context: Context, here: Environment, asked: str | None, *, back: bool) -> dict[str, Any]:
    state = here.state()
    found = showing.release(here, state, asked, back=back)
    said = showing.about(found, state.record) if found and (asked or back) else showing.summary(state.record)
    context.console.say(f"  {here.name}: {said}")
    if found:
        context.console.say(f"  id of the release: {found.id}")
    facts = showing.facts(here, state, found)
    for key, value in facts.items():
        context.output(key, str(value).lower() if isinstance(value, bool) else value)
    return {**_result(here, "show", Done(state, Outcome(state.record, found, said))), "facts": facts}


def _list(context: Context, here: Environment) -> dict[str, Any]:
    state = here.state()
    found = listing.releases(here, state)
    said = f"{len(found)} {'release was' if len(found) == 1 else 'releases were'} stable once"
    context.console.say(f"  {here.name}: {said}")
    if found:
        for line in listing.lines(found):
            context.console.say(f"  {line}")
    context.summarize(listing.summary(here.name, found))
    about = state.record.canary or state.record.stable
    return {**_result(here, "list", Done(state, Outcome(state.record, about, said))), "releases": found}


def _environment_name(context: Context, given: str | None) -> str:
    known: list[str] = list(context.config["environments"])
    if given is None and len(known) == 1:
        return known[0]
    if given not in known:
        asked = "release needs --env" if given is None else f"there is no environment {given}"
        raise Unusable(f"{asked}: the spec has {', '.join(known) or 'none that runs something'}")
    return given


def _accepted(options: argparse.Namespace) -> frozenset[str]:
    given = {contents.EDITS: options.discard_edits, contents.STABLE_CHANGES: options.accept_stable_changes}
    return frozenset(name for name, is_given in given.items() if is_given)


def _move(context: Context, here: Environment, options: argparse.Namespace) -> Move:
    reason = arguments.line(options.reason)
    if options.move == contents.START:
        return _start(context, here, options, reason)

    def weight(state: State) -> Outcome:
        canary = state.record.canary
        plan = (here.current_plan(state) or here.plan(canary, state)) if canary else None
        return moves.weight(state.record, plan, options.weight)

    def rollback(state: State) -> Outcome:
        if options.to is None:
            return moves.rollback(state.record, lambda: here.earlier(state), allow_again=options.allow_again)
        return _restore(here, state, options.to, options.release, options.allow_again)

    steps = {
        "weight": weight,
        "promote": lambda state: moves.promote(state.record),
        "finish": lambda state: moves.finish(state.record),
        "abort": lambda state: moves.abort(state.record, allow_again=options.allow_again),
        "rollback": rollback,
        "hold": lambda state: moves.hold(state.record, reason),
        "resume": lambda state: moves.resume(state.record),
    }
    return Move(
        options.move,
        steps[options.move],
        options.release if options.to is None else None,
        reason,
        accepted=_accepted(options),
        hold=reason if options.hold else None,
        pinned=options.to is None,
    )


def _start(context: Context, here: Environment, options: argparse.Namespace, reason: str) -> Move:
    accepted = _accepted(options)
    if options.source is not None:
        source = predecessor(context, here, options.source, options.remote)
        return starting.from_environment(context, here, source, options.release, reason=reason, accepted=accepted)
    return starting.from_candidate(
        context,
        here,
        options.image,
        options.candidate,
        options.predictions,
        options.commit,
        reason=reason,
        accepted=accepted,
        write=not options.dry_run,
    )


def _restore(here: Environment, state: State, to: str, meant: str | None, allow_again: bool) -> Outcome:
    """Go back to a release that its caller names; `meant`, if given, is the one that must be in turn until then."""
    good = here.stable(state, to)
    if good is None:
        raise refuse(
            "stable",
            to[:12],
            f"the release {to[:12]} was never stable in {here.name}, so nobody can go back to it: leave --to out for "
            "the last good one",
            release=to,
        )
    outcome = moves.restore(state.record, good, allow_again=allow_again)
    if meant is not None and outcome.record != state.record:
        moves.must_be_in_turn(state.record, "rollback", meant)
    return outcome


def _tell(context: Context, here: Environment, options: argparse.Namespace, done: Done) -> None:
    say = context.console.say
    say(f"  {here.name}: {done.outcome.message}")
    for notice in done.notices:
        context.notice(notice.rule, notice.subject, notice.message, **notice.facts)
    if not done.changed:
        say("  nothing changes, so there is no commit")
    elif options.dry_run:
        say(f"  would change on {here.branch.name}:")
        for path in done.changed:
            say(f"    {shown(path)}")
    else:
        say(f"  {here.branch.name} is at {done.state.tip}")


def _apply(context: Context, here: Environment, done: Done) -> None:
    applied = push.apply(here, done.state)
    if applied is not None:
        deleted = f", and deleted are {', '.join(applied.deleted)}" if applied.deleted else ""
        context.console.say(f"  the cluster has the {applied.objects} objects of the branch, and they run{deleted}")


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
