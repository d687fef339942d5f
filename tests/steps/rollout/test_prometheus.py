"""What Prometheus says, and every way in which it says nothing."""

from __future__ import annotations

import contextlib
import json
import math
import socket
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.rollout import prometheus
from mlopsc.steps.mlops_steps.rollout.prometheus import DoubtfulError, Prometheus, UnansweredError
from steps.rollout.bench import answer
from steps.rollout.servers import Reply, Stub
from steps.serving.fakes import talking


def failure(stub: Stub, reply: Reply) -> UnansweredError:
    """Return the error of a query that gets an answer."""
    stub.reply = lambda _path: reply
    with pytest.raises(UnansweredError) as caught:
        Prometheus(stub.url).number("up")
    return caught.value


def document(**changes: object) -> Reply:
    """Return an answer whose data is changed."""
    data = {"resultType": "vector", "result": [], **changes}
    return Reply(200, json.dumps({"status": "success", "data": data}).encode())


def test_one_number(stub: Stub) -> None:
    stub.reply = lambda _path: answer(0.25)
    assert Prometheus(stub.url + "/").number('sum(x{a="b c"}[5m])') == 0.25
    parts = urlsplit(stub.asked[0])
    assert parts.path == "/api/v1/query"
    assert parse_qs(parts.query) == {"query": ['sum(x{a="b c"}[5m])']}


def test_the_path_of_the_address_comes_first(stub: Stub) -> None:
    stub.reply = lambda _path: answer(1.0)
    Prometheus(f"{stub.url}/select/0/prometheus").number("up")
    assert stub.asked[0].startswith("/select/0/prometheus/api/v1/query?")


def test_no_series_and_no_number_are_two_things(stub: Stub) -> None:
    stub.reply = lambda _path: answer(None)
    assert Prometheus(stub.url).number("up") is None
    stub.reply = lambda _path: answer(math.nan)
    value = Prometheus(stub.url).number("up")
    assert value is not None
    assert math.isnan(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_an_infinite_number_is_no_answer(stub: Stub, value: float) -> None:
    error = failure(stub, answer(value))
    assert isinstance(error, DoubtfulError)
    assert str(error) == "the answer is infinite, which nobody can judge: up"


def test_an_error_beside_data_is_no_answer(stub: Stub) -> None:
    data = {"resultType": "vector", "result": [{"metric": {}, "value": [1, "0"]}]}
    document = {"status": "error", "errorType": "timeout", "error": "query timed out", "data": data}
    error = failure(stub, Reply(200, json.dumps(document).encode()))
    assert str(error) == f"{stub.url} cannot answer (query timed out)"
    assert error.passing


@pytest.mark.parametrize(
    ("remarks", "said"),
    [
        ({"warnings": ["No StoreAPIs matched", "b"]}, "its answer may lack something (No StoreAPIs matched; b)"),
        ({"isPartial": True}, "says that its answer is partial"),
    ],
)
def test_a_part_of_the_answer_is_none(stub: Stub, remarks: dict[str, object], said: str) -> None:
    whole = json.loads(answer(0.0).body)
    error = failure(stub, Reply(200, json.dumps({**whole, **remarks}).encode()))
    assert isinstance(error, DoubtfulError)
    assert error.passing
    assert said in str(error)


@pytest.mark.parametrize(
    "remarks", [{"warnings": [], "isPartial": False}, {"infos": ["metric might not be a counter"]}]
)
def test_remarks_about_a_query_leave_its_answer(stub: Stub, remarks: dict[str, object]) -> None:
    whole = json.loads(answer(0.25).body)
    stub.reply = lambda _path: Reply(200, json.dumps({**whole, **remarks}).encode())
    assert Prometheus(stub.url).number("up") == 0.25


def test_a_document_without_a_bottom(stub: Stub) -> None:
    assert "no JSON" in str(failure(stub, Reply(200, b"[" * 200_000)))
    assert str(failure(stub, Reply(503, b'{"error":' * 200_000))) == f"{stub.url} answers 503"


def test_an_answer_that_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "TIMEOUT", 0.5)

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(10):
                time.sleep(0.2)
                connection.sendall(b" ")

    with talking(drip) as url:
        begun = time.monotonic()
        with pytest.raises(UnansweredError, match=r"cannot be asked: no answer within 0\.5 s"):
            Prometheus(url).number("up")
        assert time.monotonic() - begun < 1


