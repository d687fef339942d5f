"""What the suites of noxfile.py check about the repository as a whole: distributions, goldens, the README.

Needs nothing but the standard library and git: noxfile.py imports it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PACKAGES = ("compiler/mlopsc", "targets/mlopsc_targets", "schemas/mlopsc_schemas")

_COMMANDS = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HASHES = re.compile(r"\s+--hash=\S+")
_EXTRAS = re.compile(r"(?<=[A-Za-z0-9])\[[^]]*\]")


def files(root: Path) -> list[str]:
    """Return what a commit of the working tree would hold: tracked and new files, without ignored ones."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return sorted({name for name in listing.split("\0") if name and (root / name).is_file()})


def copy(root: Path, folder: Path) -> None:
    """Copy the working tree as a clean clone would hold it, with a repository of its own."""
    for name in files(root):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, target)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)


def recompile(root: Path, folder: Path, command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Compile every example anew in a copy of the repository and compare all bytes.

    Args:
        root: the repository with the committed files.
        folder: an empty folder for the copy.
        command: how to compile; the path of the spec is added.
        environment: variables that are changed for the command.

    Returns:
        The specs that do not compile; if all do, the files that differ, are missing or are new.
    """
    copy(root, folder)
    specs = sorted((folder / "examples").glob("*/mlops.yaml"))
    if not specs:
        return ["examples/*/mlops.yaml: no example"]
    failed = []
    for spec in specs:
        shutil.rmtree(spec.parent / "ops", ignore_errors=True)
        spec.with_name("mlops.lock").unlink(missing_ok=True)
        run = subprocess.run([*command, str(spec)], cwd=folder, env={**os.environ, **environment}, check=False)
        if run.returncode:
            failed.append(f"{spec.relative_to(folder).as_posix()}: exit code {run.returncode}")
    if failed:
        return failed
    before, after = ({name: (tree / name).read_bytes() for name in files(tree)} for tree in (root, folder))
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def wheel_differences(wheel: Path, names: Iterable[str]) -> list[str]:
    """Compare the files of a wheel with those of the packages in the source tree.

    Args:
        wheel: the built wheel.
        names: files of the repository, as `files` returns them.

    Returns:
        One line for each file that only one of the two has; empty when they agree.
    """
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.endswith("/") and ".dist-info/" not in name}
    roots = {package: package.partition("/")[0] + "/" for package in PACKAGES}
    source = {
        name.removeprefix(top) for name in names for package, top in roots.items() if name.startswith(package + "/")
    }
    return [
        *(f"not in the wheel: {name}" for name in sorted(source - packed)),
        *(f"only in the wheel: {name}" for name in sorted(packed - source)),
    ]


def readme_commands(text: str) -> list[str]:
    """Return the commands of a README: the content of each shell block, in order."""
    return [block.strip() for block in _COMMANDS.findall(text)]


def constraints(lock: str) -> str:
    """Return the versions of a hashed lock as pip takes constraints: without hashes, extras and options."""
    entries = [line.strip() for line in lock.replace("\\\n", " ").splitlines()]
    named = [_EXTRAS.sub("", _HASHES.sub("", entry)).rstrip() for entry in entries if entry and entry[0] not in "#-"]
    return "".join(f"{entry}\n" for entry in named)


def interpreter(version: str) -> str | None:
    """Find a Python that runs, such as ``3.10``: on PATH, else among those that pyenv installed."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [shutil.which(f"python{version}"), *sorted(home.glob(f"versions/{version}.*/bin/python"))]
    for candidate in filter(None, candidates):
        probe = [str(candidate), "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        run = subprocess.run(probe, capture_output=True, text=True, check=False)
        if run.returncode == 0 and run.stdout.strip() == version:
            return str(candidate)
    return None
