# SPDX-License-Identifier: MIT-0
"""Time, as something that is handed in: who tests a rollout does not wait for it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A clock."""

    def now(self) -> float:
        """Return seconds since some moment in the past; never less than before."""

    def sleep(self, seconds: float) -> None:
        """Return after some seconds."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return seconds since some moment in the past."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after some seconds."""
        time.sleep(seconds)
