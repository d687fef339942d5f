"""The token for the repository with the deploy branches: who gets it, and who does not."""

from __future__ import annotations

import base64
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.release import credentials
from mlopsc.steps.mlops_steps.release.branch import Branch
from mlopsc.steps.mlops_steps.release.git import Git
from steps.release.repositories import Remote, git

TOKEN = "s3cret-token"
HEADER = f"Basic {base64.b64encode(f'x-access-token:{TOKEN}'.encode()).decode()}"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the token, with the line end that people copy along."""
    monkeypatch.setenv("MLOPS_GIT_TOKEN", f"{TOKEN}\n")


REFS = b"001e# service=git-upload-pack\n0000000eversion 2\n000cls-refs\n0000"
"""The head of a repository, after which git asks for its branches."""


@contextmanager
def server(sends_to: str | None = None, *, answers: bool = False) -> Iterator[tuple[str, list[list[str]]]]:
    """Serve a remote repository that lets nobody in; give its address and the authorization of each request.

    Args:
        sends_to: another repository to which every request is redirected.
        answers: whether it lets everybody in, and is empty.
    """
    seen: list[list[str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get_all("Authorization", []))
            if sends_to is not None:
                self.send_response(302)
                self.send_header("Location", sends_to + self.path.removeprefix("/acme/deploy.git"))
                self.end_headers()
            elif answers:
                self.answer("advertisement", REFS)
            else:
                self.send_response(403)
                self.end_headers()

        def do_POST(self) -> None:
            seen.append(self.headers.get_all("Authorization", []))
            self.answer("result", b"0000")

        def answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"application/x-git-upload-pack-{kind}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/acme/deploy.git", seen
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def test_git_sends_it_and_nobody_prints_it(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    run = subprocess.Popen

    def recorded(command: list[str], **options: object) -> object:
        commands.append(command)
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", recorded)
    with server() as (url, seen), pytest.raises(Unusable) as error:
        remote.first.move("show", "--remote", url)
    assert seen == [[HEADER]]
    words = [str(error.value), remote.first.printed, *(word for command in commands for word in command)]
    assert any("ls-remote" in word for word in words)
    for secret in (TOKEN, HEADER.split()[1]):
        assert not any(secret in word for word in words)


def test_a_header_that_the_checkout_left_is_not_sent_as_well(remote: Remote) -> None:
    with server() as (url, seen):
        git(remote.first.top, "config", f"http.{url.rpartition('/acme')[0]}/.extraheader", "Authorization: Basic b2xk")
        with pytest.raises(Unusable):
            remote.first.move("show", "--remote", url)
    assert seen == [[HEADER]]


def test_a_name_stands_for_its_address(remote: Remote) -> None:
    with server() as (url, seen):
        git(remote.first.top, "remote", "add", "deploy", url)
        with pytest.raises(Unusable):
            remote.first.move("show", "--remote", "deploy")
    assert seen == [[HEADER]]


def test_the_repository_of_the_project_does_not_get_the_token_of_another_one(remote: Remote) -> None:
    """A commit is looked for on both, which may be on one host and have different doors."""
    repository = Git(remote.first.top)
    with server() as (url, seen):
        git(remote.first.top, "remote", "set-url", "origin", url.replace("deploy", "churn"))
        assert Branch(repository, "deploy/penguins/production", url).fetch("0" * 40) is False
    assert seen == [[HEADER], []]


def test_a_redirect_does_not_take_it_elsewhere(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(answers=True) as (other, stolen), server(other) as (url, seen):
        with pytest.raises(Unusable, match="cannot be asked for deploy/penguins/production"):
            remote.first.move("show", "--remote", url)
        assert seen == [[HEADER]]
        assert stolen == []
        monkeypatch.delenv("MLOPS_GIT_TOKEN")
        remote.first.move("show", "--remote", url)
        assert stolen, "without a token git follows redirects as ever"
        assert not any(stolen)


def test_without_a_token_nothing_is_sent(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLOPS_GIT_TOKEN", " ")
    with server() as (url, seen), pytest.raises(Unusable):
        remote.first.move("show", "--remote", url)
    assert seen == [[]]


def test_settings_of_the_environment_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    assert credentials.environment("https://robot:old@git.example:8443/acme/deploy.git") == {
        "GIT_CONFIG_COUNT": "4",
        "GIT_CONFIG_KEY_1": "http.https://git.example:8443/.extraHeader",
        "GIT_CONFIG_VALUE_1": "",
        "GIT_CONFIG_KEY_2": "http.https://git.example:8443/.extraHeader",
        "GIT_CONFIG_VALUE_2": f"Authorization: {HEADER}",
        "GIT_CONFIG_KEY_3": "http.https://git.example:8443/.followRedirects",
        "GIT_CONFIG_VALUE_3": "false",
    }


@pytest.mark.parametrize(
    "url",
    ["ssh://git@git.example/acme/deploy", "git@git.example:acme/deploy.git", "file:///srv/deploy.git", "../deploy"],
)
def test_other_ways_have_no_use_for_it(url: str) -> None:
    assert credentials.environment(url) == {}


@pytest.mark.parametrize("host", ["git.example", "10.0.0.1:3000"])
def test_it_is_not_sent_in_the_clear(host: str) -> None:
    with pytest.raises(Unusable, match=f"MLOPS_GIT_TOKEN is not sent to {host} without encryption") as error:
        credentials.environment(f"http://robot:old@{host}/acme/deploy")
    assert "old" not in str(error.value)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:3000"])
def test_on_this_machine_there_is_no_way_to_listen(host: str) -> None:
    assert credentials.environment(f"http://{host}/deploy")["GIT_CONFIG_COUNT"] == "3"
