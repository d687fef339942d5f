from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from mlopsc.render.header import header
from mlopsc.workspace.apply import apply
from mlopsc.workspace.blocks import wrap
from mlopsc.workspace.disk import Disk
from mlopsc.workspace.journal import temporary
from mlopsc.workspace.lock import parse, render
from workspace.support import SPEC, kinds, output, planned, run, tree, verdicts, write

A, B = output("ml/ops/a.yaml", "a\n"), output("ml/ops/sub/b.sh", "b\n", executable=True)
HEADER = f"# {header('mlops.yaml')}\n"
OTHERS = f"# {header('churn.yaml')}\n"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask() -> object:
    old = os.umask(0o022)
    yield None
    os.umask(old)


def test_a_first_compile_writes_files_and_lock_and_nothing_else(tmp_path: Path, umask: object) -> None:
    assert run(tmp_path, [A, B]) == ()
    lock = render(planned(tmp_path, [A, B]).after).encode()
    assert tree(tmp_path) == {
        "ml": None,
        "ml/mlops.lock": lock,
        "ml/ops": None,
        "ml/ops/a.yaml": b"a\n",
        "ml/ops/sub": None,
        "ml/ops/sub/b.sh": b"b\n",
    }
    assert mode(tmp_path / A.file) == 0o644
    assert mode(tmp_path / B.file) == 0o755
    assert set(verdicts(planned(tmp_path, [A, B])).values()) == {"unchanged"}


def test_a_second_compile_touches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, [A, B])

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("writes")

    for name in ("open", "replace", "remove", "mkdir", "rmdir", "chmod"):
        monkeypatch.setattr(os, name, fail)
    assert run(tmp_path, [A, B]) == ()


def test_the_mode_of_a_file_that_exists_stays(tmp_path: Path) -> None:
    run(tmp_path, [A, B])
    (tmp_path / A.file).chmod(0o640)
    (tmp_path / B.file).chmod(0o600)
    assert run(tmp_path, [output(A.file, "2\n"), output(B.file, "2\n", executable=True)]) == ()
    assert (tmp_path / A.file).read_text() == "2\n"
    assert mode(tmp_path / A.file) == 0o640
    assert mode(tmp_path / B.file) == 0o600


def test_pruning_removes_the_folders_that_it_empties_and_no_others(tmp_path: Path) -> None:
    seed, block = output("ml/seed/s", "s", "seed"), output("ml/x/.gitattributes", "g\n", "block")
    run(tmp_path, [A, B, seed, block])
    (tmp_path / "ml/own").mkdir()
    write(tmp_path, "ml/ops/mine.txt", "mine")
    assert run(tmp_path, []) == ()
    found = tree(tmp_path)
    del found["ml/mlops.lock"]
    assert found == {
        "ml": None,
        "ml/own": None,
        "ml/ops": None,
        "ml/ops/mine.txt": b"mine",
        "ml/seed": None,
        "ml/seed/s": b"s",
    }


def test_the_folder_of_the_spec_stays(tmp_path: Path) -> None:
    run(tmp_path, [output("ml/a", "a"), output("x/y/z", "z")])
    run(tmp_path, [])
    assert sorted(tree(tmp_path)) == ["ml", "ml/mlops.lock"]


def test_a_block_is_added_updated_and_taken_out_of_the_file_of_the_user(tmp_path: Path) -> None:
    path = write(tmp_path, ".gitattributes", b"*.png binary\r\n")
    path.chmod(0o600)
    run(tmp_path, [output(".gitattributes", "a\n", "block")])
    assert path.read_bytes() == b"*.png binary\r\n" + wrap(SPEC, "a\n").replace(b"\n", b"\r\n")
    path.write_bytes(path.read_bytes() + b"later\r\n")
    assert run(tmp_path, [output(".gitattributes", "b\n", "block")]) == ()
    assert path.read_bytes() == b"*.png binary\r\n" + wrap(SPEC, "b\n").replace(b"\n", b"\r\n") + b"later\r\n"
    assert run(tmp_path, []) == ()
    assert path.read_bytes() == b"*.png binary\r\nlater\r\n"
    assert mode(path) == 0o600


def test_two_specs_share_a_file(tmp_path: Path) -> None:
    block = output(".gitattributes", "a\n", "block")
    run(tmp_path, [block])
    run(tmp_path, [block], spec="other/mlops.yaml")
    run(tmp_path, [block], spec="other/mlops.yaml")
    assert (tmp_path / ".gitattributes").read_bytes() == wrap(SPEC, "a\n") + wrap("other/mlops.yaml", "a\n")
    run(tmp_path, [])
    assert (tmp_path / ".gitattributes").read_bytes() == wrap("other/mlops.yaml", "a\n")
    run(tmp_path, [], spec="other/mlops.yaml")
    assert not (tmp_path / ".gitattributes").exists()


