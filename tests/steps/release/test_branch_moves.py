"""Moves on real repositories: what is on the deploy branch after them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from steps.release.repositories import IMAGE, Checkout, Remote, files, git, image, version

CANARY = "overlays/production/released/canary-deployment.yaml"
ROLLOUT = "overlays/production/rollout.json"


def moved(here: Checkout, *moves: str) -> None:
    """Do moves without options in production."""
    for move in moves:
        here.move(*move.split())


def test_the_first_release_gets_all_traffic(remote: Remote, here: Checkout) -> None:
    result = here.start("a")
    record = remote.record()
    assert record["state"] == "released"
    assert record["stable"] == {
        "release": result["release"],
        "image": image("a"),
        "version": version("a"),
        "commit": remote.commit,
        "weight": 100,
        "metrics": {"accuracy": 0.901},
        "evaluation": {"digest": f"sha256:{'e' * 64}", "method": f"sha256:{'f' * 64}"},
    }
    assert (record["canary"]["weight"], record["canary"]["replicas"]) == (0, 0)
    assert "previous" not in record
    assert (result["changed"], result["phase"], result["commit"]) == (True, "at-rest", remote.tip())
    assert result["plan"]["steps"][:2] == [{"weight": 0, "replicas": 1}, {"weight": 10, "replicas": 1}]
    assert remote.manifests() == here.manifests(remote.commit)
    found = remote.files()
    assert found["releases/production/predictions.csv"] == "prediction\na\n"
    assert "- ../../overlays/production/released" in found["releases/production/kustomization.yaml"]
    assert not [path for path in found if path.startswith("releases/staging")]


def test_a_commit_says_what_was_done(remote: Remote, here: Checkout) -> None:
    release = here.start("a")["release"]
    here.move("hold", "--reason", "the weekend")
    (message,) = git(
        remote.path, "log", "--first-parent", "--reverse", "--format=%B%x00", "deploy/penguins/production"
    ).split("\0")[:1]
    assert message == (
        f"release(production): start {version('a')}\n\n"
        f"{version('a')} (release {release[:12]}) gets all traffic.\n\n"
        f"Release-Id: {release}\nVersion: {version('a')}\nSource-Commit: {remote.commit}\n"
    )
    assert remote.log()[1] == f"release(production): hold {version('a')}"
    trailers = git(remote.path, "log", "-1", "--format=%(trailers:key=Reason,valueonly)", "deploy/penguins/production")
    assert trailers == "the weekend"
    assert remote.log(form="%an <%ae>")[0] == "release automation <release-automation@users.noreply.invalid>"


def test_the_identity_of_the_user_wins(remote: Remote, here: Checkout) -> None:
    git(here.top, "config", "user.email", "user@example.com")
    here.start("a")
    assert remote.log(form="%an <%ae>") == ["release automation <user@example.com>"]


def test_a_whole_rollout(remote: Remote, here: Checkout) -> None:
    first = here.start("a")["release"]
    second = here.start("bb")["release"]
    record = remote.record()
    assert (record["stable"]["release"], record["stable"]["weight"]) == (first, 100)
    assert record["canary"]["release"] == second
    assert (record["canary"]["weight"], record["canary"]["replicas"]) == (0, 1), "copies before traffic"
    assert record["canary"]["metrics"] == {"accuracy": 0.902}
    assert remote.files()["releases/production/candidate-predictions.csv"] == "prediction\nbb\n"

    moved(here, "weight --weight 10")
    record = remote.record()
    assert (record["stable"]["weight"], record["canary"]["weight"], record["canary"]["replicas"]) == (90, 10, 1)
    moved(here, "weight --weight 50")
    assert (remote.record()["canary"]["weight"], remote.record()["canary"]["replicas"]) == (50, 3)
    moved(here, "promote")
    record = remote.record()
    assert (record["stable"]["release"], record["previous"]["release"]) == (second, first)
    assert (record["stable"]["weight"], record["canary"]["weight"], record["canary"]["replicas"]) == (50, 50, 3)
    assert record["stable"]["metrics"] == {"accuracy": 0.902}
    assert "metrics" not in record["canary"]
    moved(here, "finish")
    record = remote.record()
    assert (record["stable"]["weight"], record["canary"]["weight"], record["canary"]["replicas"]) == (100, 0, 0)
    found = remote.files()
    assert found["releases/production/predictions.csv"] == "prediction\nbb\n"
    assert found["releases/production/previous-predictions.csv"] == "prediction\na\n"
    assert "releases/production/candidate-predictions.csv" not in found
    names = [subject.split()[1] for subject in remote.log()]
    assert names == ["start", "start", "weight", "weight", "promote", "finish"]

    moved(here, "rollback")
    record = remote.record()
    assert (record["stable"]["release"], record["rejected"]) == (first, [second])
    assert record["stable"]["metrics"] == {"accuracy": 0.901}
    assert "previous" not in record
    assert remote.files()["releases/production/predictions.csv"] == "prediction\na\n"


def test_repeated_moves_make_no_commit(remote: Remote, here: Checkout) -> None:
    here.start("a")
    here.start("bb")
    for move in ("weight --weight 50", "promote", "finish"):
        before = remote.tip()
        assert here.move(*move.split())["changed"] is True
        after = remote.tip()
        again = here.move(*move.split())
        assert (again["changed"], remote.tip()) == (False, after)
        assert "there is no commit" in here.printed
        assert before != after
    assert here.start("bb")["changed"] is False


def test_a_running_canary_is_not_sent_back_to_its_first_step(remote: Remote, here: Checkout) -> None:
    here.start("a")
    here.start("bb")
    moved(here, "weight --weight 50")
    assert here.start("bb")["changed"] is False
    assert remote.record()["canary"]["weight"] == 50


def test_without_steps_a_release_replaces_the_last_one(remote: Remote, here: Checkout) -> None:
    first = here.start("a", env="staging")["release"]
    second = here.start("bb", env="staging")["release"]
    record = remote.record("staging")
    assert (record["stable"]["release"], record["stable"]["weight"]) == (second, 100)
    assert record["previous"]["release"] == first
    here.move("rollback", env="staging")
    assert remote.record("staging")["stable"]["release"] == first
    assert remote.tip("production") is None


def test_a_canary_leaves_the_manifests_of_stable_alone(remote: Remote, here: Checkout) -> None:
    """The new release has more memory in both tracks and other steps; only its own track may show it."""
    here.start("a")
    old = here.manifests(remote.commit)
    here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 3Gi")
    here.edit(ROLLOUT, '"weight": 50', '"weight": 40')
    new_commit = here.edit(CANARY, "memory: 1Gi", "memory: 3Gi")
    new = here.manifests(new_commit)
    result = here.start("a")
    assert result["changed"] is True, "a change of manifests alone is a release"
    assert not here.notices
    assert remote.manifests() == {**old, CANARY: new[CANARY], ROLLOUT: new[ROLLOUT]}
    assert [step["weight"] for step in result["plan"]["steps"]] == [0, 10, 40]
    with pytest.raises(Refused, match="50% is no step"):
        moved(here, "weight --weight 50")
    moved(here, "weight --weight 40", "promote")
    assert remote.manifests() == new
    moved(here, "finish", "rollback")
    assert remote.manifests() == old


def test_an_abort_brings_the_manifests_of_stable_back(remote: Remote, here: Checkout) -> None:
    here.start("a")
    old = remote.manifests()
    here.edit(CANARY, "memory: 1Gi", "memory: 3Gi")
    release = here.start("a")["release"]
    assert remote.manifests() != old
    moved(here, "abort")
    assert remote.manifests() == old
    assert remote.record()["rejected"] == [release]
    assert "releases/production/candidate-predictions.csv" not in remote.files()


def _more_resources(here: Checkout) -> str:
    path = "overlays/production/released/kustomization.yaml"
    text = (here.deploy / path).read_text(encoding="utf-8")
    changed = text.replace("  - canary-service.yaml\n", "  - canary-service.yaml\n  - extra.yaml\n")
    assert changed != text
    extra = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n"
    return here.commit({path: changed, "overlays/production/released/extra.yaml": extra})


def _other_base(here: Checkout) -> str:
    path = "base/kustomization.yaml"
    return here.edit(path, "  - podmonitor.yaml\n", "")


def _more_canary_files(here: Checkout) -> str:
    return here.commit({"overlays/production/released/canary-pdb.yaml": "kind: PodDisruptionBudget\n"})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_more_resources, "overlays/production/released/kustomization.yaml differs"),
        (_other_base, "base/kustomization.yaml differs"),
        (_more_canary_files, "overlays/production/released/canary-pdb.yaml differs"),
    ],
)
def test_another_wiring_takes_all_manifests_with_the_start(
    remote: Remote, here: Checkout, change: Callable[[Checkout], str], named: str
) -> None:
    here.start("a")
    old = remote.manifests()
    new = here.manifests(change(here))
    here.start("a")
    assert remote.manifests() == new
    (notice,) = here.notices
    assert notice.rule == "wiring"
    assert named in notice.message
    moved(here, "weight --weight 50")
    assert not here.notices
    assert remote.manifests() == new
    moved(here, "abort")
    assert remote.manifests() == old


def test_merged_manifests_touch_nothing_until_they_are_released(remote: Remote, here: Checkout) -> None:
    here.start("a")
    old = remote.manifests()
    here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 3Gi")
    here.move("hold", "--reason", "audit")
    assert remote.manifests() == old


def test_a_base_image_fix_of_the_same_version_is_a_release(remote: Remote, here: Checkout) -> None:
    here.start("a")
    bad = here.start("a", built="a2")
    assert bad["changed"] is True
    moved(here, "abort")
    with pytest.raises(Refused, match="is not released again"):
        here.start("a", built="a2")
    assert here.start("a", built="a3")["changed"] is True
    assert remote.record()["canary"]["image"] == image("a3")


def test_hold_and_resume(remote: Remote, here: Checkout) -> None:
    here.move("hold", "--reason", "not before the audit")
    assert remote.record() == {
        **json.loads((here.deploy / "releases/production/release.json").read_text(encoding="utf-8")),
        "hold": {"reason": "not before the audit"},
    }
    assert "components" not in remote.files()["releases/production/kustomization.yaml"]
    with pytest.raises(Refused, match="not before the audit"):
        here.start("a")
    here.move("resume", "--reason", "the audit is done")
    here.start("a")
    here.start("bb")
    here.move("hold", "--reason", "too hot")
    for move in ("weight --weight 50", "promote"):
        with pytest.raises(Refused, match="too hot"):
            moved(here, move)
    moved(here, "abort")
    assert remote.record()["hold"] == {"reason": "too hot"}
    assert remote.log()[:2] == ["release(production): hold", "release(production): resume"]


def test_a_rollback_while_a_canary_runs_keeps_stable(remote: Remote, here: Checkout) -> None:
    first = here.start("a")["release"]
    second = here.start("bb")["release"]
    result = here.move("rollback")
    assert "this was an abort" in result["message"]
    assert (remote.record()["stable"]["release"], remote.record()["rejected"]) == (first, [second])


def test_a_second_rollback_of_the_same_release_changes_nothing(remote: Remote, here: Checkout) -> None:
    """A job that runs twice must not take the good release back as well."""
    here.start("a")
    here.start("bb")
    moved(here, "promote", "finish")
    bad = here.start("ccc")["release"]
    assert here.move("rollback", "--release", bad)["changed"] is True
    assert here.move("rollback", "--release", bad)["changed"] is False
    assert remote.record()["stable"]["version"] == version("bb")


def test_a_move_that_means_another_release_is_refused(here: Checkout) -> None:
    first = here.start("a")["release"]
    here.start("bb")
    for move in ("promote", "weight --weight 50", "abort", "rollback", "finish"):
        with pytest.raises(Refused, match="was meant for"):
            moved(here, f"{move} --release {first}")


def test_show_tells_and_changes_nothing(remote: Remote, here: Checkout) -> None:
    assert here.move("show")["phase"] == "none"
    assert "nothing was released yet" in here.printed
    here.start("a")
    here.start("bb")
    tip = remote.tip()
    result = here.move("show")
    assert (result["phase"], result["changed"], remote.tip()) == ("canary", False, tip)
    assert f"{version('bb')} is tried with 0% of the traffic" in here.printed
    assert result["record"] == remote.record()


def test_a_dry_run_says_what_would_change(remote: Remote, here: Checkout) -> None:
    here.start("a")
    tip = remote.tip()
    objects = git(here.top, "count-objects")
    result = here.start("bb", "--dry-run")
    assert (result["changed"], result["phase"], remote.tip()) == (True, "canary", tip)
    assert "ops/deploy/releases/production/release.json" in here.printed
    assert "deployment.yaml" not in here.printed
    assert git(here.top, "count-objects") == objects, "it does not even keep the contents"


def test_the_user_s_files_index_and_branches_stay(remote: Remote, here: Checkout) -> None:
    (here.top / "README.md").write_text("changed and staged\n", encoding="utf-8")
    git(here.top, "add", "README.md")
    (here.top / "README.md").write_text("changed again\n", encoding="utf-8")
    (here.deploy / "base" / "pdb.yaml").write_text("broken\n", encoding="utf-8")
    before = (git(here.top, "status", "--porcelain"), git(here.top, "branch", "--list"), git(here.top, "diff"))
    here.start("a")
    here.start("bb")
    moved(here, "abort")
    assert (git(here.top, "status", "--porcelain"), git(here.top, "branch", "--list"), git(here.top, "diff")) == before
    assert remote.manifests()["base/pdb.yaml"] != "broken\n", "manifests come from the commit"


def test_git_s_variables_for_hooks_do_not_mislead(
    remote: Remote, here: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.candidate("a")
    git(tmp_path, "init", "--quiet", "other")
    with monkeypatch.context() as hooks:
        hooks.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
        hooks.setenv("GIT_INDEX_FILE", str(tmp_path / "other" / ".git" / "index"))
        here.move("start", "--image", image("a"))
    assert remote.record()["stable"]["version"] == version("a")


@pytest.mark.parametrize(("project", "output"), [(".", "ops"), ("models/penguins", "ops"), ("birds", "generated/ml")])
def test_any_place_in_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: str, output: str
) -> None:
    monkeypatch.chdir(tmp_path)
    remote = Remote(tmp_path, project, output)
    remote.first.start("a")
    assert "releases/production/release.json" in remote.files()
    assert remote.manifests() == remote.first.manifests(remote.commit)


def test_a_shallow_clone_is_enough(remote: Remote) -> None:
    """A checkout on a runner has one commit and no deploy branch."""
    remote.first.start("a")
    remote.first.edit("base/deployment.yaml", "memory: 1Gi", "memory: 3Gi")
    runner = remote.clone("runner", "--depth=1")
    runner.start("a")
    old = remote.first.manifests(remote.commit)
    assert remote.manifests() == old, "the memory is that of stable"
    for move in ("promote", "finish"):
        another = remote.clone(f"runner-{move}", "--depth=1")
        moved(another, move)
    moved(remote.clone("last", "--depth=1"), "rollback")
    assert remote.manifests() == old
    assert git(runner.top, "rev-parse", "--is-shallow-repository") == "true"


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
def test_manifests_of_a_lost_commit_come_from_the_deploy_branch(remote: Remote, options: tuple[str, ...]) -> None:
    """Main was rewritten: what stable was made from is in no branch but its own."""
    here = remote.first
    here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 2Gi")
    here.start("a")
    old = remote.manifests()
    here.edit("base/deployment.yaml", "memory: 2Gi", "memory: 3Gi")
    here.start("bb")
    moved(here, "promote", "finish")
    git(here.top, "reset", "--quiet", "--hard", remote.commit)
    git(here.top, "push", "--quiet", "--force", "origin", "HEAD:refs/heads/main")
    git(remote.path, "reflog", "expire", "--expire=now", "--all")
    git(remote.path, "gc", "--quiet", "--prune=now")
    moved(remote.clone("fresh", *options), "rollback")
    assert remote.manifests() == old


def test_a_new_name_of_the_output_folder(remote: Remote, here: Checkout) -> None:
    here.start("a")
    old = remote.manifests()
    git(here.top, "mv", "ops", "platform")
    here.output = remote.output = "platform"
    here.commit({})
    assert here.start("a")["changed"] is False, "the place of the manifests is no part of a release"
    here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 2Gi")
    new = here.manifests(here.edit(CANARY, "memory: 1Gi", "memory: 2Gi"))
    here.start("bb")
    assert any("moved from ops/deploy to platform/deploy" in notice.message for notice in here.notices)
    assert remote.manifests() == {**old, CANARY: new[CANARY]}
    moved(here, "promote", "finish")
    assert remote.manifests() == new
    moved(here, "rollback")
    assert remote.manifests() == old


def test_without_a_remote_releases_stay_in_the_clone(remote: Remote, here: Checkout) -> None:
    git(here.top, "remote", "remove", "origin")
    here.start("a")
    assert here.notices[0].rule == "remote"
    here.start("bb", "--remote", "")
    assert not here.notices
    tip = git(here.top, "rev-parse", "deploy/penguins/production")
    record = json.loads(files(here.top, tip)["ops/deploy/releases/production/release.json"])
    assert record["canary"]["version"] == version("bb")
    assert remote.tip() is None
    git(here.top, "worktree", "add", "--quiet", "../second", "deploy/penguins/production")
    with pytest.raises(Unusable, match="is checked out"):
        moved(here, "abort")


def test_line_endings_are_no_part_of_a_release(remote: Remote, here: Checkout) -> None:
    here.start("a")
    path = here.deploy / "base" / "deployment.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    here.commit({})
    assert here.start("a")["changed"] is False


def test_the_executable_bit_and_links_survive(remote: Remote, here: Checkout) -> None:
    (here.deploy / "argocd" / "link.yaml").symlink_to("staging.yaml")
    (here.deploy / "base" / "pdb.yaml").chmod(0o755)
    commit = here.commit({})
    here.start("a")
    listed = [
        git(remote.path, "ls-tree", "-r", tree, "ops/deploy/argocd", "ops/deploy/base")
        for tree in (commit, str(remote.tip()))
    ]
    assert listed[0] == listed[1]
    assert "120000" in listed[0]
    assert "100755" in listed[0]


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Remote:
    """A remote repository to which nothing is ever released."""
    return Remote(tmp_path_factory.mktemp("idle"))


@pytest.mark.parametrize(
    ("words", "candidate", "error", "message"),
    [
        ("start", None, Unusable, "start needs the image"),
        (f"start --image {IMAGE}:latest", None, Unusable, "with a digest"),
        (f"start --image {IMAGE}@sha256:{'0' * 63}", None, Unusable, "with a digest"),
        (f"start --image ghcr.io/acme/other@sha256:{'0' * 64}", None, Unusable, "with a digest"),
        (f"start --image ghcrxio/acme/penguins@sha256:{'0' * 64}", None, Unusable, "with a digest"),
        (f"start --image {IMAGE}@sha256:{'0' * 64} --env elsewhere", None, Unusable, "runs no image"),
        ("start --env nowhere", None, Unusable, "no environment nowhere: the spec has staging, production"),
        ("start IMAGE --candidate missing.json", None, Unusable, "run the pipeline first"),
        ("start IMAGE --predictions missing.csv", None, Unusable, "no file"),
        ("start IMAGE --commit " + "0" * 40, None, Unusable, "fetch-depth: 0"),
        ("start IMAGE --commit=--all", None, Unusable, "no commit --all here"),
        ("start IMAGE --commit v1.0", None, Unusable, "give its full id"),
        ("start IMAGE", {"gate": "not-judged"}, Refused, "the gate said not-judged"),
        ("start IMAGE", {"gate": "not-comparable"}, Refused, "the gate said not-comparable"),
        ("start IMAGE", {"gate": "failed"}, Refused, "the gate said failed"),
        ("start IMAGE", {"schema": 2}, Unusable, "schema number 2"),
        ("start IMAGE", {"name": "other"}, Unusable, "candidate of other"),
        ("start IMAGE", {"version": "v1"}, Unusable, "'v1', which is none"),
        ("start IMAGE", {"evaluation": None}, Unusable, "incomplete"),
        ("start IMAGE", {"evaluation": {"digest": f"sha256:{'e' * 64}"}}, Unusable, r"incomplete \('method'\)"),
        ("weight", None, Unusable, "--weight PERCENT"),
        ("promote --weight 10", None, Unusable, "no other move"),
        ("abort IMAGE", None, Unusable, "it is for start"),
        ("promote --commit HEAD", None, Unusable, "it is for start"),
        ("hold", None, Unusable, "needs a reason"),
        ("hold --reason=", None, Unusable, "needs a reason"),
        ("resume", None, Unusable, "needs a reason"),
        (f"hold --reason x --release {'0' * 64}", None, Unusable, "takes no --release"),
        ("promote --allow-again", None, Unusable, "promote takes no --allow-again: it is for abort, rollback"),
        ("start IMAGE --allow-again", None, Unusable, "start takes no --allow-again"),
        ("abort --release 12ab", None, Unusable, "64 hexadecimal digits"),
        ("show --remote upstream", None, Unusable, "no remote repository upstream: take one of origin"),
        ("show --remote=--upload-pack=x", None, Unusable, "no remote repository"),
        ("show --remote ./nowhere", None, Unusable, "cannot be asked"),
        ("weight --weight 10", None, Refused, "nothing was ever released"),
        ("promote", None, Refused, "nothing was ever released"),
        ("rollback", None, Refused, "nothing to go back to"),
        (f"abort --release {'0' * 64}", None, Refused, "nothing was released"),
    ],
)
def test_what_cannot_be_is_refused(
    idle: Remote, words: str, candidate: dict[str, Any] | None, error: type[Exception], message: str
) -> None:
    idle.first.candidate("a", **(candidate or {}))
    arguments = words.replace(" IMAGE", f" --image {image('a')}").split()
    with pytest.raises(error, match=message):
        idle.first.release(*arguments, *([] if "--env" in arguments else ["--env", "production"]))
    assert idle.tip() is None


def test_the_environment_may_be_left_out_when_there_is_one(remote: Remote, here: Checkout) -> None:
    with pytest.raises(Unusable, match="needs --env: the spec has staging, production, elsewhere"):
        here.release("show")
    here.config["environments"] = {"production": {"image": IMAGE}}
    assert here.release("show")["environment"] == "production"


def test_moves_in_the_wrong_phase(here: Checkout) -> None:
    here.start("a")
    for move, message in (
        ("weight --weight 10", "no release is on its way"),
        ("promote", "no release is on its way"),
        ("rollback", "nothing was stable here but"),
    ):
        with pytest.raises(Refused, match=message):
            moved(here, move)
    assert here.move("abort")["changed"] is False
    assert here.move("finish")["changed"] is False
    here.start("bb")
    with pytest.raises(Refused, match="promote or abort it before"):
        here.start("ccc")
    with pytest.raises(Refused, match="promote it first"):
        moved(here, "finish")
    moved(here, "weight --weight 50")
    with pytest.raises(Refused, match="a step back"):
        moved(here, "weight --weight 10")
    moved(here, "promote")
    with pytest.raises(Refused, match="let its rollout run again, finish it, or roll it back before"):
        here.start("ccc")
    with pytest.raises(Refused, match="promoted already"):
        moved(here, "weight --weight 50")
    assert here.move("abort")["changed"] is False, "the copies of the second track serve"
    assert here.move("show")["record"]["rejected"] == []


def test_a_dirty_candidate_and_missing_predictions_are_noticed(remote: Remote, here: Checkout) -> None:
    here.candidate("a", dirty=True)
    (here.project / "build" / "evaluation" / "predictions.csv").unlink()
    here.move("start", "--image", image("a"))
    assert [notice.rule for notice in here.notices] == ["dirty", "predictions"]
    assert "releases/production/predictions.csv" not in remote.files()


def test_a_candidate_without_a_commit_needs_one(remote: Remote, here: Checkout) -> None:
    here.candidate("a", commit=None, dirty=None)
    with pytest.raises(Unusable, match="with --commit SHA"):
        here.move("start", "--image", image("a"))
    here.move("start", "--image", image("a"), "--commit", "HEAD")
    assert remote.record()["stable"]["commit"] == remote.commit
    assert not here.notices


def test_a_commit_without_manifests_is_not_released(here: Checkout) -> None:
    git(here.top, "rm", "-r", "--quiet", "ops/deploy/overlays/production")
    here.commit({})
    with pytest.raises(Unusable, match='run "mlopsc compile" and commit'):
        here.start("a")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"weight": 100', '"weight": 80', "add to 80"),
        ('"weight": 100', '"weight": "all"', "not a whole number"),
        ('"rejected"', '"refused"', "refused is not known"),
        ('"mlopsc/v1"', '"mlopsc/v2"', "apiVersion"),
        ("{", "", "no JSON"),
        ('"penguins"', '"finches"', "is of finches"),
    ],
)
def test_a_record_edited_by_hand_is_refused_and_kept(
    remote: Remote, here: Checkout, old: str, new: str, message: str
) -> None:
    here.start("a")
    remote.edit_record(old, new)
    tip = remote.tip()
    for move in ("show", "abort", "rollback", "hold --reason x"):
        with pytest.raises(Refused, match=message):
            moved(here, move)
    with pytest.raises(Refused, match=message):
        here.start("bb")
    assert remote.tip() == tip


def test_an_image_changed_by_hand_is_found_out(remote: Remote, here: Checkout) -> None:
    here.start("a")
    remote.edit_record(image("a"), image("x"))
    with pytest.raises(Refused, match="neither those of commit"):
        here.start("bb")


def test_a_branch_of_somebody_else_is_left_alone(remote: Remote, here: Checkout) -> None:
    git(here.top, "push", "--quiet", "origin", f"{remote.commit}:refs/heads/deploy/penguins/production")
    git(here.top, "rm", "-r", "--quiet", "ops/deploy/releases")
    here.commit({})
    git(here.top, "push", "--quiet", "origin", "HEAD:refs/heads/deploy/penguins/production")
    with pytest.raises(Unusable, match="needs this branch for itself"):
        here.start("a")
