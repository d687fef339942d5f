"""What each command imports, so that start-up stays fast: a new module has to be allowed here, with a reason to be.

Three lists for each command: modules of mlopsc itself (of the quick check only, which runs at every commit), modules
of the standard library that our own code imports (what libraries import in turn differs between their versions), and
installed packages, whoever imports them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import sandbox

ROOT = Path(__file__).parents[1]

DRIVER = """
import builtins, json, sys
own, original = set(), builtins.__import__
before = set(sys.modules)
def spy(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and str((globals or {}).get("__name__")).startswith("mlopsc"):
        own.add(name.partition(".")[0])
    return original(name, globals, locals, fromlist, level)
builtins.__import__ = spy
arguments = json.loads(sys.argv[1])
sys.argv = ["mlopsc", *arguments]
from mlopsc.__main__ import main
try:
    code = main()
except SystemExit as end:
    code = end.code
builtins.__import__ = original
new = set(sys.modules) - before
print()
print(json.dumps({"code": code, "own": sorted(own), "new": sorted(new)}))
"""

ALL_OURS = {"mlopsc", "mlopsc_targets"}
BASE = {"__future__", "os", "sys", "io"}
"""Loaded by the interpreter itself, or costs nothing."""

QUICK = {
    "mlopsc",
    "mlopsc.__main__",
    "mlopsc.cli",
    "mlopsc.cli.display",
    "mlopsc.cli.quick",
    "mlopsc.record",
    "mlopsc.workspace",
    "mlopsc.workspace.blocks",
    "mlopsc.workspace.digest",
    "mlopsc.workspace.findings",
    "mlopsc.workspace.journal",
    "mlopsc.workspace.lock",
    "mlopsc.workspace.problem",
    "mlopsc.workspace.quick",
    "mlopsc.workspace.root",
}

CLICK = {"click", "importlib"}
PYDANTIC_CORE = {"copy", "datetime"}  # written in C: it imports in the name of whoever calls it
ANALYSIS = {
    "collections",
    "decimal",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "re",
    "types",
    "typing",
} | PYDANTIC_CORE
COMPILER = ANALYSIS | {"bisect", "contextlib", "enum", "posixpath", "shlex", "stat"}
LIBRARIES = {"click", "yaml", "pydantic_core", "typing_extensions"}


JINJA = {"jinja2", "markupsafe"}


class Allowed(NamedTuple):
    """What a command may import.

    Attributes:
        own: top-level modules that code of mlopsc imports, besides `BASE` and our own.
        installed: top-level modules of installed packages, whoever imports them.
    """

    own: set[str]
    installed: set[str]


COMMANDS = {
    ("compile", "--check", "--quick"): Allowed({"stat", "hashlib"}, set()),
    ("--help",): Allowed(CLICK, {"click"}),
    ("update", "--help"): Allowed(CLICK | {"hashlib", "typing"}, {"click"}),
    ("explain", "SPC-301"): Allowed(CLICK | {"contextlib"}, {"click", "yaml"}),
    ("show",): Allowed(CLICK | ANALYSIS | {"bisect", "contextlib"}, LIBRARIES),
    ("validate",): Allowed(CLICK | COMPILER, LIBRARIES | JINJA),
    ("compile",): Allowed(CLICK | COMPILER, LIBRARIES | JINJA),
    ("compile", "--check"): Allowed(CLICK | COMPILER, LIBRARIES | JINJA),
    ("compile", "--diff"): Allowed(CLICK | COMPILER, LIBRARIES | JINJA),
    ("why", "ops/deploy/base/hpa.yaml:9"): Allowed(CLICK | COMPILER, LIBRARIES | JINJA),
}

NETWORK = {"http.client", "ssl", "socket", "urllib.request", "subprocess", "mlopsc.update"}
"""Modules of the only command that uses the network, and of that only when it runs."""

SLOW = {"pydantic", "jsonschema", "cookiecutter", "difflib", "dataclasses", "email", "asyncio", "importlib.metadata"}
"""Modules that none of these commands needs, and that cost more than a part of it."""


class Imported(NamedTuple):
    """What a command did import: see `Allowed`; `modules` is everything, with the dots."""

    own: set[str]
    installed: set[str]
    modules: set[str]


def measure(folder: Path, arguments: tuple[str, ...]) -> Imported:
    """Run a command that succeeds and return what it imported."""
    command = [sys.executable, "-c", DRIVER, json.dumps(arguments)]
    done = subprocess.run(command, cwd=folder, env=sandbox.environment(), capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["code"] == 0, done.stdout + done.stderr
    modules = set(told["new"])
    top = {name.partition(".")[0] for name in modules}
    installed = {name for name in top - sys.stdlib_module_names - ALL_OURS if not name.startswith("_")}
    own = set(told["own"]) & sys.stdlib_module_names - BASE
    return Imported(own, installed - {"cython_runtime"}, modules)


def refuse(arguments: tuple[str, ...], found: set[str], allowed: set[str]) -> None:
    """Fail with the names of the modules that a command imports and may not."""
    new = sorted(found - allowed)
    assert not new, f"mlopsc {' '.join(arguments)} imports {', '.join(new)}; import it later, or allow it in {__file__}"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled copy of the penguins."""
    root = tmp_path_factory.mktemp("repository")
    sandbox.copy_example(ROOT / "examples" / "penguins", root)
    done = sandbox.run(root, "compile", env=sandbox.environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_command_imports_what_it_may(compiled: Path, arguments: tuple[str, ...]) -> None:
    found = measure(compiled, arguments)
    refuse(arguments, found.own, COMMANDS[arguments].own)
    refuse(arguments, found.installed, COMMANDS[arguments].installed)
    refuse(arguments, found.modules & (SLOW | NETWORK), set())


def test_the_quick_check_imports_nothing_else(compiled: Path) -> None:
    arguments = ("compile", "--check", "--quick")
    found = measure(compiled, arguments)
    refuse(arguments, {name for name in found.modules if name.startswith("mlopsc")}, QUICK)
    refuse(arguments, found.modules & {"click", "yaml", "re", "typing", "json", "pathlib", "enum", "pydantic"}, set())


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_nothing_is_allowed_in_vain(compiled: Path, arguments: tuple[str, ...]) -> None:
    """A list that is longer than needed lets a module come back unnoticed."""
    found, allowed = measure(compiled, arguments), COMMANDS[arguments]
    assert allowed.installed - found.installed - {"typing_extensions"} == set()


def test_a_new_module_is_named() -> None:
    with pytest.raises(AssertionError, match="mlopsc compile imports pandas; import it later"):
        refuse(("compile",), {"pandas", "click"}, {"click"})


def test_the_driver_sees_what_is_imported(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = compiled / "mlopsc_seed"
    package.mkdir()
    (package / "__init__.py").write_text("import csv\nimport yaml\n", encoding="utf-8")
    monkeypatch.setattr(sys.modules[__name__], "DRIVER", DRIVER.replace("try:", "import mlopsc_seed\ntry:", 1))
    found = measure(compiled, ("--help",))
    assert "csv" in found.own
    assert found.installed == {"click", "yaml", "mlopsc_seed"}
