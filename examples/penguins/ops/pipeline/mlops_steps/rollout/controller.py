# SPDX-License-Identifier: MIT-0
"""The way of one release through an environment, from its start to all of the traffic.

What to do next follows from the release record alone, so that a second run goes on where the first one ended. Before
every decision the record is read again: what other people did in between holds, and nothing of theirs is touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from .. import interruption
from ..context import Context
from ..interruption import TerminatedError
from ..refusal import Finding, Refused, Unusable
from ..release import automation, moves, push, record
from ..release.automation import Move
from ..release.environment import Environment, State
from ..release.record import Record, Release
from . import findings, judge, live, summary
from .clock import Clock
from .conditions import ONLINE, SHADOW, Analysis, Conditions
from .journal import Journal, Judged, Made
from .judge import Judgement
from .live import CANARY, STABLE, Awaited, NotLiveError
from .prometheus import Prometheus, UnansweredError

Answer = TypeVar("Answer")

EXTENSIONS = 2
"""How often a step is given the same time once more, when it cannot be judged yet."""

OUTAGE = 300.0
"""Seconds for which Prometheus may be away while a release is judged."""

GIT_OUTAGE = 120.0
"""Seconds for which the remote repository or the cluster may be away."""

RETRY = 10.0
"""Seconds between two attempts."""

LOOK = 30.0
"""Seconds between two looks at the release record during a pause."""


class OvertakenError(Exception):
    """Other people decided otherwise: the rollout stops and leaves everything as it is."""

    def __init__(self, found: tuple[Finding, ...]) -> None:
        super().__init__()
        self.findings = found


class TakenBackError(Exception):
    """The release is not good enough, or nobody can tell whether it is: it is taken back.

    Attributes:
        findings: why.
        allow_again: whether nothing is known against it, so that it is not rejected.
    """

    def __init__(self, found: list[Finding], *, allow_again: bool) -> None:
        super().__init__()
        self.findings = tuple(found)
        self.allow_again = allow_again


class MovedOnError(Exception):
    """Somebody took the next step by hand: the rollout goes on from there."""


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
    ) -> None:
        self._context = context
        self._here = here
        self._start = start
        self._release = release
        self._conditions = conditions
        self._clock = clock
        self._path = path
        self._resume = resume
        self._journal = Journal()
        self._record = Record(here.project)
        self._began = self._fresh = self._started = self._finished = self._stable_is_live = False
        self._hoped: tuple[str, int] | None = None

    def run(self) -> dict[str, Any]:
        """Do everything and return the result.

        Raises:
            Refused: the release may not start, was taken back, or others decided otherwise.
            Unusable: Prometheus, the branch or the cluster cannot be reached.
            KeyboardInterrupt: after the release was taken back.
        """
        reasons: tuple[Finding, ...] = ()
        self._context.output("started", "false")
        with interruption.noticed():
            try:
                self._begin()
                self._go_on()
            except OvertakenError as stop:
                self._has_started(to=False)  # what is left is not for later jobs to take back either
                reasons = stop.findings
            except TakenBackError as no:
                reasons = (*no.findings, *self._take_back(at_rest=True, allow_again=no.allow_again))
            except TerminatedError:
                ended = f"the rollout of {self._name} was ended from outside: run the same again"
                interrupted = Finding("interrupted", self._release.version, ended)
                reasons = (interrupted, *self._take_back(allow_again=True))
            except BaseException as error:
                for finding in self._take_back(allow_again=not isinstance(error, push.NotRunningError)):
                    self._context.console.problem(finding.message)
                raise
            finally:
                self._context.output("finished", _truth(self._finished))
                self._context.summarize(summary.markdown(self._result(), reasons))
        if reasons:
            raise Refused(reasons, self._result())
        return self._result()

    def _begin(self) -> None:
        """Bring the release in, unless it is here already."""
        state = self._here.state()
        self._record = state.record
        outcome = self._start.apply(self._free(state))
        self._fresh = outcome.record != self._free(state).record
        if self._fresh:
            # All that speaks against it is told before a hold is lifted.
            rehearsal = replace(self._start, apply=lambda now: self._start.apply(self._free(now)))
            automation.perform(self._here, rehearsal, dry_run=True)
            self._must_be_judged()
        if self._resume:
            self._perform(Move("resume", lambda now: moves.resume(now.record), reason=self._resume))
        self._began = self._fresh or outcome.record.phase in (record.CANARY, record.PROMOTED)
        if self._began and not self._fresh:
            self._has_started()
        self._context.console.say(f"  {outcome.message}")
        self._perform(self._start)

    def _free(self, state: State) -> State:
        """Return a state without the hold that is to be lifted."""
        return replace(state, record=replace(state.record, hold=None)) if self._resume else state

    def _must_be_judged(self) -> None:
        """Make sure that Prometheus answers before anything moves."""
        analysis, known = self._conditions.analysis, self._conditions.live
        try:
            if analysis is not None:
                self._ask_once(analysis.query_url, analysis.requests)
            if known is not None:
                self._ask_once(known.query_url, known.queries[STABLE])
        except UnansweredError as error:
            raise Unusable(
                f"Prometheus cannot judge {self._name}: {error}; nothing was started, so let this machine reach it "
                "and run the same again"
            ) from None

    def _ask_once(self, url: str, query: str) -> None:
        prometheus = Prometheus(url)
        self._patiently(lambda: prometheus.numbers(query, live.VERSION), self._clock.sleep)

    def _go_on(self) -> None:
        """Do what the record asks for, until all traffic goes to the release."""
        while not self._finished:
            now = self._look()
            try:
                if now.phase != record.CANARY:
                    self._settle(now)
                elif not self._try(now):
                    return
            except MovedOnError:
                self._context.console.say("  somebody took the next step by hand")

    def _settle(self, now: Record) -> None:
        """Give the first track, which has the release already, all of the traffic."""
        self._wait_until_live(STABLE)
        if now.phase == record.PROMOTED:
            self._move("finish", lambda state: moves.finish(state.record))
        else:
            self._finished = True

    def _try(self, now: Record) -> bool:
        """Take the step that the second track is at; return whether there is more to do in this run."""
        self._wait_until_live(CANARY)
        if self._conditions.strategy == SHADOW and self._fresh:
            self._context.console.say(f"  {self._name} answers a copy of the traffic; run the same again to promote it")
            return False
        self._step(now.weight)
        return True

    def _step(self, weight: int) -> None:
        """Let a step last, judge it, and go to the next."""
        seconds = self._conditions.lasts(weight)
        if seconds:
            self._must_pass(weight, seconds)
        following = self._conditions.after(weight)
        if following is None:
            self._move("promote", lambda state: moves.promote(state.record))
            return
        plan = self._steadily(lambda: self._here.plan(self._release, self._here.state()))
        self._move("weight", lambda state: moves.weight(state.record, plan, following.weight))

    def _must_pass(self, weight: int, seconds: float) -> None:
        """Return when a step passes its analysis."""
        analysis = self._conditions.analysis
        if analysis is None:
            self._context.notice(
                "analysis",
                self._here.name,
                f"nothing measures {self._name} at {weight}% of the traffic, so that only time passes: set "
                "monitoring.prometheus.query_url",
            )
            self._pass(seconds)
            return
        for number in range(1, EXTENSIONS + 2):
            self._context.console.say(f"  {weight}% of the traffic for {seconds:g} s")
            self._pass(seconds)
            judgement = self._judge(analysis, weight, number * seconds, extended=number > 1)
            self._journal.judged.append(Judged(weight, judgement))
            if judgement.verdict != judge.UNDECIDED:
                break
            if number <= EXTENSIONS:
                for finding in findings.of(self._release.version, weight, judgement):
                    self._context.console.say(f"  not yet: {finding.message}")
        if judgement.verdict != judge.PASSED:
            raise TakenBackError(
                findings.of(self._release.version, weight, judgement),
                allow_again=judgement.verdict == judge.UNDECIDED,
            )
        if judgement.idle:
            self._context.notice(
                "min_requests",
                self._here.name,
                f"{self._name} had no request at {weight}% of the traffic, and min_requests is 0: nothing was measured",
            )

    def _judge(self, analysis: Analysis, weight: int, seconds: float, *, extended: bool) -> Judgement:
        prometheus = Prometheus(analysis.query_url)
        try:
            return self._patiently(lambda: judge.judge(prometheus, analysis, seconds, extended=extended), self._pass)
        except UnansweredError as error:
            message = (
                f"nobody can judge {self._name} at {weight}% of the traffic: {error}; let this machine reach "
                "Prometheus and run the same again"
            )
            finding = Finding("prometheus", self._here.name, message, {"weight": weight})
            raise TakenBackError([finding], allow_again=True) from None

    def _wait_until_live(self, track: str) -> None:
        """Return when a track runs the release, as far as anybody can tell."""
        if self._conditions.mode != ONLINE or self._conditions.by_kubectl or (track == STABLE and self._stable_is_live):
            return
        copies = self._record.replicas if track == CANARY else 1
        awaited = Awaited(track, self._release.version, copies, self._record.weight)
        probe = live.probe(self._conditions, self._path, awaited)
        if probe is None:
            self._hope(track, copies)
        else:
            try:
                look = live.wait(probe, awaited, self._conditions.live_timeout, self._clock, self._pass)
            except NotLiveError as error:
                place = f"live on the track {track} of {self._here.name}"
                message = (
                    f"nobody can tell whether {self._name} is {place}: {error}; run the same again when they can"
                    if error.blind
                    else f"{self._name} is not {place}: {error}; look at its pods, and mend the image or the manifests"
                )
                finding = Finding("live", self._here.name, message, {"track": track})
                raise TakenBackError([finding], allow_again=error.blind) from None
            self._context.console.say(f"  {self._name} is live on the track {track}: {look.told}")
        self._stable_is_live = track == STABLE
        before = self._record.previous
        if track == STABLE and self._began and before is not None and before.version == self._release.version:
            self._context.notice(
                "live",
                self._here.name,
                f"{self._name} has the version that ran before it, so that nobody can tell from the version whether "
                "its image and manifests run already: look at the pods",
            )

    def _hope(self, track: str, copies: int) -> None:
        """Give copies the time of a step to get ready, where nobody can tell when they are."""
        if self._hoped == (track, copies):
            return
        self._hoped = (track, copies)
        seconds = max(self._conditions.pause, self._conditions.soak)
        self._context.notice(
            "live",
            self._here.name,
            f"nobody can tell whether {self._name} is live on the track {track} of {self._here.name}, so {seconds:g} s "
            "must do: set monitoring.prometheus.query_url, or let this machine reach the model",
        )
        self._pass(seconds)

    def _look(self) -> Record:
        """Return the record as it is now.

        Raises:
            OvertakenError: it is not up to this rollout any more.
        """
        try:
            now = self._steadily(self._here.state).record
        except Refused as refusal:
            raise OvertakenError(refusal.findings) from None
        self._record = now
        turn = now.canary or now.stable
        if self._release.id in now.rejected:
            why = f"somebody took {self._name} back in {self._here.name}, so this rollout ends: see its deploy branch"
            raise OvertakenError((Finding("rejected", self._release.version, why),))
        if turn is None or turn.id != self._release.id:
            other = "nothing" if turn is None else f"{turn.version} (release {turn.id[:12]})"
            why = (
                f"{other} is in turn in {self._here.name} and no longer {self._name}: somebody released it, or took "
                "yours back; see its deploy branch"
            )
            raise OvertakenError((Finding("release", self._release.version, why),))
        if now.hold is not None and self._began:
            why = (
                f'releases to {self._here.name} were put on hold ("{now.hold}"), and {self._name} stays as it is with '
                f"{now.weight}% of the traffic: run the same again with --resume, or abort the release"
            )
            raise OvertakenError((Finding("hold", self._here.name, why, {"reason": now.hold, "weight": now.weight}),))
        return now

    def _move(self, name: str, apply: Callable[[State], moves.Outcome]) -> None:
        try:
            self._steadily(lambda: self._perform(Move(name, apply, self._release.id)))
        except Refused as refusal:
            raise OvertakenError(refusal.findings) from None

    def _perform(self, move: Move) -> None:
        """Make a move and let the cluster follow, where that is up to this machine."""
        done = automation.perform(self._here, move)
        self._record = done.state.record
        for notice in done.notices:
            self._context.notice(notice.rule, notice.subject, notice.message, **notice.facts)
        if done.changed and done.state.tip is not None:
            self._journal.moves.append(Made(move.name, done.outcome.message, done.state.tip))
            self._context.console.say(f"  {move.name}: {done.outcome.message}")
            if move.name != "resume":
                self._has_started()
        if move.name != "resume":
            push.apply(self._here, done.state)

    def _has_started(self, to: bool = True) -> None:
        """Tell later jobs whether there is something of this run that they may take back."""
        if self._started != to:
            self._started = to
            self._context.output("started", _truth(to))

    def _take_back(self, *, allow_again: bool, at_rest: bool = False) -> tuple[Finding, ...]:
        """Take the release back, if it is this rollout's to take, and return why that did not work.

        Args:
            allow_again: whether nothing is known against it, so that it is not rejected.
            at_rest: also when it is stable already. A release that passed all its steps, or that has none, is left as
                it is when only the rollout ends: then an abort just puts the second track to rest.
        """
        if not self._began:
            return ()
        with interruption.ignored():
            try:
                self._steadily(lambda: self._undo(at_rest, allow_again))
            except (Refused, Unusable) as error:
                message = (
                    f"{self._name} could not be taken back in {self._here.name}: {error}; do it with release rollback "
                    f"--env {self._here.name} --release {self._release.id}{' --allow-again' if allow_again else ''}"
                )
                return (Finding("rollback", self._here.name, message),)
        return ()

    def _undo(self, at_rest: bool, allow_again: bool) -> None:
        now = self._here.state().record
        turn = now.canary or now.stable
        if turn is None or turn.id != self._release.id:
            return
        self._context.console.say(f"  taking {self._name} back")

        def rollback(state: State) -> moves.Outcome:
            return moves.rollback(state.record, lambda: self._here.earlier(state), allow_again=allow_again)

        def abort(state: State) -> moves.Outcome:
            return moves.abort(state.record, allow_again=allow_again)

        back = Move("rollback", rollback, turn.id) if at_rest and now.phase != record.CANARY else None
        self._perform(back or Move("abort", abort, turn.id))

    def _pass(self, seconds: float) -> None:
        """Pass some time, with an eye on the record.

        Raises:
            OvertakenError: see `_look`.
            MovedOnError: the release is at another step than before.
        """
        before = (self._record.phase, self._record.weight)
        end = self._clock.now() + seconds
        while (left := end - self._clock.now()) > 0:
            self._clock.sleep(min(left, LOOK))
            now = self._look()
            if (now.phase, now.weight) != before:
                raise MovedOnError

    def _patiently(self, ask: Callable[[], Answer], pause: Callable[[float], None]) -> Answer:
        """Ask Prometheus again and again while it is away, but not for ever.

        Raises:
            UnansweredError: it is away for too long, or does not answer for a reason that stays.
        """
        end = self._clock.now() + OUTAGE
        while True:
            try:
                return ask()
            except UnansweredError as error:
                if not error.passing or self._clock.now() + RETRY > end:
                    raise
                self._context.console.say(f"  {error}; once more in {RETRY:g} s")
                pause(RETRY)

    def _steadily(self, ask: Callable[[], Answer]) -> Answer:
        """Do again what fails because the remote repository or the cluster is away for a moment."""
        end = self._clock.now() + GIT_OUTAGE
        while True:
            try:
                return ask()
            except Unusable as error:
                if self._clock.now() + RETRY > end:
                    raise
                self._context.console.say(f"  {error}; once more in {RETRY:g} s")
                self._clock.sleep(RETRY)

    @property
    def _name(self) -> str:
        return f"{self._release.version} (release {self._release.id[:12]})"

    def _result(self) -> dict[str, Any]:
        return {
            "environment": self._here.name,
            "branch": self._here.branch.name,
            "release": self._release.id,
            "version": self._release.version,
            "image": self._release.image,
            "strategy": self._conditions.strategy,
            "started": self._started,
            "finished": self._finished,
            "phase": self._record.phase,
            **self._journal.document(),
        }


def _truth(value: bool) -> str:
    return str(value).lower()
