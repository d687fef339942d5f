# SPDX-License-Identifier: MIT-0
"""What the next commit of a deploy branch holds, and what of it needs somebody's word.

A move writes what its record asks for. Where that would change what the stable release runs, or undo what people
committed to the branch by hand, it is refused until its caller accepts it; taking a release back is never refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..refusal import Finding, Refused, Unusable, refuse
from . import record
from .environment import Environment, State
from .git import shown
from .record import Record
from .trees import Files, Tree

START = "start"
KEEPING = ("hold", "resume")
"""Moves that leave all files but the record as they are, edits included."""

REWEIGHING = ("weight", "finish")
"""Moves that need no other manifests than those on the branch."""

BACKWARDS = ("abort", "rollback")
"""Moves that take a release back, which must always be possible."""

EDITS, STABLE_CHANGES = "--discard-edits", "--accept-stable-changes"
"""The options with which a caller accepts what would be refused."""


@dataclass(frozen=True)
class Contents:
    """What the next commit holds.

    Attributes:
        files: all of them, by path from the top of the repository.
        folder: where the manifests lie, from there.
        notices: what must not be overlooked.
        candidate: the whole manifests of a release that begins to be tried, by path from the top of the repository;
            None in all other moves.
    """

    files: Files
    folder: str
    notices: tuple[Finding, ...] = ()
    candidate: Files | None = None


def of(
    environment: Environment,
    move: str,
    state: State,
    after: Record,
    predictions: Mapping[str, str],
    *,
    accepted: frozenset[str],
    write: bool,
) -> Contents:
    """Return what the commit of a move holds.

    Args:
        environment: where.
        move: its name.
        state: of the branch.
        after: the record that the move leads to.
        predictions: ids of the contents of prediction files, by release.
        accepted: the options with which the caller accepts what would be refused.
        write: whether new contents are kept in the repository.

    Raises:
        Refused: the caller must accept something first, or the manifests of a release are nowhere to be found.
        Unusable: the record would be none.
    """
    _must_be_valid(environment, after)
    if state.tip is not None and move in KEEPING:
        return Contents(environment.kept(after, state, write=write), state.folder)
    try:
        edits = environment.edits(state)
        if move == "promote" and state.record.stable is not None:
            environment.manifests(state.record.stable, state)
        tree = environment.tree(after, state)
    except Refused as refusal:
        if move in REWEIGHING:
            return Contents(environment.kept(after, state, write=write), state.folder)
        if move in BACKWARDS and after.stable == state.record.stable:
            notice = _without_manifests(environment, refusal)
            return Contents(environment.kept(after, state, write=write), state.folder, (notice,))
        raise
    notices = list(_discarded(environment, move, edits, accepted))
    if move in REWEIGHING and not edits:
        return Contents(environment.kept(after, state, write=write), state.folder)
    starts = move == START
    folder = environment.place if starts else state.folder
    candidate = None
    if starts:
        notices += _rewired(environment, tree, accepted)
        if state.folder != folder:
            notices.append(_moved(environment, state))
        if after.phase == record.CANARY and after.canary is not None:
            whole = environment.manifests(after.canary, state)
            candidate = {f"{folder}/{path}": entry for path, entry in whole.items()}
    files = environment.files(after, tree, predictions, folder, write=write)
    return Contents(files, folder, tuple(notices), candidate)


def _must_be_valid(environment: Environment, after: Record) -> None:
    wrong = record.problems(after.document())
    if wrong:
        raise Unusable(
            f"{environment.branch.name} would get a release record that nobody can read: {'; '.join(wrong)}; check the "
            "candidate and the options"
        )


def _discarded(
    environment: Environment, move: str, edits: tuple[str, ...], accepted: frozenset[str]
) -> Iterable[Finding]:
    """Yield that edits on the branch are lost, if somebody accepts it or must."""
    if not edits:
        return
    paths = [shown(path) for path in edits]
    if move not in BACKWARDS and EDITS not in accepted:
        raise refuse(
            "edits",
            environment.name,
            f"{environment.branch.name} was edited by hand, and {move} would undo it: {', '.join(paths)}; commit the "
            f"change on main and release it, or undo it with {EDITS}",
            files=paths,
        )
    yield Finding(
        "edits",
        environment.name,
        f"{move} undoes what was edited by hand on {environment.branch.name}: {', '.join(paths)}",
        {"files": paths},
    )


def _rewired(environment: Environment, tree: Tree, accepted: frozenset[str]) -> Iterable[Finding]:
    """Yield that stable gets the manifests of the new release, if that changes nothing that it runs or is accepted."""
    if not tree.rewired:
        return
    wiring, touched = ([shown(path) for path in paths] for paths in (tree.rewired, tree.touched))
    differ = f"{', '.join(wiring)} {'differ' if len(wiring) > 1 else 'differs'} between the two releases"
    if touched and STABLE_CHANGES not in accepted:
        raise refuse(
            "wiring",
            environment.name,
            f"{differ}, so that the start would also change what stable runs, untried: {', '.join(touched)}; release "
            f"the wiring first, with the image of stable and nothing else, or accept it with {STABLE_CHANGES}",
            wiring=wiring,
            files=touched,
        )
    changes = f", {', '.join(touched)} among them" if touched else ""
    yield Finding(
        "wiring",
        environment.name,
        f"the manifests of stable change with the start{changes}, and an abort restores them: {differ}",
        {"wiring": wiring, "files": touched},
    )


def _moved(environment: Environment, state: State) -> Finding:
    return Finding(
        "folder",
        environment.name,
        f"the manifests moved from {shown(state.folder)} to {shown(environment.place)}: tell the GitOps controller",
    )


def _without_manifests(environment: Environment, refusal: Refused) -> Finding:
    return Finding(
        "manifests",
        environment.name,
        f"the files on {environment.branch.name} stay as they are, but for the record: {refusal}",
    )
