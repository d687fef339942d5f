# SPDX-License-Identifier: MIT-0
"""Questions to Prometheus: one number, or one number for each value of a label.

An answer that is no number is told from an answer that is missing: no series is None, and NaN stays NaN.
"""

from __future__ import annotations

import json
import math
import urllib.parse
from collections.abc import Mapping
from typing import Any

from ..refusal import Unusable
from ..serving.client import Answer, Client, UnreachableError
from ..text import visible, without_secrets

TIMEOUT = 20.0
"""Seconds until Prometheus must have answered; its own limit for a query is two minutes, which no query here needs."""

LARGEST = 4 * 2**20
"""Bytes of an answer that are read."""

_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Codes of answers that may be others a moment later. Prometheus itself says 503 while it starts or is overloaded."""


class UnansweredError(Exception):
    """Prometheus gave no answer that can be used; the message says why.

    Attributes:
        passing: whether it may pass by itself, as a restart of Prometheus does.
    """

    def __init__(self, message: str, *, passing: bool) -> None:
        super().__init__(visible(without_secrets(message)))
        self.passing = passing


class DoubtfulError(UnansweredError):
    """There is an answer, and nothing may be decided by it: a part of the data is missing, or it is infinite."""

    def __init__(self, message: str) -> None:
        super().__init__(message, passing=True)


class Prometheus:
    """A Prometheus, or another server with its HTTP API. It is asked directly: no proxy, no redirect, no password.

    Args:
        url: where it is; its path goes before that of the API.

    Raises:
        Unusable: the URL is none that can be asked.
    """

    def __init__(self, url: str) -> None:
        try:
            self._client = Client(url, timeout=TIMEOUT, largest=LARGEST)
        except Unusable:
            raise Unusable(
                f"{without_secrets(url)!r} is no address of Prometheus that can be asked: set "
                "monitoring.prometheus.query_url to http(s)://HOST with port and path, without user and password"
            ) from None
        self.url = self._client.url

    def number(self, query: str) -> float | None:
        """Return the answer to a query that has one number; None when there is no series.

        Raises:
            UnansweredError: there is no answer that can be used, or there are several numbers.
        """
        series = self._series(query)
        if len(series) > 1:
            raise UnansweredError(f"the query has {len(series)} answers instead of one: {query}", passing=False)
        return series[0][1] if series else None

    def numbers(self, query: str, label: str) -> dict[str, float]:
        """Return the answer to a query, by the values of a label; where a series has no such label it is empty.

        Raises:
            UnansweredError: there is no answer that can be used, or two series have the same value.
        """
        found: dict[str, float] = {}
        for labels, value in self._series(query):
            name = labels.get(label, "")
            if name in found:
                raise UnansweredError(f'the query has two answers for {label}="{name}": {query}', passing=False)
            found[name] = value
        return found

    def _series(self, query: str) -> list[tuple[dict[str, str], float]]:
        document = self._ask(query)
        try:
            if document["status"] != "success":
                # With this status there may be data as well, of which nobody knows what it leaves out.
                raise UnansweredError(f"{self.url} cannot answer{_reason(document)}", passing=True)
            data = document["data"]
            if data["resultType"] != "vector":
                raise UnansweredError(f"the query gives a {data['resultType']}, no vector: {query}", passing=False)
            series = [(dict(item["metric"]), float(item["value"][1])) for item in data["result"]]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise UnansweredError(f"{self.url} answers in a form that is not known: {error!r}", passing=False) from None
        self._must_be_whole(document)
        if any(math.isinf(value) for _, value in series):
            raise DoubtfulError(f"the answer is infinite, which nobody can judge: {query}")
        return series

    def _must_be_whole(self, document: Mapping[str, Any]) -> None:
        """Refuse an answer to which a part of the data is missing.

        Thanos and others that ask several servers say so as a warning, and VictoriaMetrics by a field of its own. What
        Prometheus has to remark about a query that it did answer stands in ``infos``, which nothing here depends on.
        """
        warnings = document.get("warnings")
        if warnings:
            said = "; ".join(map(str, warnings)) if isinstance(warnings, list) else str(warnings)
            raise DoubtfulError(f"{self.url} warns that its answer may lack something ({said})")
        if document.get("isPartial"):
            raise DoubtfulError(f"{self.url} says that its answer is partial")

    def _ask(self, query: str) -> Any:
        try:
            answer = self._client.get(f"/api/v1/query?{urllib.parse.urlencode({'query': query})}")
        except UnreachableError as error:
            raise UnansweredError(f"{self.url} cannot be asked: {error}", passing=error.passing) from None
        if 300 <= answer.status < 400:
            raise UnansweredError(
                f"{self.url} answers {answer.status} and sends elsewhere ({answer.location or 'it does not say where'}"
                "): is it the address of Prometheus itself?",
                passing=True,  # a login, or a gateway that has lost what is behind it
            )
        if answer.status != 200:
            said = _reason(_json(answer))
            raise UnansweredError(f"{self.url} answers {answer.status}{said}", passing=answer.status in _PASSING)
        document = _json(answer)
        if document is None:
            raise UnansweredError(
                f"{self.url} answers with something that is no JSON: is it the address of Prometheus itself?",
                passing=True,  # a page for people, for the same reasons
            )
        return document


def _json(answer: Answer) -> Any:
    """Return what an answer holds; None when that is no JSON, or nested so deep that nobody could read it."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _reason(document: Any) -> str:
    """Return what Prometheus says about an error, in brackets; nothing when it was another who answered."""
    error = document.get("error") if isinstance(document, dict) else None
    return f" ({error})" if error else ""
