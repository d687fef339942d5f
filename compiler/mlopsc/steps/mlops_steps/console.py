# SPDX-License-Identifier: MIT-0
"""What people see while the pipeline runs. Written to standard error; results for machines are files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from .text import visible, without_secrets

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}
_EVERY = 0.2  # seconds between two updates of a counter


class Console:
    """Lines for people: colours and a moving counter on a terminal, plain lines elsewhere.

    Args:
        stream: where to write; standard error by default.
        quiet: whether to print problems and notices only.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self.terminal = self._stream.isatty()
        self._colours = self.terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def say(self, text: str, colour: str | None = None) -> None:
        """Print a line about how things go, in a colour where the stream shows colours."""
        if not self._quiet:
            self._print(self._paint(_plain(text), colour) if colour else _plain(text))

    def notice(self, text: str) -> None:
        """Print something that is no failure and must not be overlooked."""
        self._print(f"  {self._paint('notice', 'yellow')} {_plain(text)}")

    def problem(self, text: str) -> None:
        """Print a reason why a step failed."""
        self._print(f"  {self._paint('failed', 'red')} {_plain(text)}")

    def _paint(self, text: str, colour: str) -> str:
        return f"\033[{_COLOURS[colour]}m{text}\033[0m" if self._colours else text

    @contextmanager
    def step(self, name: str, position: int, total: int) -> Iterator[None]:
        """Frame the lines of a step: its name before them, the time that it took behind them."""
        start = time.monotonic()
        count = f"[{position}/{total}] " if total > 1 else ""
        self.say(count + name, "bold")
        try:
            yield
        finally:
            self.say(f"  {name}: {time.monotonic() - start:.1f} s", "dim")

    @contextmanager
    def counter(self, what: str, total: int) -> Iterator[Counter]:
        """Show how far a long piece of work is. Only a terminal sees it."""
        counter = Counter(self, what, total)
        try:
            yield counter
        finally:
            counter.close()

    def overwrite(self, text: str) -> None:
        """Print a line that the next one replaces. Only for terminals."""
        self._stream.write(f"\r\033[K{text}")
        self._stream.flush()

    def _print(self, text: str) -> None:
        self._stream.write(text + "\n")
        self._stream.flush()


def _plain(text: str) -> str:
    """Return a text that neither a terminal nor a CI system takes for a command, and that tells no password.

    Texts hold values of data and what the user's code said. Runners look for commands at the beginning of a line, so
    that only the first line, which the pipeline begins itself, has no mark before it.
    """
    return "\n  | ".join(visible(line) for line in without_secrets(text).split("\n"))


class Counter:
    """The moving line of `Console.counter`."""

    def __init__(self, console: Console, what: str, total: int) -> None:
        self._console, self._what, self._total = console, what, total
        self._done, self._shown = 0, time.monotonic()

    def advance(self) -> None:
        """Count one more."""
        self._done += 1
        now = time.monotonic()
        if self._console.terminal and now - self._shown > _EVERY:
            self._shown = now
            self._console.overwrite(f"  {self._what} {self._done}/{self._total}")

    def close(self) -> None:
        """Remove the line."""
        if self._console.terminal:
            self._console.overwrite("")
