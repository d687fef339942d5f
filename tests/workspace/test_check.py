from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mlopsc.workspace.check import compare, diff
from mlopsc.workspace.digest import digest
from mlopsc.workspace.judge import Change
from mlopsc.workspace.lock import NAME
from mlopsc.workspace.problem import Problem
from mlopsc.workspace.verdict import Verdict
from workspace.support import INPUTS, output, planned, run, tree, write

A, B = output("ml/a", "a\n"), output("ml/b", "b\n")
SEED, BLOCK = output("ml/seed", "s\n", "seed"), output(".gitattributes", "g\n", "block")
ALL = [A, B, SEED, BLOCK]
LOCK = f"ml/{NAME}"
TWO = "sha256:" + "2" * 64
CHANGED = {"ml/mlops.yaml": TWO}


def summary(problems: tuple[Problem, ...]) -> list[str]:
    """Return "kind file fact fact" of each problem."""
    return [" ".join((item.kind, item.file, *item.facts.values())) for item in problems]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    assert run(tmp_path, ALL) == ()
    return tmp_path


def lock_line(root: Path, file: str, text: str) -> None:
    """Make the lock say what it would say if the content of a file were the one given."""
    path = root / LOCK
    lines = path.read_text().splitlines(keepends=True)
    [position] = [number for number, line in enumerate(lines) if line.endswith(f" {file}\n")]
    words = lines[position].split(" ")
    lines[position] = " ".join([words[0], digest(text.encode()), *words[2:]])
    path.write_text("".join(lines))


def test_nothing_to_say_and_nothing_written(root: Path) -> None:
    before = tree(root)
    assert compare(planned(root, ALL)) == ()
    assert tree(root) == before


def test_a_checkout_with_other_line_ends_is_fine(root: Path) -> None:
    for file, data in tree(root).items():
        if data is not None:
            (root / file).write_bytes(data.replace(b"\n", b"\r\n"))
    assert compare(planned(root, ALL)) == ()


def edit(root: Path) -> None:
    write(root, "ml/a", "mine\n")


def edit_block(root: Path) -> None:
    path = root / ".gitattributes"
    path.write_bytes(path.read_bytes().replace(b"\ng\n", b"\nmine\n"))


def edit_with_lock(root: Path) -> None:
    edit(root)
    lock_line(root, "ml/a", "mine\n")


def lock_only(root: Path) -> None:
    lock_line(root, "ml/a", "else\n")


def lock_only_and_file_gone(root: Path) -> None:
    lock_only(root)
    (root / "ml/a").unlink()


def replace_in_lock(old: str, new: str) -> Callable[[Path], None]:
    def act(root: Path) -> None:
        path = root / LOCK
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return act


def without_line(root: Path) -> None:
    path = root / LOCK
    path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.endswith(" ml/a\n")))


def without_line_and_file(root: Path) -> None:
    without_line(root)
    (root / "ml/a").unlink()


def extra_line(root: Path) -> None:
    write(root, "ml/mine", "mine\n")
    with (root / LOCK).open("a") as file:
        file.write(f"output {digest(b'mine' + bytes([10]))} managed 644 ml/mine\n")


def conflict(root: Path) -> None:
    path = root / LOCK
    path.write_text("<<<<<<< HEAD\n" + path.read_text() + "=======\n>>>>>>> topic\n")
    edit(root)


def remove(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (edit, ["file-edited ml/a no"]),
        (edit_block, ["file-edited .gitattributes no"]),
        (edit_with_lock, ["lock-edited ml/a"]),
        (lock_only, ["lock-edited ml/a"]),
        (lock_only_and_file_gone, ["lock-edited ml/a"]),
        (without_line, ["lock-edited ml/a"]),
        (without_line_and_file, ["lock-edited ml/a"]),
        (extra_line, ["lock-edited ml/mine"]),
        (replace_in_lock("managed 644 ml/a", "managed 755 ml/a"), [f"lock-edited {LOCK}"]),
        (replace_in_lock("Do not edit", "Do edit"), [f"lock-edited {LOCK}"]),
        (replace_in_lock("compiler 1", "compiler 0.9"), [f"compiler-changed {LOCK} 0.9 1"]),
        (replace_in_lock("managed 644 ml/a", "managed 644"), [f"lock-malformed {LOCK} 8 1"]),
        (replace_in_lock("format 1", "format 2"), [f"lock-format {LOCK} 2 1"]),
        (conflict, [f"lock-conflict {LOCK}"]),
        (remove("ml/a"), ["file-missing ml/a"]),
        (remove("ml/seed"), ["file-missing ml/seed"]),
        (remove(".gitattributes"), ["file-missing .gitattributes"]),
        (remove(LOCK), [f"lock-missing {LOCK}"]),
        (lambda root: write(root, "ml/seed", "mine"), []),
        (lambda root: write(root, "ml/mlops.lock.journal", ""), ["interrupted ml/mlops.lock.journal"]),
    ],
)
def test_what_happened_to_the_files(root: Path, act: Callable[[Path], None], expected: list[str]) -> None:
    act(root)
    assert summary(compare(planned(root, ALL))) == expected
    assert run(root, ALL, overwrite=True) == () or "lock-format" in expected[0]


