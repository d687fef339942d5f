"""How a commit gets to the remote repository: others who push at the same time, failures, and rules that forbid it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.release import automation
from mlopsc.steps.mlops_steps.release.branch import Branch
from mlopsc.steps.mlops_steps.release.git import Git
from steps.release.repositories import Checkout, Remote, git, image, version

Publish = Callable[[Branch, str, str | None], bool]


def once_before_publishing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen between the first commit of a move and its push."""
    publish: Publish = Branch.publish
    pending = [act]

    def interrupted(self: Branch, commit: str, parent: str | None) -> bool:
        if pending:
            pending.pop()()
        return publish(self, commit, parent)

    monkeypatch.setattr(Branch, "publish", interrupted)


def test_who_comes_second_begins_anew(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    here, other = remote.first, remote.clone("other")
    here.start("a")
    once_before_publishing(monkeypatch, lambda: other.move("hold", "--reason", "x"))
    with pytest.raises(Refused, match="on hold"):
        here.start("bb")
    once_before_publishing(monkeypatch, lambda: other.move("resume", "--reason", "y"))
    here.move("hold", "--reason", "z")
    assert remote.record()["hold"] == {"reason": "z"}
    assert [subject.split()[1] for subject in remote.log()] == ["start", "hold", "resume", "hold"]


def test_two_first_releases_at_once(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    here, other = remote.first, remote.clone("other")
    once_before_publishing(monkeypatch, lambda: other.start("a"))
    here.start("bb")
    record = remote.record()
    assert (record["stable"]["version"], record["canary"]["version"]) == (version("a"), version("bb"))
    assert record["canary"]["replicas"] == 1


@pytest.mark.parametrize("move", ["promote", "rollback", "abort", "weight --weight 50"])
def test_a_second_attempt_hits_the_same_release_or_none(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, move: str
) -> None:
    here, other = remote.first, remote.clone("other")
    here.start("a")
    here.start("bb")

    def another_canary() -> None:
        other.move("hold", "--reason", "strange answers")
        other.move("abort")
        other.move("resume", "--reason", "fixed")
        other.start("ccc")

    once_before_publishing(monkeypatch, another_canary)
    if move in ("promote", "weight --weight 50"):
        with pytest.raises(Refused, match="was meant for"):
            here.move(*move.split())
    else:
        assert here.move(*move.split())["changed"] is False
    record = remote.record()
    assert record["stable"]["version"] == version("a")
    assert (record["canary"]["version"], record["canary"]["weight"]) == (version("ccc"), 0)


def test_concurrent_pushes_lose_nothing(remote: Remote) -> None:
    """Three clones start and reject releases as fast as they can; in the end the record has every rejection."""
    remote.first.start("a")
    clones = {name: remote.clone(name) for name in ("x", "yy", "zzz")}
    errors: list[BaseException] = []
    rejected: list[str] = []

    def work(name: str, clone: Checkout) -> None:
        try:
            for number in range(3):
                release = None
                while release is None:
                    try:
                        release = clone.start(f"{name}{number}")["release"]
                    except Refused as refusal:
                        if refusal.findings[0].rule != "running":  # the canary of another clone is on its way
                            raise
                        time.sleep(0.05)
                clone.move("abort", "--release", release)
                rejected.append(release)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=item) for item in clones.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    record = remote.record()
    assert sorted(record["rejected"]) == sorted(rejected)
    assert len(set(rejected)) == 9
    assert record["stable"]["version"] == version("a")
    assert len(remote.log()) == 1 + 2 * 9


def test_a_killed_process_leaves_the_branch_as_it_was(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    here = remote.first
    here.start("a")
    tip = remote.tip()

    def die() -> None:
        raise KeyboardInterrupt

    once_before_publishing(monkeypatch, die)
    with pytest.raises(KeyboardInterrupt):
        here.start("bb")
    assert remote.tip() == tip
    assert here.start("bb")["changed"] is True


def test_a_lost_answer_is_no_failure(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The push arrives and the connection breaks before git says so."""
    attempt = Git.attempt

    def broken(self: Git, *arguments: str, environment: Mapping[str, str] | None = None) -> str | None:
        said = attempt(self, *arguments, environment=environment)
        return "fatal: the remote end hung up unexpectedly" if arguments[0] == "push" else said

    monkeypatch.setattr(Git, "attempt", broken)
    result = remote.first.start("a")
    assert (result["changed"], result["commit"]) == (True, remote.tip())
    assert len(remote.log()) == 1


def test_who_was_faster_is_seen_whatever_git_says(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wording of git and of servers changes; that the branch moved does not."""
    other = remote.clone("other")
    attempt = Git.attempt

    def reworded(self: Git, *arguments: str, environment: Mapping[str, str] | None = None) -> str | None:
        said = attempt(self, *arguments, environment=environment)
        return said and "somebody was here before you"

    monkeypatch.setattr(Git, "attempt", reworded)
    once_before_publishing(monkeypatch, lambda: other.move("hold", "--reason", "x"))
    with pytest.raises(Refused, match="on hold"):
        remote.first.start("a")


def test_attempts_are_bounded(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def never(self: Branch, commit: str, parent: str | None) -> bool:
        calls.append(commit)
        return False

    monkeypatch.setattr(Branch, "publish", never)
    with pytest.raises(Unusable, match="12 attempts"):
        remote.first.start("a")
    assert len(calls) == automation.ATTEMPTS


def test_a_hook_that_forbids_the_push(remote: Remote) -> None:
    remote.hook("echo 'GH006: Protected branch update failed' >&2; exit 1")
    with pytest.raises(Refused, match="rules for branches") as caught:
        remote.first.start("a")
    assert "pre-receive hook declined" in str(caught.value)
    assert remote.tip() is None
    remote.no_hook()
    assert remote.first.start("a")["changed"] is True


def test_a_remote_that_is_gone(remote: Remote) -> None:
    remote.path.rename(remote.folder / "moved.git")
    with pytest.raises(Unusable, match='stay in this clone with --remote ""'):
        remote.first.start("a")


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ("remote: Permission to acme/x.git denied to bot.\nfatal: unable to access", Unusable, "contents: write"),
        ("fatal: unable to access: The requested URL returned error: 403", Unusable, "contents: write"),
        ("fatal: Authentication failed for 'https://example.com/'", Unusable, "contents: write"),
        ("fatal: could not read Username for 'https://example.com': No such device", Unusable, "contents: write"),
        ("!\tx:y\t[remote rejected] (protected branch hook declined)\nerror: failed", Refused, "protected branch hook"),
        ("remote: error: GH013: Rule violations found\n!\tx:y\t[remote rejected] (declined)", Refused, "deploy/"),
        ("fatal: unable to access: Could not resolve host: example.com", Unusable, "Could not resolve host"),
        ("", Unusable, "it said nothing"),
    ],
)
def test_what_remotes_say(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, said: str, error: type[Exception], message: str
) -> None:
    attempt = Git.attempt

    def refused(self: Git, *arguments: str, environment: Mapping[str, str] | None = None) -> str | None:
        return said if arguments[0] == "push" else attempt(self, *arguments, environment=environment)

    monkeypatch.setattr(Git, "attempt", refused)
    with pytest.raises(error, match=message):
        remote.first.start("a")


def test_two_processes_in_one_clone_without_a_remote(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    here = remote.first
    same = Checkout(here.top)
    here.start("a", "--remote", "")
    once_before_publishing(monkeypatch, lambda: same.move("hold", "--reason", "x", "--remote", ""))
    with pytest.raises(Refused, match="on hold"):
        here.start("bb", "--remote", "")
    log = git(here.top, "log", "--first-parent", "--reverse", "--format=%s", "deploy/penguins/production").splitlines()
    assert [subject.split()[1] for subject in log] == ["start", "hold"]
    assert here.move("show", "--remote", "")["record"]["stable"]["image"] == image("a")


def test_there_must_be_a_repository(tmp_path: Path) -> None:
    nowhere = Checkout(tmp_path)
    nowhere.pipeline.mkdir(parents=True)
    with pytest.raises(Unusable, match="is in no git repository"):
        nowhere.move("show")


def test_git_must_be_installed(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unusable, match="there is no command git"):
        remote.first.move("show")
