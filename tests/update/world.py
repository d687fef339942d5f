"""A network for the tests of updates: answers from tables, a server on this machine, wheels that hold nothing."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mlopsc.update.network import Answer
from mlopsc.update.refusal import refuse

TODAY = date(2026, 11, 20)
API = "https://api.github.com"


def sha(text: str) -> str:
    """Return a commit id."""
    return hashlib.sha1(text.encode()).hexdigest()


def digest(body: bytes) -> str:
    """Return the digest of a document."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


class World:
    """Answers what is in its table; everything else is out of reach.

    Attributes:
        pages: answers by URL; a function gets the headers of the request.
        asked: what was asked for, in order, with the method.
        variables: of the environment.
        pips: what pip answers, by the first two arguments.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[Mapping[str, str]], Answer]] = {}
        self.asked: list[str] = []
        self.variables: dict[str, str] = {}
        self.pips: Callable[..., tuple[int, str, str]] = lambda *_: (0, "", "")

    def fetch(self, url: str, headers: Mapping[str, str], *, method: str = "GET") -> Answer:
        self.asked.append(f"{method} {url}")
        page = self.pages.get(url)
        if page is None:
            raise refuse("PIN-740", host=url.split("/")[2], reason="nobody is there")
        return page(headers) if callable(page) else page

    def pip(self, *arguments: str) -> tuple[int, str, str]:
        return self.pips(*arguments)

    def variable(self, name: str) -> str:
        return self.variables.get(name, "")

    def put(self, url: str, document: Any, status: int = 200, **headers: str) -> None:
        """Let a URL answer a document."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[url] = Answer(status=status, headers=names, body=body)

    def release(self, repository: str, *releases: tuple[str, str], commits: Mapping[str, str] | None = None) -> None:
        """Publish releases, each a tag and its day, made from commits of the same day unless `commits` names others."""
        listed = [{"tag_name": tag, "published_at": f"{day}T08:00:00Z"} for tag, day in releases]
        self.put(f"{API}/repos/{repository}/releases?per_page=100", listed)
        for tag, day in releases:
            made = (commits or {}).get(tag, day)
            commit = {"sha": sha(tag), "commit": {"committer": {"date": f"{made}T07:00:00Z"}}}
            self.put(f"{API}/repos/{repository}/commits/tags/{tag}", commit)
            self.put(f"{API}/repos/{repository}/commits/{sha(tag)}", commit)


def wheel(name: str, version: str, *requires: str) -> bytes:
    """Return a wheel without any module."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        files = {
            "METADATA": metadata,
            "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "RECORD": "",
        }
        for file, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{info}/{file}"), text)
    return made.getvalue()


class Site:
    """What a server answers: bodies by path, and the requests that it got.

    Attributes:
        pages: by path with its query: status, headers and body.
        requests: method, path and the header Authorization of each.
    """

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.url = ""

    @property
    def place(self) -> str:
        """Host and port."""
        return self.url.removeprefix("http://")

    def put(self, path: str, document: Any, status: int = 200, **headers: str) -> None:
        """Let a path answer a document."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    def package(self, name: str, *wheels: tuple[str, str, bytes]) -> None:
        """List the wheels of a package, each a version, a day and its content, and serve them."""
        files = []
        for version, day, body in wheels:
            file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
            hashes = {"sha256": hashlib.sha256(body).hexdigest()}
            url = f"{self.url}/files/{file}"
            files.append({"filename": file, "url": url, "hashes": hashes, "upload-time": f"{day}T01:02:03.000000Z"})
            self.put(f"/files/{file}", body)
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        self.put(f"/simple/{name}/", page, Content_Type="application/vnd.pypi.simple.v1+json")


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a site on a free port of this machine."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            site.requests.append((self.command, self.path, self.headers.get("Authorization", "")))
            status, headers, body = site.pages.get(self.path, (404, {}, b"not found"))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
