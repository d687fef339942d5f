"""The life of a repository under ``mlopsc compile``: first files, edits, foreign files, checks, merges."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import mlopsc as package
import pytest
import sandbox
from cli.conftest import Mlopsc

TOY = "ops/toy/toy.yaml"
CHECKS = (("compile", "--check"), ("compile", "--check", "--quick"))


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Path:
    """A repository that was compiled, to be copied."""
    folder = tmp_path_factory.mktemp("golden")
    sandbox.write(folder)
    done = sandbox.run(folder, "compile", env=sandbox.environment(site))
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def compiled(golden: Path, root: Path) -> Path:
    """A repository that was compiled."""
    shutil.copytree(golden, root, dirs_exist_ok=True)
    return root


def tree(root: Path) -> dict[str, bytes]:
    """Return the content of every file."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def generated(root: Path) -> int:
    """Return the number of files that a compile writes: the output folder, the workflows, and a block elsewhere."""
    return sum(file.startswith(("ops/", ".github/")) for file in tree(root)) + 1


def codes(stdout: str) -> list[str]:
    """Return the codes of the errors, in order."""
    return [line.split(": error ")[1].split(":")[0] for line in stdout.splitlines() if ": error " in line]


def test_the_first_compile_creates_and_the_second_leaves_alone(process: Mlopsc, root: Path) -> None:
    first = process("compile")
    assert first.returncode == 0
    count = generated(root)
    assert first.stdout.endswith(f"mlops.yaml: {count} files: {count} created, 0 unchanged\n")
    assert f"  created       {TOY}\n" in first.stdout
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    second = process("compile")
    assert second.returncode == 0
    assert second.stdout.endswith(f"mlops.yaml: {count} files: {count} unchanged\n")
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()} == before


def test_a_change_of_the_spec_changes_what_follows_from_it(mlopsc: Mlopsc, compiled: Path) -> None:
    spec = compiled / "mlops.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"color: blue", b"color: red"))
    before = tree(compiled)
    done = mlopsc("compile")
    assert done.returncode == 0
    after = tree(compiled)
    changed = sorted(file for file in after if after[file] != before.get(file))
    assert changed == ["mlops.lock", "ops/toy/NOTES.md", "ops/toy/toy.json", TOY]
    assert done.stdout.endswith(f"files: 3 updated, {generated(compiled) - 3} unchanged\n")


def test_an_edited_file_stops_the_compile(mlopsc: Mlopsc, compiled: Path) -> None:
    file = compiled / TOY
    file.write_text(file.read_text().replace("wheels: 4", "wheels: 6"), encoding="utf-8")
    spec = compiled / "mlops.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"color: blue", b"color: red"))
    before = tree(compiled)
    done = mlopsc("compile")
    assert done.returncode == 1
    assert codes(done.stdout) == ["WSP-701"]
    assert "mlopsc eject ops/toy/toy.yaml" in done.stdout
    assert "\n-wheels: 4\n+wheels: 6\n" in done.stdout
    assert tree(compiled) == before

    done = mlopsc("compile", "--overwrite")
    assert done.returncode == 0
    assert f"  overwritten   {TOY}\n" in done.stdout
    assert "wheels: 4\n" in file.read_text()
    assert mlopsc("compile", "--check").returncode == 0


def test_a_foreign_file_is_never_overwritten(mlopsc: Mlopsc, root: Path) -> None:
    file = root / TOY
    file.parent.mkdir(parents=True)
    file.write_text("mine: 1\n", encoding="utf-8")
    before = tree(root)
    for option in ((), ("--overwrite",), ("--check",), ("--diff",)):
        done = mlopsc("compile", *option)
        assert done.returncode == 1
        assert "WSP-703" in codes(done.stdout)
        assert tree(root) == before


def test_a_file_of_another_spec_is_never_overwritten(mlopsc: Mlopsc, compiled: Path) -> None:
    (compiled / "other.yaml").write_bytes((compiled / "mlops.yaml").read_bytes().replace(b"blue", b"red"))
    (compiled / "mlops.lock").unlink()
    before = tree(compiled)
    done = mlopsc("compile", "other.yaml")
    assert done.returncode == 1
    assert set(codes(done.stdout)) == {"WSP-716", "WSP-717"}  # nothing says whose the JSON is
    assert "error WSP-717: mlops.yaml generates " in done.stdout
    assert tree(compiled) == before


