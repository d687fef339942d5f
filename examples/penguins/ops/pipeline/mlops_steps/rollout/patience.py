# SPDX-License-Identifier: MIT-0
"""Asking again what does not answer for a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..console import Console
from ..refusal import Unusable
from .clock import Clock
from .prometheus import UnansweredError

Answer = TypeVar("Answer")

PROMETHEUS = 300.0
"""Seconds for which Prometheus may be away."""

REMOTE = 120.0
"""Seconds for which the remote repository or the cluster may be away."""

RETRY = 10.0
"""Seconds between two attempts."""


@dataclass(frozen=True)
class Patience:
    """Asks again and again, but not for ever.

    Attributes:
        console: is told what failed.
        clock: tells the time and passes it.
    """

    console: Console
    clock: Clock

    def with_prometheus(self, ask: Callable[[], Answer], pause: Callable[[float], None]) -> Answer:
        """Ask Prometheus, and let some time pass by `pause` while it is away.

        Raises:
            UnansweredError: it is away for too long, or does not answer for a reason that stays.
        """
        end = self.clock.now() + PROMETHEUS
        while True:
            try:
                return ask()
            except UnansweredError as error:
                if not error.passing or self._is_over(end):
                    raise
                self._say(error)
                pause(RETRY)

    def with_remote(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the remote repository or the cluster.

        Raises:
            Unusable: it is away for too long.
        """
        end = self.clock.now() + REMOTE
        while True:
            try:
                return ask()
            except Unusable as error:
                if self._is_over(end):
                    raise
                self._say(error)
                self.clock.sleep(RETRY)

    def _is_over(self, end: float) -> bool:
        return self.clock.now() + RETRY > end

    def _say(self, error: Exception) -> None:
        self.console.say(f"  {error}; once more in {RETRY:g} s")
