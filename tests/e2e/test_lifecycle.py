"""The life cycle of a model, executed: from a pull request to a rollback, with real data, training and gates.

The repository is the example; only its waiting times are shorter. What several tests begin with is made once, see the
stages: a delivery takes a minute.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e import penguins
from e2e.act import Ran
from e2e.actions import MisuseError
from e2e.penguins import Life

pytestmark = pytest.mark.e2e

CI, DELIVERY = "penguins-ci.yml", "penguins-delivery.yml"
PROMOTE, ROLLBACK = "penguins-promote.yml", "penguins-rollback.yml"
APPROVED = [{"state": "approved", "login": "bob", "environments": ["production"]}]
IMAGE = "ghcr.io/acme/penguins"
SIGNER = "https://github.com/acme/penguins/.github/workflows/penguins-delivery.yml@refs/heads/main"


# Stages: worlds that tests go on from.


class Stage:
    """A world that was kept, and the runs that led to it.

    Attributes:
        folder: what `World.keep` wrote.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ran(self, workflow: str) -> Ran:
        """Return the run of a workflow that made this stage."""
        return Ran.load(self.folder / workflow)


Step = Callable[[Life], dict[str, Ran]]


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stage]:
    """A function that returns a stage by name, made only once for all processes of this session."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "stages"
    shared.mkdir(exist_ok=True)

    def stage(name: str) -> Stage:
        before, step = STAGES[name]
        begin = stage(before).folder if before else None
        with (shared / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            folder = shared / name
            failed = shared / f"{name}.failed"
            assert not failed.exists(), f"the stage {name} could not be made"
            if not folder.exists():
                failed.touch()
                work = shared / f"{name}.work"
                (work / "world").mkdir(parents=True)
                content = begin or penguins.write(_new(work / "content"))
                with penguins.life(work / "world", content) as life:
                    ran = step(life)
                    life.world.keep(work / "kept")
                for workflow, run in ran.items():
                    run.save(work / "kept" / workflow)
                (work / "kept").rename(folder)
                shutil.rmtree(work)
                failed.unlink()
        return Stage(folder)

    return stage


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _begin(_: Life) -> dict[str, Ran]:
    return {}


def _first(life: Life) -> dict[str, Ran]:
    """The first model serves in both environments, which are protected."""
    applied = life.world.person("python3", "ops/pipeline", "environments", "apply")
    assert applied.returncode == 0, applied.stderr
    delivered = life.world.push(DELIVERY).passed()
    promoted = promote(life, life.record("staging")["stable"]["release"]).passed()
    return {DELIVERY: delivered, PROMOTE: promoted}


def _second(life: Life) -> dict[str, Ran]:
    """A second model serves in staging."""
    life.change(
        "Regularize more", lambda tree: replace(tree / "mlops.yaml", "params: { C: 1.0 }", "params: { C: 0.5 }")
    )
    return {DELIVERY: life.world.push(DELIVERY).passed()}


def _third(life: Life) -> dict[str, Ran]:
    """A change of the manifests alone serves in staging."""
    life.change("More memory", lambda tree: replace(tree / "mlops.yaml", "memory: 1Gi", "memory: 2Gi"))
    return {DELIVERY: life.world.push(DELIVERY).passed()}


STAGES: dict[str, tuple[str | None, Step]] = {
    "begin": (None, _begin),
    "first": ("begin", _first),
    "second": ("first", _second),
    "third": ("second", _third),
}


@pytest.fixture
def enter(stages: Callable[[str], Stage], tmp_path: Path) -> Iterator[Callable[[str], Life]]:
    """A function that enters a copy of a stage; in the end no job may have asked for a host that nobody is."""
    opened: list[Any] = []

    def begin(name: str) -> Life:
        context = penguins.life(_new(tmp_path / "world"), stages(name).folder)
        life = context.__enter__()
        opened.append((context, life))
        return life

    yield begin
    for context, life in opened:
        context.__exit__(None, None, None)
        assert life.world.internet.refused == []


def replace(path: Path, old: str, new: str) -> None:
    """Change a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path}: no {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def promote(life: Life, release: str, *, approvals: Any = APPROVED, **inputs: str) -> Ran:
    """Promote a release to production."""
    return life.world.dispatch(
        PROMOTE, {"environment": "production", "release": release, **inputs}, approvals=approvals
    )


def released(life: Life, environment: str = "staging") -> str:
    """Return the id of the release that serves."""
    return str(life.record(environment)["stable"]["release"])


def calls(life: Life, name: str, run: Ran) -> list[dict[str, Any]]:
    """Return the calls of an action or program in a run."""
    return [call for call in life.world.state.calls(name) if call["run_id"] == run.number]


def called(life: Life, name: str, run: Ran, *words: str) -> bool:
    """Tell whether a program was called with words in a run."""
    return any(all(word in call["arguments"] for word in words) for call in calls(life, name, run))


# Pull requests and the queue that merges them.


def change_code(life: Life) -> None:
    life.world.commit("Say more", {"src/penguins/notes.py": '"""Notes."""\n'}, "topic")


def test_a_pull_request_is_checked_and_commented_once(enter: Callable[[str], Life]) -> None:
    life = enter("begin")
    change_code(life)
    first = life.world.pull_request(CI, "topic").passed()
    assert first.steps["penguins ci/Data, training and gates", "Train and package"] == "success"
    assert first.steps["penguins ci/Unit tests", "Run the unit tests"] == "success"
    (comment,) = life.world.state.read("comments", [])
    assert comment["issue"] == "7"
    assert comment["body"].startswith("<!-- mlops penguins -->")
    assert "accuracy" in comment["body"]

    # the same model is not trained twice, and the comment is updated in place
    second = life.world.pull_request(CI, "topic").passed()
    assert ("penguins ci/Data, training and gates", "Train and package") not in ran(second)
    (again,) = life.world.state.read("comments", [])
    assert (again["id"], again["edits"]) == (comment["id"], 1)
    assert again["body"] == comment["body"]
    assert life.world.git("branch", "--list", "deploy/*") == ""


def ran(run: Ran) -> set[tuple[str, str]]:
    """Return the steps that ran to their end, skipped ones excluded."""
    return {step for step, result in run.steps.items() if result != "skipped"}


def test_the_merge_queue_runs_the_same_checks_without_a_comment(enter: Callable[[str], Life]) -> None:
    life = enter("begin")
    change_code(life)
    run = life.world.merge_group(CI, "topic").passed()
    assert run.jobs["penguins ci/Data, training and gates"] == "success"
    assert run.jobs["penguins ci/penguins"] == "success"
    assert "penguins ci/Comment" not in run.jobs
    assert life.world.state.read("comments", []) == []


def test_a_fork_gets_checks_only(enter: Callable[[str], Life]) -> None:
    life = enter("begin")
    change_code(life)
    run = life.world.pull_request(CI, "topic", fork=True).passed()
    assert run.jobs["penguins ci/Unit tests"] == "success"
    assert "penguins ci/Data, training and gates" not in run.jobs
    assert "penguins ci/Comment" not in run.jobs
    assert run.jobs["penguins ci/penguins"] == "success"


def test_an_edited_generated_file_is_found_and_shown(enter: Callable[[str], Life]) -> None:
    life = enter("begin")
    life.world.private = False
    file = "ops/deploy/base/hpa.yaml"
    text = life.world.git("show", f"main:{file}")
    life.world.commit("Edit", {file: text.replace("minReplicas: 2", "minReplicas: 9") + "\n"}, "topic")
    run = life.world.pull_request(CI, "topic")
    assert ("penguins ci/Compile check", "Compare the generated files with the spec") in run.failed()
    assert run.jobs["penguins ci/penguins"] == "failure"
    found = life.world.state.path("code-scanning").glob("*.json")
    (document,) = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    places = [result["locations"][0]["physicalLocation"] for result in document["runs"][0]["results"]]
    assert file in [place["artifactLocation"]["uri"] for place in places]


def worse(tree: Path) -> None:
    """Make a model that guesses."""
    replace(tree / "src" / "penguins" / "model.py", "LogisticRegression(", "guess(")
    with (tree / "src" / "penguins" / "model.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef guess(**_):\n    from sklearn.dummy import DummyClassifier\n\n"
            '    return DummyClassifier(strategy="most_frequent")\n'
        )


def test_a_failing_gate_fails_the_pull_request_and_is_reported(enter: Callable[[str], Life]) -> None:
    life = enter("begin")
    with life.world.edited("Guess", "topic") as tree:
        worse(tree)
    run = life.world.pull_request(CI, "topic")
    assert ("penguins ci/Data, training and gates", "Judge by the gates") in run.failed()
    assert run.jobs["penguins ci/penguins"] == "failure"
    (comment,) = life.world.state.read("comments", [])
    assert "refused" in comment["body"].lower() or "failed" in comment["body"].lower()


# Delivery.


def test_a_delivery_builds_signs_and_releases_what_passed(
    enter: Callable[[str], Life], stages: Callable[[str], Stage]
) -> None:
    life = enter("first")
    run = stages("first").ran(DELIVERY)
    record = life.record("staging")
    name, _, digest = record["stable"]["image"].partition("@")
    assert name == IMAGE
    (signature,) = life.world.state.read("signatures", [])
    assert signature["digest"] == digest
    assert signature["identity"] == SIGNER
    assert {found["predicate"] for found in life.world.state.read("attestations", [])} == {
        "https://slsa.dev/provenance/v1",
        "https://spdx.dev/Document/v2.3",
    }
    tags = life.world.state.read("registry/tags", {})[IMAGE]
    assert set(tags.values()) == {digest}
    assert f"release-{record['stable']['release']}" in tags
    (build,) = calls(life, "docker/build-push-action", run)
    assert build["inputs"]["tags"].startswith(f"{IMAGE}:{record['stable']['version']}-")
    assert record["stable"]["commit"] == life.world.git("rev-parse", "main")
    assert life.cluster.versions("staging", "stable") == {record["stable"]["version"]: 1}
    assert life.world.git("log", "--format=%an", "-1", "main") == "Ann", "automation writes to no main branch"


def test_an_unchanged_delivery_builds_and_moves_nothing(
    enter: Callable[[str], Life], stages: Callable[[str], Stage]
) -> None:
    life = enter("first")
    before = life.record("staging"), life.moves("staging"), life.world.state.read("registry/tags", {})
    run = life.world.push(DELIVERY).passed()
    assert (life.record("staging"), life.moves("staging"), life.world.state.read("registry/tags", {})) == before
    assert calls(life, "docker/build-push-action", run) == []
    assert len(life.world.state.read("signatures", [])) == 1


def test_a_change_of_manifests_alone_goes_the_same_way(
    enter: Callable[[str], Life], stages: Callable[[str], Stage]
) -> None:
    life = enter("third")
    after, before = life.record("staging")["stable"], life.record("staging")["previous"]
    assert after["release"] != before["release"]
    assert (after["version"], after["image"]) == (before["version"], before["image"])
    assert calls(life, "docker/build-push-action", stages("third").ran(DELIVERY)) == []
    (deployment,) = life.cluster.deployments("staging")
    assert deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] == "2Gi"


