# SPDX-License-Identifier: MIT-0
"""What happens when somebody ends the process: a rollout takes its release back first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class TerminatedError(BaseException):
    """Somebody asked the process to end, by SIGTERM. No `Exception`, like `KeyboardInterrupt`, its sibling."""


@contextmanager
def noticed() -> Iterator[None]:
    """Turn both signals into exceptions, also where a shell in the background ignores them for its children."""
    with _handled(_raise):
        yield


@contextmanager
def ignored() -> Iterator[None]:
    """Ignore both signals while the release is taken back: CI systems send one after the other within seconds."""
    with _handled(signal.SIG_IGN):
        yield


@contextmanager
def _handled(handler: signal._HANDLER) -> Iterator[None]:
    before = [signal.signal(number, handler) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, old in zip(_SIGNALS, before, strict=True):
            signal.signal(number, old)


def _raise(number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError
