from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mlopsc
import pytest
from mlopsc.inputs import DiskInputs
from mlopsc.workspace.check import compare
from mlopsc.workspace.quick import quick
from mlopsc.workspace.root import detect, relative
from workspace.support import kinds, output, planned, run, write
from workspace.test_check import edit, edit_block, edit_with_lock, summary

ALL = [output("ml/a", "a\n"), output("ml/seed", "s\n", "seed"), output(".gitattributes", "g\n", "block")]
LOCK = "ml/mlops.lock"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose inputs were asked for as a compile does it."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, "ml/mlops.yaml", "spec\n")
    write(tmp_path, "ml/data.csv", "1\n")
    inputs = DiskInputs(str(tmp_path))
    inputs.read("ml/mlops.yaml", 1000)
    inputs.read("ml/mlops.pins.yaml", 1000)
    inputs.exists("ml/data.csv")
    inputs.exists("ml/tests")
    assert run(tmp_path, ALL, inputs=inputs.log) == ()
    return tmp_path


def check(root: Path, compiler: str = "1") -> list[str]:
    return summary(quick(str(root / "ml/mlops.yaml"), compiler))


def test_all_is_well(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(root) == []
    monkeypatch.chdir(root / "ml")
    assert quick("mlops.yaml", "1") == ()
    monkeypatch.chdir(root)
    assert quick("ml/mlops.yaml", "1") == ()


def remove(file: str) -> Callable[[Path], object]:
    return lambda root: (root / file).unlink()


def put(file: str, text: str) -> Callable[[Path], object]:
    return lambda root: write(root, file, text)


def crlf(root: Path) -> None:
    for file in ("ml/a", ".gitattributes", "ml/mlops.yaml", LOCK):
        (root / file).write_bytes((root / file).read_bytes().replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (put("ml/mlops.yaml", "else\n"), ["spec-changed ml/mlops.yaml"]),
        (remove("ml/mlops.yaml"), ["spec-changed ml/mlops.yaml"]),
        (put("ml/mlops.pins.yaml", ""), ["input-changed ml/mlops.pins.yaml"]),
        (put("ml/tests/x", ""), ["input-changed ml/tests"]),
        (remove("ml/data.csv"), ["input-changed ml/data.csv"]),
        (put("ml/data.csv", "2\n"), []),
        (edit, ["file-edited ml/a"]),
        (edit_block, ["file-edited .gitattributes"]),
        (put(".gitattributes", "*.png binary\n"), ["file-missing .gitattributes"]),
        (put(".gitattributes", "# BEGIN mlopsc x\n"), ["block-markers .gitattributes"]),
        (put("ml/seed", "mine"), []),
        (remove("ml/seed"), ["file-missing ml/seed"]),
        (remove("ml/a"), ["file-missing ml/a"]),
        (remove(LOCK), [f"lock-missing {LOCK}"]),
        (put(LOCK, "hello\n"), [f"lock-malformed {LOCK}"]),
        (put("ml/mlops.lock.journal", ""), ["interrupted ml/mlops.lock.journal"]),
        (crlf, []),
        (edit_with_lock, []),  # what only the full check sees
    ],
)
def test_what_happened(root: Path, act: Callable[[Path], object], expected: list[str]) -> None:
    act(root)
    assert [" ".join(line.split(" ")[:2]) for line in check(root)] == expected


def test_the_lines_of_the_user_around_a_block_do_not_count(root: Path) -> None:
    path = root / ".gitattributes"
    path.write_bytes(b"before\n" + path.read_bytes() + b"after\n")
    assert check(root) == []


def test_another_compiler(root: Path) -> None:
    assert check(root, "2") == [f"compiler-changed {LOCK} 1 2"]


def test_another_root(root: Path) -> None:
    (root / ".git").rmdir()
    (root / "ml/.git").mkdir()
    assert check(root) == ["root-changed mlops.yaml .. ."]
    (root / "ml/.git").rmdir()
    assert summary(quick(str(root / "ml/mlops.yaml"), "1", str(root))) == []


def test_another_name_of_the_spec(root: Path) -> None:
    (root / "ml/mlops.yaml").rename(root / "ml/churn.yaml")
    found = quick(str(root / "ml/churn.yaml"), "1")
    assert summary(found) == ["spec-moved ml/churn.yaml ml/mlops.yaml ml/churn.yaml"]


def test_places_that_are_no_files(root: Path) -> None:
    (root / "ml/a").unlink()
    os.mkfifo(root / "ml/a")
    (root / ".gitattributes").unlink()
    (root / ".gitattributes").mkdir()
    assert check(root) == ["place-folder .gitattributes", "place-special ml/a"]


def linked_file(root: Path) -> None:
    (root / "ml/a").rename(root / "ml/real")
    (root / "ml/a").symlink_to("real")


