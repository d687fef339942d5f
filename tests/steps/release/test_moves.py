"""The moves as pure functions, over random sequences."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.release import moves, record
from mlopsc.steps.mlops_steps.release.moves import Outcome
from mlopsc.steps.mlops_steps.release.plan import Plan, Step
from mlopsc.steps.mlops_steps.release.record import AT_REST, CANARY, NONE, PROMOTED, Evaluation, Record, Release

PLANS = {
    "canary": Plan((Step(0, 1), Step(10, 1), Step(50, 3)), {}),
    "blue-green": Plan((Step(0, 6), Step(100, 6)), {}),
    "shadow": Plan((Step(0, 2),), {}),
    "rolling": Plan((), {}),
}
NAMES = [f"{version}{image}{manifests}" for version in "ab" for image in "12" for manifests in "xy"]


def release(name: str) -> Release:
    """Return a release, by any name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Release(
        id=digest,
        image=f"ghcr.io/acme/penguins@sha256:{digest}",
        version=digest[:12],
        commit=digest[:40],
        metrics={"accuracy": 0.9},
        evaluation=Evaluation(f"sha256:{digest}", f"sha256:{digest}"),
    )


class Walk:
    """A sequence of moves on one environment, refused ones and repetitions included."""

    def __init__(self) -> None:
        self.record = Record("penguins")
        self.plans: dict[str, Plan] = {}
        self.known: set[str] = set()
        self.rejected: set[str] = set()
        self.good: list[Release] = []
        """What was stable and is not rejected, the newest last."""
        self.seen: set[tuple[str, str]] = set()
        """Moves that changed something, with the phase before."""

    def step(self, move: str, pick: int) -> None:
        """Do a move, which `pick` makes particular, and check what must hold."""
        phase, before = self.record.phase, self.record
        getattr(self, move)(pick)
        if self.record != before:
            self.seen.add((move, phase))
        self.traffic_goes_to_what_was_started_and_not_rejected()
        self.done_twice_is_done_once()

    def apply(self, outcome: Outcome) -> None:
        """Take the outcome of a move, as the file would hold it."""
        self.record = record.read(outcome.record.text(), "release.json")
        assert self.record == outcome.record

    def start(self, pick: int) -> None:
        before, new = self.record, release(NAMES[pick % len(NAMES)])
        plan = self.plans.setdefault(new.id, PLANS[list(PLANS)[pick % len(PLANS)]])
        running = {slot.id for slot in (before.stable, before.canary) if slot is not None}
        allowed = before.hold is None and new.id not in self.rejected
        free = new.id in running or not (before.canary or (before.unproven and before.previous))
        try:
            outcome = moves.start(before, new, plan)
            if pick % 3 == 0:
                outcome = moves.watched(before, outcome)
        except Refused:
            assert not (allowed and free)
            return
        assert allowed
        assert free
        if new.id in running:
            assert outcome.record == before, "a running release is never started anew"
            return
        self.known.add(new.id)
        self.apply(outcome)
        if before.unproven:
            self.good = [known for known in self.good if known != before.stable]
            assert self.record.previous is None, "nobody goes back to what nobody saw running"
        if self.record.stable == new:
            self.good.append(new)
            assert self.record.phase == (PROMOTED if pick % 3 == 0 else AT_REST)
        else:
            assert not before.unproven
            assert (self.record.weight, self.record.replicas) == (plan.steps[0].weight, plan.steps[0].replicas)

    def weight(self, pick: int) -> None:
        before = self.record
        plan = self.plans[before.canary.id] if before.canary else None
        weights = [step.weight for step in plan.steps] if plan else []
        percent = weights[pick % len(weights)] if weights else 10
        try:
            outcome = moves.weight(before, plan, percent)
        except Refused:
            assert before.phase != CANARY or before.hold or percent < before.weight
            return
        self.apply(outcome)
        assert before.phase == CANARY
        assert self.record.weight == percent >= before.weight

    def weight_that_is_no_step(self, pick: int) -> None:
        if self.record.canary is not None:
            with pytest.raises(Refused):
                moves.weight(self.record, self.plans[self.record.canary.id], (1, 99, 101, -10)[pick % 4])

    def promote(self, _: int) -> None:
        before = self.record
        try:
            outcome = moves.promote(before)
        except Refused:
            assert before.hold or before.phase not in (CANARY, PROMOTED)
            return
        assert before.hold is None
        self.apply(outcome)
        assert self.record.weight == before.weight, "the traffic stays"
        if before.phase == CANARY:
            assert (self.record.stable, self.record.previous) == (before.canary, before.stable)
            assert self.record.stable is not None
            self.good.append(self.record.stable)

    def finish(self, _: int) -> None:
        before = self.record
        try:
            outcome = moves.finish(before)
        except Refused:
            assert before.phase == CANARY
            return
        self.apply(outcome)
        assert self.record.stable == before.stable
        assert self.record.phase in (NONE, AT_REST)

    def abort(self, _: int) -> None:
        before = self.record
        self.apply(moves.abort(before))
        if before.phase == PROMOTED:
            assert self.record == before, "the copies of the second track serve"
            return
        assert self.record.stable == before.stable
        assert self.record.canary is None
        if before.phase == CANARY:
            self._reject(before.canary)

    def withdraw(self, _: int) -> None:
        before = self.record
        self.apply(moves.abort(before, allow_again=True))
        assert self.record == before or before.phase == CANARY
        assert self.record.phase != CANARY
        assert (self.record.stable, self.record.previous) == (before.stable, before.previous)

    def rollback(self, pick: int) -> None:
        before, again = self.record, bool(pick % 2)
        older = [known for known in self.good if known != before.stable]
        good = before.stable if before.phase == CANARY else older[-1] if older else None
        try:
            outcome = moves.rollback(before, lambda: good, allow_again=again)
        except Refused:
            assert good is None
            return
        self.apply(outcome)
        assert good is not None
        assert self.record.stable == good, "back to what was good"
        assert (self.record.weight, self.record.replicas, self.record.phase) == (0, 0, AT_REST)
        left = before.canary if before.phase == CANARY else before.stable
        if not again:
            self._reject(left)
        elif before.phase != CANARY:
            self.good = [known for known in self.good if known != left]

    def hold(self, pick: int) -> None:
        reason = ("audit", "too hot")[pick % 2]
        self.apply(moves.hold(self.record, reason))
        with pytest.raises(Refused, match=reason):
            moves.promote(self.record)
        with pytest.raises(Refused, match=reason):
            moves.start(self.record, release("new"), PLANS["canary"])

    def resume(self, _: int) -> None:
        self.apply(moves.resume(self.record))
        assert self.record.hold is None

    def fix(self, pick: int) -> None:
        """New manifests or a new image of what was rejected can be released, once nothing is in the way."""
        new = release(f"fix {pick}")
        if new.id in self.known:
            return
        now = moves.finish(moves.abort(moves.resume(self.record).record).record).record
        after = moves.start(now, new, PLANS["canary"]).record
        assert new in (after.canary, after.stable)

    def _reject(self, bad: Release | None) -> None:
        assert bad is not None
        self.rejected.add(bad.id)
        self.good = [known for known in self.good if known != bad]

    def traffic_goes_to_what_was_started_and_not_rejected(self) -> None:
        document = self.record.document()
        if self.record.stable is None:
            assert document["state"] == "none"
            return
        assert document["stable"]["weight"] + document["canary"]["weight"] == 100
        for track in ("stable", "canary"):
            slot = document[track]
            assert slot["release"] in self.known - self.rejected
            assert slot["image"].partition("@sha256:")[2] == slot["release"], "the image of this very release"
        if document["canary"]["weight"]:
            assert document["canary"]["replicas"] > 0
        assert self.record.previous is None or self.record.previous in self.good
        assert sorted(document["rejected"]) == sorted(self.rejected)

    def done_twice_is_done_once(self) -> None:
        for move in (moves.abort, moves.promote, moves.finish, moves.resume):
            try:
                once = move(self.record).record
            except Refused:
                continue
            assert move(once).record == once


