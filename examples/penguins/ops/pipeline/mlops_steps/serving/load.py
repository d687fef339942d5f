# SPDX-License-Identifier: MIT-0
"""Load test: locust sends one request at a constant rate, in a process of its own because it patches Python's sockets.

The clients are a fixed number with a share of the rate each. A client that waits for an answer sends nothing, so a
server that is too slow lowers the rate; a rate that was not reached is therefore a finding of its own.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..refusal import Finding, Unusable
from .smoke import Request

REACHED = 0.9
"""Share of the asked rate below which the test says nothing."""

TIMEOUT = 30.0
"""Seconds after which a request has failed."""

MOST_CLIENTS = 5000
"""Clients that one process can hold; a rate that needs more is not reached, which is a finding."""

_STARTING = 60.0  # seconds that locust may take besides the test itself
_FILE = Path(__file__).resolve().parent / "locustfile.py"


@dataclass(frozen=True)
class Measured:
    """What locust counted.

    Attributes:
        requests: number of requests that were answered, late or with a failure included.
        failures: those with another status than expected, or none.
        rate: requests per second that ended within the test.
        p50_seconds: half of the requests took no longer; None without requests. Locust rounds times to two digits.
        p95_seconds: 95 of 100 requests took no longer; None without requests.
        max_seconds: the longest; None without requests.
        reasons: how often each kind of failure occurred.
    """

    requests: int
    failures: int
    rate: float
    p50_seconds: float | None
    p95_seconds: float | None
    max_seconds: float | None
    reasons: dict[str, int]

    def document(self) -> dict[str, Any]:
        """Return the values for a result file."""
        return asdict(self)


def run(url: str, path: str, host: str | None, request: Request, limits: Mapping[str, float]) -> Measured:
    """Run locust and return what it counted.

    Args:
        url: of the server.
        path: where requests go.
        host: value of the header ``Host``; None for that of the URL.
        request: what is sent.
        limits: the load test of config.json.

    Raises:
        Unusable: locust is not installed or did not run.
    """
    if importlib.util.find_spec("locust") is None:
        raise Unusable('the package "locust" is not installed: pip install locust')
    rate, duration = limits["rate_per_second"], limits["duration_seconds"]
    clients = client_count(limits)
    settings = {
        "url": url,
        "path": path,
        "headers": {"Content-Type": "application/json", **({"Host": host} if host else {})},
        "body": base64.b64encode(request.body).decode("ascii"),
        "status": request.status,
        "period_seconds": clients / rate,
        "spacing_seconds": 1 / rate,
        "duration_seconds": duration,
        "timeout_seconds": TIMEOUT,
    }
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        folder = Path(name)
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        _locust(clients, folder, duration + TIMEOUT + _STARTING)
        return _measured(json.loads((folder / "measured.json").read_text(encoding="utf-8")), duration)


def client_count(limits: Mapping[str, float]) -> int:
    """Return how many clients keep a rate up although each waits for its answers.

    They can wait for twice the allowed latency, and for a second at least: a server that is a little too slow is told
    by its latency, not by the rate. No more are made than there are requests to send.

    Args:
        limits: the load test of config.json.
    """
    rate = limits["rate_per_second"]
    patient = rate * max(1.0, 2 * limits["p95_seconds"])
    return max(1, math.ceil(min(patient, rate * limits["duration_seconds"], MOST_CLIENTS)))


def _measured(found: Mapping[str, Any], duration: float) -> Measured:
    """Return what the locustfile wrote, in seconds."""
    milliseconds = {name: found[name] for name in ("p50", "p95", "max")} if found["requests"] else {}
    seconds = {f"{name}_seconds": round(value / 1000, 3) for name, value in milliseconds.items()}
    return Measured(
        requests=found["requests"],
        failures=found["failures"],
        rate=round(found["in_time"] / duration, 3),
        p50_seconds=seconds.get("p50_seconds"),
        p95_seconds=seconds.get("p95_seconds"),
        max_seconds=seconds.get("max_seconds"),
        reasons=found["reasons"],
    )


def judge(found: Measured, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield what does not meet the load test of the spec."""
    if found.requests == 0 or found.p95_seconds is None:
        yield Finding("requests", "tests.load", "tests.load: no request ended in the whole test; is the server there?")
        return
    share, asked = found.failures / found.requests, limits["rate_per_second"]
    if share > limits["max_errors"]:
        reasons = ", ".join(f"{count} x {reason}" for reason, count in found.reasons.items())
        message = (
            f"tests.load: {found.failures} of {found.requests} requests failed ({share:.2%}), "
            f"max_errors is {limits['max_errors']:.2%}" + (f": {reasons}" if reasons else "")
        )
        yield Finding("max_errors", "tests.load", message, {"value": share, "limit": limits["max_errors"]})
    if found.p95_seconds > limits["p95_seconds"]:
        message = (
            f"tests.load: 95% of the requests took up to {found.p95_seconds:g} s, the limit of p95 is "
            f"{limits['p95_seconds']:g} s"
        )
        yield Finding("p95", "tests.load", message, {"value": found.p95_seconds, "limit": limits["p95_seconds"]})
    if found.rate < REACHED * asked:
        message = (
            f"tests.load: {found.rate:g} requests per second were reached, {asked:g} were asked: the server is too "
            "slow for this rate, or the machine that tests it is"
        )
        yield Finding("rate", "tests.load", message, {"value": found.rate, "limit": asked})


def _locust(clients: int, folder: Path, timeout: float) -> None:
    """Run locust without a user interface; it reads settings of nobody else.

    Raises:
        Unusable: it did not end well.
    """
    command = [sys.executable, "-m", "locust", "--locustfile", str(_FILE), "--headless", "--only-summary"]
    command += ["--users", str(clients), "--spawn-rate", str(clients)]
    command += ["--stop-timeout", f"{TIMEOUT:g}", "--exit-code-on-error", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    environment["LOAD_SETTINGS"] = str(folder / "settings.json")
    try:
        ended = subprocess.run(  # noqa: S603 - our own words
            command, cwd=folder, env=environment, timeout=timeout, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unusable(f"locust did not end within {timeout:g} s") from None
    if ended.returncode or not (folder / "measured.json").is_file():
        said = ended.stderr.decode("utf-8", "replace").strip()[-2000:]
        raise Unusable(f"locust ended with exit code {ended.returncode}:\n{said}")
