"""The only reader of files that ship inside a package."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


_folders: dict[str, str] = {}


def _folder(package: str) -> str:
    """Return the folder of a package; it is not imported for that, only what encloses it.

    Raises:
        ModuleNotFoundError: there is no such package.
    """
    if package not in _folders:
        module = sys.modules.get(package)
        if module is not None:
            return str(module.__path__[0])
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(package)
        _folders[package] = str(spec.submodule_search_locations[0])
    return _folders[package]


def exists(package: str, resource: str) -> bool:
    """Say whether a package ships a file."""
    return os.path.isfile(os.path.join(_folder(package), *resource.split("/")))


def files(package: str, folder: str = "") -> list[str]:
    """Return the paths of all files that a package ships in a folder of it, sorted, relative to the package.

    What Python keeps of its own beside them, and hidden files, are passed over.

    Args:
        package: import name.
        folder: path in it; the whole package by default.
    """
    found = []
    for entry in os.scandir(os.path.join(_folder(package), *folder.split("/"))):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        found += files(package, path) if entry.is_dir() else [path]
    return sorted(found)


def text(package: str, resource: str) -> str:
    """Return a text file of a package, with LF line ends.

    Raises:
        OSError: the package ships no such file.
    """
    with open(os.path.join(_folder(package), *resource.split("/")), encoding="utf-8", newline="") as file:
        return file.read().replace("\r\n", "\n")


def parse(text: str) -> Any:
    """Return trusted YAML as data, with the parser in C where there is one."""
    import yaml

    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe loader, in C


_read: dict[tuple[str, str], Any] = {}


def data(package: str, resource: str) -> Any:
    """Return a YAML file of a package as data, read once a process; not to be changed.

    Raises:
        OSError: the package ships no such file.
    """
    place = (package, resource)
    if place not in _read:
        _read[place] = parse(text(package, resource))
    return _read[place]