@pytest.mark.parametrize("options", [(), ("--overwrite",), ("--diff",), ("--check",), ("--check", "--quick")])
def test_a_second_spec_in_the_folder_is_one_finding(mlopsc: Mlopsc, compiled: Path, options: tuple[str, ...]) -> None:
    (compiled / "other.yaml").write_bytes((compiled / "mlops.yaml").read_bytes().replace(b"blue", b"red"))
    before = tree(compiled)
    done = mlopsc("compile", "other.yaml", *options)
    assert (done.returncode, codes(done.stdout)) == (1, ["WSP-715"])
    assert "belongs to mlops.yaml" in done.stdout
    assert "nothing would change" not in done.stdout
    assert tree(compiled) == before
    assert mlopsc("compile", "--check").returncode == 0


def test_a_lost_lock_and_a_changed_spec_say_to_restore_the_lock(mlopsc: Mlopsc, compiled: Path) -> None:
    lock, spec = compiled / "mlops.lock", compiled / "mlops.yaml"
    good = lock.read_bytes()
    lock.unlink()
    spec.write_bytes(spec.read_bytes().replace(b"color: blue", b"color: red"))
    before = tree(compiled)
    done = mlopsc("compile")
    assert (done.returncode, set(codes(done.stdout))) == (1, {"WSP-716"})
    assert "restore mlops.lock from git" in done.stdout
    assert tree(compiled) == before
    lock.write_bytes(good)
    assert mlopsc("compile").returncode == 0


@pytest.mark.parametrize("copied", [True, False])
def test_a_project_that_was_copied_or_moved_forgets_nothing_aloud(
    mlopsc: Mlopsc, root: Path, tmp_path: Path, copied: bool
) -> None:
    sandbox.write(root, name="models/car/mlops.yaml")
    assert mlopsc("compile", "models/car").returncode == 0
    place = tmp_path / "x" if copied else root / "models/van"
    shutil.copytree(root / "models/car", place)
    if not copied:
        shutil.rmtree(root / "models/car")
    done = mlopsc("compile", folder=place)
    assert done.returncode == 0, done.stdout
    assert "forgotten" not in done.stdout
    assert "models/car" not in done.stdout
    assert mlopsc("compile", "--check", folder=place).returncode == 0