@pytest.mark.parametrize("trigger", ["schedule"])
def test_a_workflow_is_not_started_by_what_it_does_not_name(enter: Callable[[str], Life], trigger: str) -> None:
    with pytest.raises(MisuseError, match="not started by schedule"):
        enter("begin").world.start(trigger, DELIVERY)


def test_a_failing_gate_stops_a_delivery_before_anything_is_built(enter: Callable[[str], Life]) -> None:
    life = enter("first")
    before = life.moves("staging")
    life.change("Guess", worse)
    run = life.world.push(DELIVERY).failed_at("Judge by the gates")
    assert set(run.jobs) == {"penguins delivery/Data, training and gates"}
    assert calls(life, "docker/build-push-action", run) == []
    assert life.moves("staging") == before


def test_a_vulnerable_image_is_neither_signed_nor_released(enter: Callable[[str], Life]) -> None:
    life = enter("first")
    before = life.moves("staging")
    life.change("Regularize", lambda tree: replace(tree / "mlops.yaml", "params: { C: 1.0 }", "params: { C: 0.7 }"))
    life.world.state.write("findings", [{"id": "CVE-2026-1", "severity": "critical", "fixed": True}])
    run = life.world.push(DELIVERY).failed_at("Scan for known vulnerabilities")
    assert not called(life, "cosign", run, "sign")
    assert life.moves("staging") == before


