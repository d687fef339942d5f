"""What holds for every file that a compile copies into a user's repository."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps import commands
from repository import interpreter
from steps.project import STEPS, Project

FILES = sorted(path for path in STEPS.rglob("*.py") if path != STEPS / "__init__.py")
PACKAGE = STEPS / "mlops_steps"

# Imported by the process that serves or loads, which has no package of ours: they stand for themselves.
ALONE = {PACKAGE / "packaging" / "mlops_predictor.py", PACKAGE / "serving" / "locustfile.py"}
OLDEST = (3, 10)


def parsed(path: Path) -> ast.Module:
    """Parse as the oldest supported Python does."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=OLDEST)


def absolute_imports_of_ours(module: ast.Module) -> list[str]:
    """Return imports that name the package of the steps or the compiler, and do not work where the files are copied."""
    names = [
        *(alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names),
        *(node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom) and not node.level),
    ]
    own = {path.stem for path in STEPS.rglob("*.py")} - set(sys.stdlib_module_names) | {"mlopsc", "mlops_steps"}
    return [name for name in names if name.split(".")[0] in own]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(STEPS).as_posix())
def test_a_file_says_its_licence_and_parses_on_the_oldest_python(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# SPDX-License-Identifier: MIT-0\n")
    module = parsed(path)
    assert ast.get_docstring(module), "a reader is told what the file is for"
    if path.parent != STEPS:
        assert absolute_imports_of_ours(module) == []


def test_newer_syntax_is_found(tmp_path: Path) -> None:
    path = tmp_path / "newer.py"
    path.write_text("try:\n    pass\nexcept* ValueError:\n    pass\n", encoding="utf-8")
    with pytest.raises(SyntaxError):
        parsed(path)


@pytest.mark.parametrize(
    "line",
    ["import mlops_steps.config", "from mlops_steps.data import frames", "from mlopsc import record", "import refusal"],
)
def test_an_absolute_import_is_found(line: str) -> None:
    assert absolute_imports_of_ours(ast.parse(line))


@pytest.mark.parametrize(
    "line", ["from ..refusal import Refused", "from . import config", "import json", "import mlflow"]
)
def test_other_imports_are_fine(line: str) -> None:
    assert absolute_imports_of_ours(ast.parse(line)) == []


def test_modules_that_stand_alone_import_nothing_of_ours() -> None:
    for path in ALONE:
        imports = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)]
        assert [node.module for node in imports if node.level] == [], path


def test_every_module_imports_on_the_oldest_python_with_the_standard_library_only(tmp_path: Path) -> None:
    """But those that run in another program: the server and locust bring what they import."""
    oldest = interpreter("{}.{}".format(*OLDEST))
    if oldest is None:
        pytest.skip("needs Python {}.{}".format(*OLDEST))
    project = Project(tmp_path, {})
    project.ship()
    names = [
        ".".join(path.relative_to(STEPS).with_suffix("").parts)
        for path in FILES
        if path.parent != STEPS and path not in ALONE
    ]
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name.removesuffix('.__init__'))"
    ended = subprocess.run(
        [oldest, "-I", "-c", f"import sys; sys.path.insert(0, {str(project.pipeline)!r})\n{code}", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["release", "--help"],
        ["environments", "--help"],
        ["exceptions", "--help"],
        ["smoke", "--help"],
    ],
)
def test_help_needs_the_standard_library_only(tmp_path: Path, arguments: list[str]) -> None:
    """Nothing outside of it is imported: the runner that releases installs no lock."""
    project = Project(tmp_path, {})
    project.ship()
    code = (
        "import json, runpy, sys\n"
        f"sys.argv = ['ops/pipeline', *{arguments!r}]\n"
        "try:\n"
        f"    runpy.run_path({str(project.pipeline)!r}, run_name='__main__')\n"
        "except SystemExit as ended:\n"
        "    assert not ended.code, ended.code\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(json.loads(ended.stdout.splitlines()[-1]))
    before = subprocess.run(
        [sys.executable, "-c", "import runpy, sys; print(*{name.split('.')[0] for name in sys.modules})"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "mlops_steps" in imported
    assert imported - set(before.stdout.split()) - set(sys.stdlib_module_names) <= {"mlops_steps"}


def test_every_step_has_help_and_an_example() -> None:
    bare = [name for name, step in commands.STEPS.items() if f"ops/pipeline {name}" not in step.example]
    assert bare == []
