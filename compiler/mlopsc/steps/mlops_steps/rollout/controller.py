# SPDX-License-Identifier: MIT-0
"""The way of one release through an environment, from its start to all of the traffic.

What to do next follows from the release record alone, so that a second run goes on where the first one ended, also
after a kill. The record says until then when nobody has seen the release running on all of the traffic, and whatever
else ends the rollout before takes it back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import interruption
from ..context import Context
from ..interruption import TerminatedError
from ..refusal import Finding, Refused, Unusable
from ..release import automation, moves, record
from ..release.automation import Move
from ..release.environment import Environment, State
from ..release.record import Record, Release
from . import endings, summary
from .arrival import Arrival
from .clock import Clock
from .conditions import SHADOW, Conditions
from .course import Course
from .endings import MovedOnError, OvertakenError, TakenBackError
from .live import CANARY, STABLE
from .patience import Patience
from .trial import Trial


class Rollout:
    """A rollout.

    Args:
        context: of the step.
        here: the environment.
        start: the move that begins it.
        release: what it brings.
        conditions: from its plan.
        clock: tells the time and passes it.
        path: of the model on its server; None when no server answers.
        resume: why a hold is lifted first; None when it is not.
        promote: why a release that only answers a copy of the traffic is to serve; None when it is not.
    """

    def __init__(
        self,
        context: Context,
        here: Environment,
        start: Move,
        release: Release,
        conditions: Conditions,
        clock: Clock,
        *,
        path: str | None = None,
        resume: str | None = None,
        promote: str | None = None,
    ) -> None:
        self._context = context
        self._here = here
        self._start = replace(start, apply=lambda state: moves.watched(state.record, start.apply(state)))
        self._release = release
        self._conditions = conditions
        self._resume = resume
        self._promote = promote
        patience = Patience(context.console, clock)
        self._course = Course(context, here, release, clock, patience)
        self._arrival = Arrival(context, self._course, release, conditions, clock, path)
        self._trial = Trial(context, self._course, release, conditions, clock, patience)
        self._fresh = self._finished = False

    def run(self) -> dict[str, Any]:
        """Do everything and return the result.

        Raises:
            Refused: the release may not start, was taken back, or others decided otherwise.
            Unusable: Prometheus, the branch or the cluster cannot be reached, and nothing was started.
            KeyboardInterrupt: after the release was taken back.
        """
        reasons: tuple[Finding, ...] = ()
        self._context.output("started", "false")
        with interruption.noticed():
            try:
                self._begin()
                self._go_on()
            except OvertakenError as stop:
                self._course.tell_started(to=False)  # what is left is not for later jobs to take back either
                reasons = stop.findings
            except TakenBackError as no:
                reasons = self._taken_back(no)
            except TerminatedError:
                ended = f"the rollout of {self._course.name} was ended from outside: run the same again"
                interrupted = Finding("interrupted", self._release.version, ended)
                reasons = self._taken_back(TakenBackError([interrupted], allow_again=True))
            except Unusable as error:
                reasons = self._taken_back(endings.unusable(error, self._here.name))
                if not self._course.started:
                    self._print(reasons[1:])
                    raise
            except BaseException:
                self._print(self._course.take_back(allow_again=True))
                raise
            finally:
                self._context.output("finished", str(self._finished).lower())
                self._context.summarize(summary.markdown(self._result(), reasons, self._course.standing))
        if reasons:
            raise Refused(reasons, self._result())
        return self._result()

    def _taken_back(self, why: TakenBackError) -> tuple[Finding, ...]:
        return (*why.findings, *self._course.take_back(allow_again=why.allow_again))

    def _print(self, found: tuple[Finding, ...]) -> None:
        for finding in found:
            self._context.console.problem(finding.message)

    def _begin(self) -> None:
        """Bring the release in, unless it is here already."""
        state = self._here.state()
        free = self._free(state)
        self._course.record = state.record
        outcome = self._start.apply(free)
        self._fresh = outcome.record != free.record
        if self._fresh:
            # All that speaks against it is told before a hold is lifted.
            rehearsal = replace(self._start, apply=lambda now: self._start.apply(self._free(now)))
            automation.perform(self._here, rehearsal, dry_run=True)
            self._trial.must_be_possible()
        if self._resume:
            self._course.perform(Move("resume", lambda now: moves.resume(now.record), reason=self._resume))
        # A shadow that an earlier run started stays, whatever happens to this one.
        on_its_way = outcome.record.phase in (record.CANARY, record.PROMOTED)
        self._course.ours = self._fresh or (on_its_way and not self._stays_a_shadow(outcome.record))
        if self._course.ours and not self._fresh:
            self._course.tell_started()
        self._context.console.say(f"  {outcome.message}")
        self._course.perform(self._start)

    def _free(self, state: State) -> State:
        """Return a state without the hold that is to be lifted."""
        return replace(state, record=replace(state.record, hold=None)) if self._resume else state

    def _go_on(self) -> None:
        """Do what the record asks for, until all traffic goes to the release."""
        while not self._finished:
            now = self._course.look()
            try:
                if now.phase != record.CANARY:
                    self._settle(now)
                elif not self._try(now):
                    return
            except MovedOnError:
                self._context.console.say("  somebody took the next step by hand")

    def _settle(self, now: Record) -> None:
        """Give the first track, which has the release already, all of the traffic."""
        self._arrival.wait(STABLE)
        if now.phase == record.PROMOTED:
            self._course.move("finish", lambda state: moves.finish(state.record))
        else:
            self._finished = True

    def _try(self, now: Record) -> bool:
        """Take the step that the second track is at; return whether there is more to do in this run."""
        self._arrival.wait(CANARY)
        if self._stays_a_shadow(now):
            self._context.console.say(
                f"  {self._course.name} answers a copy of the traffic: when its answers are good, run the same again "
                'with --promote "why"'
            )
            return False
        self._trial.must_pass(now.weight)
        following = self._conditions.after(now.weight)
        if following is None:
            self._course.move("promote", lambda state: moves.promote(state.record), self._promote)
        else:
            self._course.move("weight", lambda state: self._weight(state, following.weight))
        return True

    def _stays_a_shadow(self, now: Record) -> bool:
        """Say whether the release goes on answering a copy of the traffic: nobody has seen its answers, or asked."""
        tried = self._conditions.strategy == SHADOW and now.phase == record.CANARY
        return tried and (self._fresh or not self._promote)

    def _weight(self, state: State, percent: int) -> moves.Outcome:
        return moves.weight(state.record, self._here.plan(self._release, state), percent)

    def _result(self) -> dict[str, Any]:
        return {
            "environment": self._here.name,
            "branch": self._here.branch.name,
            "release": self._release.id,
            "version": self._release.version,
            "image": self._release.image,
            "strategy": self._conditions.strategy,
            "started": self._course.started,
            "finished": self._finished,
            "phase": self._course.record.phase,
            **self._course.journal.document(),
        }