def test_a_model_that_answers_nonsense_in_staging_is_taken_back(enter: Callable[[str], Life]) -> None:
    life = enter("second")
    first = life.record("staging")["previous"]["release"]
    second = released(life)
    life.change("More memory", lambda tree: replace(tree / "mlops.yaml", "memory: 1Gi", "memory: 3Gi"))
    life.cluster.broken.add("staging")
    life.world.push(DELIVERY).failed_at("Smoke tests")
    record = life.record("staging")
    assert record["stable"]["release"] == second != first
    assert len(record["rejected"]) == 1


# Promotion.


def test_a_promotion_goes_through_all_steps(enter: Callable[[str], Life]) -> None:
    life = enter("second")
    first = life.record("production")["stable"]
    release = released(life)
    assert release != first["release"]
    run = promote(life, release).passed()
    record = life.record("production")
    assert record["stable"]["release"] == release
    assert record["previous"]["release"] == first["release"]
    moves = [re.split(r"[ :]+", move)[1] for move in reversed(life.moves("production"))]
    assert moves == ["start", "finish", "start", "weight", "weight", "promote", "finish"]
    weights = [life.record("production", f"~{back}")["canary"]["weight"] for back in reversed(range(len(moves)))]
    assert weights == [0, 0, 0, 10, 50, 50, 0]
    assert any("histogram_quantile" in query for query in life.cluster.queries)
    assert called(life, "gh", run, "attestation", "verify")
    assert life.cluster.versions("production", "stable") == {record["stable"]["version"]: 2}
    assert f"release-{release}" in life.world.state.read("registry/tags", {})[IMAGE]


