"""The smoke test passes when all answers are as expected, names each that is not, and waits for a version."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.serving import smoke
from mlopsc.steps.mlops_steps.serving.client import Client
from steps.serving.fakes import Answers, Reply, Server, closed, one_after_the_other, prediction, serve

PATH = "/v2/models/toy"
OLD, NEW = "0" * 12, "1" * 12


def request(values: Any = None, status: int = 200, tolerance: float = 0.0) -> smoke.Request:
    return smoke.Request("tests/request.json", b'{"inputs": []}', status, values, tolerance)


def attempt(answers: Answers, *requests: smoke.Request, version: str | None = None) -> tuple[smoke.Outcome, Server]:
    with serve(answers) as server:
        return smoke.attempt(Client(server.url), PATH, list(requests), version), server


def messages(outcome: smoke.Outcome) -> list[str]:
    return [finding.message for finding in outcome.findings]


def test_answers_as_expected_pass() -> None:
    outcome, server = attempt(lambda received: prediction(0.5, 0.25, version=NEW), request([0.5, 0.25]), version=NEW)
    assert outcome.findings == []
    assert outcome.requests == [{"request": "tests/request.json", "status": 200, "version": NEW}]
    assert [received.path for received in server.received] == [f"{PATH}/infer"]
    assert server.received[0].body == b'{"inputs": []}'


def test_any_prediction_passes_where_no_values_are_expected() -> None:
    outcome, _ = attempt(lambda received: prediction("whatever"), request())
    assert outcome.findings == []


def test_a_wrong_value_is_named_and_waiting_does_not_help() -> None:
    outcome, _ = attempt(lambda received: prediction(0.5, 0.3), request([0.5, 0.25], tolerance=0.01))
    assert messages(outcome) == ["tests/request.json: predictions[1]: got 0.3, expected 0.25 within 0.01"]
    assert not outcome.passing


def test_many_wrong_values_are_counted() -> None:
    outcome, _ = attempt(lambda received: prediction(*range(25)), request([-1] * 25))
    assert len(outcome.findings) == smoke.SHOWN + 1
    assert messages(outcome)[-1] == "tests/request.json: 15 more values differ"


def test_a_wrong_status_is_named_with_what_the_server_said() -> None:
    error = Reply(500, b'{"error": "missing column"}')
    outcome, _ = attempt(lambda received: error, request())
    assert messages(outcome) == [
        'tests/request.json: the status is 500 ({"error": "missing column"}), expected 200',
    ]
    assert outcome.findings[0].facts == {"got": 500, "expected": 200}


def test_an_expected_error_passes() -> None:
    outcome, _ = attempt(one_after_the_other(Reply(), Reply(422)), request(status=422))
    assert outcome.findings == []


def test_a_prediction_where_an_error_is_expected_is_refused() -> None:
    outcome, _ = attempt(lambda received: prediction(1), request(status=422))
    assert messages(outcome) == [
        f"tests/request.json: the status is 200 ({prediction(1).body.decode()}), expected 422",
    ]
    assert not outcome.passing


def test_a_redirect_is_refused_and_shows_where_to() -> None:
    moved = Reply(301, headers=(("Location", "https://toy.acme.example/"),))
    outcome, _ = attempt(lambda received: moved, request())
    assert messages(outcome) == [
        "tests/request.json: the status is 301 and redirects to https://toy.acme.example/, expected 200"
    ]


def test_what_is_no_prediction_is_refused() -> None:
    outcome, _ = attempt(lambda received: Reply(body=b"<html>hello</html>"), request())
    assert messages(outcome) == ["tests/request.json: the answer is no JSON: '<html>hello</html>'"]


def test_another_version_is_named_and_its_values_are_not_judged() -> None:
    outcome, _ = attempt(lambda received: prediction(7, version=OLD), request([8]), version=NEW)
    assert messages(outcome) == [f"tests/request.json: version {OLD} answered, expected {NEW}"]
    assert outcome.passing


def test_an_answer_without_a_version_is_not_the_awaited_one() -> None:
    body = json.dumps({"outputs": [{"data": [1]}]}).encode()
    outcome, _ = attempt(lambda received: Reply(body=body), request(), version=NEW)
    assert messages(outcome) == [f"tests/request.json: version None answered, expected {NEW}"]


@pytest.mark.parametrize(("version", "path"), [(None, f"{PATH}/ready"), (NEW, f"{PATH}/versions/{NEW}/ready")])
def test_without_a_request_for_a_prediction_readiness_is_asked(version: str | None, path: str) -> None:
    outcome, server = attempt(lambda received: Reply(), version=version)
    assert outcome.findings == []
    assert [(received.method, received.path) for received in server.received] == [("GET", path)]
    outcome, server = attempt(lambda received: Reply(404), version=version)
    assert messages(outcome) == [f"{server.url}{path} answers 404, expected 200: the model is not ready"]
    assert outcome.passing


def test_no_server_is_named() -> None:
    url = closed()
    for requests in ([request()], []):
        outcome = smoke.attempt(Client(url), PATH, requests, None)
        assert len(outcome.findings) == 1
        assert outcome.findings[0].message.startswith(f"{url}{PATH}/")
        assert outcome.findings[0].message.endswith("does not answer: Connection refused")
        assert outcome.passing


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(smoke, "time", clock)
    return clock


def wait(answers: Answers, seconds: float, version: str | None = NEW) -> tuple[smoke.Outcome, Server]:
    with serve(answers) as server:
        return smoke.wait(Client(server.url), PATH, [request([1])], version, seconds), server


def test_a_version_is_awaited(clock: Clock) -> None:
    loading, gone = Reply(400, b'{"error": "not ready"}'), Reply(503)
    answers = one_after_the_other(prediction(5, version=OLD), gone, loading, prediction(1, version=NEW))
    outcome, server = wait(answers, seconds=60)
    assert outcome.findings == []
    assert len(server.received) == 4
    assert clock.now == 3 * smoke.PAUSE


def test_waiting_ends_in_time(clock: Clock) -> None:
    outcome, server = wait(lambda received: prediction(1, version=OLD), seconds=5)
    assert messages(outcome) == [f"tests/request.json: version {OLD} answered, expected {NEW}"]
    assert clock.now <= 5
    assert len(server.received) == 3


def test_a_wrong_value_of_the_right_version_ends_the_waiting(clock: Clock) -> None:
    outcome, server = wait(lambda received: prediction(2, version=NEW), seconds=60)
    assert messages(outcome) == ["tests/request.json: predictions[0]: got 2, expected 1"]
    assert len(server.received) == 1


def test_without_waiting_there_is_one_attempt(clock: Clock) -> None:
    _, server = wait(lambda received: Reply(503), seconds=0)
    assert len(server.received) == 1
    assert clock.now == 0