MOVES = (
    *("start",) * 6,
    *("weight",) * 3,
    *("promote",) * 3,
    *("finish",) * 3,
    *("abort", "withdraw", "rollback", "hold", "resume", "resume", "fix", "weight_that_is_no_step"),
)
"""Names of moves; those that lead somewhere come more often."""

REACHED = {
    *(("start", phase) for phase in (NONE, AT_REST, PROMOTED)),
    ("weight", CANARY),
    ("promote", CANARY),
    ("finish", PROMOTED),
    *((move, CANARY) for move in ("abort", "withdraw", "rollback")),
    ("rollback", PROMOTED),
    ("rollback", AT_REST),
    *((move, phase) for move in ("hold", "resume") for phase in (NONE, AT_REST, CANARY, PROMOTED)),
}
"""Moves and phases that the sequences below must have met, or they prove little."""


def test_random_sequences() -> None:
    seen: set[tuple[str, str]] = set()

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 10**6)), min_size=40, max_size=80))
    def walk(steps: list[tuple[str, int]]) -> None:
        environment = Walk()
        for move, pick in steps:
            environment.step(move, pick)
        seen.update(environment.seen)

    walk()
    assert seen == REACHED


def test_nobody_goes_back_to_a_rejected_release() -> None:
    """It was stable once, came back as a canary and failed: the way back must not lead to it."""
    first, second = release("a1x"), release("b1x")
    now = moves.start(Record("penguins"), first, PLANS["canary"]).record
    now = moves.finish(moves.promote(moves.start(now, second, PLANS["canary"]).record).record).record
    assert now.previous == first
    now = moves.abort(moves.start(now, first, PLANS["canary"]).record).record
    assert (now.stable, now.previous, now.rejected) == (second, None, (first.id,))
    with pytest.raises(Refused, match=r"nothing to go back to: all that was stable here, other than .*, is rejected"):
        moves.rollback(now, lambda: None)
    assert moves.rollback(now, lambda: release("c1x")).record.stable == release("c1x")