def test_a_file_that_is_not_wanted_and_gone_is_forgotten_aloud(mlopsc: Mlopsc, compiled: Path) -> None:
    spec = compiled / "mlops.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"dir: ops", b"").replace(b"output: {", b"output: { dir: made,"))
    (compiled / TOY).unlink()
    assert f"  forgotten     {TOY}\n" in mlopsc("compile").stdout


@pytest.mark.parametrize("command", CHECKS)
def test_a_spec_that_is_not_there_is_named_beside_a_lock(
    mlopsc: Mlopsc, compiled: Path, command: tuple[str, ...]
) -> None:
    done = mlopsc(*command, "nope.yaml")
    assert done.returncode == 1
    assert "nope.yaml" in done.stdout
    assert not any(code.startswith("WSP") for code in codes(done.stdout))
    assert len(codes(done.stdout)) == 1


@pytest.mark.parametrize(
    ("make", "code", "message"),
    [
        (lambda root: (root / "ops").write_text("mine"), "WSP-707", "ops is a file, so ops/"),
        (lambda root: (root / "ops").symlink_to("/"), "WSP-704", "ops leads out of the repository"),
    ],
)
def test_a_place_that_cannot_hold_files_is_one_finding(
    mlopsc: Mlopsc, root: Path, make: Callable[[Path], object], code: str, message: str
) -> None:
    make(root)
    done = mlopsc("compile")
    assert (done.returncode, codes(done.stdout)) == (1, [code])
    assert f"ops:1:1: error {code}: {message}" in done.stdout
    assert " more files cannot be written" in done.stdout
    assert not (root / "mlops.lock").exists()


def test_a_folder_that_is_read_only_is_one_finding(
    mlopsc: Mlopsc, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = compiled / "mlops.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"color: blue", b"color: red"))
    before = tree(compiled)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, how: not str(path).endswith("toy") and real(path, how))
    done = mlopsc("compile")
    assert (done.returncode, codes(done.stdout)) == (1, ["WSP-710"])
    assert "ops/toy/NOTES.md and 2 more files cannot be written: the folder is not writable" in done.stdout
    assert tree(compiled) == before


def test_files_with_causes_of_their_own_are_findings_of_their_own(mlopsc: Mlopsc, root: Path) -> None:
    for file in ("toy.yaml", "toy.json"):
        (root / "ops/toy" / file).mkdir(parents=True)
    assert codes(mlopsc("compile").stdout) == ["WSP-706", "WSP-706"]


def test_a_head_of_the_lock_that_is_not_complete(mlopsc: Mlopsc, compiled: Path) -> None:
    lock = compiled / "mlops.lock"
    lock.write_bytes(lock.read_bytes().replace(b"spec mlops.yaml\n", b""))
    done = mlopsc("compile", "--check")
    assert (done.returncode, codes(done.stdout)) == (1, ["WSP-732"])
    assert "line 0" not in done.stdout
    assert mlopsc("compile").returncode == 0
    assert mlopsc("compile", "--check").returncode == 0


@pytest.mark.parametrize("command", CHECKS)
def test_check_is_content_and_writes_nothing(mlopsc: Mlopsc, compiled: Path, command: tuple[str, ...]) -> None:
    before = {path: path.stat().st_mtime_ns for path in compiled.rglob("*")}
    done = mlopsc(*command)
    assert (done.returncode, done.stderr) == (0, "")
    assert "up to date" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in compiled.rglob("*")} == before


@pytest.mark.parametrize("command", CHECKS)
def test_check_before_the_first_compile(mlopsc: Mlopsc, root: Path, command: tuple[str, ...]) -> None:
    done = mlopsc(*command)
    assert done.returncode == 1
    assert codes(done.stdout) == ["WSP-720"]
    assert sorted(path.name for path in root.iterdir()) == [".git", "mlops.yaml", "rows.csv", "src"]


@pytest.mark.parametrize("command", CHECKS)
@pytest.mark.parametrize(
    ("file", "old", "new", "expected", "quick"),
    [
        ("mlops.yaml", b"color: blue", b"color: red", ["WSP-727", "WSP-730", "WSP-730", "WSP-730"], ["WSP-727"]),
        ("mlops.yaml", b"apiVersion", b"# a comment\napiVersion", ["WSP-727"], ["WSP-727"]),
        (TOY, b"wheels: 4", b"wheels: 6", ["WSP-701"], ["WSP-701"]),
        (TOY, b"name: car", b"<<<<<<< HEAD\nname: car\n=======\nname: van\n>>>>>>> b", ["WSP-702"], ["WSP-702"]),
        (".gitattributes", b"text eol=lf", b"text", ["WSP-701"], ["WSP-701"]),
        ("mlops.lock", b"compiler ", b"compiler 0.0.1-", ["WSP-726"], ["WSP-726"]),
        ("mlops.lock", b"compiler", b"<<<<<<< HEAD\ncompiler", ["WSP-721"], ["WSP-721"]),
        ("mlops.lock", b"output sha256:", b"output sha256:x", ["WSP-722"], ["WSP-722"]),
        ("mlops.lock", b"format 1", b"format 9", ["WSP-714"], ["WSP-714"]),
    ],
)
def test_check_says_what_happened(
    mlopsc: Mlopsc,
    compiled: Path,
    command: tuple[str, ...],
    file: str,
    old: bytes,
    new: bytes,
    expected: list[str],
    quick: list[str],
) -> None:
    path = compiled / file
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    before = tree(compiled)
    done = mlopsc(*command)
    assert done.returncode == 1
    assert codes(done.stdout) == (quick if "--quick" in command else expected)
    assert tree(compiled) == before


@pytest.mark.parametrize("command", CHECKS)
def test_check_misses_a_deleted_file_and_a_deleted_lock(
    mlopsc: Mlopsc, compiled: Path, command: tuple[str, ...]
) -> None:
    (compiled / TOY).unlink()
    assert codes(mlopsc(*command).stdout) == ["WSP-729"]
    (compiled / "mlops.lock").unlink()
    assert codes(mlopsc(*command).stdout) == ["WSP-720"]


def test_file_and_lock_edited_together_are_caught(mlopsc: Mlopsc, compiled: Path) -> None:
    file, lock = compiled / TOY, compiled / "mlops.lock"
    before = file.read_bytes()
    after = before.replace(b"wheels: 4", b"wheels: 6")
    file.write_bytes(after)
    digests = [hashlib.sha256(content).hexdigest() for content in (before, after)]
    assert digests[0] in lock.read_text()
    lock.write_text(lock.read_text().replace(digests[0], digests[1]), encoding="utf-8")
    assert mlopsc("compile", "--check", "--quick").returncode == 0  # which is why a pipeline does not use it
    done = mlopsc("compile", "--check")
    assert done.returncode == 1
    assert codes(done.stdout) == ["WSP-731"]
    assert TOY in done.stdout


def test_the_compiler_changed_and_so_did_a_file(mlopsc: Mlopsc, compiled: Path) -> None:
    lock = compiled / "mlops.lock"
    assert f"compiler {package.__version__}\n" in lock.read_text()
    lock.write_text(lock.read_text().replace(f"compiler {package.__version__}", "compiler 0.0.1"), encoding="utf-8")
    assert "written by mlopsc 0.0.1" in mlopsc("compile", "--check").stdout
    count = generated(compiled)
    assert mlopsc("compile").stdout.endswith(f"{count} files: {count} unchanged\n")
    assert mlopsc("compile", "--check").returncode == 0


@pytest.mark.parametrize("damage", ["conflict", "truncated", "gone"])
def test_a_compile_makes_the_lock_anew(mlopsc: Mlopsc, compiled: Path, damage: str) -> None:
    lock = compiled / "mlops.lock"
    good = lock.read_bytes()
    if damage == "conflict":
        lines = good.splitlines(keepends=True)
        lock.write_bytes(
            b"".join([*lines[:6], b"<<<<<<< HEAD\n", *lines[6:8], b"=======\n", *lines[8:], b">>>>>>> b\n"])
        )
    elif damage == "truncated":
        lock.write_bytes(good[: len(good) // 2])
    else:
        lock.unlink()
    assert mlopsc("compile", "--check").returncode == 1
    assert mlopsc("compile").returncode == 0
    assert lock.read_bytes() == good


def test_diff_shows_and_writes_nothing(mlopsc: Mlopsc, compiled: Path) -> None:
    done = mlopsc("compile", "--diff")
    assert done.returncode == 0
    assert done.stdout.endswith("nothing would change\n")
    spec = compiled / "mlops.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"color: blue", b"color: red"))
    before = tree(compiled)
    done = mlopsc("compile", "--diff")
    assert done.returncode == 0
    assert f"--- a/{TOY}\n+++ b/{TOY}\n" in done.stdout
    assert "\n-color: blue\n+color: red\n" in done.stdout
    assert tree(compiled) == before
    (compiled / TOY).write_text("mine\n", encoding="utf-8")
    done = mlopsc("compile", "--diff")
    assert (done.returncode, codes(done.stdout)) == (1, ["WSP-701"])


def test_paths_are_told_from_where_the_user_stands(mlopsc: Mlopsc, root: Path) -> None:
    sandbox.write(root, name="models/car/mlops.yaml")
    folder = root / "models" / "car"
    assert "created       ops/toy/toy.yaml\n" in mlopsc("compile", folder=folder).stdout
    (folder / TOY).write_text("mine\n", encoding="utf-8")
    for command in CHECKS:
        assert "\nops/toy/toy.yaml:1:1: error WSP-701" in "\n" + mlopsc(*command, folder=folder).stdout
        from_root = mlopsc(*command, "models/car").stdout
        assert "\nmodels/car/ops/toy/toy.yaml:1:1: error WSP-701" in "\n" + from_root


def test_a_removed_environment_takes_its_lines_along(mlopsc: Mlopsc, compiled: Path) -> None:
    spec = compiled / "mlops.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"dir: ops", b"").replace(b"output: {", b"output: { dir: made,"))
    done = mlopsc("compile")
    assert done.returncode == 0
    assert not (compiled / "ops").exists()
    assert "  removed       ops/toy/toy.yaml\n" in done.stdout
    assert (compiled / "made/toy/toy.yaml").is_file()


def test_a_folder_that_may_not_be_written(mlopsc: Mlopsc, compiled: Path) -> None:
    spec = compiled / "mlops.yaml"
    spec.write_bytes(spec.read_bytes().replace(b"color: blue", b"color: red"))
    folder = compiled / "ops" / "toy"
    folder.chmod(0o555)
    try:
        (folder / "probe").touch()
    except PermissionError:
        before = tree(compiled)
        done = mlopsc("compile")
        assert done.returncode == 1
        assert "WSP-710" in codes(done.stdout)
        assert tree(compiled) == before
    else:
        pytest.skip("this user may write everywhere")
    finally:
        folder.chmod(0o755)