def test_a_proxy_of_the_shell_is_not_used(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    stub.reply = lambda _path: answer(0.25)
    assert Prometheus(stub.url).number("up") == 0.25


def test_a_redirect_is_told_and_not_followed() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: https://login.example/?next=x\r\nContent-Length: 0\r\n\r\n"

    def say(connection: socket.socket) -> None:
        connection.sendall(head)

    with talking(say) as url, pytest.raises(UnansweredError) as caught:
        Prometheus(url).number("up")
    assert str(caught.value).startswith(f"{url} answers 302 and sends elsewhere (https://login.example/?...")


def test_several_series_are_no_number(stub: Stub) -> None:
    error = failure(stub, answer([({"a": "1"}, 1.0), ({"a": "2"}, 2.0)]))
    assert not error.passing
    assert str(error) == "the query has 2 answers instead of one: up"


def test_numbers_by_a_label(stub: Stub) -> None:
    stub.reply = lambda _path: answer([({"v": "a"}, 1.0), ({"v": "b"}, 2.0), ({}, 3.0)])
    assert Prometheus(stub.url).numbers("up", "v") == {"a": 1.0, "b": 2.0, "": 3.0}
    stub.reply = lambda _path: answer([({"v": "a", "x": "1"}, 1.0), ({"v": "a", "x": "2"}, 2.0)])
    with pytest.raises(UnansweredError, match='two answers for v="a"'):
        Prometheus(stub.url).numbers("up", "v")


@pytest.mark.parametrize(("status", "passing"), [(400, False), (401, False), (404, False), (429, True), (503, True)])
def test_errors_over_http(stub: Stub, status: int, passing: bool) -> None:
    error = failure(stub, Reply(status, b"<html>no</html>"))
    assert str(error) == f"{stub.url} answers {status}"
    assert error.passing == passing


def test_the_reason_of_prometheus(stub: Stub) -> None:
    error = failure(stub, Reply(422, json.dumps({"status": "error", "error": "too many\nseries"}).encode()))
    assert str(error) == f"{stub.url} answers 422 (too many\\nseries)"


def test_a_page_is_no_answer(stub: Stub) -> None:
    error = failure(stub, Reply(200, b"<html>Sign in</html>"))
    assert "no JSON: is it the address of Prometheus itself?" in str(error)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"[]"),
        Reply(200, b"{}"),
        document(result=[{"metric": {}}]),
        document(result=[{"metric": {}, "value": [1, "many"]}]),
    ],
)
def test_an_unknown_form(stub: Stub, reply: Reply) -> None:
    error = failure(stub, reply)
    assert not error.passing
    assert "a form that is not known" in str(error)


def test_a_matrix(stub: Stub) -> None:
    assert "gives a matrix, no vector" in str(failure(stub, document(resultType="matrix")))


def test_too_long_an_answer(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "LARGEST", 2**20)
    assert "larger than 1 MiB" in str(failure(stub, Reply(200, b" " * (2**20 + 1))))


def test_a_broken_connection(stub: Stub) -> None:
    error = failure(stub, Reply(0, b""))
    assert error.passing
    assert "cannot be asked: Remote end closed connection without response" in str(error)


def test_nobody_is_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnansweredError, match=r"cannot be asked: [Cc]onnection refused") as caught:
        Prometheus(url).number("up")
    assert caught.value.passing


def test_no_answer_in_time(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "TIMEOUT", 0.05)

    def late(_path: str) -> Reply:
        time.sleep(0.3)
        return Reply(0, b"")

    stub.reply = late
    with pytest.raises(UnansweredError, match=r"cannot be asked: no answer within 0\.05 s") as caught:
        Prometheus(stub.url).number("up")
    assert caught.value.passing


@pytest.mark.parametrize("url", ["file:///etc/passwd", "prometheus:9090", ""])
def test_no_address(url: str) -> None:
    with pytest.raises(Unusable, match="is no address of Prometheus"):
        Prometheus(url)


def test_passwords_are_not_printed(stub: Stub) -> None:
    with pytest.raises(Unusable, match="without user and password") as caught:
        Prometheus(stub.url.replace("http://", "http://me:secret@"))
    assert "secret" not in str(caught.value)
