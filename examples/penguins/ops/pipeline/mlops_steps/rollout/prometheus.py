# SPDX-License-Identifier: MIT-0
"""Questions to Prometheus: one number, or one number for each value of a label.

An answer that is no number is told from an answer that is missing: no series is None, and NaN stays NaN.
"""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from ..refusal import Unusable
from ..text import visible, without_secrets

TIMEOUT = 20.0
"""Seconds until Prometheus must answer; its own limit for a query is two minutes, which no query here needs."""

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


class Prometheus:
    """A Prometheus, or another server with its HTTP API.

    Args:
        url: where it is; its path goes before that of the API.

    Raises:
        Unusable: the URL is none that can be asked.
    """

    def __init__(self, url: str) -> None:
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise Unusable(f"{url!r} is no address of Prometheus: set monitoring.prometheus.query_url to http(s)://...")
        self.url = url.rstrip("/")

    def number(self, query: str) -> float | None:
        """Return the answer to a query that has one number; None when there is no series.

        Raises:
            UnansweredError: there is no answer, or there are several numbers.
        """
        series = self._series(query)
        if len(series) > 1:
            raise UnansweredError(f"the query has {len(series)} answers instead of one: {query}", passing=False)
        return series[0][1] if series else None

    def numbers(self, query: str, label: str) -> dict[str, float]:
        """Return the answer to a query, by the values of a label; where a series has no such label it is empty.

        Raises:
            UnansweredError: there is no answer, or two series have the same value.
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
            data = document["data"]
            if data["resultType"] != "vector":
                raise UnansweredError(f"the query gives a {data['resultType']}, no vector: {query}", passing=False)
            return [(dict(item["metric"]), float(item["value"][1])) for item in data["result"]]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise UnansweredError(f"{self.url} answers in a form that is not known: {error!r}", passing=False) from None

    def _ask(self, query: str) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the constructor took http and https only
            f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': query})}",
            headers={"Accept": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - see above
                return self._document(response.read(LARGEST + 1))
        except urllib.error.HTTPError as error:
            with error:
                said = _reason(error.read(LARGEST))
            raise UnansweredError(f"{self.url} answers {error.code}{said}", passing=error.code in _PASSING) from None
        except urllib.error.URLError as error:
            refused = isinstance(error.reason, ssl.SSLCertVerificationError)
            raise UnansweredError(f"{self.url} cannot be reached: {error.reason}", passing=not refused) from None
        except TimeoutError:
            raise UnansweredError(f"{self.url} did not answer within {TIMEOUT:g} s", passing=True) from None
        except (OSError, http.client.HTTPException) as error:
            text = str(error) or type(error).__name__
            raise UnansweredError(f"{self.url} broke the connection: {text}", passing=True) from None

    def _document(self, body: bytes) -> Any:
        if len(body) > LARGEST:
            raise UnansweredError(f"the answer of {self.url} is larger than {LARGEST // 2**20} MiB", passing=False)
        try:
            return json.loads(body)
        except ValueError:
            # A page for people: a login, or a gateway that has lost what is behind it.
            raise UnansweredError(
                f"{self.url} answers with something that is no JSON: is it the address of Prometheus itself?",
                passing=True,
            ) from None


def _reason(body: bytes) -> str:
    """Return what Prometheus says about an error, in brackets; nothing when it was another who answered."""
    try:
        return f" ({json.loads(body)['error']})"
    except (ValueError, KeyError, TypeError):
        return ""
