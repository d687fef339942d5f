"""The moves as pure functions, over random sequences."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.release import moves, record
from mlopsc.steps.mlops_steps.release.moves import Outcome
from mlopsc.steps.mlops_steps.release.plan import Plan, Step
from mlopsc.steps.mlops_steps.release.record import AT_REST, CANARY, PROMOTED, Record, Release

PLANS = {
    "canary": Plan((Step(10, 1), Step(50, 3)), {}),
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
        evaluation=f"sha256:{digest}",
    )


class Sequences(RuleBasedStateMachine):
    """Random moves, refused ones and repetitions included, with a plan that each release brings along."""

    def __init__(self) -> None:
        super().__init__()
        self.record = Record("penguins")
        self.plans: dict[str, Plan] = {}
        self.known: set[str] = set()
        self.rejected: set[str] = set()
        self.good: list[str] = []
        """Ids of what was stable and not rejected, the newest last."""

    def apply(self, move: str, outcome: Outcome) -> None:
        """Take the outcome of a move, as the file would hold it."""
        self.record = record.read(outcome.record.text(), move)
        assert self.record == outcome.record

    @rule(name=st.sampled_from(NAMES), plan=st.sampled_from(list(PLANS)))
    def start(self, name: str, plan: str) -> None:
        before, new = self.record, release(name)
        plans = self.plans.setdefault(new.id, PLANS[plan])
        allowed = before.hold is None and new.id not in self.rejected
        reason = None
        try:
            outcome = moves.start(before, new, plans)
        except Refused as refusal:
            reason = refusal.findings[0].rule
        if reason is not None:
            busy = before.canary is not None and new.id != before.canary.id
            assert not allowed or (busy and reason == "running")
            return
        assert allowed
        if new.id in (before.stable.id if before.stable else None, before.canary.id if before.canary else None):
            assert outcome.record == before, "a running release is never started anew"
            return
        self.known.add(new.id)
        self.apply("start", outcome)
        if self.record.stable == new:
            self.good.append(new.id)

    @rule(data=st.data())
    def weight(self, data: st.DataObject) -> None:
        before = self.record
        plan = self.plans[before.canary.id] if before.canary else None
        percent = data.draw(st.sampled_from([step.weight for step in plan.steps] if plan and plan.steps else [10]))
        try:
            outcome = moves.weight(before, plan, percent)
        except Refused:
            assert before.phase != CANARY or before.hold or percent < before.weight
            return
        self.apply("weight", outcome)
        assert self.record.weight == percent
        assert self.record.weight >= before.weight

    @precondition(lambda self: self.record.phase == CANARY and self.record.hold is None)
    @rule(percent=st.sampled_from([1, 99, 101, -10]))
    def weight_that_is_no_step(self, percent: int) -> None:
        assert self.record.canary is not None
        with pytest.raises(Refused, match="is no step of the plan"):
            moves.weight(self.record, self.plans[self.record.canary.id], percent)

    @rule()
    def promote(self) -> None:
        before = self.record
        try:
            outcome = moves.promote(before)
        except Refused:
            assert before.hold or before.phase not in (CANARY, PROMOTED)
            return
        self.apply("promote", outcome)
        assert self.record.weight == before.weight, "the traffic stays"
        if before.phase == CANARY:
            assert (self.record.stable, self.record.previous) == (before.canary, before.stable)
            assert self.record.stable is not None
            self.good.append(self.record.stable.id)

    @rule()
    def finish(self) -> None:
        before = self.record
        try:
            outcome = moves.finish(before)
        except Refused:
            assert before.phase == CANARY
            return
        self.apply("finish", outcome)
        assert self.record.stable == before.stable
        assert self.record.canary is None

    @rule()
    def abort(self) -> None:
        before = self.record
        self.apply("abort", moves.abort(before))
        assert self.record.stable == before.stable
        assert self.record.canary is None
        if before.phase == CANARY:
            self._reject(before.canary)

    @rule()
    def rollback(self) -> None:
        before = self.record
        good = before.stable if before.phase == CANARY else before.previous
        try:
            outcome = moves.rollback(before)
        except Refused:
            assert good is None
            return
        self.apply("rollback", outcome)
        assert good is not None
        assert self.record.stable == good, "back to what was good"
        assert (self.record.weight, self.record.replicas, self.record.canary) == (0, 0, None)
        self._reject(before.canary if before.phase == CANARY else before.stable)

    @rule(reason=st.sampled_from(["audit", "too hot"]))
    def hold(self, reason: str) -> None:
        self.apply("hold", moves.hold(self.record, reason))
        with pytest.raises(Refused, match=reason):
            moves.promote(self.record)
        with pytest.raises(Refused, match=reason):
            moves.start(self.record, release("new"), PLANS["canary"])

    @rule()
    def resume(self) -> None:
        self.apply("resume", moves.resume(self.record))
        assert self.record.hold is None

    @rule(manifests=st.integers(0, 10**6))
    def a_fix_gets_through(self, manifests: int) -> None:
        """New manifests or a new image of a rejected version can be released, once nothing is in the way."""
        self.resume()
        self.abort()
        fix = release(f"fix {manifests}")
        if fix.id in self.known:
            return
        self.plans[fix.id] = PLANS["canary"]
        outcome = moves.start(self.record, fix, PLANS["canary"])
        assert outcome.record.canary == fix or outcome.record.stable == fix

    def _reject(self, bad: Release | None) -> None:
        assert bad is not None
        self.rejected.add(bad.id)
        self.good = [known for known in self.good if known != bad.id]

    @invariant()
    def traffic_goes_to_what_was_started_and_not_rejected(self) -> None:
        document = self.record.document()
        if self.record.stable is None:
            assert document["state"] == "none"
            return
        assert document["stable"]["weight"] + document["canary"]["weight"] == 100
        for track in ("stable", "canary"):
            slot = document[track]
            assert slot["release"] in self.known
            assert slot["release"] not in self.rejected
            assert slot["image"].partition("@sha256:")[2] == slot["release"], "the image of this very release"
        if document["canary"]["weight"]:
            assert document["canary"]["replicas"] > 0
        assert self.record.previous is None or self.record.previous.id in self.good
        assert set(document["rejected"]) == self.rejected
        assert len(document["rejected"]) == len(self.rejected)

    @invariant()
    def every_move_done_twice_is_done_once(self) -> None:
        for move in (moves.abort, moves.promote, moves.finish, moves.resume):
            try:
                once = move(self.record).record
            except Refused:
                continue
            if once.phase == AT_REST and move is moves.promote:
                continue
            assert move(once).record == once


Sequences.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestSequences = Sequences.TestCase


def test_nobody_goes_back_to_a_rejected_release() -> None:
    """It was stable once, came back as a canary and failed: the way back must not lead to it."""
    first, second = release("a1x"), release("b1x")
    now = moves.start(Record("penguins"), first, PLANS["canary"]).record
    now = moves.finish(moves.promote(moves.start(now, second, PLANS["canary"]).record).record).record
    assert now.previous == first
    now = moves.abort(moves.start(now, first, PLANS["canary"]).record).record
    assert (now.stable, now.previous, now.rejected) == (second, None, (first.id,))
    with pytest.raises(Refused, match="nothing to go back to"):
        moves.rollback(now)


def test_a_shadow_gets_copies_and_no_traffic() -> None:
    now = moves.start(Record("penguins"), release("a1x"), PLANS["shadow"]).record
    now = moves.start(now, release("b1x"), PLANS["shadow"]).record
    assert (now.phase, now.weight, now.replicas) == (CANARY, 0, 2)
    now = moves.promote(now).record
    assert (now.phase, now.weight, now.replicas) == (PROMOTED, 0, 2)
    assert record.read(now.text(), "x") == now
    assert moves.finish(now).record.phase == AT_REST


def test_facts_of_a_refusal_are_for_machines() -> None:
    now = moves.start(Record("penguins"), release("a1x"), PLANS["canary"]).record
    now = moves.start(now, release("b1x"), PLANS["canary"]).record
    with pytest.raises(Refused) as caught:
        moves.start(now, release("a2x"), PLANS["canary"])
    (finding,) = caught.value.findings
    assert json.dumps(finding.document()["facts"], sort_keys=True) == json.dumps(
        {"release": release("b1x").id, "weight": 10}, sort_keys=True
    )
