"""Deploy branches in a repository of their own: the files lie where the controller looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused
from mlopsc.steps.mlops_steps.release import champion, command
from steps.release.repositories import Checkout, Remote, files, git, version

BRANCH = "refs/heads/deploy/penguins/production"


class Separate:
    """A repository for manifests, which production uses.

    Args:
        remote: the repository of the project.
        path: folder inside of the separate one.
    """

    def __init__(self, remote: Remote, path: str) -> None:
        self.path = remote.folder / "gitops.git"
        git(remote.folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.path))
        self.settings = {"url": str(self.path), "path": path}

    def use(self, here: Checkout) -> Checkout:
        """Let production of a clone use it."""
        here.config["environments"]["production"]["gitops"] = dict(self.settings)
        return here

    def files(self) -> dict[str, str]:
        """Return the files of the deploy branch."""
        return files(self.path, git(self.path, "rev-parse", BRANCH))


@pytest.mark.parametrize(
    ("project", "path", "folder"),
    [
        (".", ".", "ops/deploy"),
        (".", "churn/", "churn/ops/deploy"),
        ("models/penguins", ".", "ops/deploy"),
        ("models/penguins", "teams/birds", "teams/birds/ops/deploy"),
    ],
)
def test_a_whole_life(tmp_path: Path, project: str, path: str, folder: str) -> None:
    remote = Remote(tmp_path, project)
    separate = Separate(remote, path)
    here = separate.use(remote.first)
    first = here.release_fully("a")
    assert remote.tip() is None, "the repository of the project has no deploy branch"
    manifests = {f"{folder}/{name}": text for name, text in here.manifests(remote.commit).items()}
    found = separate.files()
    assert manifests.items() <= found.items()
    releases = f"{folder}/releases/production"
    assert {*found} - {*manifests} == {
        f"{releases}/{name}" for name in ("kustomization.yaml", "release.json", "predictions.csv")
    }
    assert git(separate.path, "log", "--format=%s", BRANCH).count("\n") == 0, "nothing of main goes there"

    here.edit("base/deployment.yaml", "memory: 1Gi", "memory: 2Gi")
    second = here.release_fully("bb")
    runner = separate.use(remote.clone("runner", "--depth=1"))
    assert runner.move("show")["release"] == second
    runner.move("rollback", "--reason", "x")
    assert manifests.items() <= separate.files().items(), "its manifests come back from the commit on origin"
    assert runner.move("show")["release"] == first
    with pytest.raises(Refused, match="is not released again"):
        here.start("bb")


def test_the_champion_is_there(remote: Remote) -> None:
    here = Separate(remote, "churn").use(remote.first)
    here.release_fully("a")
    context = here.context()
    found, predictions = champion.fetch(command.environment(context, "production", None), context.build / "champion")
    assert found is not None
    assert (found.version, predictions) == (version("a"), True)


def test_a_release_comes_from_one_repository_to_the_other(remote: Remote) -> None:
    here = Separate(remote, "churn").use(remote.first)
    release = here.release_fully("a", env="staging")
    assert remote.record("staging")["stable"]["release"] == release
    assert here.move("start", "--from", "staging", "--release", release)["release"] == release
    assert remote.tip() is None
    assert here.move("show")["facts"]["release"] == release


def test_an_option_takes_another_repository(remote: Remote) -> None:
    separate = Separate(remote, "churn")
    here = separate.use(remote.first)
    here.start("a", "--remote", "origin")
    assert git(separate.path, "for-each-ref") == ""
    found = files(remote.path, str(remote.tip()))
    assert all(path.startswith("churn/ops/deploy/") for path in found), "the controller looks in the same folder"


def test_another_folder_is_told(remote: Remote) -> None:
    separate = Separate(remote, "churn")
    here = separate.use(remote.first)
    here.release_fully("a")
    separate.settings["path"] = "birds"
    separate.use(here)
    assert here.move("show")["version"] == version("a"), "the branch is read where it is"
    here.start("bb")
    assert [(n.rule, n.message) for n in here.notices] == [
        (
            "folder",
            "the manifests moved from churn/ops/deploy to birds/ops/deploy: tell the GitOps controller",
        )
    ]
    assert all(path.startswith("birds/ops/deploy/") for path in separate.files())


def test_edits_by_hand_are_seen_there_as_well(remote: Remote) -> None:
    separate = Separate(remote, "churn")
    here = separate.use(remote.first)
    here.release_fully("a")
    place = remote.folder / "by-hand"
    git(remote.folder, "clone", "--quiet", "--branch=deploy/penguins/production", str(separate.path), place.name)
    (place / "churn" / "note.txt").write_text("by hand\n", encoding="utf-8")
    git(place, "add", "--all")
    git(place, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "By hand")
    git(place, "push", "--quiet")
    with pytest.raises(Refused, match=r"was edited by hand, and start would undo it: churn/note\.txt"):
        here.start("bb")


def place_of(settings: dict[str, Any] | None, here: Checkout) -> str:
    """Return where the manifests of production go."""
    if settings is not None:
        here.config["environments"]["production"]["gitops"] = settings
    return command.environment(here.context(), "production", "").place


def test_without_a_repository_of_its_own_the_folder_is_that_of_the_project(tmp_path: Path) -> None:
    here = Remote(tmp_path, "models/penguins", "out").first
    assert place_of(None, here) == "models/penguins/out/deploy"
    assert place_of({"push": True}, here) == "models/penguins/out/deploy"
    assert place_of({"url": "https://git.example/x", "path": "y"}, here) == "y/out/deploy"