def test_a_shadow_gets_copies_and_no_traffic() -> None:
    now = moves.start(Record("penguins"), release("a1x"), PLANS["shadow"]).record
    now = moves.start(now, release("b1x"), PLANS["shadow"]).record
    assert (now.phase, now.weight, now.replicas) == (CANARY, 0, 2)
    now = moves.promote(now).record
    assert (now.phase, now.weight, now.replicas) == (PROMOTED, 0, 2)
    assert record.read(now.text(), "x") == now
    assert moves.finish(now).record.phase == AT_REST


def test_a_release_that_nobody_saw_running_is_on_its_way() -> None:
    first, second = release("a1x"), release("b1x")
    now = moves.start(Record("penguins"), first, PLANS["rolling"]).record
    assert now.phase == AT_REST, "who starts it by hand looks by hand"
    now = moves.watched(now, moves.start(now, second, PLANS["rolling"])).record
    assert (now.phase, now.stable, now.previous) == (PROMOTED, second, first)
    assert moves.watched(now, moves.start(now, second, PLANS["rolling"])).record == now
    with pytest.raises(
        Refused,
        match=r"is on its way with 100% of the traffic: let its rollout run again, finish it, or roll it back before",
    ):
        moves.start(now, release("a2x"), PLANS["rolling"])
    assert moves.abort(now).record == now, "it serves"
    assert moves.rollback(now, lambda: None).record.stable == first
    now = moves.finish(now).record
    assert (now.phase, now.stable, now.previous) == (AT_REST, second, first)


def test_a_canary_is_no_release_that_nobody_saw_running() -> None:
    now = moves.start(Record("penguins"), release("a1x"), PLANS["canary"]).record
    started = moves.start(now, release("b1x"), PLANS["canary"])
    assert moves.watched(now, started) == started


def test_facts_of_a_refusal_are_for_machines() -> None:
    now = moves.start(Record("penguins"), release("a1x"), PLANS["canary"]).record
    now = moves.start(now, release("b1x"), PLANS["canary"]).record
    with pytest.raises(Refused) as caught:
        moves.start(now, release("a2x"), PLANS["canary"])
    (finding,) = caught.value.findings
    assert json.dumps(finding.document()["facts"], sort_keys=True) == json.dumps(
        {"release": release("b1x").id, "weight": 0}, sort_keys=True
    )
