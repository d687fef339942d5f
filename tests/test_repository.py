"""The checks that noxfile.py makes of the repository as a whole catch what they are for."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import repository

COMPILE = (
    "import sys, pathlib; spec = pathlib.Path(sys.argv[1]); ops = spec.parent / 'ops'; ops.mkdir();"
    "(ops / 'a.yaml').write_text(spec.read_text().upper());"
    "spec.with_name('mlops.lock').write_text('locked')"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small repository with one example and its generated files."""
    root = tmp_path / "tree"
    example = root / "examples" / "one"
    (example / "ops").mkdir(parents=True)
    (example / "mlops.yaml").write_text("a: 1\n")
    (example / "ops" / "a.yaml").write_text("A: 1\n")
    (example / "mlops.lock").write_text("locked")
    (root / ".gitignore").write_text("*.tmp\n")
    (root / "left.tmp").write_text("ignored")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


def recompile(tree: Path, program: str = COMPILE) -> list[str]:
    return repository.recompile(tree, tree.with_name("copy"), [sys.executable, "-c", program], {})


def test_files_are_those_of_a_commit(tree: Path) -> None:
    assert repository.files(tree) == [
        ".gitignore",
        "examples/one/mlops.lock",
        "examples/one/mlops.yaml",
        "examples/one/ops/a.yaml",
    ]


def test_a_copy_is_a_repository_of_its_own(tree: Path, tmp_path: Path) -> None:
    repository.copy(tree, tmp_path / "copy")
    assert (tmp_path / "copy" / ".git").is_dir()
    assert repository.files(tmp_path / "copy") == repository.files(tree)


def test_the_same_bytes_pass(tree: Path) -> None:
    assert recompile(tree) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("examples/one/ops/a.yaml", "A: 1\r\n"),
        ("examples/one/ops/stale.yaml", "nobody writes this\n"),
        ("examples/one/mlops.lock", "other"),
    ],
)
def test_other_committed_bytes_are_found(tree: Path, file: str, text: str) -> None:
    (tree / file).write_text(text, newline="")
    assert recompile(tree) == [file]


def test_a_file_that_was_not_committed_is_found(tree: Path) -> None:
    (tree / "examples/one/ops/a.yaml").unlink()
    assert recompile(tree) == ["examples/one/ops/a.yaml"]


def test_a_compile_that_fails_is_no_pass(tree: Path) -> None:
    assert recompile(tree, "raise SystemExit(1)") == ["examples/one/mlops.yaml: exit code 1"]


def test_no_example_is_no_pass(tree: Path) -> None:
    (tree / "examples/one/mlops.yaml").unlink()
    assert recompile(tree) == ["examples/*/mlops.yaml: no example"]


def test_a_wheel_holds_the_packages_and_nothing_else(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("mlopsc/a.py", "mlopsc/codes/b.yaml", "x.dist-info/METADATA"):
            archive.writestr(name, "")
    source = ["compiler/mlopsc/a.py", "compiler/mlopsc/codes/b.yaml", "tests/test_a.py", "README.md"]
    assert repository.wheel_differences(wheel, source) == []
    assert repository.wheel_differences(wheel, [*source[:1], "targets/mlopsc_targets/t/codes.yaml"]) == [
        "not in the wheel: mlopsc_targets/t/codes.yaml",
        "only in the wheel: mlopsc/codes/b.yaml",
    ]


def test_constraints_are_the_versions_of_the_lock_and_nothing_else() -> None:
    lock = (
        "--index-url https://pypi.example/simple\n# made by uv\n"
        'numpy==2.2.6 ; python_version < "3.11" \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via pandas\n'
        "pandera[pandas,io]==0.26.1 --hash=sha256:cc\nscipy==1.16.3 \\\n    --hash=sha256:dd\n"
    )
    expected = 'numpy==2.2.6 ; python_version < "3.11"\npandera==0.26.1\nscipy==1.16.3\n'
    assert repository.constraints(lock) == expected


def test_every_package_of_the_committed_lock_is_a_constraint() -> None:
    lock = (Path(__file__).resolve().parent.parent / "examples" / "penguins" / "requirements.txt").read_text("utf-8")
    lines = repository.constraints(lock).splitlines()
    assert len(lines) == sum(line[:1].isalnum() for line in lock.splitlines()) > 50
    assert all(re.fullmatch(r"[a-z0-9.-]+==[^ ]+( ; .+)?", line) for line in lines)


def test_commands_of_a_readme() -> None:
    text = "# Title\n\n```sh\npip install .\n```\n\n```yaml\na: 1\n```\n\n```bash\nnox\n```\n"
    assert repository.readme_commands(text) == ["pip install .", "nox"]


def test_ci_runs_the_second_command_of_the_readme() -> None:
    root = Path(__file__).resolve().parent.parent
    commands = repository.readme_commands((root / "README.md").read_text(encoding="utf-8"))
    assert commands[1] == (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]


def test_an_interpreter_that_runs_is_found() -> None:
    version = "{}.{}".format(*sys.version_info)
    found = repository.interpreter(version)
    if found is None:
        pytest.skip(f"this Python is not on PATH as python{version}")
    report = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    assert report.startswith(f"Python {version}.")


def test_a_python_that_is_not_there_or_does_not_run_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python3.99"
    broken.write_text("#!/bin/sh\necho 'not installed' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert repository.interpreter("3.99") is None
    assert repository.interpreter("3.98") is None
