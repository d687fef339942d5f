# SPDX-License-Identifier: MIT-0
"""How a release begins: with the candidate that the pipeline left, or with what another environment released before."""

from __future__ import annotations

import re
from pathlib import Path

from ..context import Context
from ..refusal import Unusable, refuse
from . import candidate as candidates
from . import contents, moves, record, record_format
from .automation import Move
from .environment import Environment, State
from .moves import Outcome
from .record import Release

LARGEST_PREDICTIONS = 50 * 2**20
"""Bytes of a prediction file; above it GitHub warns about a push."""


def from_candidate(
    context: Context,
    here: Environment,
    image: str | None,
    candidate: Path | None = None,
    predictions: Path | None = None,
    commit: str | None = None,
    *,
    reason: str = "",
    accepted: frozenset[str] = frozenset(),
    write: bool = True,
) -> Move:
    """Return the move that starts a candidate.

    Args:
        context: of the step.
        here: the environment that the release comes to.
        image: of the candidate, with its digest.
        candidate: its file; by default the one that the pipeline left.
        predictions: of the evaluation; by default those that the pipeline left, if there are any.
        commit: whose manifests are released; by default the candidate's.
        reason: why, for the message of the commit.
        accepted: the options with which the caller accepts what would be refused; see contents.py.
        write: whether the predictions are kept in the repository.

    Raises:
        Refused: the gate did not let the candidate pass.
        Unusable: image, candidate, predictions or commit are missing or wrong.
    """
    image = candidates.image(image, here.name, context.config["environments"][here.name])
    found = candidates.read(candidate or context.build / "candidate.json", here.project)
    if found.dirty:
        context.notice(
            "dirty",
            found.version,
            f"{found.version} was made with changes that are in no commit: nobody can make it again",
        )
    source = _commit(here, commit or found.commit, found.version)
    files = here.released(source)
    release = Release(
        id=here.identity(files, found.version, image),
        image=image,
        version=found.version,
        commit=source,
        metrics=found.metrics,
        evaluation=found.evaluation,
    )
    kept = _predictions(context, here, predictions, release, write=write)
    return _move(here, release, kept, reason, accepted)


def from_environment(
    context: Context,
    here: Environment,
    source: Environment,
    release_id: str,
    *,
    reason: str = "",
    accepted: frozenset[str] = frozenset(),
) -> Move:
    """Return the move that starts what another environment released before: the same model, image and manifests.

    Args:
        context: of the step.
        here: the environment that the release comes to.
        source: the environment that had it first.
        release_id: which of its releases.
        reason: why, for the message of the commit.
        accepted: the options with which the caller accepts what would be refused; see contents.py.

    Raises:
        Refused: the release was never stable there, nobody has seen it running there, or it was taken back there.
        Unusable: its manifests have nothing for this environment, or a branch cannot be reached.
    """
    state = source.state()
    if release_id in state.record.rejected:
        raise refuse(
            "rejected",
            release_id[:12],
            f"the release {release_id[:12]} was aborted or rolled back in {source.name} and is not released to "
            f"{here.name}: start a good release in {source.name} first",
            release=release_id,
        )
    release = source.stable(state, release_id)
    if release is not None and source.taken_back(state, release_id):
        raise refuse(
            "taken-back",
            release.version,
            f"the release {release_id[:12]} was taken back in {source.name}: release it there again before it is "
            f"started in {here.name}",
            release=release_id,
        )
    if release is None:
        raise refuse(
            "stable",
            release_id[:12],
            f"the release {release_id[:12]} was never stable in {source.name}: finish it there before it is started in "
            f"{here.name}",
            release=release_id,
        )
    if state.record.phase == record.PROMOTED and state.record.stable == release:
        raise refuse(
            "unproven",
            release.version,
            f"the release {release_id[:12]} is not finished in {source.name}, where nobody has seen yet that it runs: "
            f"finish its rollout there before it is started in {here.name}",
            release=release_id,
        )
    release = candidates.moved(release, source.name, here.name, context.config["environments"])
    here.adopt(release, source.manifests(release, state))
    predictions = source.predictions.get(release.id)
    if predictions is None:
        _without_predictions(context, release)
    return _move(here, release, {release.id: predictions} if predictions else {}, reason, accepted)


def _move(
    here: Environment, release: Release, predictions: dict[str, str], reason: str, accepted: frozenset[str]
) -> Move:
    def start(state: State) -> Outcome:
        here.same_project(state, release.commit)
        return moves.start(state.record, release, here.plan(release, state))

    return Move(contents.START, start, reason=reason, predictions=predictions, accepted=accepted, brings=release)


def _commit(here: Environment, asked: str | None, version: str) -> str:
    if asked is None:
        raise Unusable(
            f"nobody knows the commit of {version}, which was made outside of git: give the one that it was made "
            "from with --commit SHA"
        )
    commit = here.git.commit_id(asked) or asked
    if not re.fullmatch(record_format.COMMIT, commit):
        raise Unusable(f"there is no commit {asked} here: give its full id, which can be fetched")
    return commit


def _predictions(
    context: Context, here: Environment, given: Path | None, release: Release, *, write: bool
) -> dict[str, str]:
    path = given or context.build / "evaluation" / "predictions.csv"
    if not path.is_file():
        if given is not None:
            raise Unusable(f"there is no file {path}: give the predictions of the evaluation, or leave the option out")
        _without_predictions(context, release)
        return {}
    size = path.stat().st_size
    if size > LARGEST_PREDICTIONS:
        subject = release.version
        context.notice(
            "predictions",
            subject,
            f"the predictions of {subject} have {size} bytes and are not kept; the limit is {LARGEST_PREDICTIONS}",
            size=size,
        )
        return {}
    return {release.id: here.git.store(path.read_bytes(), write=write)}


def _without_predictions(context: Context, release: Release) -> None:
    context.notice(
        "predictions",
        release.version,
        f"{release.version} has no predictions, so others cannot be compared with it row by row",
    )
