# SPDX-License-Identifier: MIT-0
"""A client that shows what a server really answers: no redirect is followed, no proxy is used, nothing is retried."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..refusal import Unusable

TIMEOUT = 30.0
"""Seconds for one request, from the connection to the last byte of the answer."""

LARGEST = 16 * 2**20
"""Bytes of an answer that are read; no prediction for a test request is larger."""


class UnreachableError(Exception):
    """There is no answer; the message says why.

    Attributes:
        passing: whether it may pass by itself, as while a server starts.
    """

    def __init__(self, message: str, *, passing: bool = True) -> None:
        super().__init__(message)
        self.passing = passing


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP.

    Attributes:
        status: its code.
        body: its content.
        location: where a redirect points to; empty when it is none.
    """

    status: int
    body: bytes
    location: str = ""


class Client:
    """Requests to one server.

    Args:
        url: of the server; its path goes before that of each request.
        host: value of the header ``Host`` when it is another than in the URL, as behind a port that is forwarded.
        timeout: seconds for one request, from the connection to the last byte of the answer; by default `TIMEOUT`.
        largest: bytes of an answer that are read; by default `LARGEST`.

    Raises:
        Unusable: the URL is none that can be asked.
    """

    def __init__(
        self, url: str, host: str | None = None, *, timeout: float | None = None, largest: int | None = None
    ) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Unusable(f"--url {url!r} is no URL: {error}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unusable(f"--url {url!r} is none of a web server: write it as http://HOST:PORT or https://HOST")
        if parts.query or parts.fragment or parts.username is not None:
            raise Unusable("--url has a query, a fragment or a password: give scheme, host, port and path only")
        self.url = url.rstrip("/")
        self._secure, self._name, self._port = parts.scheme == "https", parts.hostname, port
        self._path = parts.path.rstrip("/")
        self._host = host
        self._timeout = TIMEOUT if timeout is None else timeout
        self._largest = LARGEST if largest is None else largest

    def get(self, path: str) -> Answer:
        """Return the answer to a GET request.

        Raises:
            UnreachableError: there is none.
        """
        return self._ask("GET", path, None, {})

    def post_json(self, path: str, body: bytes) -> Answer:
        """Return the answer to a POST request with a JSON document.

        Raises:
            UnreachableError: there is none.
        """
        return self._ask("POST", path, body, {"Content-Type": "application/json"})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        deadline = time.monotonic() + self._timeout
        connection = self._connection()
        sent = {"Accept": "application/json", **headers, **({"Host": self._host} if self._host else {})}
        try:
            connection.request(method, self._path + path, body, sent)
            wire = connection.sock  # the connection forgets it with the head of a last answer
            with connection.getresponse() as response:
                body = self._body(response, wire, deadline)
            return Answer(response.status, body, response.headers.get("Location", ""))
        except ssl.SSLCertVerificationError as error:
            raise UnreachableError(f"its certificate is refused: {error.verify_message}", passing=False) from error
        except TimeoutError as error:
            raise UnreachableError(f"no answer within {self._timeout:g} s") from error
        except OSError as error:
            raise UnreachableError(error.strerror or str(error)) from error
        except http.client.HTTPException as error:
            raise UnreachableError(f"what it answers is no HTTP ({type(error).__name__})") from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._name, self._port, timeout=self._timeout, context=context)
        return http.client.HTTPConnection(self._name, self._port, timeout=self._timeout)

    def _body(self, response: http.client.HTTPResponse, wire: socket.socket, deadline: float) -> bytes:
        """Read an answer piece by piece: the time-out of a socket holds for each piece, not for the whole."""
        pieces, size = [], 0
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            wire.settimeout(left)
            piece = response.read1(65536)
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
            if size > self._largest:
                raise UnreachableError(f"its answer is larger than {self._largest // 2**20} MiB", passing=False)
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return b"".join(pieces)
