# SPDX-License-Identifier: MIT-0
"""A move of a release, from the branch as it is to a new commit on it.

When somebody else pushes in between, the move is applied again to what they left, as long as it still means the same
release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..refusal import Finding, Unusable
from . import contents, moves
from .contents import Contents
from .environment import Environment, State
from .moves import Outcome
from .record import Release

ATTEMPTS = 12
"""How often a move begins anew because others were faster."""

Apply = Callable[[State], Outcome]


@dataclass(frozen=True)
class Move:
    """A move that somebody asks for.

    Attributes:
        name: such as ``promote``.
        apply: takes the state of the environment and returns what the move leads to.
        release: id of the release that is meant; None for the one that is in turn, or where it does not matter.
        reason: why; for the message of the commit.
        predictions: ids of the contents of prediction files by release, which the move brings along.
        accepted: the options with which its caller accepts what would be refused; see contents.py.
        brings: the release that a start brings in; None for all other moves.
        hold: why releases are put on hold in the same commit; None when they are not.
        pinned: whether a second attempt must be about the release that the first one was about. A move that says where
            it ends is not: it goes there whatever others did in between.
    """

    name: str
    apply: Apply
    release: str | None = None
    reason: str | None = None
    predictions: Mapping[str, str] | None = None
    accepted: frozenset[str] = frozenset()
    brings: Release | None = None
    hold: str | None = None
    pinned: bool = True


@dataclass(frozen=True)
class Done:
    """How a move ended.

    Attributes:
        state: of the environment, after the move.
        outcome: of the move.
        changed: paths that differ from the commit before, from the top of the repository; empty when nothing changed.
        notices: what must not be overlooked.
    """

    state: State
    outcome: Outcome
    changed: tuple[str, ...] = ()
    notices: tuple[Finding, ...] = ()


PINNED = ("weight", "promote", "finish", "abort", "rollback")
"""Moves on the release that is in turn; a second attempt must not hit another one."""


def perform(environment: Environment, move: Move, *, dry_run: bool = False) -> Done:
    """Apply a move and publish it.

    Args:
        environment: where.
        move: which.
        dry_run: whether to say what would change and leave the branch alone.

    Raises:
        Refused: the move is not allowed, or a rule forbids the push.
        Unusable: the branch cannot be reached or written.
    """
    meant = move.release
    for _ in range(ATTEMPTS):
        state = environment.state()
        outcome = (_meant(environment, move, state, meant) if meant else None) or move.apply(state)
        if move.hold is not None:
            outcome = moves.held(outcome, move.hold)
        if outcome.record == state.record:
            return Done(state, outcome)
        predictions = {**environment.predictions, **state.predictions, **(move.predictions or {})}
        found = contents.of(
            environment, move.name, state, outcome.record, predictions, accepted=move.accepted, write=not dry_run
        )
        after = State(outcome.record, state.tip, state.folder, predictions)
        done = Done(after, outcome, _changed(environment, state, found), found.notices)
        if dry_run:
            return done
        commit = _commit(environment, move, state, outcome, found)
        if environment.branch.publish(commit, state.tip):
            return replace(done, state=replace(after, tip=commit, folder=found.folder))
        if move.pinned and move.name in PINNED and outcome.about is not None:
            meant = outcome.about.id
    raise Unusable(
        f"{environment.branch.name} could not be changed in {ATTEMPTS} attempts, since others were always faster or "
        "it is locked: run it again"
    )


def _meant(environment: Environment, move: Move, state: State, release: str) -> Outcome | None:
    return moves.meant(state.record, move.name, release, lambda: environment.taken_back(state, release))


def _changed(environment: Environment, state: State, found: Contents) -> tuple[str, ...]:
    before = environment.on_branch(state)
    return tuple(sorted(path for path in {*before, *found.files} if before.get(path) != found.files.get(path)))


def _commit(environment: Environment, move: Move, state: State, outcome: Outcome, found: Contents) -> str:
    """Store the commit of a move and return its id.

    Only a part of the manifests of a release that is tried is in the files. A second parent holds all of them, so that
    the branch has them whatever becomes of the commit that they were written in.
    """
    git = environment.git
    parents = [] if state.tip is None else [state.tip]
    if found.candidate is not None and outcome.about is not None:
        subject = f"release({environment.name}): manifests of {outcome.about.version}\n"
        parents.append(git.commit(git.tree(found.candidate), [], subject))
    return git.commit(git.tree(found.files), parents, _message(environment, move, outcome))


def _message(environment: Environment, move: Move, outcome: Outcome) -> str:
    """Return the message of the commit; the trailers name the release that the move is about."""
    about: Release | None = outcome.about
    subject = f"release({environment.name}): {move.name}" + (f" {about.version}" if about else "")
    trailers = (
        {"Release-Id": about.id, "Version": about.version, "Source-Commit": about.commit} if about is not None else {}
    )
    if move.reason:
        trailers["Reason"] = " ".join(move.reason.split())
    return (
        "\n\n".join(
            [subject, f"{outcome.message}.", "\n".join(f"{key}: {value}" for key, value in trailers.items())]
        ).rstrip()
        + "\n"
    )