def test_the_first_release_of_an_environment_needs_no_steps(
    enter: Callable[[str], Life], stages: Callable[[str], Stage]
) -> None:
    life = enter("first")
    assert life.record("production")["stable"] == life.record("staging")["stable"]
    assert stages("first").ran(PROMOTE).steps["penguins promote/Release", "Smoke tests"] == "success"


@pytest.mark.parametrize("query", ["5..", "histogram_quantile"])
def test_bad_metrics_of_the_canary_abort_and_reject(enter: Callable[[str], Life], query: str) -> None:
    life = enter("second")
    first, release = released(life, "production"), released(life)
    life.cluster.answers.append((re.escape(query), 7.0))
    promote(life, release).failed_at("Release step by step")
    record = life.record("production")
    assert record["stable"]["release"] == first
    assert record["stable"]["weight"] == 100
    assert release in record["rejected"]

    # what was rejected does not come again, however good its metrics are now
    life.cluster.answers.clear()
    moves = life.moves("production")
    promote(life, release).failed_at("Release step by step")
    assert life.moves("production") == moves


def test_too_few_requests_abort(enter: Callable[[str], Life]) -> None:
    life = enter("second")
    first, release = released(life, "production"), released(life)
    life.cluster.answers.append((r"^sum\(increase", 3.0))
    promote(life, release).failed_at("Release step by step")
    record = life.record("production")
    # nobody knows whether it is bad: it may come again
    assert (record["stable"]["release"], record["canary"]["weight"], record["rejected"]) == (first, 0, [])


