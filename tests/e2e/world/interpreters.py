"""Interpreters for the jobs: each job gets a fresh one without packages, and `pip` that links a finished environment.

Installing the lock of a project takes a minute, and a workflow does it in several jobs. So `pip install` here lets the
real pip prove, offline, that an environment that was made before satisfies every line of a requirements file, and then
links that environment. What is in no requirements file is not found.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from e2e.world.state import RefusedError, State

VARIABLE = "STAND_IN_PYTHONS"
"""JSON: the interpreters of finished environments, in the order in which they are tried."""

WORLD = Path(__file__).resolve().parent

_PIP = """\
import os, runpy, subprocess, sys
command = [os.environ["STAND_IN_PYTHON"], "-I", {world!r}, "program", "pip", sys.prefix, *sys.argv[1:]]
raise SystemExit(subprocess.run(command, check=False).returncode)
"""

_NETWORK = """\
import os, _socket
if os.environ.get("STAND_IN_INTERNET"):
    real = _socket.getaddrinfo
    def getaddrinfo(host, port, *rest, **more):
        if host in (None, "", "localhost", b"localhost", "127.0.0.1", "::1"):
            return real(host, port, *rest, **more)
        return real("127.0.0.1", int(os.environ["STAND_IN_INTERNET"]), *rest, **more)
    _socket.getaddrinfo = getaddrinfo
"""


def finished() -> list[Path]:
    """Return the interpreters of the finished environments."""
    return [Path(path) for path in json.loads(os.environ[VARIABLE])]


def make(state: State, version: str, folder: Path) -> None:
    """Make an interpreter without packages.

    Args:
        state: of the world.
        version: such as ``3.11``.
        folder: for it.

    Raises:
        RefusedError: no finished environment has that version.
    """
    for python in finished():
        if facts(state, python)["version"] == version:
            break
    else:
        raise RefusedError(f"The version '{version}' with architecture 'x64' was not found")
    base = facts(state, python)["base"]
    if not folder.exists():
        subprocess.run([base, "-I", "-m", "venv", "--without-pip", str(folder)], check=True)
        site = folder / "lib" / f"python{version}" / "site-packages"
        (site / "pip").mkdir()
        (site / "pip" / "__init__.py").write_text("", encoding="utf-8")
        (site / "pip" / "__main__.py").write_text(_PIP.format(world=str(WORLD)), encoding="utf-8")
        (site / "stand_in_network.py").write_text(_NETWORK, encoding="utf-8")
        (site / "stand_in_network.pth").write_text("import stand_in_network\n", encoding="utf-8")
        script = folder / "bin" / "pip"
        script.write_text(f'#!/bin/sh\nexec {folder}/bin/python -m pip "$@"\n', encoding="utf-8")
        script.chmod(0o755)


def install(state: State, prefix: str, arguments: Sequence[str]) -> None:
    """Install what a requirements file names.

    Args:
        state: of the world.
        prefix: of the interpreter that asks.
        arguments: of pip.

    Raises:
        RefusedError: no finished environment has all of it, or it is asked for without hashes.
    """
    files = _requirements(arguments)
    text = "".join(Path(file).read_text(encoding="utf-8") for file in files)
    asking = facts(state, Path(prefix) / "bin" / "python")
    digest = hashlib.sha256(text.encode()).hexdigest()
    known: dict[str, str] = state.read("satisfied", {})
    key = f"{asking['version']} {digest}"
    if key not in known:
        said = ""
        for python in finished():
            if facts(state, python)["version"] != asking["version"]:
                continue
            done = _prove(python, files)
            said += done.stdout + done.stderr
            if done.returncode == 0 and "Would install" not in done.stdout:
                with state.changing("satisfied", {}) as satisfied:
                    satisfied[key] = str(python)
                known = {key: str(python)}
                break
        else:
            raise RefusedError(f"ERROR: Could not find a version that satisfies {files}:\n{said[-2000:]}")
    _link(Path(known[key]), facts(state, Path(known[key])), Path(prefix), asking["version"])


def facts(state: State, python: Path) -> dict[str, str]:
    """Return version, base interpreter and package folder of an interpreter."""
    known: dict[str, dict[str, str]] = state.read("interpreters", {})
    if str(python) not in known:
        code = (
            "import json, sys, sysconfig\n"
            "facts = {'version': '%d.%d' % sys.version_info[:2], 'base': sys._base_executable,\n"
            "         'site': sysconfig.get_path('purelib')}\n"
            "print(json.dumps(facts))"
        )
        done = subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, check=True)
        with state.changing("interpreters", {}) as interpreters:
            interpreters[str(python)] = json.loads(done.stdout)
        known = {str(python): json.loads(done.stdout)}
    return known[str(python)]


def _requirements(arguments: Sequence[str]) -> list[str]:
    """Return the requirements files of ``pip install``, after a look at its options."""
    if not arguments or arguments[0] != "install":
        raise RefusedError(f"pip {' '.join(arguments[:1])} is not what a workflow should need")
    if "--require-hashes" not in arguments:
        raise RefusedError("pip install without --require-hashes takes whatever the index has")
    files: list[str] = []
    rest = list(arguments[1:])
    while rest:
        word = rest.pop(0)
        if word in ("--requirement", "-r"):
            files.append(rest.pop(0))
        elif word.startswith("--requirement="):
            files.append(word.partition("=")[2])
        elif word not in _OPTIONS:
            raise RefusedError(f"pip install {word}: only a requirements file is installed in a workflow")
    if not files:
        raise RefusedError("ERROR: You must give at least one requirement to install")
    return files


_OPTIONS = {
    "--require-hashes",
    "--no-deps",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--no-cache-dir",
    "--only-binary=:all:",
}


def _prove(python: Path, files: Sequence[str]) -> subprocess.CompletedProcess[str]:
    offline = ("--dry-run", "--no-index", "--no-deps", "--require-hashes", "--disable-pip-version-check")
    named = [word for file in files for word in ("--requirement", file)]
    environment = {name: value for name, value in os.environ.items() if not re.match("PIP_|PYTHON", name)}
    return subprocess.run(
        [str(python), "-I", "-m", "pip", "install", *offline, *named],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _link(python: Path, source: dict[str, str], prefix: Path, version: str) -> None:
    site = prefix / "lib" / f"python{version}" / "site-packages"
    name = hashlib.sha256(source["site"].encode()).hexdigest()[:8]
    # addsitedir also follows the .pth files there, such as that of an editable install
    line = f"import site; site.addsitedir({source['site']!r})\n"
    (site / f"linked-{name}.pth").write_text(line, encoding="utf-8")
    for script in sorted(python.parent.iterdir()):
        here = prefix / "bin" / script.name
        if not here.exists() and os.access(script, os.X_OK) and not re.match("python|pip|activate", script.name, re.I):
            here.symlink_to(script)
