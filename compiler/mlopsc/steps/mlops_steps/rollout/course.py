# SPDX-License-Identifier: MIT-0
"""The course of one release on a deploy branch: where it stands, the moves of this rollout, and the way back.

Before every decision the record is read again: what other people did in between holds, and nothing of theirs is
touched.
"""

from __future__ import annotations

from collections.abc import Callable

from .. import interruption
from ..context import Context
from ..refusal import Finding, Refused, Unusable
from ..release import automation, moves, push, record
from ..release.automation import Move
from ..release.branch import ForbiddenError
from ..release.environment import Environment, State
from ..release.record import Record, Release
from .clock import Clock
from .endings import MovedOnError, OvertakenError, TakenBackError
from .journal import Journal, Made
from .patience import Patience

LOOK = 30.0
"""Seconds between two looks at the release record during a pause."""

TRIED, SERVES, GONE = "tried", "serves", "gone"
"""Where a release may stand: on its way, proven on all of the traffic, or neither."""


class Course:
    """The course of a release.

    Args:
        context: of the step.
        here: the environment.
        release: that is rolled out.
        clock: tells the time and passes it.
        patience: with the remote repository and the cluster.

    Attributes:
        record: as it was seen last.
        journal: gets the moves.
        ours: whether the release is this rollout's to move and to take back.
        started: whether there is something of this run that later jobs may take back.
    """

    def __init__(self, context: Context, here: Environment, release: Release, clock: Clock, patience: Patience) -> None:
        self._context = context
        self._here = here
        self._release = release
        self._clock = clock
        self._patience = patience
        self.record = Record(here.project)
        self.journal = Journal()
        self.ours = self.started = False

    @property
    def name(self) -> str:
        """How messages call the release."""
        return f"{self._release.version} (release {self._release.id[:12]})"

    @property
    def environment(self) -> str:
        """Name of the environment."""
        return self._here.name

    @property
    def standing(self) -> str:
        """Where the release stands: ``tried``, ``serves`` or ``gone``."""
        if not self._in_turn(self.record):
            return GONE
        return SERVES if self.record.phase == record.AT_REST else TRIED

    def look(self) -> Record:
        """Return the record as it is now.

        Raises:
            OvertakenError: it is not up to this rollout any more.
            Unusable: the remote repository is away for too long.
        """
        try:
            now = self._patience.with_remote(self._here.state).record
        except Refused as refusal:
            raise OvertakenError(refusal.findings) from None
        self.record = now
        turn = now.canary or now.stable
        if self._release.id in now.rejected:
            why = f"somebody took {self.name} back in {self._here.name}, so this rollout ends: see its deploy branch"
            raise OvertakenError([Finding("rejected", self._release.version, why)])
        if not self._in_turn(now):
            other = "nothing" if turn is None else f"{turn.version} (release {turn.id[:12]})"
            why = (
                f"{other} is in turn in {self._here.name} and no longer {self.name}: somebody released it, or took "
                "yours back; see its deploy branch"
            )
            raise OvertakenError([Finding("release", self._release.version, why)])
        if now.hold is not None and self.ours:
            why = (
                f'releases to {self._here.name} were put on hold ("{now.hold}"), and {self.name} stays as it is: '
                "run the same again with --resume, or take the release back"
            )
            raise OvertakenError([Finding("hold", self._here.name, why, {"reason": now.hold, "weight": now.weight})])
        return now

    def wait(self, seconds: float) -> None:
        """Pass some time, with an eye on the record.

        Raises:
            OvertakenError: see `look`.
            MovedOnError: the release is at another step than before.
        """
        before = (self.record.phase, self.record.weight)
        end = self._clock.now() + seconds
        while (left := end - self._clock.now()) > 0:
            self._clock.sleep(min(left, LOOK))
            now = self.look()
            if (now.phase, now.weight) != before:
                raise MovedOnError

    def move(self, name: str, apply: Callable[[State], moves.Outcome], reason: str | None = None) -> None:
        """Make a move of the release.

        Raises:
            OvertakenError: what other people did in between does not allow it.
            TakenBackError: a rule of the remote repository forbids the push.
            Unusable: the remote repository or the cluster is away for too long.
        """
        move = Move(name, apply, self._release.id, reason)
        try:
            self._patience.with_remote(lambda: self.perform(move))
        except ForbiddenError as forbidden:
            raise TakenBackError(forbidden.findings, allow_again=True) from None
        except Refused as refusal:
            raise OvertakenError(refusal.findings) from None

    def perform(self, move: Move) -> None:
        """Make any move and let the cluster follow, where that is up to this machine.

        A move that was made already only lets the cluster follow, so that it can be tried again as a whole.
        """
        done = automation.perform(self._here, move)
        self.record = done.state.record
        for notice in done.notices:
            self._context.notice(notice.rule, notice.subject, notice.message, **notice.facts)
        if done.changed and done.state.tip is not None:
            self.journal.moves.append(Made(move.name, done.outcome.message, done.state.tip))
            self._context.console.say(f"  {move.name}: {done.outcome.message}")
            if move.name != "resume":
                self.tell_started()
        if move.name != "resume":
            push.apply(self._here, done.state)

    def tell_started(self, to: bool = True) -> None:
        """Tell later jobs whether there is something of this run that they may take back."""
        if self.started != to:
            self.started = to
            self._context.output("started", str(to).lower())

    def take_back(self, *, allow_again: bool) -> tuple[Finding, ...]:
        """Take the release back, if it is this rollout's to take, and return why that did not work.

        One that serves already, proven, goes only when something is known against it.

        Args:
            allow_again: whether nothing is known against it, so that it is not rejected.
        """
        if not self.ours:
            return ()
        by_hand = (
            f"; do it with release rollback --env {self._here.name} --release {self._release.id}"
            f"{' --allow-again' if allow_again else ''}"
        )
        with interruption.ignored():
            try:
                back = self._patience.with_remote(lambda: self._way_back(allow_again))
                if back is not None:
                    self._context.console.say(f"  taking {self.name} back")
                    self._patience.with_remote(lambda: self.perform(back))
            except (ForbiddenError, Unusable) as error:
                return (self._not_taken_back(error, by_hand),)
            except Refused as refusal:
                return (self._not_taken_back(refusal, ""),)
        return ()

    def _way_back(self, allow_again: bool) -> Move | None:
        """Return the move that takes the release back; None when there is nothing to take back.

        The whole move is the same however often it is tried: the record may have it already, and the cluster not yet.
        """
        now = self._here.state().record
        if not self._in_turn(now) or (now.phase == record.AT_REST and allow_again):
            return None

        def back(state: State) -> moves.Outcome:
            if state.record.phase == record.CANARY:
                return moves.abort(state.record, allow_again=allow_again)
            return moves.rollback(state.record, lambda: self._here.earlier(state), allow_again=allow_again)

        return Move("abort" if now.phase == record.CANARY else "rollback", back, self._release.id)

    def _not_taken_back(self, error: Exception, advice: str) -> Finding:
        message = f"{self.name} could not be taken back in {self._here.name}: {error}{advice}"
        return Finding("rollback", self._here.name, message)

    def _in_turn(self, now: Record) -> bool:
        turn = now.canary or now.stable
        return turn is not None and turn.id == self._release.id