def test_a_version_that_does_not_come_aborts(enter: Callable[[str], Life]) -> None:
    life = enter("second")
    first, release = released(life, "production"), released(life)
    assert life.cluster.versions("production", "stable")
    life.cluster.stopped = True
    promote(life, release).failed_at("Release step by step")
    assert life.record("production")["stable"]["release"] == first


def test_a_model_that_answers_nonsense_is_taken_back(enter: Callable[[str], Life]) -> None:
    life = enter("second")
    first, release = released(life, "production"), released(life)
    life.cluster.broken.add("production")
    run = promote(life, release).failed_at("Smoke tests")
    assert run.steps["penguins promote/Release", "Take the release back"] == "success"
    record = life.record("production")
    assert record["stable"]["release"] == first
    assert release in record["rejected"]


def test_what_was_never_released_before_it_cannot_be_promoted(enter: Callable[[str], Life]) -> None:
    life = enter("first")
    promote(life, "f" * 64).failed_at("Find the release")


# Every stand-in keeps state: with that state broken, the step that relies on it fails.


def without(life: Life, name: str, **facts: str) -> None:
    """Remove the entries of a list that have certain facts."""
    with life.world.state.changing(name, []) as entries:
        kept = [entry for entry in entries if any(entry[key] != value for key, value in facts.items())]
        assert len(kept) < len(entries)
        entries[:] = kept


def changed(life: Life, name: str, key: str, value: str) -> None:
    """Change a fact of every entry of a list."""
    with life.world.state.changing(name, []) as entries:
        for entry in entries:
            entry[key] = value


def forget_image(life: Life) -> None:
    shutil.rmtree(life.world.state.path("registry", "images"))


def unprotect(life: Life) -> None:
    with life.world.state.changing("github", {}) as github:
        github["environments"]["production"]["reviewers"] = []


OTHER = SIGNER.replace("delivery", "ci")
BROKEN: list[tuple[str, Callable[[Life], None], str]] = [
    ("the signature is gone", lambda life: without(life, "signatures", identity=SIGNER), "Verify who signed the image"),
    ("another workflow signed", lambda life: changed(life, "signatures", "identity", OTHER),
     "Verify who signed the image"),
    ("another branch signed", lambda life: changed(life, "signatures", "identity", SIGNER.replace("main", "topic")),
     "Verify who signed the image"),
    ("another issuer signed", lambda life: changed(life, "signatures", "issuer", "https://issuer.example"),
     "Verify who signed the image"),
    ("another image was signed", lambda life: changed(life, "signatures", "digest", "sha256:" + "0" * 64),
     "Verify who signed the image"),
    ("the image is gone", forget_image, "Verify who signed the image"),
    ("the provenance is gone", lambda life: without(life, "attestations", predicate="https://slsa.dev/provenance/v1"),
     "Verify how it was built"),
    ("another workflow built it", lambda life: changed(life, "attestations", "identity", OTHER),
     "Verify how it was built"),
    ("the protection is gone", unprotect, "Read the protection of the environment back"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "step"), [pytest.param(*case[1:], id=case[0]) for case in BROKEN])
def test_a_promotion_stops_where_the_world_is_broken(
    enter: Callable[[str], Life], change: Callable[[Life], None], step: str
) -> None:
    life = enter("second")
    before = life.moves("production")
    change(life)
    promote(life, released(life)).failed_at(step)
    assert life.moves("production") == before


