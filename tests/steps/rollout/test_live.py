"""Is the version live? Copies that Prometheus counts, and answers of the model's address."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.release import plan
from mlopsc.steps.mlops_steps.rollout import conditions, live
from mlopsc.steps.mlops_steps.rollout.live import Address, Awaited, Look, Metrics, NotLiveError
from mlopsc.steps.mlops_steps.rollout.prometheus import Prometheus
from mlopsc.steps.mlops_steps.serving.client import Client
from steps.rollout.bench import CANARY, PlayedClock, Values, answer, compiled
from steps.rollout.servers import Reply, Stub

PATH = "/v2/models/penguins"
STABLE = Awaited("stable", "new", "v2", 2, 0)
SECOND = Awaited("canary", "new", "v2", 2, 10)


def look(stub: Stub, awaited: Awaited, values: Values) -> Look:
    """Return what a look at an answer of Prometheus shows."""
    stub.reply = lambda _path: answer(values)
    return Metrics(Prometheus(stub.url), {"stable": "s", "canary": "c"}).look(awaited)


def copies(**found: float) -> list[tuple[dict[str, str], float]]:
    """Return copies by release."""
    return [({live.RELEASE: release}, count) for release, count in found.items()]


@pytest.mark.parametrize("awaited", [STABLE, SECOND])
def test_all_copies_and_no_others(stub: Stub, awaited: Awaited) -> None:
    assert look(stub, awaited, copies(new=2)).live
    assert look(stub, awaited, copies(new=3)).live
    assert f"query={awaited.track[0]}" in stub.asked[0]
    for values in (copies(new=1), copies(new=2, old=1), copies(old=2), None):
        assert not look(stub, awaited, values).live
    assert look(stub, awaited, copies(new=2, old=1)).told == (
        "Prometheus sees 2 of 2 copies of it and still copies of old"
    )


def test_copies_that_tell_no_release(stub: Stub) -> None:
    found = look(stub, STABLE, 2.0)
    assert not found.live
    assert "the scrape must turn the pod annotation mlops.release into the label mlops_release" in found.told


def test_only_errors_that_stay_end_the_wait(stub: Stub) -> None:
    metrics = Metrics(Prometheus(stub.url), {"stable": "s", "canary": "c"})
    stub.reply = lambda _path: Reply(503, b"")
    assert (metrics.look(STABLE).live, metrics.look(STABLE).hopeless) == (False, False)
    assert metrics.look(STABLE).blind
    stub.reply = lambda _path: Reply(400, b"")
    assert metrics.look(STABLE).hopeless


class Played:
    """Shows one look after the other, the last one for ever."""

    def __init__(self, *looks: Look) -> None:
        self._looks = itertools.chain(looks[:-1], itertools.repeat(looks[-1]))

    def look(self, awaited: Awaited) -> Look:
        """Return the next look."""
        assert awaited is STABLE
        return next(self._looks)


def wait(*looks: Look) -> float:
    """Wait for at most 30 seconds without progress, and return how long it took."""
    clock = PlayedClock()
    live.wait(Played(*looks), STABLE, 30, clock, clock.sleep)
    return clock.now()


def test_progress_gives_more_time() -> None:
    slow = [Look(False, "", count) for count in (0, 0, 1, 1, 1, 2, 2, 2)]
    assert wait(*slow, Look(True, "", 3)) == 80
    with pytest.raises(NotLiveError, match="nothing got better for 30 s") as caught:
        wait(*slow, Look(False, "two", 2))
    assert not caught.value.blind
    with pytest.raises(NotLiveError):
        wait(*[Look(False, "", count) for count in (2, 1, 2, 1, 2)], Look(True, "", 3))


def test_no_waiting_without_hope() -> None:
    clock = PlayedClock()
    with pytest.raises(NotLiveError, match=r"^wrong query$"):
        live.wait(Played(Look(False, "wrong query", hopeless=True)), STABLE, 900, clock, clock.sleep)
    assert clock.now() == 0


def test_what_was_seen_last_decides_whether_anybody_can_tell() -> None:
    for looks, blind in (((False, True), True), ((True, False), False)):
        with pytest.raises(NotLiveError) as caught:
            wait(*(Look(False, "", blind=each) for each in looks))
        assert caught.value.blind is blind


class Tracks:
    """Two tracks behind one address, which answer in turn."""

    def __init__(self, stub: Stub, *answers: int) -> None:
        self._answers = itertools.cycle(answers)
        self._stub = stub
        stub.reply = self._reply
        self.address = Address(Client(stub.url), PATH)

    def _reply(self, path: str) -> Reply:
        assert path == f"{PATH}/versions/v2/ready"
        return Reply(next(self._answers), b"")

    def look(self, awaited: Awaited) -> tuple[bool, int]:
        """Return whether it is live, and after how many requests that is clear."""
        self._stub.asked.clear()
        return self.address.look(awaited).live, len(self._stub.asked)


def test_stable_answers_often_enough_in_a_row(stub: Stub) -> None:
    assert Tracks(stub, 200).look(STABLE) == (True, 10)
    assert Tracks(stub, 200).look(replace(STABLE, weight=50)) == (True, 10)
    assert Tracks(stub, 200).look(replace(STABLE, weight=90)) == (True, 66), "0.9 to the 66th is below 0.001"
    assert Tracks(stub, 200, 200, 404).look(STABLE) == (False, 3)
    assert "answer 1 of" in Tracks(stub, 400).address.look(STABLE).told


def test_one_answer_of_the_second_track_is_enough(stub: Stub) -> None:
    assert Tracks(stub, 404, 404, 200).look(SECOND) == (True, 3)
    assert Tracks(stub, 404).look(SECOND) == (False, 66)
    assert Tracks(stub, 404).look(replace(SECOND, weight=50)) == (False, 10)


def test_an_address_that_does_not_answer(stub: Stub) -> None:
    tracks = Tracks(stub, 0)
    found = tracks.address.look(STABLE)
    assert (found.live, found.hopeless, found.blind) == (False, False, True)
    assert "does not answer" in found.told


@pytest.mark.parametrize(
    ("changes", "path", "awaited", "found"),
    [
        ({}, PATH, STABLE, Metrics),
        ({"live": None}, PATH, STABLE, Address),
        ({"live": None}, PATH, SECOND, Address),
        ({"live": None}, PATH, replace(SECOND, weight=0), None),
        ({"live": None}, PATH, replace(STABLE, weight=100), None),
        ({"live": None}, PATH, replace(SECOND, weight=100), Address),
        ({"live": None, "url": None}, PATH, STABLE, None),
        ({"live": None}, None, STABLE, None),
    ],
)
def test_the_best_way_to_look(
    changes: dict[str, Any], path: str | None, awaited: Awaited, found: type[Metrics | Address] | None
) -> None:
    document = {**json.loads(compiled(json.dumps(CANARY), "http://prometheus", "{}", "production")), **changes}
    read = conditions.read(plan.read(json.dumps(document).encode()))
    probe = live.probe(read, path, awaited)
    assert (type(probe) if probe else None) is found
