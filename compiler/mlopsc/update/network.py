"""The way out: one small interface, and its implementation with urllib and pip."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from http.client import HTTPMessage
from typing import IO, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from mlopsc.record import Record
from mlopsc.update.refusal import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_BYTES = 64 * 1024 * 1024
TIMEOUT_SECONDS = 30


class Answer(Record):
    """What a host answered.

    Attributes:
        status: of HTTP.
        headers: by lower-case name.
        body: at most `MAX_BYTES`; empty for HEAD.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Network(Protocol):
    """All that an update asks of the world."""

    def fetch(self, url: str, headers: Mapping[str, str], *, method: str = "GET") -> Answer:
        """Return the answer to a request, whatever its status, after redirects.

        Raises:
            Refused: there is no answer.
        """
        ...

    def pip(self, *arguments: str) -> tuple[int, str, str]:
        """Run pip of this interpreter; return the exit code, what it printed and what it complained about."""
        ...

    def variable(self, name: str) -> str:
        """Return an environment variable, empty when it is not set."""
        ...


class Internet:
    """The network as urllib and pip see it: with the proxies and certificates of their environment variables."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(_Redirects)

    def fetch(self, url: str, headers: Mapping[str, str], *, method: str = "GET") -> Answer:
        """See `Network.fetch`. User name and password may stand in the URL, as in those of package indexes."""
        bare, own = _split(url)
        request = urllib.request.Request(bare, method=method)  # noqa: S310 - `_split` lets only http and https pass
        for name, value in {"User-Agent": "mlopsc", **own, **headers}.items():
            # A redirect leads to storage of somebody else, which must not see a token.
            add = request.add_unredirected_header if name == "Authorization" else request.add_header
            add(name, value)
        try:
            try:
                reply = self._opener.open(request, timeout=TIMEOUT_SECONDS)
            except urllib.error.HTTPError as error:
                reply = error
            with reply:
                body = reply.read(MAX_BYTES + 1)
                answer = {name.lower(): value for name, value in reply.headers.items()}
                status = int(reply.status)
        except urllib.error.URLError as error:
            raise refuse("PIN-740", host=host(url), reason=_words(error.reason)) from error
        except (OSError, http.client.HTTPException) as error:
            raise refuse("PIN-740", host=host(url), reason=_words(error)) from error
        if len(body) > MAX_BYTES:
            raise refuse("PIN-740", host=host(url), reason=f"the answer is larger than {MAX_BYTES >> 20} MiB")
        length = answer.get("content-length", "")
        if method != "HEAD" and length.isdecimal() and len(body) < int(length):  # read() does not tell
            raise refuse("PIN-740", host=host(url), reason="the answer broke off")
        return Answer(status=status, headers=answer, body=body)

    def pip(self, *arguments: str) -> tuple[int, str, str]:
        """See `Network.pip`."""
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell, our own arguments
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def variable(self, name: str) -> str:
        """See `Network.variable`."""
        return os.environ.get(name, "")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not from an encrypted connection to an open one."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """See urllib."""
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError(f"it redirects to {host(newurl)} without encryption")
        made = super().redirect_request(req, fp, code, msg, headers, newurl)
        if made is not None:
            made.method = req.get_method()
        return made


def host(url: str) -> str:
    """Return the host of a URL, for messages: neither a password nor a query."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or url


def _split(url: str) -> tuple[str, dict[str, str]]:
    """Return a URL without user name and password, and the header that carries them."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise refuse("PIN-740", host=url.partition("?")[0], reason="only http and https are asked")
    user, at, place = parts.netloc.rpartition("@")
    bare = urlunsplit(parts._replace(netloc=place))
    return bare, {"Authorization": f"Basic {b64encode(unquote(user).encode()).decode()}"} if at else {}


def _words(reason: object) -> str:
    """Return what went wrong in a few words, on one line."""
    text = str(reason.strerror or reason) if isinstance(reason, OSError) else str(reason)
    return " ".join(text.split()) or type(reason).__name__


def last_line(texts: Sequence[str]) -> str:
    """Return the last line that says something, without the word that pip begins errors with."""
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("ERROR: ") if lines else "it says nothing"
