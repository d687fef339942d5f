"""Servers on the loopback interface that answer as a test says."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Received(NamedTuple):
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Reply(NamedTuple):
    """What is answered."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Answers = Callable[[Received], Reply]


class Server(NamedTuple):
    """A server that runs.

    Attributes:
        url: where it is.
        received: all requests so far.
    """

    url: str
    received: list[Received]


def prediction(*values: Any, version: str = "aaaaaaaaaaaa", shape: list[int] | None = None) -> Reply:
    """Return an answer of the inference protocol with one output."""
    output = {"name": "output-1", "shape": shape or [len(values), 1], "datatype": "FP64", "data": list(values)}
    return Reply(body=json.dumps({"model_name": "toy", "model_version": version, "outputs": [output]}).encode())


def one_after_the_other(*replies: Reply) -> Answers:
    """Return answers that change from request to request; the last one stays."""
    left = list(replies)
    return lambda received: left.pop(0) if len(left) > 1 else left[0]


def closed() -> str:
    """Return the URL of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def serve(answers: Answers) -> Iterator[Server]:
    """Run a server while a test runs."""
    received: list[Received] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Received(self.command, self.path, dict(self.headers.items()), body)
            received.append(request)
            reply = answers(request)
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if "Content-Length" not in dict(reply.headers):
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *values: Any) -> None:  # noqa: A002 - the name in the base class
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", received)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def talking(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection, which is handed over as soon as it was asked something."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            say(connection)

    thread = Thread(target=talk)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join()
        listener.close()
