# SPDX-License-Identifier: MIT-0
"""What an environment runs, in words for people and in values for later jobs."""

from __future__ import annotations

from typing import Any

from ..refusal import Unusable
from . import record
from .environment import Environment, State
from .record import Record, Release


def summary(now: Record) -> str:
    """Return what runs, in one sentence."""
    if now.stable is None:
        text = "nothing was released yet"
    elif now.phase == record.CANARY and now.canary is not None:
        text = f"{now.stable.version} serves, and {now.canary.version} is tried with {now.weight}% of the traffic"
    elif now.unproven:
        text = f"{now.stable.version} has all traffic, and nobody has seen yet that it runs"
    elif now.phase == record.PROMOTED:
        text = f"{now.stable.version} is promoted and not finished; its own copies have {now.weight}% of the traffic"
    else:
        text = f"{now.stable.version} serves"
    return text if now.hold is None else f'{text}; releases are on hold ("{now.hold}")'


def release(here: Environment, state: State, asked: str | None, *, back: bool) -> Release | None:
    """Return the release that somebody asks for.

    Args:
        here: the environment.
        state: of its branch.
        asked: id of the release; None: the one in turn, None again if there is none.
        back: whether it is the one to go back to: asked for by its id it must have been stable, and without one it is
            the release before.

    Raises:
        Unusable: there never was such a release, or none to go back to, or nobody says which while releases are on
            hold.
    """
    if back:
        return _behind(here, state, asked)
    if asked is None:
        return state.record.canary or state.record.stable
    found = here.find(state, asked)
    if found is None:
        raise Unusable(
            f"there never was a release {asked[:12]} in {here.name}: look at those that were stable with release list "
            f"--env {here.name}"
        )
    return found


def _behind(here: Environment, state: State, asked: str | None) -> Release:
    if asked is not None:
        found = here.stable(state, asked)
        missing = f"the release {asked[:12]} never served all traffic in {here.name}"
    elif state.record.hold is not None:
        # Asked by a workflow that runs again: the release before is now the one before the good one.
        raise Unusable(
            f'releases to {here.name} are on hold ("{state.record.hold}"), so a rollback was made already: name the '
            "release to go back to with --release"
        )
    else:
        found = previous(here, state)
        missing = f"{here.name} has no release before this one"
    if found is None:
        raise Unusable(f"{missing}, so there is nothing to go back to")
    return found


def previous(here: Environment, state: State) -> Release | None:
    """Return the release that a rollback would go to."""
    now = state.record
    return now.stable if now.phase == record.CANARY else now.previous or here.earlier(state)


def about(found: Release, now: Record) -> str:
    """Return where a release stands, in one sentence."""
    if found.id in now.rejected:
        where = "was aborted or rolled back"
    elif now.stable is not None and now.stable.id == found.id:
        where = "serves" if now.phase != record.PROMOTED else "is not finished: nobody has seen yet that it runs"
    elif now.canary is not None and now.canary.id == found.id:
        where = f"is tried with {now.weight}% of the traffic"
    else:
        where = "ran before"
    return f"{found.version} (release {found.id[:12]}) {where}"


def facts(here: Environment, state: State, found: Release | None) -> dict[str, Any]:
    """Return what later jobs ask for.

    Args:
        here: the environment.
        state: of its branch.
        found: the release in question; None when nothing was ever released.

    Returns:
        Of the release ``release`` (its id), ``version``, ``image``, ``commit`` and ``rejected``, of the environment
        ``hold``, ``phase`` and ``previous``: the id of the release that a rollback would go to. What is not there is
        empty.
    """
    now = state.record
    before = previous(here, state)
    return {
        "release": found.id if found else "",
        "version": found.version if found else "",
        "image": found.image if found else "",
        "commit": found.commit if found else "",
        "hold": now.hold is not None,
        "phase": now.phase,
        "rejected": found is not None and found.id in now.rejected,
        "previous": before.id if before else "",
    }
