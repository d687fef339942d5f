"""The commit that a model is made from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.tracking.git import Checkout, checkout


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"]
    ended = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "work")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that holds two projects, one of them in the folder ``churn``."""
    git(tmp_path, "init", "--quiet")
    for name in ("churn/src/model.py", "other/src/model.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("a = 1\n", encoding="utf-8")
    return tmp_path


def ask(root: Path) -> Checkout:
    doubts: list[str] = []
    state = checkout(root, root / "build", doubts.append)
    assert doubts == []
    return state


def test_outside_of_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert ask(tmp_path) == Checkout(None, False)


@pytest.mark.parametrize("git_is_there", [True, False])
def test_outside_of_a_repository_the_commit_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git_is_there: bool
) -> None:
    monkeypatch.setenv("MLOPS_COMMIT", "a" * 40)
    if not git_is_there:
        monkeypatch.setenv("PATH", "")
    assert ask(tmp_path) == Checkout("a" * 40, None)


def test_what_is_told_must_be_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doubts: list[str] = []
    monkeypatch.setenv("MLOPS_COMMIT", "main")
    assert checkout(tmp_path, tmp_path / "build", doubts.append) == Checkout(None, False)
    assert "MLOPS_COMMIT is 'main'" in doubts[0]


def test_a_repository_knows_better(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(repository)
    monkeypatch.setenv("MLOPS_COMMIT", "a" * 40)
    assert ask(repository / "churn") == Checkout(head, False)


def test_before_the_first_commit_nothing_is_known(repository: Path) -> None:
    assert ask(repository / "churn") == Checkout(None, False)


def test_without_git_nothing_is_known(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository)
    monkeypatch.setenv("PATH", "")
    assert ask(repository / "churn") == Checkout(None, False)


def test_a_clean_checkout(repository: Path) -> None:
    head = commit(repository)
    assert ask(repository / "churn") == Checkout(head, False)


@pytest.mark.parametrize("name", ["src/model.py", "src/new.py"])
def test_changed_and_new_files_are_dirt(repository: Path, name: str) -> None:
    head = commit(repository)
    (repository / "churn" / name).write_text("a = 2\n", encoding="utf-8")
    assert ask(repository / "churn") == Checkout(head, True)


def test_what_lies_elsewhere_or_is_a_result_is_no_dirt(repository: Path) -> None:
    head = commit(repository)
    (repository / "other/src/model.py").write_text("a = 2\n", encoding="utf-8")
    (repository / "churn/build").mkdir()
    (repository / "churn/build/candidate.json").write_text("{}", encoding="utf-8")
    assert ask(repository / "churn") == Checkout(head, False)


def test_ignored_files_are_no_dirt(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n", encoding="utf-8")
    head = commit(repository)
    (repository / "churn" / "train.log").write_text("epoch 1\n", encoding="utf-8")
    assert ask(repository / "churn") == Checkout(head, False)


def test_the_variables_of_a_hook_point_nowhere_else(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(repository)
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "--quiet")
    commit(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert ask(repository / "churn") == Checkout(head, False)


def test_a_repository_that_git_does_not_read_is_told(repository: Path) -> None:
    commit(repository)
    (repository / ".git" / "config").write_text("[core\n", encoding="utf-8")
    doubts: list[str] = []
    assert checkout(repository, repository / "build", doubts.append) == Checkout(None, False)
    (doubt,) = doubts
    assert doubt.startswith("git does not tell the commit: ")
    assert "config" in doubt