def test_an_edited_file_stops_everything_unless_it_may_be_overwritten(tmp_path: Path) -> None:
    run(tmp_path, [A, B])
    write(tmp_path, A.file, "mine\n")
    before = tree(tmp_path)
    changed = [output(A.file, "2\n"), output(B.file, "2\n"), output("ml/new", "n")]
    assert kinds(run(tmp_path, changed)) == [("file-edited", A.file)]
    assert tree(tmp_path) == before
    assert run(tmp_path, changed, overwrite=True) == ()
    assert (tmp_path / A.file).read_text() == "2\n"


def test_an_edited_block_that_is_overwritten_spares_the_lines_of_the_user(tmp_path: Path) -> None:
    path = write(tmp_path, "f", b"user\n")
    run(tmp_path, [output("f", "a\n", "block")])
    path.write_bytes(path.read_bytes().replace(b"\na\n", b"\nmine\n"))
    assert kinds(run(tmp_path, [output("f", "a\n", "block")])) == [("file-edited", "f")]
    assert run(tmp_path, [output("f", "a\n", "block")], overwrite=True) == ()
    assert path.read_bytes() == b"user\n" + wrap(SPEC, "a\n")


def test_a_foreign_file_is_never_overwritten(tmp_path: Path) -> None:
    write(tmp_path, "ml/a", "mine\n")
    for overwrite in (False, True):
        found = run(tmp_path, [output("ml/a", f"{HEADER}new\n"), B], overwrite=overwrite)
        assert kinds(found) == [("file-foreign", "ml/a")]
    assert tree(tmp_path) == {"ml": None, "ml/a": b"mine\n"}


@pytest.mark.parametrize(
    ("file", "there", "new", "lost", "expected"),
    [
        ("ml/a", HEADER + "old", HEADER + "new", True, "file-unlocked"),
        ("ml/a", HEADER + "old", HEADER + "new", False, "file-unlocked"),  # its line is gone
        ("ml/a", "# syntax=x\n" + HEADER, "# syntax=x\n" + HEADER + "new", True, "file-unlocked"),
        ("ml/a", OTHERS, HEADER + "new", True, "file-foreign"),
        ("ml/a", "1\n2\n3\n" + HEADER, HEADER + "new", True, "file-foreign"),  # it quotes one of ours
        ("ml/a.json", "{}", "[]", True, "file-unlocked"),
        ("ml/a.json", "{}", "[]", False, "file-foreign"),
        ("a", HEADER + "old", HEADER + "new", True, "file-foreign"),  # of another mlops.yaml
        ("a.json", "{}", "[]", True, "file-foreign"),
    ],
)
def test_a_file_that_the_lock_forgot_stops_and_is_told_from_a_foreign_one(
    tmp_path: Path, file: str, there: str, new: str, lost: bool, expected: str
) -> None:
    if not lost:
        assert run(tmp_path, [B]) == ()
    write(tmp_path, file, there)
    for overwrite in (False, True):
        [problem] = run(tmp_path, [output(file, new), B], overwrite=overwrite)
        assert kinds([problem]) == [(expected, file)]
        assert problem.facts == ({"what": "the file"} if expected == "file-unlocked" else {})
    assert (tmp_path / file).read_text() == there


def test_a_block_that_the_lock_forgot(tmp_path: Path) -> None:
    run(tmp_path, [output(".gitattributes", "old\n", "block")])
    (tmp_path / "ml/mlops.lock").unlink()
    [problem] = run(tmp_path, [output(".gitattributes", "new\n", "block")])
    assert (problem.kind, problem.facts) == ("file-unlocked", {"what": "its block"})


def test_the_lock_of_another_spec_in_the_folder_stops_everything(tmp_path: Path) -> None:
    write(tmp_path, SPEC, "one")
    assert run(tmp_path, [A, B]) == ()
    write(tmp_path, "ml/other.yaml", "two")
    before = tree(tmp_path)
    for overwrite in (False, True):
        [problem] = run(
            tmp_path, [output(A.file, "else"), output("ml/new", "")], spec="ml/other.yaml", overwrite=overwrite
        )
        assert (problem.kind, problem.file, problem.facts) == ("lock-shared", "ml/other.yaml", {"locked": SPEC})
    assert tree(tmp_path) == before
    assert run(tmp_path, [A, B]) == ()  # its owner goes on
    (tmp_path / SPEC).unlink()  # the spec was renamed
    assert run(tmp_path, [output("ml/new", "")], spec="ml/other.yaml") == ()
    assert not (tmp_path / A.file).exists()


def test_a_spec_whose_name_changed_its_case_keeps_its_lock(tmp_path: Path) -> None:
    write(tmp_path, SPEC, "one")
    assert run(tmp_path, [A, B]) == ()
    os.link(tmp_path / SPEC, tmp_path / "ml/MLops.yaml")  # as on a disk where both names are one file
    assert run(tmp_path, [A], spec="ml/MLops.yaml") == ()


