"""Places where no file can be written: a finding, nothing written, no traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from mlopsc.workspace.disk import Disk
from workspace.support import kinds, output, planned, run, tree, verdicts, write

FILE = "ml/ops/f"


def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


def link_to_file(root: Path, elsewhere: Path) -> None:
    write(root, "ml/own", "user")
    (root / "ml/ops").mkdir()
    (root / FILE).symlink_to(root / "ml/own")


def broken_link(root: Path, elsewhere: Path) -> None:
    (root / "ml/ops").mkdir(parents=True)
    (root / FILE).symlink_to(root / "nowhere")


def linked_folder_outside(root: Path, elsewhere: Path) -> None:
    (root / "ml").mkdir()
    (root / "ml/ops").symlink_to(elsewhere)


def linked_folder_nowhere(root: Path, elsewhere: Path) -> None:
    (root / "ml").mkdir()
    (root / "ml/ops").symlink_to(root / "nowhere")


def folder(root: Path, elsewhere: Path) -> None:
    (root / FILE).mkdir(parents=True)


def file_for_folder(root: Path, elsewhere: Path) -> None:
    write(root, "ml/ops", "user")


def pipe(root: Path, elsewhere: Path) -> None:
    (root / "ml/ops").mkdir(parents=True)
    os.mkfifo(root / FILE)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (link_to_file, "place-symlink"),
        (broken_link, "place-symlink"),
        (linked_folder_outside, "place-outside"),
        (linked_folder_nowhere, "place-not-a-folder"),
        (folder, "place-folder"),
        (file_for_folder, "place-not-a-folder"),
        (pipe, "place-special"),
    ],
)
def test_nothing_is_written(tmp_path: Path, make: Callable[[Path, Path], None], kind: str) -> None:
    root, elsewhere = tmp_path / "root", outside(tmp_path)
    root.mkdir()
    make(root, elsewhere)
    before = sorted(os.walk(tmp_path))
    for overwrite in (False, True):
        found = run(root, [output(FILE, "a"), output("ml/other", "b")], overwrite=overwrite)
        assert kinds(found) == [(kind, FILE)]
        assert not any(str(tmp_path) in fact for fact in found[0].facts.values() if kind != "place-symlink")
    assert sorted(os.walk(tmp_path)) == before


def test_a_linked_folder_inside_of_the_repository_is_followed(tmp_path: Path) -> None:
    (tmp_path / "ml").mkdir()
    (tmp_path / "real").mkdir()
    (tmp_path / "ml/ops").symlink_to(tmp_path / "real")
    assert run(tmp_path, [output(FILE, "a")]) == ()
    assert (tmp_path / "real/f").read_text() == "a"
    assert (tmp_path / "ml/ops").is_symlink()


def test_a_file_that_a_linked_folder_gives_a_second_name_is_not_pruned(tmp_path: Path) -> None:
    run(tmp_path, [output("ml/old/f", "a")])
    (tmp_path / "ml/old").rename(tmp_path / "ml/new")
    (tmp_path / "ml/old").symlink_to("new")
    assert run(tmp_path, [output("ml/new/f", "a")]) == ()
    assert (tmp_path / "ml/new/f").read_text() == "a"


def test_the_lock_is_not_written_through_a_link(tmp_path: Path) -> None:
    target = write(tmp_path, "elsewhere", "user")
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml/mlops.lock").symlink_to(target)
    assert kinds(run(tmp_path, [output(FILE, "a")])) == [("place-symlink", "ml/mlops.lock")]
    assert target.read_text() == "user"
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("../f", ".."),
        ("/f", "/f"),
        ("ml/../../f", "ml/.."),
        (".git/hooks/f", ".git"),
        ("ml//f", "ml/"),
    ],
)
def test_outputs_outside_of_the_repository(tmp_path: Path, file: str, folder: str) -> None:
    [problem] = run(tmp_path, [output(file, "a")])
    assert (problem.kind, problem.file, problem.facts) == ("place-outside", file, {"folder": folder})
    assert tree(tmp_path) == {}


def test_a_lock_cannot_make_a_compile_delete_outside_of_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    run(root, [output("ml/f", "a")])
    victim = write(tmp_path, "victim", "a")
    hook = write(root, ".git/config", "a")
    lock = root / "ml/mlops.lock"
    line = lock.read_text().splitlines()[-1]
    for file in ("../victim", str(victim), "ml/../../victim", ".git/config"):
        lock.write_text(lock.read_text() + line.replace("ml/f", file) + "\n")
    assert run(root, []) == ()
    assert not (root / "ml/f").exists()
    assert victim.exists()
    assert hook.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    (tmp_path / "ml/ops").mkdir(parents=True)
    (tmp_path / "ml/ops").chmod(0o555)
    assert kinds(run(tmp_path, [output(FILE, "a"), output("ml/other", "b")])) == [("place-unwritable", FILE)]
    assert not (tmp_path / "ml/other").exists()


def test_a_folder_that_the_system_calls_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ml/ops").mkdir(parents=True)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, how: not path.endswith("ops") and real(path, how))
    assert kinds(run(tmp_path, [output("ml/ops/deep/f", "a"), output("ml/other", "b")])) == [
        ("place-unwritable", "ml/ops/deep/f")
    ]
    assert not (tmp_path / "ml/other").exists()


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FILE, "a")
    real = os.lstat

    def refuse(path: str) -> os.stat_result:
        if path.endswith("/f"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "lstat", refuse)
    [problem] = run(tmp_path, [output(FILE, "a")])
    assert (problem.kind, problem.file, problem.facts) == ("place-unreadable", FILE, {"error": "Permission denied"})


def test_a_place_that_is_no_file_any_more_and_not_wanted_is_left_alone(tmp_path: Path) -> None:
    run(tmp_path, [output(FILE, "a")])
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    assert verdicts(planned(tmp_path, [])) == {FILE: "keep"}
    assert run(tmp_path, []) == ()
    assert (tmp_path / FILE).is_dir()


def test_identity_tells_files_apart(tmp_path: Path) -> None:
    write(tmp_path, "a", "1")
    write(tmp_path, "b", "1")
    disk = Disk(str(tmp_path))
    assert disk.identity("a") == disk.identity("a") != disk.identity("b")
    assert disk.identity("c") is None
