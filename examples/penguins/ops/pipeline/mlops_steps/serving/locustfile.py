# SPDX-License-Identifier: MIT-0
"""What locust runs: one request again and again, at a constant rate.

Run by the step ``load`` as ``python -m locust --locustfile``. The environment variable LOAD_SETTINGS names a file that
says what to send; what locust measured goes into ``measured.json`` beside it.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import time
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, events, task

_FILE = Path(os.environ["LOAD_SETTINGS"])
_SETTINGS: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
_BODY = base64.b64decode(_SETTINGS["body"])
_POSITIONS = itertools.count()
_IN_TIME: list[int] = []


class Client(FastHttpUser):  # type: ignore[misc] # locust is not installed where types are checked
    """One of the clients that share the rate evenly.

    Not with locust's ``constant_throughput``: it counts from the moment when a client was made, which is the same for
    all, so that they would send all at once.
    """

    host = _SETTINGS["url"]
    network_timeout = connection_timeout = _SETTINGS["timeout_seconds"]
    insecure = False
    _due = 0.0

    def on_start(self) -> None:
        """Begin at a moment of its own; the first client ends the test.

        With locust's ``--run-time`` the time to make the clients would be part of the test.
        """
        position = next(_POSITIONS)
        if position == 0:
            gevent.spawn_later(_SETTINGS["duration_seconds"], stop, self.environment)
        gevent.sleep(position * _SETTINGS["spacing_seconds"])
        self._due = time.perf_counter()

    def wait_time(self) -> float:
        """Return the seconds until the next request is due: none for a client that is late."""
        self._due += _SETTINGS["period_seconds"]
        return max(0.0, self._due - time.perf_counter())

    @task  # type: ignore[untyped-decorator]
    def infer(self) -> None:
        """Send the request; any other status than the expected one is a failure, a redirect too."""
        with self.client.post(
            _SETTINGS["path"], data=_BODY, headers=_SETTINGS["headers"], allow_redirects=False, catch_response=True
        ) as response:
            if response.status_code == _SETTINGS["status"]:
                response.success()
            elif response.status_code:
                response.failure(f"status {response.status_code}")


def stop(environment: Any) -> None:
    """End the test; answers that come now are late, and count for latency and errors only."""
    _IN_TIME.append(environment.stats.total.num_requests)
    environment.runner.quit()


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def write(environment: Any, **_: Any) -> None:
    """Write what locust measured; times in milliseconds, as locust has them."""
    statistics = environment.stats
    total = statistics.total
    measured = {
        "requests": total.num_requests,
        "in_time": sum(_IN_TIME),
        "failures": total.num_failures,
        "p50": total.get_response_time_percentile(0.5),
        "p95": total.get_response_time_percentile(0.95),
        "max": total.max_response_time,
        "reasons": {str(error.error): error.occurrences for error in statistics.errors.values()},
    }
    _FILE.with_name("measured.json").write_text(json.dumps(measured), encoding="utf-8")
