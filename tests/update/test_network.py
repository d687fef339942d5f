"""The way out, against a server on this machine."""

from __future__ import annotations

import io
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage

import pytest
from mlopsc.update.network import Internet, _Redirects, host, last_line
from mlopsc.update.refusal import Refused
from update.world import Site, serving


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as served:
        yield served


def unreached(url: str) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        Internet().fetch(url, {})
    assert caught.value.code == "PIN-740"
    return dict(caught.value.facts)


def test_an_answer_has_status_headers_and_body_whatever_the_status(site: Site) -> None:
    site.put("/a", b"all", Docker_Content_Digest="sha256:1")
    answer = Internet().fetch(f"{site.url}/a", {"Authorization": "Bearer t"})
    assert (answer.status, answer.headers["docker-content-digest"], answer.body) == (200, "sha256:1", b"all")
    assert Internet().fetch(f"{site.url}/a", {}, method="HEAD").body == b""
    missing = Internet().fetch(f"{site.url}/b", {})
    assert (missing.status, missing.body) == (404, b"not found")
    assert site.requests == [("GET", "/a", "Bearer t"), ("HEAD", "/a", ""), ("GET", "/b", "")]


def test_a_redirect_is_followed_with_the_same_method_and_without_the_token(site: Site) -> None:
    site.put("/a", b"", status=307, Location="/b")
    site.put("/b", b"all")
    assert Internet().fetch(f"{site.url}/a", {"Authorization": "Bearer t"}).body == b"all"
    Internet().fetch(f"{site.url}/a", {}, method="HEAD")
    assert site.requests[1:] == [("GET", "/b", ""), ("HEAD", "/a", ""), ("HEAD", "/b", "")]


def test_a_user_name_and_password_become_a_header(site: Site) -> None:
    site.put("/a", b"all")
    Internet().fetch(f"http://ci:p%40ss@{site.place}/a", {})
    assert site.requests == [("GET", "/a", "Basic Y2k6cEBzcw==")]


def test_a_proxy_of_the_environment_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    site.put("http://index.example/a", b"by the proxy")
    assert Internet().fetch("http://index.example/a", {}).body == b"by the proxy"


def test_a_host_that_is_not_there_has_a_name_and_a_reason(site: Site) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{unused.getsockname()[1]}"
        facts = unreached(f"http://ci:hunter2@{place}/a")
    assert facts["host"] == place
    assert "refused" in facts["reason"].lower()


def test_an_answer_that_breaks_off_is_none(site: Site) -> None:
    site.put("/a", b"short", Content_Length="100")
    assert unreached(f"{site.url}/a") == {"host": site.place, "reason": "the answer broke off"}


def test_a_larger_answer_than_any_that_makes_sense_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlopsc.update.network.MAX_BYTES", 3)
    site.put("/a", b"four")
    assert "larger" in unreached(f"{site.url}/a")["reason"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://index.example/a", "index.example/a"])
def test_nothing_but_http_is_asked(url: str) -> None:
    assert unreached(url)["reason"] == "only http and https are asked"


def test_an_encrypted_connection_stays_one() -> None:
    request = urllib.request.Request("https://index.example/a")

    def redirected(url: str) -> urllib.request.Request | None:
        return _Redirects().redirect_request(request, io.BytesIO(), 302, "", HTTPMessage(), url)

    with pytest.raises(urllib.error.URLError, match=r"redirects to other\.example without encryption"):
        redirected("http://other.example/a")
    assert redirected("https://other.example/a") is not None


def test_pip_runs_in_this_interpreter() -> None:
    code, out, _ = Internet().pip("--version")
    assert code == 0
    assert out.startswith("pip ")
    assert Internet().pip("no-such-command")[0] != 0


def test_variables_that_are_not_set_are_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GH_TOKEN", "t")
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert [Internet().variable(name) for name in ("GH_TOKEN", "GITHUB_TOKEN")] == ["t", ""]


def test_what_messages_show() -> None:
    assert host("https://ci:hunter2@pypi.acme.example:8443/simple?x=y") == "pypi.acme.example:8443"
    assert last_line(["", "WARNING: x\nERROR: No matching distribution found for mlopsc\n\n"]).startswith("No matching")
    assert last_line(["", "\n"]) == "it says nothing"
