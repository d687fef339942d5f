"""Artifacts and caches: files that outlive a job."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from e2e.world.state import State


class Entry:
    """A cache entry: what was saved under a key."""

    def __init__(self, folder: Path) -> None:
        facts = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
        self.key: str = facts["key"]
        self.paths: list[str] = facts["paths"]
        self.ref: str = facts["ref"]
        self.number: int = facts["number"]
        self.files = folder / "files"


def find(workspace: Path, patterns: Sequence[str], hidden: bool) -> tuple[Path, list[Path]]:
    """Find files as upload-artifact does.

    Args:
        workspace: where patterns begin.
        patterns: files, folders and globs; a leading ``!`` leaves something out.
        hidden: whether names that begin with a dot count.

    Returns:
        The folder that paths are kept relative to, and the files: that is the folder of the file where there is only
        one pattern and one file, the pattern's folder where there is one pattern, else the deepest one common to all.
    """
    found: set[Path] = set()
    roots = []
    for pattern in patterns:
        excluded = pattern.startswith("!")
        matches = [Path(match) for match in glob.glob(str(workspace / pattern.lstrip("!")), recursive=True)]
        files = {file for match in matches for file in _below(match)}
        found = found - files if excluded else found | files
        if not excluded:
            roots.append(_fixed(workspace / pattern))
    if not hidden:
        found = {file for file in found if not any(part.startswith(".") for part in file.relative_to(workspace).parts)}
    if len(roots) == 1 and found == {roots[0]}:
        return roots[0].parent, sorted(found)
    common = Path(os.path.commonpath(roots)) if roots else workspace
    return (common.parent if common.is_file() else common), sorted(found)


def replace(root: Path, files: Iterable[Path], target: Path) -> None:
    """Copy files into an empty folder, keeping their paths below a root."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in files:
        place = target / file.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        # modes are not kept: neither do artifacts
        shutil.copyfile(file, place)


def merge(source: Path, target: Path) -> None:
    """Copy a folder over another one."""
    shutil.copytree(source, target, dirs_exist_ok=True)


def save(
    state: State, key: str, paths: list[str], ref: str, workspace: Path, root: Path, files: Sequence[Path]
) -> None:
    """Save files in the cache; an entry that is there stays as it is."""
    place = hashlib.sha256(json.dumps([key, paths, ref]).encode()).hexdigest()
    folder = state.path("caches", place)
    if folder.exists():
        return
    replace(workspace, files, folder / "files")
    number = len(list(folder.parent.iterdir()))
    entry = {"key": key, "paths": paths, "ref": ref, "number": number}
    (folder / "entry.json").write_text(json.dumps(entry), encoding="utf-8")


def cached(state: State, key: str, prefixes: Sequence[str], paths: list[str], refs: set[str]) -> Entry | None:
    """Return the entry of a key, else the newest one that begins with one of the prefixes, in their order."""
    folder = state.path("caches", "x").parent
    entries = [Entry(place) for place in folder.iterdir()]
    mine = [entry for entry in entries if entry.paths == paths and entry.ref in refs]
    exact = [entry for entry in mine if entry.key == key]
    if exact:
        return exact[0]
    for prefix in prefixes:
        near = [entry for entry in mine if entry.key.startswith(prefix)]
        if near:
            return max(near, key=lambda entry: entry.number)
    return None


def _below(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file()]


def _fixed(pattern: Path) -> Path:
    """Return the part of a pattern before its first wildcard."""
    parts: list[str] = []
    for part in pattern.parts:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)