def test_the_file_of_another_spec_is_foreign(tmp_path: Path) -> None:
    run(tmp_path, [output("shared.yml", "one")], spec="one/mlops.yaml")
    found = run(tmp_path, [output("shared.yml", "two")], spec="two/mlops.yaml", overwrite=True)
    assert kinds(found) == [("file-foreign", "shared.yml")]
    assert (tmp_path / "shared.yml").read_text() == "one"


def test_an_edited_file_in_conflict_is_named_as_such(tmp_path: Path) -> None:
    run(tmp_path, [A])
    for text, expected in (("<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> topic\n", "yes"), ("<<<<<<< \n", "no")):
        write(tmp_path, A.file, text)
        assert run(tmp_path, [A])[0].facts == {"conflict": expected}


def test_a_seed_is_written_once(tmp_path: Path) -> None:
    run(tmp_path, [output("seed", "1", "seed")])
    write(tmp_path, "seed", "mine")
    assert run(tmp_path, [output("seed", "2", "seed")]) == ()
    assert (tmp_path / "seed").read_text() == "mine"
    (tmp_path / "seed").unlink()
    assert verdicts(planned(tmp_path, [output("seed", "2", "seed")])) == {"seed": "recreate"}
    run(tmp_path, [output("seed", "2", "seed")])
    assert (tmp_path / "seed").read_text() == "2"


def test_a_compile_resolves_a_lock_in_conflict(tmp_path: Path) -> None:
    run(tmp_path, [A])
    lock = tmp_path / "ml/mlops.lock"
    good = lock.read_bytes()
    lock.write_bytes(b"<<<<<<< HEAD\n" + good + b"=======\n" + good + b">>>>>>> topic\n")
    assert run(tmp_path, [A]) == ()
    assert lock.read_bytes() == good


def test_a_file_that_changes_between_plan_and_writing_is_not_overwritten(tmp_path: Path) -> None:
    run(tmp_path, [A, B])
    plan = planned(tmp_path, [output(A.file, "2\n"), output("ml/new", "n")])
    write(tmp_path, A.file, "meanwhile\n")
    before = tree(tmp_path)
    assert kinds(apply(plan, Disk(str(tmp_path)))) == [("file-moved", A.file)]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("count", range(1, 5))
def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    run(tmp_path, [A])
    before = tree(tmp_path)
    plan = planned(tmp_path, [output(A.file, "2\n"), B, output("ml/deep/er/new", "n")])
    real, calls = os.write, 0

    def fill(handle: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        if calls == count:
            raise OSError(28, "No space left on device")
        return real(handle, data)

    monkeypatch.setattr(os, "write", fill)
    [problem] = apply(plan, Disk(str(tmp_path)))
    assert (problem.kind, problem.facts) == ("place-unwritable", {"error": "No space left on device"})
    assert calls == count
    assert tree(tmp_path) == before


def test_a_failure_between_two_replacements_is_finished_by_the_next_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, [A, B])
    changed = [output(A.file, "2\n"), output(B.file, "2\n")]
    real = os.replace

    def refuse(source: str, target: str) -> None:
        if target.endswith("b.sh"):
            raise PermissionError(13, "Permission denied")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        assert kinds(run(tmp_path, changed)) == [("place-unwritable", B.file)]
    assert (tmp_path / A.file).read_text() == "2\n"
    assert (tmp_path / B.file).read_text() == "b\n"
    assert run(tmp_path, [output(A.file, "3\n"), output(B.file, "3\n")]) == ()
    assert sorted(tree(tmp_path)) == ["ml", "ml/mlops.lock", "ml/ops", A.file, "ml/ops/sub", B.file]


def test_a_temporary_file_of_the_journal_is_swept_even_when_nothing_changes(tmp_path: Path) -> None:
    run(tmp_path, [A])
    before = tree(tmp_path)
    write(tmp_path, temporary(SPEC, "ml/mlops.lock.journal"), "half")
    assert tree(tmp_path) != before
    assert run(tmp_path, [A]) == ()
    assert tree(tmp_path) == before


def test_temporary_names_are_short_stable_and_different() -> None:
    names = {temporary(spec, file) for spec in ("a", "b") for file in ("x/" + "y" * 255, "x/z", "\udcff")}
    assert len(names) == 6
    assert max(len(name) for name in names) < 40
    assert temporary("a", "x/z") == temporary("a", "x/z")


def test_names_that_need_quoting_come_back(tmp_path: Path) -> None:
    names = ["ml/with space", "ml/new\nline", "ml/größe", "ml/\udcff", "ml/back\\slash"]
    assert run(tmp_path, [output(name, "1") for name in names]) == ()
    assert set(parse((tmp_path / "ml/mlops.lock").read_bytes()).outputs) == set(names)
    assert set(verdicts(planned(tmp_path, [output(name, "1") for name in names])).values()) == {"unchanged"}
    run(tmp_path, [])
    assert sorted(tree(tmp_path)) == ["ml", "ml/mlops.lock"]
