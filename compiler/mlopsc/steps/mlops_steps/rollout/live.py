# SPDX-License-Identifier: MIT-0
"""Is what was released live? A commit on a branch is no running copy.

Prometheus knows best, since every copy tells it which release it runs. Without it the model's own address is asked for
the version. Where neither helps, nobody can tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..release.record import FULL
from ..serving.client import Client, UnreachableError
from .clock import Clock
from .conditions import ONLINE, Conditions
from .prometheus import Prometheus, UnansweredError

STABLE, CANARY = "stable", "canary"
"""The tracks."""

RELEASE = "mlops_release"
"""Label of a series with the release that its copy runs: the same model with other manifests is another one."""

INTERVAL = 10.0
"""Seconds between two looks."""

IN_A_ROW = 10
"""Answers that must be of the version, one after the other, at the least: a rolling update mixes old and new copies."""

DOUBT = 0.001
"""Chance of being misled by the answers of the other track."""


@dataclass(frozen=True)
class Awaited:
    """What should be live.

    Attributes:
        track: where: ``stable`` or ``canary``.
        release: its id.
        version: of its model.
        copies: that the track needs, at the least.
        weight: share of the traffic that goes to the second track, in percent.
    """

    track: str
    release: str
    version: str
    copies: int
    weight: int


@dataclass(frozen=True)
class Look:
    """What one look showed.

    Attributes:
        live: whether the version is live.
        told: what was seen, as the end of a sentence.
        copies: of the version that run; more of them are progress.
        hopeless: whether another look would show the same.
        blind: whether nothing was seen, since who was asked does not answer.
    """

    live: bool
    told: str
    copies: float = 0
    hopeless: bool = False
    blind: bool = False


class NotLiveError(Exception):
    """The version does not come; the message says what was seen instead.

    Attributes:
        blind: whether nothing was seen in the end, so that nobody can tell.
    """

    def __init__(self, message: str, *, blind: bool) -> None:
        super().__init__(message)
        self.blind = blind


class Probe(Protocol):
    """A way to look."""

    def look(self, awaited: Awaited) -> Look:
        """Return what can be seen now."""


class Metrics:
    """Looks at the copies that Prometheus counts.

    Args:
        prometheus: that is asked.
        queries: by track; each gives the number of copies by release.
    """

    def __init__(self, prometheus: Prometheus, queries: dict[str, str]) -> None:
        self._prometheus = prometheus
        self._queries = queries

    def look(self, awaited: Awaited) -> Look:
        """Return whether the track has its copies, and no others."""
        try:
            found = self._prometheus.numbers(self._queries[awaited.track], RELEASE)
        except UnansweredError as error:
            return Look(False, str(error), hopeless=not error.passing, blind=True)
        copies = found.pop(awaited.release, 0.0)
        others = ", ".join(name[:12] or "no release" for name in sorted(found))
        told = f"Prometheus sees {copies:g} of {awaited.copies} copies of it"
        if others:
            told += f" and still copies of {others}"
        if "" in found:
            told += f"; the scrape must turn the pod annotation mlops.release into the label {RELEASE}"
        return Look(copies >= awaited.copies and not found, told, copies)


class Address:
    """Looks at the answers of the model's address, where the traffic of both tracks arrives.

    Args:
        client: of the address.
        path: of the model.
    """

    def __init__(self, client: Client, path: str) -> None:
        self._client = client
        self._path = path

    def look(self, awaited: Awaited) -> Look:
        """Return whether the version answers.

        The first track is live when nothing else answers, so often that it cannot be chance. For the second one an
        answer is enough, since only its copies have the version.
        """
        others = 1 - awaited.weight / FULL if awaited.track == CANARY else awaited.weight / FULL
        tries = max(IN_A_ROW, math.ceil(math.log(DOUBT) / math.log(others))) if 0 < others < 1 else IN_A_ROW
        place = f"{self._path}/versions/{awaited.version}/ready"
        for number in range(1, tries + 1):
            try:
                status = self._client.get(place).status
            except UnreachableError as error:
                told = f"{self._client.url} does not answer: {error}"
                return Look(False, told, hopeless=not error.passing, blind=True)
            if awaited.track == CANARY and status == 200:
                return Look(True, f"{self._client.url} answers with it", 1)
            if awaited.track == STABLE and status != 200:
                told = f"answer {number} of {self._client.url} was not of this version (status {status})"
                return Look(False, told)
        if awaited.track == STABLE:
            return Look(True, f"{tries} answers of {self._client.url} in a row are of this version")
        return Look(False, f"none of {tries} answers of {self._client.url} was of this version")


def probe(conditions: Conditions, path: str | None, awaited: Awaited) -> Probe | None:
    """Return the best way to look; None when there is none.

    Args:
        conditions: of the release.
        path: of the model on its server; None when no server answers.
        awaited: what should be live. No traffic of the address goes to the second track at weight 0, and none to the
            first at 100.
    """
    if conditions.live is not None:
        return Metrics(Prometheus(conditions.live.query_url), dict(conditions.live.queries))
    out_of_reach = 0 if awaited.track == CANARY else FULL
    if conditions.mode != ONLINE or conditions.url is None or path is None or awaited.weight == out_of_reach:
        return None
    return Address(Client(conditions.url), path)


def wait(probe: Probe, awaited: Awaited, seconds: float, clock: Clock, pause: Callable[[float], None]) -> Look:
    """Return when the version is live.

    Args:
        probe: the way to look.
        awaited: what should be live.
        seconds: how long nothing may get better.
        clock: tells the time.
        pause: passes some seconds.

    Raises:
        NotLiveError: it does not come.
    """
    best, deadline = -1.0, 0.0
    while True:
        look = probe.look(awaited)
        if look.live:
            return look
        if look.copies > best:
            best, deadline = look.copies, clock.now() + seconds
        if look.hopeless:
            raise NotLiveError(look.told, blind=look.blind)
        if clock.now() + INTERVAL > deadline:
            raise NotLiveError(f"{look.told}, and nothing got better for {seconds:g} s", blind=look.blind)
        pause(INTERVAL)
