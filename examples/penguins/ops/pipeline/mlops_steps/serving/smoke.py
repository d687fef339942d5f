# SPDX-License-Identifier: MIT-0
"""Smoke test: the requests of ``tests.smoke``, sent to a deployed model."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ..refusal import Finding, Unusable
from . import answers
from .client import Answer, Client, UnreachableError

PAUSE = 2.0
"""Seconds between two attempts while a version is awaited."""

SHOWN = 10
"""Mismatches of one request that are named; the others are counted."""


@dataclass(frozen=True)
class Request:
    """A request of ``tests.smoke`` with what it must bring.

    Attributes:
        name: its file, as the spec writes it.
        body: what is sent.
        status: expected code.
        values: expected predictions, from `answers.parse_expected`; None when any will do.
        tolerance: largest absolute difference of a number.
    """

    name: str
    body: bytes
    status: int
    values: list[Any] | dict[str, Any] | None
    tolerance: float

    @property
    def answered(self) -> bool:
        """Whether the expected answer is a prediction, which names the version that made it."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Outcome:
    """What one attempt brought.

    Attributes:
        findings: mismatches; empty when all is well.
        passing: whether waiting may help: what answered was not the awaited version, or nothing answered.
        requests: one entry a request, for the result file.
    """

    findings: list[Finding]
    passing: bool
    requests: list[dict[str, Any]]


def read(entries: list[Mapping[str, Any]], root: Path) -> list[Request]:
    """Read the files that the entries of ``tests.smoke`` name.

    Raises:
        Unusable: a file is missing or has not the documented form.
    """
    return [
        Request(
            name=entry["request"],
            body=_content(root, entry["request"]),
            status=entry["status"],
            values=_expected(root, entry["values"]) if "values" in entry else None,
            tolerance=entry["tolerance"],
        )
        for entry in entries
    ]


def wait(client: Client, path: str, requests: list[Request], version: str | None, seconds: float) -> Outcome:
    """Repeat `attempt` until it finds nothing, waiting cannot help any more, or the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        outcome = attempt(client, path, requests, version)
        if not outcome.passing or time.monotonic() + PAUSE > deadline:
            return outcome
        time.sleep(PAUSE)


def attempt(client: Client, path: str, requests: list[Request], version: str | None) -> Outcome:
    """Send all requests once.

    Where no request can tell which version answers, the server's readiness is asked instead.

    Args:
        client: of the server.
        path: of the model on it.
        requests: what to send.
        version: the one that must answer; None for any.
    """
    findings: list[Finding] = []
    entries = []
    passing = False
    if not any(request.answered for request in requests):
        ready = f"{path}/versions/{version}/ready" if version else f"{path}/ready"
        findings += _ready(client, ready)
        passing = bool(findings)
    for request in requests:
        found, entry, may_pass = _one(client, f"{path}/infer", request, version)
        findings += found
        passing = passing or may_pass
        entries.append(entry)
    return Outcome(findings, passing, entries)


def _one(
    client: Client, path: str, request: Request, version: str | None
) -> tuple[list[Finding], dict[str, Any], bool]:
    """Send a request and return what is wrong, its entry for the result file, and whether waiting may help."""
    entry: dict[str, Any] = {"request": request.name}
    try:
        answer = client.post_json(path, request.body)
    except UnreachableError as error:
        return [_unreachable(client.url + path, error)], entry, error.passing
    entry["status"] = answer.status
    if answer.status != request.status:
        # Gateways and servers answer with errors while a model loads, and no error says which version made it.
        return [_status(request, answer)], entry, answer.status >= 400
    if not request.answered:
        return [], entry, False
    try:
        document = answers.parse(answer.body)
    except answers.AnswerError as error:
        return [Finding("values", request.name, f"{request.name}: {error}")], entry, False
    entry["version"] = document.get("model_version")
    if version is not None and entry["version"] != version:
        message = f"{request.name}: version {entry['version']} answered, expected {version}"
        return [Finding("version", request.name, message, {"got": entry["version"], "expected": version})], entry, True
    return _mismatches(request, document), entry, False


def _mismatches(request: Request, document: dict[str, Any]) -> list[Finding]:
    if request.values is None:
        return []
    found = answers.differences(request.values, document, request.tolerance)
    findings = [Finding("values", request.name, f"{request.name}: {text}") for text in islice(found, SHOWN)]
    more = sum(1 for _ in found)
    if more:
        findings.append(Finding("values", request.name, f"{request.name}: {more} more values differ", {"more": more}))
    return findings


def _ready(client: Client, path: str) -> list[Finding]:
    try:
        answer = client.get(path)
    except UnreachableError as error:
        return [_unreachable(client.url + path, error)]
    if answer.status == 200:
        return []
    message = f"{client.url}{path} answers {answer.status}, expected 200: the model is not ready"
    return [Finding("ready", path, message, {"got": answer.status, "expected": 200})]


def _unreachable(url: str, error: UnreachableError) -> Finding:
    return Finding("reachable", url, f"{url} does not answer: {error}")


def _status(request: Request, answer: Answer) -> Finding:
    said = f" and redirects to {answer.location}" if answer.location else _error(answer.body)
    message = f"{request.name}: the status is {answer.status}{said}, expected {request.status}"
    return Finding("status", request.name, message, {"got": answer.status, "expected": request.status})


def _error(body: bytes) -> str:
    text = " ".join(body[:300].decode("utf-8", "replace").split())
    return f" ({text})" if text else ""


def _content(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise Unusable(f"{name}, which tests.smoke names, cannot be read: {error.strerror}") from None


def _expected(root: Path, name: str) -> list[Any] | dict[str, Any]:
    try:
        return answers.parse_expected(_content(root, name).decode("utf-8"))
    except ValueError as error:
        raise Unusable(f"{name}, which tests.smoke names, {error}") from None
