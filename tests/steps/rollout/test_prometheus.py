"""What Prometheus says, and every way in which it says nothing."""

from __future__ import annotations

import json
import math
import socket
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.rollout import prometheus
from mlopsc.steps.mlops_steps.rollout.prometheus import Prometheus, UnansweredError
from steps.rollout.bench import answer
from steps.rollout.servers import Reply, Stub


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
    stub.reply = lambda _path: answer(math.inf)
    assert Prometheus(stub.url).number("up") == math.inf


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
    assert "broke the connection" in str(error)


def test_nobody_is_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnansweredError, match=r"cannot be reached: .*[Cc]onnection refused") as caught:
        Prometheus(url).number("up")
    assert caught.value.passing


def test_no_answer_in_time(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "TIMEOUT", 0.05)

    def late(_path: str) -> Reply:
        time.sleep(0.3)
        return Reply(0, b"")

    stub.reply = late
    with pytest.raises(UnansweredError, match=r"did not answer within 0\.05 s") as caught:
        Prometheus(stub.url).number("up")
    assert caught.value.passing


@pytest.mark.parametrize("url", ["file:///etc/passwd", "prometheus:9090", ""])
def test_no_address(url: str) -> None:
    with pytest.raises(Unusable, match="is no address of Prometheus"):
        Prometheus(url)


def test_passwords_are_not_printed(stub: Stub) -> None:
    stub.reply = lambda _path: Reply(401, b"")
    with pytest.raises(UnansweredError) as caught:
        Prometheus(stub.url.replace("http://", "http://me:secret@")).number("up")
    assert "secret" not in str(caught.value)
