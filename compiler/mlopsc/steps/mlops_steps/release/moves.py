# SPDX-License-Identifier: MIT-0
"""The moves of a release: each takes the record of an environment and returns the next one. Nothing else happens here.

Done twice, a move changes nothing the second time. A move that is not allowed is refused with what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..refusal import Refused, refuse
from .plan import Plan
from .record import AT_REST, CANARY, FULL, NONE, PROMOTED, Record, Release


@dataclass(frozen=True)
class Outcome:
    """What a move leads to.

    Attributes:
        record: the next record; the same as before when nothing changes.
        about: the release that the move is about; None for a hold before the first release.
        message: one sentence for people.
    """

    record: Record
    about: Release | None
    message: str


def start(record: Record, release: Release, plan: Plan) -> Outcome:
    """Bring a release in: to the first step of its plan, or at once without steps and the very first time.

    A first release that nobody has seen running is no obstacle: there is nothing to roll it back to.

    Raises:
        Refused: it is rejected here, releases are on hold, or another one is on its way.
    """
    _not_on_hold(record, "start")
    if release.id in record.rejected:
        raise refuse(
            "rejected",
            release.version,
            f"{_name(release)} was aborted or rolled back here and is not released again: change the model, the image "
            "or the manifests",
            release=release.id,
        )
    for running in (record.stable, record.canary):
        if running is not None and running.id == release.id:
            return Outcome(record, running, f"{_name(release)} already runs here")
    before = None if record.unproven else record.stable
    on_its_way = record.canary or (record.stable if record.unproven and record.previous else None)
    if on_its_way is not None:
        todo = (
            "promote or abort it" if record.phase == CANARY else "let its rollout run again, finish it, or roll it back"
        )
        share = FULL if record.unproven else record.weight
        raise refuse(
            "running",
            on_its_way.version,
            f"{_name(on_its_way)} is on its way with {share}% of the traffic: {todo} before {_name(release)} is "
            "started",
            release=on_its_way.id,
            weight=share,
        )
    if before is None or not plan.steps:
        after = replace(record, stable=release, previous=before, unproven=False)
        return Outcome(after, release, f"{_name(release)} gets all traffic")
    first = plan.steps[0]
    after = replace(record, canary=release, weight=first.weight, replicas=first.replicas)
    return Outcome(after, release, f"{_name(release)} gets {_share(after)}, beside {_name(before)}")


def watched(record: Record, started: Outcome) -> Outcome:
    """Return what a start leads to when its caller waits until the release runs: until then it is unproven.

    Args:
        record: of the environment, before the start.
        started: what the start leads to otherwise.
    """
    if started.record == record or started.record.phase != AT_REST:
        return started
    return replace(started, record=replace(started.record, unproven=True))


def weight(record: Record, plan: Plan | None, percent: int) -> Outcome:
    """Give the release that is tried the traffic of a later step of its plan.

    Args:
        record: of the environment.
        plan: of the release that is tried; None when there is none.
        percent: weight of the step.

    Raises:
        Refused: nothing is tried, the plan has no such step, it would take traffic away, or releases are on hold.
    """
    _not_on_hold(record, "weight")
    canary = _running(record, "weight")
    step = plan.at(percent) if plan is not None else None
    if plan is None or step is None:
        weights = [] if plan is None else [known.weight for known in plan.steps]
        raise refuse(
            "steps",
            canary.version,
            f"{percent}% is no step of the plan of {_name(canary)}: take one of {', '.join(map(str, weights))}",
            weight=percent,
            steps=weights,
        )
    if percent < record.weight:
        raise refuse(
            "steps",
            canary.version,
            f"{_name(canary)} has {record.weight}% of the traffic, and {percent}% would be a step back: abort it",
            weight=percent,
            now=record.weight,
        )
    after = replace(record, weight=step.weight, replicas=step.replicas)
    if after == record:
        return Outcome(record, canary, f"{_name(canary)} already has {_share(record)}")
    return Outcome(after, canary, f"{_name(canary)} gets {_share(after)}")


def promote(record: Record) -> Outcome:
    """Make the release that is tried the stable one. The traffic stays where it is until the first track runs it.

    Raises:
        Refused: nothing is tried, or releases are on hold.
    """
    _not_on_hold(record, "promote")
    if record.phase == PROMOTED:
        return Outcome(record, record.stable, f"{_name(record.stable)} is already promoted")
    canary = _running(record, "promote")
    after = replace(record, stable=canary, previous=record.stable)
    return Outcome(after, canary, f"{_name(canary)} is stable now; the traffic stays until finish")


def finish(record: Record) -> Outcome:
    """Send all traffic to the stable release, which somebody has seen running, and put the second track to rest.

    Raises:
        Refused: the release that is tried is not promoted.
    """
    if record.phase == CANARY:
        raise refuse(
            "promoted",
            record.canary.version if record.canary else record.name,
            f"{_name(record.canary)} is not promoted: promote it first, or abort it",
        )
    if record.phase == PROMOTED:
        return Outcome(_settled(record), record.stable, f"{_name(record.stable)} gets all traffic; the release is done")
    return Outcome(record, record.stable, "no release is on its way")


def abort(record: Record, *, allow_again: bool = False) -> Outcome:
    """Take the release back that is tried; all traffic goes to the stable one.

    After a promotion the release is stable already, and nothing changes: until somebody has seen the first track run
    it, the copies of the second one serve.

    Args:
        record: of the environment.
        allow_again: whether the release may start again; else it is rejected.
    """
    if record.phase == PROMOTED:
        message = f"{_name(record.stable)} is promoted already, so nothing changes: finish it, or roll it back"
        return Outcome(record, record.stable, message)
    if record.canary is None:
        return Outcome(record, record.stable, "no release is on its way")
    after = _leave(_settled(record), record.canary, allow_again)
    said = f"{_left([record.canary], allow_again)}; {_name(record.stable)} gets all traffic"
    return Outcome(after, record.canary, said)


def rollback(record: Record, earlier: Callable[[], Release | None], *, allow_again: bool = False) -> Outcome:
    """Take back what is new and go to what was good: to the release before the stable one.

    While a release is tried the stable one is what is good, and this is an `abort`.

    Args:
        record: of the environment.
        earlier: tells the last release before the stable one that was stable and was not taken back; asked when the
            record does not know.
        allow_again: whether the release that is left may start again; else it is rejected.

    Raises:
        Refused: there is nothing to go back to.
    """
    if record.phase == CANARY:
        aborted = abort(record, allow_again=allow_again)
        return replace(aborted, message=f"{aborted.message}: it is the good state, so this was an abort")
    bad = record.stable
    good = None if bad is None else record.previous or earlier()
    if bad is None or good is None:
        raise refuse(
            "previous",
            record.name if bad is None else bad.version,
            "there is nothing to go back to: "
            + (
                "nothing was released here"
                if bad is None
                else f"all that was stable here, other than {_name(bad)}, is rejected"
                if record.rejected
                else f"nothing was stable here but {_name(bad)}"
            )
            + "; start a good release",
        )
    after = replace(_leave(_settled(record), bad, allow_again), stable=good, previous=None)
    return Outcome(after, bad, f"{_left([bad], allow_again)}; {_name(good)} serves again")


def restore(record: Record, good: Release, *, allow_again: bool = False) -> Outcome:
    """Go back to a release that was stable once, and take back what runs now.

    Args:
        record: of the environment.
        good: where to go.
        allow_again: whether what is left may start again; else it is rejected.

    Raises:
        Refused: that release is rejected.
    """
    if good.id in record.rejected:
        raise refuse(
            "rejected",
            good.version,
            f"{_name(good)} was aborted or rolled back here, and nobody goes back to it: name another release",
            release=good.id,
        )
    now = record.canary or record.stable
    after = _settled(record)
    running = {release.id: release for release in (record.canary, record.stable) if release is not None}
    left = [bad for bad in running.values() if bad.id != good.id]
    for bad in left:
        after = _leave(after, bad, allow_again)
    if record.stable is None or record.stable.id != good.id:
        after = replace(after, stable=good, previous=None)
    if after == record:
        return Outcome(record, now, f"{_name(good)} already serves alone")
    said = f"{_left(left, allow_again)}; " if left else ""
    return Outcome(after, now, f"{said}{_name(good)} gets all traffic")


def hold(record: Record, reason: str) -> Outcome:
    """Stop all releases to the environment; what runs goes on, and can be aborted, rolled back or finished."""
    after = replace(record, hold=reason)
    message = "releases are on hold" if after != record else "releases are already on hold for this reason"
    return Outcome(after, record.stable, message)


def held(outcome: Outcome, reason: str) -> Outcome:
    """Return what a move leads to when it puts releases on hold as well."""
    after = replace(outcome.record, hold=reason)
    if after == outcome.record:
        return outcome
    return replace(outcome, record=after, message=f"{outcome.message}; releases are on hold")


def resume(record: Record) -> Outcome:
    """Lift a hold."""
    message = "nothing is on hold" if record.hold is None else "releases go on"
    return Outcome(replace(record, hold=None), record.stable, message)


def meant(record: Record, move: str, release: str, taken_back: Callable[[], bool]) -> Outcome | None:
    """Make sure that a move is about the release that its caller means.

    Args:
        record: of the environment.
        move: its name.
        release: id of the release that the caller means.
        taken_back: tells whether that release was taken back here; asked when the record does not know.

    Returns:
        None when the move may go on; else its outcome, when it was done before.

    Raises:
        Refused: another release is in turn here.
    """
    now = record.canary or record.stable
    if now is not None and now.id == release:
        done = move == "promote" and record.phase == AT_REST
        return Outcome(record, now, f"{_name(now)} is already promoted") if done else None
    if move in ("abort", "rollback"):
        if release in record.rejected:
            return Outcome(record, now, f"the release {release[:12]} is already rejected here")
        if taken_back():
            return Outcome(record, now, f"the release {release[:12]} is already taken back here")
    raise _another(now, move, release)


def must_be_in_turn(record: Record, move: str, release: str) -> None:
    """Make sure that a release is the one in turn.

    Raises:
        Refused: it is another one, or none.
    """
    now = record.canary or record.stable
    if now is None or now.id != release:
        raise _another(now, move, release)


def _another(now: Release | None, move: str, release: str) -> Refused:
    return refuse(
        "release",
        release[:12],
        f"{move} was meant for the release {release[:12]}, and here "
        + ("nothing was released" if now is None else f"{_name(now)} is in turn")
        + ': look at what runs with "show"',
        meant=release,
        found=now.id if now else None,
    )


def _not_on_hold(record: Record, move: str) -> None:
    if record.hold is not None:
        raise refuse(
            "hold",
            record.name,
            f'releases are on hold ("{record.hold}"), so {move} is refused: lift the hold with resume first',
            reason=record.hold,
        )


def _running(record: Record, move: str) -> Release:
    if record.phase != CANARY or record.canary is None:
        state = {
            NONE: "nothing was ever released",
            AT_REST: "no release is on its way",
            PROMOTED: "the last release is promoted already",
        }[record.phase]
        raise refuse("running", record.name, f"{move} needs a release that is being tried, and here {state}: start one")
    return record.canary


def _settled(record: Record) -> Record:
    return replace(record, canary=None, weight=0, replicas=0, unproven=False)


def _leave(record: Record, release: Release, allow_again: bool) -> Record:
    """Return the record with a release taken back; nobody goes back to a rejected one, when it was once stable."""
    if allow_again:
        return record
    previous = None if record.previous is not None and record.previous.id == release.id else record.previous
    return replace(record, rejected=(*record.rejected, release.id), previous=previous)


def _left(releases: Sequence[Release], allow_again: bool) -> str:
    names = " and ".join(_name(release) for release in releases)
    verb = "are" if len(releases) > 1 else "is"
    return f"{names} {verb} taken back and may start again" if allow_again else f"{names} {verb} rejected"


def _name(release: Release | None) -> str:
    """Return how messages call a release: model versions repeat when only the image or the manifests change."""
    return "nothing" if release is None else f"{release.version} (release {release.id[:12]})"


def _share(record: Record) -> str:
    copies = "copy" if record.replicas == 1 else "copies"
    return f"{record.weight} of {FULL}% of the traffic on {record.replicas} {copies}"
