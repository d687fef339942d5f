"""Random sequences of moves, failures and repetitions on real repositories, and the manifests after every move."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import tools
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mlopsc import assets
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.release.branch import Branch
from steps.release.repositories import Checkout, Remote, files, git, image

SCHEMA = Draft202012Validator(json.loads(assets.text("mlopsc_schemas", "release.v1.schema.json")))
CANARY = "overlays/production/released/canary-deployment.yaml"
ROLLOUT = "overlays/production/rollout.json"
WIRING = "overlays/production/released/kustomization.yaml"


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


def is_wiring(path: str) -> bool:
    """Tell whether a file only connects others, or belongs to the second track or the plan."""
    return path in (CANARY, ROLLOUT) or path.endswith(("/kustomization.yaml", "released/canary-service.yaml"))


class Walk:
    """Moves from two clones on the environment production, held against what the words of each move say.

    Args:
        folder: for the repositories.
    """

    def __init__(self, folder: Path) -> None:
        self.remote = Remote(folder)
        self.commits = variants(self.remote)
        self.contents = {commit: self.remote.first.manifests(commit) for commit in self.commits}
        self.clones = [self.remote.first, self.remote.clone("second", "--depth=1")]
        self.released: dict[str, tuple[str, str]] = {}
        """Image and commit of every release that was started, by id."""
        self.good: list[str] = []
        """Ids of what is stable, last, and of what was stable before and is not rejected."""
        self.previous: str | None = None
        self.rejected: set[str] = set()
        self.refusal = ""
        """The rule of the last refusal."""
        self.accepted = False
        """Whether the canary was started although what stable runs changes with it."""
        self.canary: str | None = None
        self.promoted = self.held = False
        self.weight_before = 0
        self.seen: set[tuple[str, str]] = set()
        """Moves that changed something, with the phase before, and the failures that were met."""

    def step(self, move: str, pick: int) -> None:
        """Do a move, which `pick` makes particular, and check what must hold."""
        pick, clone = divmod(pick, len(self.clones))
        pick, failure = divmod(pick, len(FAILURES))
        getattr(self, move)(self.clones[clone], FAILURES[failure], pick)
        self.the_branch_is_what_the_words_say()

    def attempt(self, failure: str, here: Checkout, *words: str) -> dict[str, Any] | None:
        """Do a move under a failure, then without. None means that it was refused."""
        tip = self.remote.tip()
        if failure == "killed":
            with mock.patch.object(Branch, "publish", side_effect=Killed), suppress(Killed, Refused):
                here.move(*words)
        elif failure == "rejected":
            self.remote.hook("exit 1")
            with suppress(Refused):
                here.move(*words)
            self.remote.no_hook()
        assert self.remote.tip() == tip, "without a push nothing changes"
        try:
            result = here.move(*words)
        except Refused as refused:
            assert self.remote.tip() == tip, "who is refused changes nothing"
            self.refusal = refused.findings[0].rule
            return None
        assert (self.remote.tip() != tip) == result["changed"]
        if result["changed"]:
            self.seen |= {(words[0], self.phase), (failure, "")}
        return result

    @property
    def phase(self) -> str:
        """How far the environment is."""
        if not self.good:
            return "none"
        return "canary" if self.canary else "promoted" if self.promoted else "at-rest"

    def start(self, here: Checkout, failure: str, pick: int) -> None:
        model, built, commit = "ab"[pick % 2], "ab"[pick // 2 % 2], self.commits[pick // 4 % 3]
        here.candidate(model, commit=commit)
        words = ("start", "--image", image(built))
        result, accepted = self.attempt(failure, here, *words), False
        if result is None and self.refusal == "wiring":
            stable, new = (self.contents[known] for known in (self.released[self.good[-1]][1], commit))
            assert stable[WIRING] != new[WIRING]
            assert any(new.get(path) != text for path, text in stable.items() if not is_wiring(path))
            result, accepted = self.attempt(failure, here, *words, "--accept-stable-changes"), True
            assert result is not None, "with the word of its caller it always gets through"
        if result is None:
            assert self.held or self.canary or self.promoted or self.rejected
            return
        release = result["release"]
        assert not self.held
        assert release not in self.rejected
        if not result["changed"]:
            assert release in (self.canary, self.good[-1])
            return
        assert self.phase in ("none", "at-rest")
        self.released[release] = (image(built), commit)
        if self.good:
            self.canary, self.accepted = release, accepted
        else:
            self.good = [release]

    def weight(self, here: Checkout, failure: str, pick: int) -> None:
        result = self.attempt(failure, here, "weight", "--weight", ("10", "50")[pick % 2])
        assert result is None or (self.canary and not self.held)

    def promote(self, here: Checkout, failure: str, _: int) -> None:
        result = self.attempt(failure, here, "promote")
        if result is None:
            assert self.held or not self.canary
        elif result["changed"]:
            assert self.canary
            self.previous = self.good[-1]
            self.good.append(self.canary)
            self.canary, self.promoted = None, True

    def finish(self, here: Checkout, failure: str, _: int) -> None:
        result = self.attempt(failure, here, "finish")
        if result is None:
            assert self.canary
            return
        assert result["changed"] == self.promoted
        self.promoted = False

    def abort(self, here: Checkout, failure: str, _: int) -> None:
        result = self.attempt(failure, here, "abort")
        assert result is not None
        assert result["changed"] == bool(self.canary)
        if not self.promoted:
            self._without_canary()

    def rollback(self, here: Checkout, failure: str, _: int) -> None:
        if not self.good:
            return
        words = ("rollback", "--release", self.canary or self.good[-1])
        if self.attempt(failure, here, *words) is None:
            assert self.canary is None
            assert set(self.good) == {self.good[-1]}
            return
        assert here.move(*words)["changed"] is False, "a job that runs twice rolls back once"
        if self.canary is None:
            self._reject(self.good[-1])
            self.previous = None
        self._without_canary()
        record = self.remote.record()
        assert (record["stable"]["release"], record["stable"]["weight"]) == (self.good[-1], 100)
        assert self.remote.manifests() == self.contents[self.released[self.good[-1]][1]]

    def restore(self, here: Checkout, failure: str, pick: int) -> None:
        if not self.good:
            return
        known = sorted(self.released)
        target = known[pick % len(known)]
        words = ("rollback", "--to", target)
        if self.attempt(failure, here, *words) is None:
            assert target in self.rejected or target not in self.good
            return
        assert here.move(*words)["changed"] is False, "who says where to go gets there once"
        if self.good[-1] != target:
            self.seen.add(("restore", self.phase))
            self._reject(self.good[-1])
            self.good.append(target)
            self.previous = None
        self._without_canary()
        record = self.remote.record()
        assert (record["stable"]["release"], record["stable"]["weight"]) == (target, 100)
        assert self.remote.manifests() == self.contents[self.released[target][1]]

    def hold(self, here: Checkout, failure: str, _: int) -> None:
        assert self.attempt(failure, here, "hold", "--reason", "x")
        self.held = True

    def resume(self, here: Checkout, failure: str, _: int) -> None:
        assert self.attempt(failure, here, "resume", "--reason", "x")
        self.held = False

    def _without_canary(self) -> None:
        if self.canary:
            self._reject(self.canary)
        self.canary, self.promoted = None, False

    def _reject(self, bad: str) -> None:
        self.rejected.add(bad)
        self.good = [known for known in self.good if known != bad]
        if self.previous == bad:
            self.previous = None

    def the_branch_is_what_the_words_say(self) -> None:
        if not self.good:
            return
        record = self.remote.record()
        assert list(SCHEMA.iter_errors(record)) == []
        stable, canary = record["stable"], record["canary"]
        assert stable["release"] == self.good[-1]
        assert canary["release"] == (self.canary or self.good[-1])
        assert record.get("previous", {}).get("release") == self.previous
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
        if not self.accepted:
            alone = {path: text for path, text in stable.items() if not is_wiring(path)}
            assert alone.items() <= found.items(), "what stable runs does not change"
        new = self.contents[self.released[self.canary][1]]
        if new[WIRING] == stable[WIRING]:
            assert found == {**stable, CANARY: new[CANARY], ROLLOUT: new[ROLLOUT]}
        else:
            assert found == new


FAILURES = ("none", "none", "killed", "rejected")
MOVES = (
    *("start",) * 5,
    *("weight", "promote", "finish") * 2,
    "abort",
    "rollback",
    "rollback",
    *("restore",) * 2,
    "hold",
    *("resume",) * 2,
)


def pick(choice: int = 0, failure: str = "none", clone: int = 0) -> int:
    """Return the number that makes a move particular in this way."""
    return (choice * len(FAILURES) + FAILURES.index(failure)) * 2 + clone


THREE_AND_A_FOURTH = [
    *(move for choice in (0, 3, 4) for move in (("start", pick(choice)), ("promote", pick()), ("finish", pick()))),
    ("start", pick(1)),
]
BACK = [("restore", pick(choice, "killed", 1)) for choice in range(4)]
"""Three releases and a fourth that is tried; and then each of them is asked for, in the order of their ids. The stable
one ends the trial, so one of the two directions meets an older one first."""

ROLLOUT_AND_BACK = [
    ("start", pick(0)),
    ("start", pick(1, "killed")),
    ("weight", pick(1, "rejected", 1)),
    ("promote", pick(0, "killed")),
    ("finish", pick(0, "rejected", 1)),
    ("rollback", pick(0, "killed")),
]
"""A whole rollout and its end, under failures; done again, the start of what was rejected is refused."""

REACHED = {
    ("start", "none"),
    ("start", "at-rest"),
    ("weight", "canary"),
    ("promote", "canary"),
    ("finish", "promoted"),
    ("abort", "canary"),
    ("rollback", "canary"),
    ("rollback", "at-rest"),
    ("restore", "canary"),
    ("restore", "at-rest"),
    *((failure, "") for failure in FAILURES),
}
"""What the sequences below must have met, or they prove little."""


def test_random_sequences() -> None:
    seen: set[tuple[str, str]] = set()

    @settings(max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
    @example([*ROLLOUT_AND_BACK, *ROLLOUT_AND_BACK])
    @example([*THREE_AND_A_FOURTH, *BACK])
    @example([*THREE_AND_A_FOURTH, *reversed(BACK)])
    @given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 10**6)), min_size=16, max_size=20))
    def walk(steps: list[tuple[str, int]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            environment = Walk(Path(folder))
            for move, pick in steps:
                environment.step(move, pick)
            seen.update(environment.seen)

    walk()
    assert seen >= REACHED


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

    anyway = ["--accept-stable-changes"] if wired else []
    here.candidate("bb", commit=rewired if wired else fixed)
    tried = objects(here, "start", "--image", image("bb"), *anyway)
    assert (container(tried, "penguins")["image"], container(tried, "penguins-canary")["image"]) == (
        image("a"),
        image("bb"),
    )
    assert container(tried, "penguins-canary")["resources"]["limits"] == {"memory": "2Gi"}
    if wired:
        assert ("ConfigMap", "extra") in tried
    else:
        assert tried["Deployment", "penguins"] == first["Deployment", "penguins"], "stable runs on as it did"
    assert weights(tried) == {"penguins": 100, "penguins-canary": 0}
    assert tried["Deployment", "penguins-canary"]["spec"]["replicas"] == 1

    assert weights(objects(here, "weight", "--weight", "10")) == {"penguins": 90, "penguins-canary": 10}
    assert weights(objects(here, "weight", "--weight", "50")) == {"penguins": 50, "penguins-canary": 50}
    promoted = objects(here, "promote")
    assert container(promoted, "penguins")["image"] == container(promoted, "penguins-canary")["image"] == image("bb")
    assert weights(promoted) == {"penguins": 50, "penguins-canary": 50}
    finished = objects(here, "finish")
    assert weights(finished) == {"penguins": 100, "penguins-canary": 0}
    assert finished["Deployment", "penguins-canary"]["spec"]["replicas"] == 0
    assert objects(here, "rollback") == first

    here.candidate("ccc", commit=rewired if wired else fixed)
    objects(here, "start", "--image", image("ccc"), *anyway)
    assert objects(here, "abort") == first
    assert git(remote.path, "rev-list", "--first-parent", "--count", "deploy/penguins/production") == "11"
