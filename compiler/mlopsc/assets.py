"""The only reader of files that ship inside a package."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder


def _folder(package: str) -> str:
    """Return the folder of a package without importing it, if it is not imported yet."""
    module = sys.modules.get(package)
    if module is not None and getattr(module, "__path__", None):
        return str(module.__path__[0])
    search = None
    parts = package.split(".")
    for end in range(1, len(parts) + 1):
        spec = PathFinder.find_spec(".".join(parts[:end]), search)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(package)
        search = list(spec.submodule_search_locations)
    assert search  # noqa: S101 - a package name has at least one part
    return str(search[0])


def exists(package: str, resource: str) -> bool:
    """Say whether a package ships a file."""
    return os.path.isfile(os.path.join(_folder(package), *resource.split("/")))


def text(package: str, resource: str) -> str:
    """Return a text file of a package, with LF line ends.

    Raises:
        OSError: the package ships no such file.
    """
    with open(os.path.join(_folder(package), *resource.split("/")), encoding="utf-8", newline="") as file:
        return file.read().replace("\r\n", "\n")
