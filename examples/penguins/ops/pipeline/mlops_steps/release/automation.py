# SPDX-License-Identifier: MIT-0
"""A move of a release, from the branch as it is to a new commit on it.

When somebody else pushes in between, the move is applied again to what they left, as long as it still means the same
release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..refusal import Unusable
from . import moves
from .environment import Environment, State
from .moves import Outcome
from .record import Release
from .trees import Files

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
        predictions: contents of prediction files by release, which the move brings along.
    """

    name: str
    apply: Apply
    release: str | None = None
    reason: str | None = None
    predictions: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Done:
    """How a move ended.

    Attributes:
        state: of the environment, after the move.
        outcome: of the move.
        changed: paths that differ from the commit before, from the top of the repository; empty when nothing changed.
        rewired: files because of which all manifests come from the new release; see trees.py.
        moved_from: where the manifests lay before, if they lie elsewhere now.
    """

    state: State
    outcome: Outcome
    changed: tuple[str, ...] = ()
    rewired: tuple[str, ...] = ()
    moved_from: str | None = None


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
        outcome = (moves.meant(state.record, move.name, meant) if meant else None) or move.apply(state)
        if outcome.record == state.record:
            return Done(state, outcome)
        done, files = _next(environment, move, state, outcome, write=not dry_run)
        if dry_run:
            return done
        message = _message(environment, move, outcome)
        commit = environment.git.commit(environment.git.tree(files), state.tip, message)
        if environment.branch.publish(commit, state.tip):
            return replace(done, state=replace(done.state, tip=commit, folder=environment.folder))
        if move.name in PINNED and outcome.about is not None:
            meant = outcome.about.id
    raise Unusable(
        f"{environment.branch.name} could not be changed in {ATTEMPTS} attempts, since others were always faster or "
        "it is locked: run it again"
    )


def _next(environment: Environment, move: Move, state: State, outcome: Outcome, *, write: bool) -> tuple[Done, Files]:
    """Return the state that follows, and all files of its commit."""
    predictions = {**state.predictions, **(move.predictions or {})}
    tree = environment.tree(outcome.record, state)
    files = environment.files(outcome.record, tree, predictions, write=write)
    before = {} if state.tip is None else environment.git.files(state.tip)
    changed = tuple(sorted(path for path in {*before, *files} if before.get(path) != files.get(path)))
    after = State(outcome.record, state.tip, state.folder, predictions)
    moved_from = state.folder if state.folder != environment.folder else None
    return Done(after, outcome, changed, tree.rewired, moved_from), files


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
