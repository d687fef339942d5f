"""Random sequences of moves, failures and repetitions on real repositories, and the manifests after every move."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import tools
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from jsonschema import Draft202012Validator
from mlopsc import assets
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.release.branch import Branch
from steps.release.repositories import Checkout, Remote, files, git, image, version

SCHEMA = Draft202012Validator(json.loads(assets.text("mlopsc_schemas", "release.v1.schema.json")))
CANARY = "overlays/production/released/canary-deployment.yaml"
ROLLOUT = "overlays/production/rollout.json"
WIRING = "overlays/production/released/kustomization.yaml"

Move = Callable[[], dict[str, Any]]


class Killed(BaseException):
    """The process ends between its commit and the push."""


def variants(remote: Remote) -> list[str]:
    """Commit manifests that differ: as they are, with a fix in both tracks, with another wiring; return the commits."""
    here = remote.first
    fixed = here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 2Gi")
    fixed = here.edit(CANARY, "memory: 1Gi", "memory: 2Gi")
    path = here.deploy / WIRING
    extra = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n"
    wired = here.commit(
        {
            WIRING: path.read_text(encoding="utf-8").replace(
                "  - canary-service.yaml", "  - canary-service.yaml\n  - extra.yaml"
            ),
            "overlays/production/released/extra.yaml": extra,
        }
    )
    return [remote.commit, fixed, wired]


class Sequences(RuleBasedStateMachine):
    """Moves from two clones on the environment production; the model is what the words of each move say."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.remote = Remote(self.folder)
        self.commits = variants(self.remote)
        self.contents = {commit: self.remote.first.manifests(commit) for commit in self.commits}
        self.clones = [self.remote.first, self.remote.clone("second", "--depth=1")]
        self.released: dict[str, tuple[str, str]] = {}
        """Image and commit of every release that was started, by id."""
        self.good: list[str] = []
        self.rejected: set[str] = set()
        self.canary: str | None = None
        self.promoted = self.held = False
        self.weight_before = 0

    @initialize()
    def first_release(self) -> None:
        self.start(model="a", built="a", commit=0, clone=0, failure="none")

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def attempt(self, failure: str, move: Move) -> dict[str, Any] | None:
        """Do a move under a failure, then without; twice where it is repeated. None means that it was refused."""
        tip = self.remote.tip()
        if failure == "killed":
            with mock.patch.object(Branch, "publish", side_effect=Killed), suppress(Killed, Refused):
                move()
            assert self.remote.tip() == tip, "without a push nothing changes"
        elif failure == "rejected":
            self.remote.hook("exit 1")
            with suppress(Refused):
                move()
            self.remote.no_hook()
            assert self.remote.tip() == tip
        try:
            result = move()
        except Refused:
            assert self.remote.tip() == tip, "who is refused changes nothing"
            return None
        assert (self.remote.tip() != tip) == result["changed"]
        return result

    @rule(
        model=st.sampled_from("ab"),
        built=st.sampled_from("ab"),
        commit=st.integers(0, 2),
        clone=st.integers(0, 1),
        failure=st.sampled_from(["none", "killed", "rejected"]),
    )
    def start(self, model: str, built: str, commit: int, clone: int, failure: str) -> None:
        name, of = f"{model}{built}", self.commits[commit]
        here = self.clones[clone]
        here.candidate(name, version=version(model), commit=of)
        result = self.attempt(failure, lambda: here.move("start", "--image", image(built)))
        if result is None:
            assert self.held or self.canary or self.promoted or self.rejected
            return
        release = result["release"]
        assert not self.held
        assert release not in self.rejected
        if not result["changed"]:
            assert release in (self.canary, self.good[-1])
            return
        assert self.canary is None
        assert not self.promoted
        self.released[release] = (image(built), of)
        if self.good:
            self.canary = release
        else:
            self.good.append(release)

    @rule(clone=st.integers(0, 1), percent=st.sampled_from([10, 50]), failure=st.sampled_from(["none", "killed"]))
    def weight(self, clone: int, percent: int, failure: str) -> None:
        result = self.attempt(failure, lambda: self.clones[clone].move("weight", "--weight", str(percent)))
        if result is not None:
            assert self.canary
            assert not self.held

    @rule(clone=st.integers(0, 1), failure=st.sampled_from(["none", "killed", "rejected"]))
    def promote(self, clone: int, failure: str) -> None:
        result = self.attempt(failure, lambda: self.clones[clone].move("promote"))
        if result is None:
            assert self.held or not self.canary
        elif result["changed"]:
            assert self.canary
            others = [known for known in self.good if known != self.canary]
            self.good = [*others[-1:], self.canary]
            self.canary, self.promoted = None, True

    @rule(clone=st.integers(0, 1), failure=st.sampled_from(["none", "killed"]))
    def finish(self, clone: int, failure: str) -> None:
        result = self.attempt(failure, lambda: self.clones[clone].move("finish"))
        if result is None:
            assert self.canary
        else:
            assert result["changed"] == self.promoted
            self.promoted = False

    @rule(clone=st.integers(0, 1), failure=st.sampled_from(["none", "killed", "rejected"]))
    def abort(self, clone: int, failure: str) -> None:
        result = self.attempt(failure, lambda: self.clones[clone].move("abort"))
        assert result is not None
        self._without_canary()

    @rule(clone=st.integers(0, 1), failure=st.sampled_from(["none", "killed", "rejected"]))
    def rollback(self, clone: int, failure: str) -> None:
        bad = self.canary or self.good[-1]
        words = ("rollback", "--release", bad)
        result = self.attempt(failure, lambda: self.clones[clone].move(*words))
        if result is None:
            assert self.canary is None
            assert len(self.good) == 1
            return
        assert self.clones[clone].move(*words)["changed"] is False, "a job that runs twice rolls back once"
        if self.canary is None:
            self.rejected.add(self.good.pop())
            self.promoted = False
        self._without_canary()
        record = self.remote.record()
        assert record["stable"]["release"] == self.good[-1]
        assert record["stable"]["weight"] == 100
        assert self.remote.manifests() == self.contents[self.released[self.good[-1]][1]]

    @rule(clone=st.integers(0, 1), held=st.booleans())
    def hold_or_resume(self, clone: int, held: bool) -> None:
        assert self.attempt("none", lambda: self.clones[clone].move("hold" if held else "resume", "--reason", "x"))
        self.held = held

    def _without_canary(self) -> None:
        if self.canary:
            self.rejected.add(self.canary)
            self.good = [known for known in self.good if known != self.canary]
        self.canary, self.promoted = None, False

    @invariant()
    def the_branch_is_what_the_words_say(self) -> None:
        if not self.good:
            return
        record = self.remote.record()
        assert list(SCHEMA.iter_errors(record)) == []
        stable, canary = record["stable"], record["canary"]
        assert stable["release"] == self.good[-1]
        assert canary["release"] == (self.canary or self.good[-1])
        assert set(record["rejected"]) == self.rejected
        assert ("hold" in record) == self.held
        assert stable["weight"] + canary["weight"] == 100
        for track in (stable, canary):
            assert track["image"] == self.released[track["release"]][0]
            assert track["release"] not in self.rejected
        if self.canary:
            assert canary["replicas"] > 0
            assert canary["weight"] >= self.weight_before, "a running canary is never reset"
        self.weight_before = canary["weight"] if self.canary else 0
        self._manifests()

    def _manifests(self) -> None:
        found = self.remote.manifests()
        stable = self.contents[self.released[self.good[-1]][1]]
        if self.canary is None:
            assert found == stable
            return
        new = self.contents[self.released[self.canary][1]]
        if new[WIRING] == stable[WIRING]:
            assert found == {**stable, CANARY: new[CANARY], ROLLOUT: new[ROLLOUT]}
        else:
            assert found == new


