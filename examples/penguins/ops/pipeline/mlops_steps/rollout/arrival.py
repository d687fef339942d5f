# SPDX-License-Identifier: MIT-0
"""Waiting until a track runs the release, as far as anybody can tell."""

from __future__ import annotations

from ..context import Context
from ..refusal import Finding
from ..release.record import Release
from . import live
from .clock import Clock
from .conditions import ONLINE, Conditions
from .course import Course
from .endings import TakenBackError
from .live import CANARY, STABLE, Awaited, NotLiveError


class Arrival:
    """Waits for a release.

    Args:
        context: of the step.
        course: of the release.
        release: that should come.
        conditions: from its plan.
        clock: tells the time.
        path: of the model on its server; None when no server answers.
    """

    def __init__(
        self,
        context: Context,
        course: Course,
        release: Release,
        conditions: Conditions,
        clock: Clock,
        path: str | None,
    ) -> None:
        self._context = context
        self._course = course
        self._release = release
        self._conditions = conditions
        self._clock = clock
        self._path = path
        self._stable_is_live = False
        self._hoped: tuple[str, int] | None = None

    def wait(self, track: str) -> None:
        """Return when a track runs the release.

        Args:
            track: ``stable`` or ``canary``.

        Raises:
            TakenBackError: it does not come, or nobody can tell.
        """
        if self._conditions.mode != ONLINE or self._conditions.by_kubectl or (track == STABLE and self._stable_is_live):
            return
        now = self._course.record
        copies = now.replicas if track == CANARY else 1
        awaited = Awaited(track, self._release.id, self._release.version, copies, now.weight)
        probe = live.probe(self._conditions, self._path, awaited)
        if probe is None:
            self._hope(awaited)
        else:
            self._see(probe, awaited)
        self._stable_is_live = track == STABLE
        same = now.previous is not None and now.previous.version == self._release.version
        if track == STABLE and self._course.ours and same and self._conditions.live is None:
            self._context.notice(
                "live",
                self._course.environment,
                f"{self._course.name} has the version that ran before it, so that nobody can tell from the version "
                "whether its image and manifests run already: look at the pods",
            )

    def _see(self, probe: live.Probe, awaited: Awaited) -> None:
        name = self._course.name
        try:
            look = live.wait(probe, awaited, self._conditions.live_timeout, self._clock, self._course.wait)
        except NotLiveError as error:
            place = f"live on the track {awaited.track} of {self._course.environment}"
            message = (
                f"nobody can tell whether {name} is {place}: {error}; run the same again when they can"
                if error.blind
                else f"{name} is not {place}: {error}; look at its pods, and mend the image or the manifests"
            )
            finding = Finding("live", self._course.environment, message, {"track": awaited.track})
            raise TakenBackError([finding], allow_again=error.blind) from None
        self._context.console.say(f"  {name} is live on the track {awaited.track}: {look.told}")

    def _hope(self, awaited: Awaited) -> None:
        """Give copies the time of a step to get ready, where nobody can tell when they are."""
        if self._hoped == (awaited.track, awaited.copies):
            return
        self._hoped = (awaited.track, awaited.copies)
        seconds = max(self._conditions.pause, self._conditions.soak)
        self._context.notice(
            "live",
            self._course.environment,
            f"nobody can tell whether {self._course.name} is live on the track {awaited.track} of "
            f"{self._course.environment}, so {seconds:g} s must do: set monitoring.prometheus.query_url, or let this "
            "machine reach the model",
        )
        self._course.wait(seconds)
