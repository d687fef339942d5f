"""Everything that a job reaches over the network: one server on loopback that is each host by name.

Programs come through `CONNECT`, as git does with its proxy; Python in a job comes straight, because names resolve to
this server there. Both speak TLS with a certificate of a test authority, so that what a job sends can be read here.
"""

from __future__ import annotations

import base64
import json
import os
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Request:
    """A request that reached a host.

    Attributes:
        method: such as ``GET``.
        host: as the client named it.
        path: with the query.
        headers: by name in lower case.
        body: decoded from chunks.
    """

    def __init__(self, method: str, host: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method = method
        self.host = host
        self.path = path
        self.headers = headers
        self.body = body


class Response:
    """An answer.

    Attributes:
        status: its code.
        body: its content.
        headers: beside the length.
    """

    def __init__(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = headers or {"Content-Type": "text/plain"}

    @classmethod
    def document(cls, value: Any, status: int = 200) -> Response:
        """Answer with JSON."""
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


Host = Callable[[Request], Response]


class Internet:
    """The server; use it as a context.

    Args:
        folder: for the certificate of the authority.

    Attributes:
        hosts: what answers, by name; any other name is refused and noted.
        refused: names that were asked and are nobody.
    """

    def __init__(self, folder: Path) -> None:
        self.hosts: dict[str, Host] = {}
        self.refused: list[str] = []
        import trustme  # only the suite that runs workflows has it, and every suite looks into this folder

        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.certificate = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.certificate))
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.internet = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Internet:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def context(self, host: str) -> ssl.SSLContext:
        """Return what a host needs to speak TLS."""
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]

    def answer(self, request: Request) -> Response:
        """Let a host answer."""
        host = self.hosts.get(request.host)
        if host is None:
            self.refused.append(request.host)
            return Response(502, f"nobody is {request.host}".encode())
        return host(request)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    internet: Internet

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that hang up, as a killed job does."""


class _Connection(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        connection = self.request
        connection.settimeout(60)
        if connection.recv(1, 2) == b"C":  # 2: MSG_PEEK
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += connection.recv(1)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        names: list[str] = []

        def choose(tls: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
            names.append(name or "")
            tls.context = self.server.internet.context(name or "unnamed.invalid")

        first = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        first.sni_callback = choose
        with first.wrap_socket(connection, server_side=True) as secure:
            _Http(secure, self.client_address, self.server, names[0])


class _Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def __init__(self, connection: Any, address: Any, server: _Server, host: str) -> None:
        self._host = host
        super().__init__(connection, address, server)

    def log_message(self, *_: object) -> None:
        """Print nothing: what was asked is in the state."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._chunks() if headers.get("transfer-encoding") == "chunked" else self._sized(headers)
        try:
            response = self.server.internet.answer(Request(self.command, self._host, self.path, headers, body))
        except Exception as error:  # a stand-in that breaks must not look like a client that hangs
            response = Response(500, repr(error).encode())
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _sized(self, headers: Mapping[str, str]) -> bytes:
        return self.rfile.read(int(headers.get("content-length", "0")))

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


class GitHost:
    """A host of git repositories, all of them private.

    Args:
        repositories: bare repositories by ``owner/name``.
        tokens: who may read and write them.
    """

    def __init__(self, repositories: Mapping[str, Path], tokens: set[str]) -> None:
        self.repositories = repositories
        self.tokens = tokens

    def __call__(self, request: Request) -> Response:
        """Answer as GitHub does: through git's own program for HTTP, with a token as password."""
        if not self._admitted(request.headers.get("authorization", "")):
            return Response(401, b"", {"WWW-Authenticate": 'Basic realm="GitHub"'})
        url = urlsplit(request.path)
        owner, name, *rest = url.path.strip("/").split("/")
        repository = self.repositories.get(f"{owner}/{name.removesuffix('.git')}")
        if repository is None:
            return Response(404, b"Repository not found.")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(repository.parent),
            "GIT_PROJECT_ROOT": str(repository),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": "/" + "/".join(rest),
            "QUERY_STRING": url.query,
            "REQUEST_METHOD": request.method,
            "REMOTE_USER": "x-access-token",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        }
        command = ["git", "http-backend"]
        done = subprocess.run(command, env=environment, input=request.body, capture_output=True, check=False)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        status = int(headers.pop("Status", "200").split()[0])
        return Response(status, body, headers)

    def _admitted(self, authorization: str) -> bool:
        kind, _, text = authorization.partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(text).decode().partition(":")
        except ValueError:
            return False
        return user == "x-access-token" and password in self.tokens
