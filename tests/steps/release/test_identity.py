"""What makes a release another one."""

from __future__ import annotations

import hashlib

import pytest
from mlopsc.steps.mlops_steps.release import identity, trees
from mlopsc.steps.mlops_steps.release.trees import Entry

FILES = {"base/a.yaml": b"a\n", "overlays/live/b.yaml": b"b\n"}
IMAGE = f"ghcr.io/acme/churn@sha256:{'1' * 64}"


def test_the_digests_are_those_of_the_documentation() -> None:
    """Worked out by hand: records outlive the code that wrote them, so these must never change."""
    a, b = (hashlib.sha256(text).hexdigest() for text in (b"a\n", b"b\n"))
    manifests = hashlib.sha256(f'[["base/a.yaml","{a}"],["overlays/live/b.yaml","{b}"]]'.encode()).hexdigest()
    assert identity.manifests_digest(FILES) == manifests
    text = f'{{"image":"sha256:{"1" * 64}","manifests":"{manifests}","version":"0123456789ab"}}'
    assert identity.release_id("0123456789ab", IMAGE, manifests) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "files",
    [
        {"base/a.yaml": b"a\n"},
        {**FILES, "base/a.yaml": b"A\n"},
        {**FILES, "base/c.yaml": b""},
        {"base/a2.yaml": b"a\n", "overlays/live/b.yaml": b"b\n"},
        {"base/a.yaml": b"b\n", "overlays/live/b.yaml": b"a\n"},
    ],
)
def test_every_change_of_the_manifests_counts(files: dict[str, bytes]) -> None:
    assert identity.manifests_digest(files) != identity.manifests_digest(FILES)


def test_order_and_line_endings_do_not_count() -> None:
    windows = {path: text.replace(b"\n", b"\r\n") for path, text in reversed(FILES.items())}
    assert identity.manifests_digest(windows) == identity.manifests_digest(FILES)


def test_version_image_and_manifests_count_and_the_registry_does_not() -> None:
    same = identity.release_id("a", IMAGE, "m")
    assert identity.release_id("a", IMAGE.replace("ghcr.io", "mirror.example"), "m") == same
    assert identity.release_id("b", IMAGE, "m") != same
    assert identity.release_id("a", IMAGE.replace("1", "2"), "m") != same
    assert identity.release_id("a", IMAGE, "n") != same


def _files(**contents: str) -> dict[str, Entry]:
    names = {
        "base": "base/kustomization.yaml",
        "deployment": "base/deployment.yaml",
        "wiring": "overlays/live/released/kustomization.yaml",
        "canary": "overlays/live/released/canary-deployment.yaml",
        "service": "overlays/live/released/canary-service.yaml",
        "foreign": "overlays/stage/released/canary-deployment.yaml",
        "plan": "overlays/live/rollout.json",
    }
    return {names[name]: Entry("100644", content) for name, content in contents.items()}


OLD = _files(base="1", deployment="1", wiring="1", canary="1", plan="1", foreign="1")


def test_while_a_release_is_tried_only_its_own_track_is_new() -> None:
    new = _files(base="1", deployment="2", wiring="1", canary="2", plan="2", foreign="2")
    tree = trees.compose("live", OLD, new)
    assert tree.files == _files(base="1", deployment="1", wiring="1", canary="2", plan="2", foreign="1")
    assert tree.rewired == ()
    assert trees.compose("live", OLD, None).files == OLD


@pytest.mark.parametrize(
    ("new", "rewired"),
    [
        (_files(base="2", wiring="1", canary="1", plan="1"), ("base/kustomization.yaml",)),
        (_files(wiring="1", canary="1", plan="1"), ("base/kustomization.yaml",)),
        (_files(base="1", wiring="2", canary="1", plan="1"), ("overlays/live/released/kustomization.yaml",)),
        (
            _files(base="1", wiring="1", canary="1", service="1", plan="1"),
            ("overlays/live/released/canary-service.yaml",),
        ),
        (_files(base="1", wiring="1", plan="1"), ("overlays/live/released/canary-deployment.yaml",)),
    ],
)
def test_another_wiring_takes_the_new_manifests_as_a_whole(new: dict[str, Entry], rewired: tuple[str, ...]) -> None:
    stable = {**OLD, "overlays/live/other.yaml": Entry("100644", "1")}
    tree = trees.compose("live", stable, new)
    assert (tree.files, tree.rewired) == (new, rewired)
    assert tree.touched == ("base/deployment.yaml", "overlays/live/other.yaml"), "not wiring, nor other environments"