@pytest.mark.parametrize(
    "approvals",
    [
        pytest.param([], id="nobody"),
        pytest.param([{**APPROVED[0], "login": "ann"}], id="the author"),
        pytest.param([{**APPROVED[0], "state": "rejected"}], id="a rejection"),
        pytest.param([{**APPROVED[0], "environments": ["staging"]}], id="another environment"),
    ],
)
def test_a_promotion_needs_an_approval_of_somebody_else(enter: Callable[[str], Life], approvals: Any) -> None:
    life = enter("second")
    before = life.moves("production")
    promote(life, released(life), approvals=approvals).failed_at("Count the people who approved")
    assert life.moves("production") == before


def test_a_deploy_branch_that_does_not_build_brings_nothing_new(enter: Callable[[str], Life]) -> None:
    """What the stand-in for a cluster runs is what kustomize builds from the branch."""
    life = enter("second")
    before = life.cluster.versions("production", "stable")
    assert before
    broken = {"ops/deploy/overlays/production/released/kustomization.yaml": "resources: [none.yaml]\n"}
    life.world.commit("Break by hand", broken, "deploy/penguins/production")
    assert life.cluster.versions("production", "stable") == before
    # nor is such an edit overwritten by a release
    promote(life, released(life)).failed_at("Release step by step")
    assert life.moves("production")[0] == "Break by hand"


# Rollback.


def test_a_rollback_during_a_promotion_holds_until_resumed(enter: Callable[[str], Life]) -> None:
    life = enter("third")
    first, third = released(life, "production"), released(life)
    second = life.record("staging")["previous"]["release"]

    # Prometheus goes away, so that the promotion stays in its first step
    inputs = {"environment": "production", "release": second}
    promotion = life.world.start("workflow_dispatch", PROMOTE, inputs=inputs, approvals=APPROVED)
    until(lambda: life.record("production")["canary"]["weight"] == 10)
    life.cluster.answers.append(("increase", "overloaded"))
    until(lambda: "overloaded" in promotion.text())
    assert life.record("production")["canary"]["release"] == second

    reason = {"environment": "production", "release": first, "reason": "wrong answers for chinstraps"}
    life.world.dispatch(ROLLBACK, reason).passed()
    cancelled = promotion.wait()
    assert cancelled.code != 0
    record = life.record("production")
    assert record["stable"]["release"] == first
    assert record["stable"]["weight"] == 100
    assert record["canary"]["weight"] == 0
    assert record["hold"]["reason"] == "wrong answers for chinstraps"
    assert second in record["rejected"], "a rollback rejects what is tried beside what it goes back to"
    assert life.cluster.versions("production", "stable") == {record["stable"]["version"]: 2}

    life.cluster.answers.clear()
    moves = life.moves("production")
    for release in (second, third):
        promote(life, release).failed_at("Release step by step")
        assert life.moves("production") == moves

    promote(life, third, resume="the data was wrong, not the model").passed()
    record = life.record("production")
    assert record["stable"]["release"] == third
    assert not record.get("hold")


def test_a_rollback_of_what_serves_goes_back_and_twice_is_once(enter: Callable[[str], Life]) -> None:
    life = enter("second")
    first, second = life.record("staging")["previous"]["release"], released(life)
    life.world.dispatch(ROLLBACK, {"environment": "staging", "reason": "slow"}).passed()
    record = life.record("staging")
    assert (record["stable"]["release"], record["rejected"]) == (first, [second])
    # the next delivery is stopped by the hold
    life.world.push(DELIVERY).failed_at("Release step by step")
    assert released(life) == first


def test_an_unsigned_release_is_not_rolled_back_to(enter: Callable[[str], Life]) -> None:
    life = enter("second")
    second = released(life)
    image = life.record("staging")["previous"]["image"]
    without(life, "signatures", digest=image.partition("@")[2])
    life.world.dispatch(ROLLBACK, {"environment": "staging", "reason": "slow"}).failed_at("Verify who signed its image")
    assert released(life) == second


def until(condition: Callable[[], bool], seconds: float = 240) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.5)
