# SPDX-License-Identifier: MIT-0
"""The log of the first worker, line by line while it comes."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from typing import IO

from .. import kubectl
from ..console import Console
from .jobs import TAIL, Jobs

_END = 5.0  # seconds that a connection has to end


class Log:
    """Prints the log of one pod, in a thread. Where the connection breaks, `follow` goes on behind the last line.

    Args:
        jobs: the training.
        pod: name of its pod.
        console: takes the lines.

    Attributes:
        tail: the last lines.
    """

    def __init__(self, jobs: Jobs, pod: str, console: Console) -> None:
        self.pod = pod
        self.tail: deque[str] = deque(maxlen=TAIL)
        self._jobs, self._console = jobs, console
        self._last = ""
        self._whole = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    def follow(self, *, over: bool) -> None:
        """Make sure that the log is being printed.

        Args:
            over: whether the pod has ended; a connection that begins then brings all that is left.
        """
        if not self._whole and (self._thread is None or not self._thread.is_alive()):
            self._whole = over
            self._thread = threading.Thread(target=self._print, daemon=True)
            self._thread.start()

    def finish(self, seconds: float) -> None:
        """Wait until the log has ended, and end the connection."""
        if self._thread is not None:
            self._thread.join(seconds)
            self.stop()

    def stop(self) -> None:
        """End the connection."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        if self._thread is not None:
            self._thread.join(_END)

    def _print(self) -> None:
        with kubectl.environment() as variables:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - no shell
                    self._jobs.follow(self.pod, self._last or None),
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,  # whether the cluster answers is for those to say who ask it for the Job
                )
            except FileNotFoundError:
                return
            with self._process:
                assert self._process.stdout is not None  # noqa: S101 - it is a pipe
                self._lines(self._process.stdout)

    def _lines(self, stream: IO[bytes]) -> None:
        """Print new lines. Behind a break all lines of a whole second come again; times of one length sort as text."""
        known = self._last
        for line in stream:
            time, _, text = line.decode(errors="replace").rstrip("\r\n").partition(" ")
            if time > known:
                self._last = time
                self.tail.append(text)
                self._console.say(f"  | {text}")
