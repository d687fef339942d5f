"""A release that another environment had first: the same model, image and manifests, under the same id."""

from __future__ import annotations

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from steps.release.repositories import Checkout, Remote, git, image, version


def promote(here: Checkout, release: str, *words: str) -> dict[str, object]:
    """Start in production what staging released."""
    return here.move("start", "--from", "staging", "--release", release, *words)


def test_the_release_is_the_same(remote: Remote) -> None:
    release = remote.first.release_fully("a", env="staging")
    runner = remote.clone("runner", "--depth=1")
    result = promote(runner, release)
    assert (result["release"], result["version"], result["changed"]) == (release, version("a"), True)
    assert remote.record()["stable"] == remote.record("staging")["stable"]
    assert remote.manifests() == remote.first.manifests(remote.commit)
    assert remote.files()["releases/production/predictions.csv"] == "prediction\na\n"
    assert promote(runner, release)["changed"] is False, "done twice it changes nothing"


def test_it_goes_by_the_plan_of_its_environment(remote: Remote) -> None:
    promote(remote.first, remote.first.release_fully("a", env="staging"))
    release = remote.first.release_fully("bb", env="staging")
    promote(remote.first, release)
    canary = remote.record()["canary"]
    assert (canary["release"], canary["weight"], canary["replicas"]) == (release, 0, 1)
    assert remote.files()["releases/production/candidate-predictions.csv"] == "prediction\nbb\n"


def test_what_was_stable_before_can_be_started(remote: Remote) -> None:
    release = remote.first.release_fully("a", env="staging")
    for name in ("bb", "ccc"):
        remote.first.release_fully(name, env="staging")
    runner = remote.clone("runner", "--depth=1")
    assert promote(runner, release)["version"] == version("a")
    assert remote.files()["releases/production/predictions.csv"] == "prediction\na\n"


def test_it_does_not_matter_what_became_of_main(remote: Remote) -> None:
    """Main was squashed, and nobody has the commit any more: the branch of the first environment has its manifests."""
    released = remote.first.edit("base/pdb.yaml", "maxUnavailable: 1", "maxUnavailable: 2")
    release = remote.first.release_fully("a", env="staging")
    manifests = remote.first.manifests(released)
    git(remote.first.top, "push", "--quiet", "--force", "origin", f"{remote.commit}:refs/heads/main")
    git(remote.path, "gc", "--quiet", "--prune=now")
    later = remote.clone("later")
    with pytest.raises(AssertionError):
        git(later.top, "cat-file", "-e", released)
    assert promote(later, release)["release"] == release
    assert remote.manifests() == manifests


def test_what_is_rejected_before_is_not_started(remote: Remote) -> None:
    remote.first.release_fully("a", env="staging")
    bad = remote.first.release_fully("bb", env="staging")
    remote.first.move("rollback", env="staging")
    with pytest.raises(Refused, match="was aborted or rolled back in staging and is not released to production") as no:
        promote(remote.first, bad)
    assert no.value.findings[0].rule == "rejected"
    assert remote.tip() is None


def test_what_was_never_stable_before_is_not_started(remote: Remote) -> None:
    here = remote.first
    here.config["environments"]["staging"]["after"] = "production"
    here.start("a")
    tried = here.start("bb")["release"]
    words = ("start", "--from", "production", "--release")
    for release in (tried, "0" * 64):
        with pytest.raises(Refused, match=f"{release[:12]} was never stable in production: finish it there"):
            here.move(*words, release, env="staging")
    assert remote.tip("staging") is None
    here.move("promote")
    with pytest.raises(Refused, match="is not finished in production, where nobody has seen yet that it runs") as no:
        here.move(*words, tried, env="staging")
    assert no.value.findings[0].rule == "unproven"
    here.move("finish")
    assert here.move(*words, tried, env="staging")["release"] == tried


def test_nothing_was_released_before(remote: Remote) -> None:
    with pytest.raises(Refused, match="was never stable in staging"):
        promote(remote.first, "0" * 64)


def test_a_rejection_or_a_hold_of_its_own_environment_counts(remote: Remote) -> None:
    here = remote.first
    here.start("a")
    bad = here.release_fully("bb", env="staging")
    promote(here, bad)
    here.move("abort")
    with pytest.raises(Refused, match="is not released again"):
        promote(here, bad)
    here.move("hold", "--reason", "holiday")
    with pytest.raises(Refused, match=r'releases are on hold \("holiday"\)'):
        promote(here, here.release_fully("ccc", env="staging"))


def test_a_copy_of_the_image_in_another_registry_is_the_same_release(remote: Remote) -> None:
    here = remote.first
    release = here.release_fully("a", env="staging")
    here.config["environments"]["production"]["image"] = "registry.example/penguins"
    assert promote(here, release)["release"] == release
    digest = image("a").partition("@")[2]
    assert remote.record()["stable"]["image"] == f"registry.example/penguins@{digest}"


def test_manifests_without_the_environment(remote: Remote) -> None:
    here = remote.first
    for path in (here.deploy / "overlays" / "production" / "released").iterdir():
        path.unlink()
    commit = here.commit({})
    release = here.release_fully("a", env="staging")
    with pytest.raises(Unusable, match=rf"{commit} has no ops/deploy/overlays/production/released/kustomization.yaml"):
        promote(here, release)


def test_only_the_environment_before_counts(remote: Remote) -> None:
    here, words = remote.first, ("--release", "0" * 64)
    with pytest.raises(Unusable, match="production follows staging in the spec: give --from staging"):
        here.move("start", "--from", "elsewhere", *words)
    with pytest.raises(Unusable, match="staging follows no other environment in the spec: give --image"):
        here.move("start", "--from", "production", *words, env="staging")
    here.config["environments"]["elsewhere"]["after"] = "staging"
    release = here.release_fully("a", env="staging")
    with pytest.raises(Unusable, match="elsewhere runs no image"):
        here.move("start", "--from", "staging", "--release", release, env="elsewhere")


def test_without_predictions_it_is_said(remote: Remote) -> None:
    here = remote.first
    here.candidate("a")
    (here.context().build / "evaluation" / "predictions.csv").unlink()
    release = here.move("start", "--image", image("a"), env="staging")["release"]
    promote(here, release)
    assert [notice.rule for notice in here.notices] == ["predictions"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("start", "--from", "staging"), "--from ENV and --release ID together"),
        (("start", "--image", "x", "--release", "0" * 64), "--from ENV and --release ID together"),
        (("start", "--from", "staging", "--release", "0" * 64, "--image", "x"), "takes --from or --image"),
        (("start", "--from", "staging", "--release", "0" * 64, "--commit", "x"), "takes --from or --commit"),
        (("start", "--from", "staging", "--release", "0"), "--release takes the id of a release"),
        (("promote", "--from", "staging"), "promote takes no --from: it is for start"),
        (("promote", "--to", "0" * 64), "promote takes no --to: it is for rollback"),
        (("abort", "--hold", "--reason", "x"), "abort takes no --hold: it is for rollback"),
        (("rollback", "--hold"), "hold needs a reason"),
        (("rollback", "--to", "abc"), "--to takes the id of a release"),
        (("hold", "--reason", "x", "--release", "0" * 64), "hold takes no --release"),
    ],
)
def test_options_that_do_not_fit(remote: Remote, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(Unusable, match=message):
        remote.first.move(*words)
    assert remote.tip() is None


def test_a_dry_run_writes_nothing(remote: Remote) -> None:
    release = remote.first.release_fully("a", env="staging")
    assert promote(remote.first, release, "--dry-run")["changed"] is True
    assert remote.tip() is None
