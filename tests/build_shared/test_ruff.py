"""A user's ruff, whose rules are other ones, leaves the generated pipeline alone; ours judges the sources of it.

That ruff obeys the file that lies nearest is what the generated `ruff.toml` builds on.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import sandbox
import tools

pytestmark = pytest.mark.tools

SERVICE = Path("services") / "penguins"
PIPELINE = SERVICE / "ops" / "pipeline"
RULES = """\
[tool.ruff]
line-length = 88

[tool.ruff.lint]
select = ["ALL"]
ignore = ["COM812", "D203", "D213"] # they contradict the formatter, or each other

[tool.ruff.format]
skip-magic-trailing-comma = true
"""
FORMAT_CHECK = ("format", "--check")
COMMANDS = (("check",), FORMAT_CHECK, ("check", "--fix", "--unsafe-fixes"), ("format",))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a compiled project below its top, and the rules of its owner there."""
    root = tmp_path_factory.mktemp("compiled")
    (root / ".git").mkdir()
    (root / "pyproject.toml").write_text(RULES, encoding="utf-8")
    (root / "own.py").write_text("import os\nnumbers = {  'a':1}\n", encoding="utf-8")
    ignored = shutil.ignore_patterns("ops", "mlops.lock", "pyproject.toml", "__pycache__")
    shutil.copytree(tools.ROOT / "examples" / "penguins", root / SERVICE, ignore=ignored)
    assert compile_again(root) == (0, "")
    return root


@pytest.fixture
def repository(compiled: Path, tmp_path: Path) -> Path:
    """A copy of it, for a test that may change files."""
    return Path(shutil.copytree(compiled, tmp_path / "repository"))


def compile_again(root: Path) -> tuple[int, str]:
    """Compile; return the exit code and what was said about it."""
    ended = sandbox.run(root / SERVICE, "compile", env=sandbox.environment())
    return ended.returncode, ended.stderr


def ruff(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [tools.program("ruff"), *arguments, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def content(root: Path) -> dict[str, bytes]:
    """Return the files of the pipeline."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / PIPELINE).rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("folder", [Path(), SERVICE, PIPELINE, PIPELINE / "mlops_steps"], ids=lambda path: path.name)
def test_ruff_leaves_the_pipeline_as_it_is(repository: Path, folder: Path) -> None:
    before = content(repository)
    assert f"{PIPELINE.as_posix()}/ruff.toml" in before
    for command in COMMANDS:
        ended = ruff(repository / folder, *command, ".")
        assert "mlops_steps" not in ended.stdout + ended.stderr, command
        if folder.is_relative_to(PIPELINE):
            assert ended.returncode == 0, (command, ended.stdout + ended.stderr)
        assert content(repository) == before, command
    assert compile_again(repository) == (0, "")


def test_ruff_leaves_files_of_the_pipeline_that_are_named(repository: Path) -> None:
    """As hooks name them; ruff excludes no such file unless it is told to."""
    before = content(repository)
    files = [path for path in before if path.endswith(".py")]
    for command in COMMANDS:
        ended = ruff(repository, *command, *files)
        assert ended.returncode == 0, (command, ended.stdout + ended.stderr)
        assert content(repository) == before, command


def test_ruff_still_judges_what_people_wrote(repository: Path) -> None:
    assert "own.py" in ruff(repository, "check", ".").stdout
    assert "own.py" in ruff(repository, *FORMAT_CHECK, ".").stdout
    ruff(repository, "format", ".")
    assert '{"a": 1}' in (repository / "own.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS[2:], ids=lambda command: command[0])
def test_without_the_file_the_pipeline_is_edited_and_the_compile_stops(
    repository: Path, command: tuple[str, ...]
) -> None:
    before = content(repository)
    (repository / PIPELINE / "ruff.toml").unlink()
    assert "mlops_steps" in ruff(repository, "check", ".").stdout
    assert "mlops_steps" in ruff(repository, *FORMAT_CHECK, ".").stdout
    ruff(repository, *command, ".")
    after = content(repository)
    changed = {path for path, text in after.items() if before[path] != text}
    assert any("/mlops_steps/" in path for path in changed)
    code, told = compile_again(repository)
    assert code == 1
    assert "WSP-701" in told


@pytest.mark.parametrize("file", ["__main__.py", "mlops_steps/config.py"])
def test_our_own_rules_judge_the_sources_of_the_pipeline(tmp_path: Path, file: str) -> None:
    """The settings that are shipped must not act where the steps are written."""
    steps = Path("compiler") / "mlopsc" / "steps"
    shutil.copytree(tools.ROOT / steps, tmp_path / steps, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    shutil.copy(tools.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / steps / file).parent.mkdir(exist_ok=True)
    (tmp_path / steps / file).write_text("import  os\n", encoding="utf-8")
    assert "F401" in ruff(tmp_path, "check").stdout
    assert (steps / file).as_posix() in ruff(tmp_path, *FORMAT_CHECK).stdout
