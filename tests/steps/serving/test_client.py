"""The client shows what the server says, and nothing of the environment gets in between."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.serving import client
from mlopsc.steps.mlops_steps.serving.client import Client, UnreachableError
from steps.serving.fakes import Reply, closed, serve, talking


@contextmanager
def raw(*pieces: bytes) -> Iterator[str]:
    """Serve one connection that sends these bytes whatever it is asked, and then hangs up."""

    def say(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    with talking(say) as url:
        yield url


def test_a_request_reaches_the_path_below_the_url_with_its_body() -> None:
    with serve(lambda received: Reply(201, b"made")) as server:
        answer = Client(f"{server.url}/gateway/").post_json("/v2/models/toy/infer", b'{"inputs": []}')
    assert (answer.status, answer.body) == (201, b"made")
    received = server.received[0]
    assert (received.method, received.path) == ("POST", "/gateway/v2/models/toy/infer")
    assert received.body == b'{"inputs": []}'
    assert received.headers["Content-Type"] == "application/json"


def test_the_host_header_can_be_another_one() -> None:
    with serve(lambda received: Reply()) as server:
        Client(server.url, "toy.acme.example").get("/")
        Client(server.url).get("/")
    assert [received.headers["Host"] for received in server.received] == ["toy.acme.example", server.url[7:]]


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with serve(lambda received: Reply(302, headers=(("Location", "http://127.0.0.2/elsewhere"),))) as server:
        answer = Client(server.url).get("/")
    assert (answer.status, answer.location) == (302, "http://127.0.0.2/elsewhere")
    assert len(server.received) == 1


def test_a_proxy_of_the_shell_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, closed())
    with serve(lambda received: Reply(body=b"direct")) as server:
        assert Client(server.url).get("/").body == b"direct"


def test_nobody_there_is_told_and_may_pass() -> None:
    with pytest.raises(UnreachableError, match="Connection refused") as caught:
        Client(closed()).get("/")
    assert caught.value.passing


def test_an_answer_that_is_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST", 2**20)
    with serve(lambda received: Reply(body=b"x" * 2**20)) as server:
        assert len(Client(server.url).get("/").body) == 2**20
    with (
        serve(lambda received: Reply(body=b"x" * (2**20 + 1))) as server,
        pytest.raises(UnreachableError, match="larger than 1 MiB") as caught,
    ):
        Client(server.url).get("/")
    assert not caught.value.passing


def test_silence_ends_with_the_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(UnreachableError, match=r"no answer within 0\.1 s"):
            Client(url).get("/")


def test_an_answer_that_never_ends_runs_into_the_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT", 0.2)
    moments = iter([0.0, 0.05, 0.1, 0.3])
    monkeypatch.setattr(client, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with (
        raw(head, b"1\r\nx\r\n", b"1\r\nx\r\n0\r\n\r\n") as url,
        pytest.raises(UnreachableError, match=r"no answer within 0\.2 s"),
    ):
        Client(url).get("/")


@pytest.mark.parametrize(
    "sent", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", b""]
)
def test_what_is_no_answer_is_told(sent: bytes) -> None:
    with raw(sent) as url, pytest.raises(UnreachableError):
        Client(url).get("/")


def test_a_certificate_that_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ssl.SSLCertVerificationError("self-signed")
    error.verify_message = "self-signed certificate"

    def refuse(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(http.client.HTTPSConnection, "connect", refuse)
    with pytest.raises(UnreachableError, match="its certificate is refused: self-signed certificate") as caught:
        Client("https://127.0.0.1").get("/")
    assert not caught.value.passing


def test_certificates_are_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(http.client, "HTTPSConnection", lambda *arguments, **options: seen.append(options))
    Client("https://127.0.0.1")._connection()
    context = seen[0]["context"]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    "url",
    [
        "models.acme.example",
        "ftp://models.acme.example",
        "file:///etc/passwd",
        "http://",
        "http://host:port",
        "http://host/?model=toy",
        "http://host/#toy",
        "http://me:secret@host",
    ],
)
def test_a_url_that_is_none_of_a_web_server_is_unusable(url: str) -> None:
    with pytest.raises(Unusable, match="--url") as caught:
        Client(url)
    assert "secret" not in str(caught.value)


def test_an_answer_that_drips_is_not_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece comes within the time-out, and all of them do not; the last one is not waited for in full."""
    monkeypatch.setattr(client, "TIMEOUT", 0.5)

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(10):
                time.sleep(0.4)
                connection.sendall(b"x")

    with talking(drip) as url:
        begun = time.monotonic()
        with pytest.raises(UnreachableError, match=r"no answer within 0\.5 s"):
            Client(url).get("/")
        assert time.monotonic() - begun < 0.75
