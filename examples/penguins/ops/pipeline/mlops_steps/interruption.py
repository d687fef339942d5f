# SPDX-License-Identifier: MIT-0
"""What happens when somebody ends the process: a CI system that cancels a job sends SIGINT, SIGTERM, or both."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class TerminatedError(KeyboardInterrupt):
    """Somebody asked the process to end, by SIGTERM."""


@contextmanager
def noticed() -> Iterator[None]:
    """Turn both signals into exceptions, also where a shell in the background ignores them for its children.

    Raises:
        KeyboardInterrupt: at SIGINT.
        TerminatedError: at SIGTERM.
    """
    with _handled(_raise):
        yield


@contextmanager
def ignored() -> Iterator[None]:
    """Ignore both signals while something is tidied up: CI systems send one after the other within seconds."""
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