Sequences.TestCase.settings = settings(
    max_examples=6,
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestSequences = Sequences.TestCase


@pytest.mark.tools
@pytest.mark.parametrize("wired", [False, True], ids=["the same wiring", "another wiring"])
def test_the_manifests_build_after_every_move(tmp_path: Path, wired: bool) -> None:
    remote = Remote(tmp_path)
    here = remote.first
    old, fixed, rewired = variants(remote)

    def objects(checkout: Checkout, *words: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Do a move and build what it left."""
        checkout.move(*words)
        place = tmp_path / "built"
        shutil.rmtree(place, ignore_errors=True)
        for path, text in files(remote.path, str(remote.tip())).items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text, encoding="utf-8")
        built = tools.kustomize_objects(place / "ops" / "deploy" / "overlays" / "production")
        assert tools.validate(built) == []
        return {(item["kind"], item["metadata"]["name"]): item for item in built}

    def container(built: dict[tuple[str, str], dict[str, Any]], name: str) -> dict[str, Any]:
        found: dict[str, Any] = built["Deployment", name]["spec"]["template"]["spec"]["containers"][0]
        return found

    def weights(built: dict[tuple[str, str], dict[str, Any]]) -> dict[str, int]:
        rules = built["HTTPRoute", "penguins"]["spec"]["rules"]
        return {backend["name"]: backend["weight"] for backend in rules[0]["backendRefs"]}

    assert set(objects(here, "hold", "--reason", "x")) == {("Namespace", "penguins")}
    objects(here, "resume", "--reason", "y")
    here.candidate("a", commit=old)
    first = objects(here, "start", "--image", image("a"))
    assert container(first, "penguins")["image"] == image("a")
    assert weights(first) == {"penguins": 100, "penguins-canary": 0}

    here.candidate("bb", commit=rewired if wired else fixed)
    tried = objects(here, "start", "--image", image("bb"))
    assert (container(tried, "penguins")["image"], container(tried, "penguins-canary")["image"]) == (
        image("a"),
        image("bb"),
    )
    assert container(tried, "penguins-canary")["resources"]["limits"] == {"memory": "2Gi"}
    if wired:
        assert ("ConfigMap", "extra") in tried
    else:
        assert tried["Deployment", "penguins"] == first["Deployment", "penguins"], "stable runs on as it did"
    assert weights(tried) == {"penguins": 90, "penguins-canary": 10}
    assert tried["Deployment", "penguins-canary"]["spec"]["replicas"] == 1

    assert weights(objects(here, "weight", "--weight", "50")) == {"penguins": 50, "penguins-canary": 50}
    promoted = objects(here, "promote")
    assert container(promoted, "penguins")["image"] == container(promoted, "penguins-canary")["image"] == image("bb")
    assert weights(promoted) == {"penguins": 50, "penguins-canary": 50}
    finished = objects(here, "finish")
    assert weights(finished) == {"penguins": 100, "penguins-canary": 0}
    assert finished["Deployment", "penguins-canary"]["spec"]["replicas"] == 0
    assert objects(here, "rollback") == first

    here.candidate("ccc", commit=rewired if wired else fixed)
    objects(here, "start", "--image", image("ccc"))
    assert objects(here, "abort") == first
    assert git(remote.path, "rev-list", "--count", "deploy/penguins/production") == "10"
