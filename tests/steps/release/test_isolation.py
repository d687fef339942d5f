"""What a release may not change: what stable runs, what people committed to the deploy branch, and others' branches."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.release import record
from mlopsc.steps.mlops_steps.release.git import Git, shown
from steps.release.repositories import AUTHOR, Checkout, Remote, git, image, version

DEPLOYMENT = "base/deployment.yaml"
WIRING = "overlays/production/released/kustomization.yaml"
BRANCH = "deploy/penguins/production"


def label(here: Checkout) -> str:
    """Change the wiring and nothing else; return the commit."""
    return here.edit(WIRING, "resources:\n", "labels:\n  - pairs:\n      team: birds\nresources:\n")


def by_hand(remote: Remote, changes: Mapping[str, str | None]) -> None:
    """Commit files to the deploy branch of production, or delete them, as people do."""
    place = remote.folder / "by-hand"
    shutil.rmtree(place, ignore_errors=True)
    git(remote.folder, "clone", "--quiet", f"--branch={BRANCH}", str(remote.path), place.name)
    for name, text in changes.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    git(place, "add", "--all")
    git(place, *AUTHOR, "commit", "--quiet", "--message", "By hand")
    git(place, "push", "--quiet")


def lost(remote: Remote, here: Checkout) -> None:
    """Rewrite main, so that the commits of all releases are gone but for the deploy branch."""
    git(here.top, "reset", "--quiet", "--hard", remote.commit)
    git(here.top, "push", "--quiet", "--force", "origin", "HEAD:refs/heads/main")
    git(remote.path, "reflog", "expire", "--expire=now", "--all")
    git(remote.path, "gc", "--quiet", "--prune=now")


def test_another_wiring_does_not_bring_untried_changes_to_stable(remote: Remote, here: Checkout) -> None:
    here.start("a")
    here.edit(DEPLOYMENT, "memory: 1Gi", "memory: 3Gi")
    label(here)
    tip = remote.tip()
    with pytest.raises(Refused, match="release the wiring first") as caught:
        here.start("bb")
    (finding,) = caught.value.findings
    assert finding.facts == {"wiring": [WIRING], "files": [DEPLOYMENT]}
    assert remote.tip() == tip
    here.start("bb", "--accept-stable-changes")
    (notice,) = here.notices
    assert notice.rule == "wiring"
    assert DEPLOYMENT in notice.message
    assert "memory: 3Gi" in remote.manifests()[DEPLOYMENT]
    here.move("abort")
    assert "memory: 3Gi" not in remote.manifests()[DEPLOYMENT]


def test_files_of_stable_do_not_go_either(remote: Remote, here: Checkout) -> None:
    here.start("a")
    git(here.top, "rm", "--quiet", "ops/deploy/base/pdb.yaml")
    here.edit("base/kustomization.yaml", "  - pdb.yaml\n", "")
    with pytest.raises(Refused, match=r"base/pdb\.yaml"):
        here.start("bb")


def test_the_wiring_goes_first_with_the_image_of_stable(remote: Remote, here: Checkout) -> None:
    here.start("a")
    label(here)
    here.start("a")
    assert [notice.rule for notice in here.notices] == ["wiring"]
    here.move("promote")
    here.move("finish")
    here.edit(DEPLOYMENT, "memory: 1Gi", "memory: 3Gi")
    here.start("bb")
    assert not here.notices
    assert "memory: 3Gi" not in remote.manifests()[DEPLOYMENT]


def test_other_environments_and_releases_without_steps_are_not_concerned(remote: Remote, here: Checkout) -> None:
    here.start("a")
    here.start("a", env="staging")
    label(here)
    here.edit("overlays/staging/kustomization.yaml", "kind: Kustomization", "kind: Kustomization\n# another\n")
    here.commit({"overlays/staging/extra.yaml": "kind: ConfigMap\n", "base/extra.yaml": "kind: ConfigMap\n"})
    here.start("bb")
    here.edit("overlays/staging/released/kustomization.yaml", "resources:", "# another\nresources:")
    here.edit(DEPLOYMENT, "memory: 1Gi", "memory: 3Gi")
    here.start("bb", env="staging")
    assert "memory: 3Gi" in remote.manifests("staging")[DEPLOYMENT]


EDIT = {f"ops/deploy/{DEPLOYMENT}": "kind: Edited\n", "NOTES.md": "Ours.\n"}


@pytest.mark.parametrize("move", ["weight --weight 50", "promote"])
def test_edits_on_the_branch_stop_what_would_undo_them(remote: Remote, here: Checkout, move: str) -> None:
    here.start("a")
    here.start("bb")
    by_hand(remote, EDIT)
    tip = remote.tip()
    with pytest.raises(Refused, match=rf"edited by hand, and {move.split()[0]} would undo it: NOTES\.md, ops/deploy/"):
        here.move(*move.split())
    assert remote.tip() == tip
    here.move(*move.split(), "--discard-edits")
    assert [notice.rule for notice in here.notices] == ["edits"]
    assert remote.manifests()[DEPLOYMENT] != "kind: Edited\n"


def test_start_and_finish_are_stopped_as_well(remote: Remote, here: Checkout) -> None:
    here.start("a")
    by_hand(remote, {f"ops/deploy/{DEPLOYMENT}": None})
    with pytest.raises(Refused, match="start would undo it"):
        here.start("bb")
    here.start("bb", "--discard-edits")
    here.move("promote")
    by_hand(remote, EDIT)
    with pytest.raises(Refused, match="finish would undo it"):
        here.move("finish")
    here.move("finish", "--discard-edits")
    assert remote.manifests() == here.manifests(remote.commit)


@pytest.mark.parametrize("move", ["abort", "rollback"])
def test_the_way_back_is_never_stopped(remote: Remote, here: Checkout, move: str) -> None:
    here.start("a")
    old = remote.manifests()
    here.start("bb")
    by_hand(remote, EDIT)
    here.move(move)
    (notice,) = here.notices
    assert notice.facts == {"files": sorted(EDIT)}
    assert remote.manifests() == old


def test_a_hold_keeps_edits(remote: Remote, here: Checkout) -> None:
    here.start("a")
    here.start("bb")
    changes = {f"ops/deploy/{DEPLOYMENT}": "kind: Edited\n", "ops/deploy/overlays/production/rollout.json": "spoilt"}
    by_hand(remote, changes)
    here.move("hold", "--reason", "x")
    here.move("resume", "--reason", "y")
    assert not here.notices
    assert remote.manifests()[DEPLOYMENT] == "kind: Edited\n"
    with pytest.raises(Refused, match="edited by hand"):
        here.move("weight", "--weight", "50")


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
@pytest.mark.parametrize("move", ["promote", "abort", "rollback"])
def test_a_canary_needs_the_deploy_branch_only(remote: Remote, options: tuple[str, ...], move: str) -> None:
    """Main was rewritten while a release is tried: its manifests, and those of stable, are on the branch."""
    here = remote.first
    stable = here.manifests(here.edit(DEPLOYMENT, "memory: 1Gi", "memory: 2Gi"))
    here.start("a")
    new = here.manifests(here.edit(DEPLOYMENT, "memory: 2Gi", "memory: 3Gi"))
    here.start("bb")
    lost(remote, here)
    fresh = remote.clone("fresh", *options)
    for other in ("hold --reason x", "resume --reason x", "weight --weight 50"):
        fresh.move(*other.split())
    fresh.move(move)
    assert remote.manifests() == (new if move == "promote" else stable)


def test_the_snapshot_is_a_parent_of_the_start(remote: Remote, here: Checkout) -> None:
    here.start("a")
    first = str(remote.tip())
    assert git(remote.path, "rev-list", "--parents", "-1", first).split() == [first]
    new = here.edit(DEPLOYMENT, "memory: 1Gi", "memory: 3Gi")
    here.start("bb")
    tip, parent, snapshot = git(remote.path, "rev-list", "--parents", "-1", str(remote.tip())).split()
    assert (tip, parent) == (remote.tip(), first)
    assert git(remote.path, "rev-list", "--parents", "-1", snapshot).split() == [snapshot]
    assert Checkout.manifests(here, new) == {
        path: text for path, text in remote.files(at=snapshot).items() if not path.startswith("releases/")
    }


def test_without_manifests_an_abort_keeps_the_files_and_a_promotion_is_refused(remote: Remote, here: Checkout) -> None:
    here.start("a")
    here.start("bb")
    remote.edit_record(image("a"), image("x"))
    before = remote.manifests()
    with pytest.raises(Refused, match="neither those of commit"):
        here.move("promote")
    here.move("abort")
    assert [notice.rule for notice in here.notices] == ["manifests"]
    assert remote.manifests() == before
    assert remote.record()["stable"]["image"] == image("x")
    assert "releases/production/candidate-predictions.csv" not in remote.files()


def test_commits_are_looked_for_on_origin_too(remote: Remote, here: Checkout) -> None:
    git(remote.folder, "init", "--quiet", "--bare", "other.git")
    other = f"file://{remote.folder}/other.git"
    here.start("a", "--remote", other)
    new = here.edit(DEPLOYMENT, "memory: 1Gi", "memory: 3Gi")
    here.commit({})
    runner = remote.clone("runner", "--depth=1")
    runner.candidate("bb", commit=new)
    assert runner.move("start", "--image", image("bb"), "--remote", other)["changed"] is True


def test_moves_go_on_where_the_branch_s_manifests_lie(remote: Remote, here: Checkout) -> None:
    here.start("a")
    here.start("bb")
    git(here.top, "mv", "ops", "platform")
    here.commit({})
    moved = Checkout(here.top, ".", "platform")
    for move in ("hold --reason x", "resume --reason x", "weight --weight 50", "promote", "finish", "rollback"):
        moved.move(*move.split())
        assert not moved.notices
        assert "releases/production/release.json" in remote.files(), "all of it is below ops/deploy"
    moved.start("ccc")
    assert [notice.rule for notice in moved.notices] == ["folder"]
    assert set(git(remote.path, "ls-tree", "--name-only", str(remote.tip())).split()) == {"platform"}


def test_rollbacks_go_on_until_nothing_is_left(remote: Remote, here: Checkout) -> None:
    for model in ("a", "bb", "ccc"):
        here.start(model)
        if model != "a":
            here.move("promote")
            here.move("finish")
    for left in ("bb", "a"):
        here.move("rollback")
        assert remote.record()["stable"]["version"] == version(left)
        assert remote.files()["releases/production/release.json"].count('"previous"') == 0
    with pytest.raises(Refused, match=r"all that was stable here, other than .*, is rejected"):
        here.move("rollback")


def test_a_candidate_that_makes_no_record_is_refused_before_it_is_pushed(remote: Remote, here: Checkout) -> None:
    here.candidate("a", metrics={"accuracy": "high"})
    with pytest.raises(Unusable, match=r"stable\.metrics\.accuracy is \"high\", not a number; check the candidate"):
        here.move("start", "--image", image("a"))
    path = here.candidate("a")
    path.write_text(path.read_text(encoding="utf-8").replace("0.901", "1e999"), encoding="utf-8")
    with pytest.raises(Unusable, match=r"accuracy is Infinity, not a number"):
        here.move("start", "--image", image("a"))
    assert remote.tip() is None


def test_names_that_are_not_utf_8(remote: Remote, here: Checkout) -> None:
    names = [os.fsencode(here.top) + name for name in (b"/caf\xe9.txt", b"/ops/deploy/base/caf\xe9.yaml")]
    for name in names:
        Path(os.fsdecode(name)).write_text("kind: ConfigMap\n", encoding="utf-8")
    here.commit({})
    here.start("a")
    tip = str(remote.tip())
    listed = Git(here.pipeline).files(tip)
    found = os.fsdecode(b"ops/deploy/base/caf\xe9.yaml")
    assert found in listed
    Path(os.fsdecode(names[1])).write_text("kind: Secret\n", encoding="utf-8")
    label(here)
    with pytest.raises(Refused, match=r"caf\\xe9\.yaml") as caught:
        here.start("bb")
    json.dumps(caught.value.findings[0].document(), ensure_ascii=False).encode()
    here.start("bb", "--dry-run", "--accept-stable-changes")
    assert r"caf\xe9.yaml" in here.printed
    here.start("bb", "--accept-stable-changes")
    here.move("abort")
    assert Git(here.pipeline).files(str(remote.tip()))[found] == listed[found]
    assert shown(found) == r"ops/deploy/base/caf\xe9.yaml"


def test_a_branch_that_ends_alike_is_another_one(remote: Remote, here: Checkout) -> None:
    git(here.top, "push", "--quiet", "origin", f"HEAD:refs/heads/x/refs/heads/{BRANCH}")
    assert here.move("show")["phase"] == "none"
    here.start("a")
    assert here.move("show")["commit"] == remote.tip()


@pytest.mark.parametrize("options", [(), ("--remote", "")])
@pytest.mark.parametrize("name", ["deploy", "deploy/penguins", f"{BRANCH}/old"])
def test_a_branch_in_the_way_is_named(here: Checkout, name: str, options: tuple[str, ...]) -> None:
    git(here.top, "branch", name)
    git(here.top, "push", "--quiet", "origin", name)
    with pytest.raises(Unusable, match=f"the branch {name} is in the way"):
        here.start("a", *options)


def test_two_specs_of_one_name_do_not_share_a_branch(remote: Remote, here: Checkout) -> None:
    here.start("a")
    shutil.copytree(here.top / "ops", here.top / "twin" / "ops")
    here.commit({})
    twin = Checkout(here.top, "twin")
    tip = remote.tip()
    with pytest.raises(Refused, match="if two specs are named penguins"):
        twin.start("bb")
    with pytest.raises(Refused, match="give one another name"):
        twin.move("hold", "--reason", "x")
    assert remote.tip() == tip
    here.start("bb")


def test_a_reason_is_one_line(remote: Remote, here: Checkout) -> None:
    here.move("hold", "--reason", " the\nweekend\x1b[31m\t\x00 ")
    assert remote.record()["hold"] == {"reason": "the weekend [31m"}
    with pytest.raises(Unusable, match="needs a reason"):
        here.move("resume", "--reason", "\n\x07")


def test_the_hook_of_the_clone_speaks_for_itself(remote: Remote, here: Checkout) -> None:
    hook = here.top / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\necho 'permission of x.lock is wrong' >&2\necho 'mend it'\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(Unusable, match="pre-push of this clone stops the push") as caught:
        here.start("a")
    assert "permission of x.lock is wrong" in str(caught.value)
    assert "mend it" in str(caught.value)
    assert remote.tip() is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("promote --accept-stable-changes", "promote takes no --accept-stable-changes: it is for start"),
        ("abort --discard-edits", "abort takes no --discard-edits: it is for start, weight, promote, finish"),
    ],
)
def test_options_belong_to_moves(here: Checkout, words: str, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        here.move(*words.split())


def test_a_record_s_problems_are_told_without_reading_it() -> None:
    assert record.problems(record.Record("penguins").document()) == []
    assert record.problems({}) != []