def test_a_foreign_file_is_named_beside_a_missing_lock(root: Path) -> None:
    (root / LOCK).unlink()
    edit(root)
    assert summary(compare(planned(root, ALL))) == [f"lock-missing {LOCK}", "file-unlocked ml/a the file"]


def test_the_lock_of_another_spec_in_the_folder_is_the_only_finding(root: Path) -> None:
    write(root, "ml/mlops.yaml", "one")
    write(root, "ml/other.yaml", "two")
    edit(root)
    expected = ["lock-shared ml/other.yaml ml/mlops.yaml"]
    assert summary(compare(planned(root, ALL, spec="ml/other.yaml"))) == expected
    conflict(root)
    assert summary(compare(planned(root, ALL, spec="ml/other.yaml"))) == expected


def test_a_lock_that_cannot_be_read_is_not_called_missing(root: Path) -> None:
    (root / LOCK).unlink()
    (root / LOCK).mkdir()
    assert f"place-folder {LOCK}" in summary(compare(planned(root, []))) == [f"place-folder {LOCK}"]


def test_a_spec_that_changed_comes_before_the_files_that_follow_from_it(root: Path) -> None:
    now = [output("ml/a", "2\n"), output("ml/new", "n\n"), SEED, BLOCK]
    assert summary(compare(planned(root, now, inputs=CHANGED))) == [
        f"spec-changed ml/mlops.yaml {INPUTS['ml/mlops.yaml']} {TWO}",
        "file-stale ml/a update",
        "file-stale ml/b prune",
        "file-stale ml/new create",
    ]


def test_a_spec_that_changed_without_effect_is_still_a_finding(root: Path) -> None:
    assert [item.kind for item in compare(planned(root, ALL, inputs=CHANGED))] == ["spec-changed"]


def test_an_edit_is_named_beside_a_spec_that_changed(root: Path) -> None:
    edit(root)
    found = compare(planned(root, [output("ml/a", "2\n"), B, SEED, BLOCK], inputs=CHANGED))
    assert [item.kind for item in found] == ["spec-changed", "file-edited"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("absent", TWO, f"input-changed ml/pins absent {TWO}"),
        (TWO, "absent", f"input-changed ml/pins {TWO} absent"),
        ("present", "absent", "input-changed ml/pins present absent"),
        (None, "absent", "input-changed ml/pins unused absent"),
        (TWO, None, f"input-changed ml/pins {TWO} unused"),
    ],
)
def test_inputs_that_changed(root: Path, before: str | None, after: str | None, expected: str) -> None:
    def inputs(state: str | None) -> dict[str, str]:
        return INPUTS if state is None else {**INPUTS, "ml/pins": state}

    assert run(root, ALL, inputs=inputs(before)) == ()
    assert compare(planned(root, ALL, inputs=inputs(before))) == ()
    assert summary(compare(planned(root, ALL, inputs=inputs(after)))) == [expected]


def test_a_compiler_that_changed_explains_a_file_that_is_made_differently(root: Path) -> None:
    now = [output("ml/a", "2\n"), B, SEED, BLOCK]
    assert summary(compare(planned(root, now, compiler="2"))) == [
        f"compiler-changed {LOCK} 1 2",
        "file-stale ml/a update",
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("ml/other.yaml", "spec-moved ml/other.yaml ml/mlops.yaml ml/other.yaml"),
        ("ml2/mlops.yaml", "spec-moved ml2/mlops.yaml ml/mlops.yaml ml2/mlops.yaml"),
        ("mlops.yaml", "root-changed mlops.yaml .. ."),
    ],
)
def test_a_spec_at_another_place(root: Path, spec: str, expected: str) -> None:
    write(root, spec.replace(spec.rpartition("/")[2], NAME), (root / LOCK).read_text())
    assert summary(compare(planned(root, ALL, spec=spec)))[0] == expected


def change(old: bytes | None, new: bytes | None) -> Change:
    return Change(file="f", kind="managed", verdict=Verdict.UPDATE, old=old, new=new)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"a\nb\n", b"a\nc\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"),
        (None, b"a\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"),
        (b"a\n", None, "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"),
        (b"a", b"a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
        (b"a\r\nb\r\n", b"a\nc\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"),
        (b"\xff\n", b"a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-\ufffd\n+a\n"),
        (b"x\x0cy\n", b"x\x0cz\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\x0cy\n+x\x0cz\n"),
        (b"a\n", b"a\n", ""),
    ],
)
def test_diff(old: bytes | None, new: bytes | None, expected: str) -> None:
    assert diff(change(old, new)) == expected