def linked_lock(root: Path) -> None:
    (root / LOCK).rename(root / "ml/real")
    (root / LOCK).symlink_to("real")


def linked_folder(root: Path, place: Path) -> None:
    shutil.copytree(root / "ml/ops", place)
    shutil.rmtree(root / "ml/ops")
    (root / "ml/ops").symlink_to(place)


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (linked_file, ["place-symlink ml/a real"]),
        (linked_lock, [f"place-symlink {LOCK} real"]),
        (lambda root: linked_folder(root, root.parent / "out"), ["place-outside ml/ops/b ml/ops"]),
        (lambda root: linked_folder(root, root / "real"), []),  # inside of the repository it is followed
    ],
)
def test_links_are_found_as_in_the_full_check(
    tmp_path: Path, act: Callable[[Path], object], expected: list[str]
) -> None:
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    write(root, "ml/mlops.yaml", "spec\n")
    inputs = DiskInputs(str(root))
    inputs.read("ml/mlops.yaml", 1000)
    outputs = [output("ml/a", "a\n"), output("ml/ops/b", "b\n")]
    assert run(root, outputs, inputs=inputs.log) == ()
    assert check(root) == []
    act(root)
    assert check(root) == expected
    assert summary(compare(planned(root, outputs, inputs=inputs.log))) == expected


def test_the_lock_of_another_spec_in_the_folder(root: Path) -> None:
    write(root, "ml/other.yaml", "two")
    edit(root)
    found = quick(str(root / "ml/other.yaml"), "1")
    assert summary(found) == ["lock-shared ml/other.yaml ml/mlops.yaml"]


def test_a_file_that_cannot_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.lstat

    def refuse(path: str) -> os.stat_result:
        if str(path).endswith("/ml/a"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "lstat", refuse)
    assert check(root) == ["place-unreadable ml/a Permission denied"]


def test_the_root_is_the_nearest_git_folder_then_the_one_given_then_that_of_the_spec(tmp_path: Path) -> None:
    spec = write(tmp_path, "a/b/mlops.yaml", "")
    assert detect(str(spec)) == str(tmp_path / "a/b")
    assert detect(str(spec), str(tmp_path)) == str(tmp_path)
    write(tmp_path, "a/.git", "gitdir: elsewhere\n")  # as in a worktree
    assert detect(str(spec)) == detect(str(spec), str(tmp_path)) == str(tmp_path / "a")
    assert relative(str(spec), str(tmp_path / "a")) == "b/mlops.yaml"
    (tmp_path / "link").symlink_to(tmp_path / "a/b")
    assert detect(str(tmp_path / "link/mlops.yaml")) == str(tmp_path / "a")
    assert relative(str(tmp_path / "link/mlops.yaml"), str(tmp_path / "a")) == "b/mlops.yaml"


ALLOWED = {"hashlib", "_hashlib", "_blake2", "_sha3", "__future__", "mlopsc", "mlopsc.record"} | {
    f"mlopsc.workspace{name}"
    for name in ("", ".blocks", ".digest", ".findings", ".journal", ".lock", ".problem", ".quick", ".root")
}
LIST = """
import os, sys
before = set(sys.modules)
{statements}
found = quick({spec!r}, "1")
print(*sorted(set(sys.modules) - before))
print(len(found))
"""


def imported(root: Path, extra: str = "") -> tuple[set[str], int]:
    statements = extra + "from mlopsc.workspace.quick import quick"
    code = LIST.format(statements=statements, spec=str(root / "ml/mlops.yaml"))
    environment = {**os.environ, "PYTHONPATH": str(Path(mlopsc.__file__).parents[1])}
    command = [sys.executable, "-S", "-c", code]
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    modules, count = output.splitlines()
    return set(modules.split()), int(count)


def test_next_to_nothing_is_imported(root: Path) -> None:
    modules, count = imported(root)
    assert count == 0
    assert modules <= ALLOWED
    assert "mlopsc.workspace.quick" in modules


def test_a_heavy_import_would_be_seen(root: Path) -> None:
    assert not imported(root, "import difflib\n")[0] <= ALLOWED


def test_specs_of_one_repository_are_checked_apart(tmp_path: Path) -> None:
    """Each check looks only at what its own lock names, so that its cost does not grow with the repository."""
    (tmp_path / ".git").mkdir()
    for number in range(3):
        spec = f"s{number}/mlops.yaml"
        write(tmp_path, spec, "spec\n")
        inputs = DiskInputs(str(tmp_path))
        inputs.read(spec, 1000)
        block = output(".gitattributes", f"{number}\n", "block")
        run(tmp_path, [output(f"s{number}/a", "a"), block], spec=spec, inputs=inputs.log)
    write(tmp_path, "s1/a", "mine")
    results = [kinds(quick(str(tmp_path / f"s{number}/mlops.yaml"), "1")) for number in range(3)]
    assert results == [[], [("file-edited", "s1/a")], []]
