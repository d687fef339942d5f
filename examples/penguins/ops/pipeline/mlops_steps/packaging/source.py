# SPDX-License-Identifier: MIT-0
"""The user's own code: what the recipe digests and what is shipped with the model are the same files."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..context import Context
from ..refusal import Unusable


def files(context: Context) -> list[Path]:
    """Return the files below ``model.source`` in a fixed order, relative to it.

    Left out are caches, hidden files, and, when the import root holds them, the generated files and the results.

    Raises:
        Unusable: there is no such folder, or it is empty.
    """
    folder = root(context)
    results = (context.build.resolve(), context.root / "build")  # the second holds those of other runs
    generated = (*results, context.pipeline.resolve().parent)
    found = [
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and not any(path.resolve().is_relative_to(other) for other in generated)
    ]
    shipped = sorted((path for path in found if not _ignored(path)), key=Path.as_posix)
    if not shipped:
        source = context.config["model"]["source"]
        raise Unusable(
            f'there is no code in "{source}": let model.source of the spec name the import root of your code'
        )
    return shipped


def root(context: Context) -> Path:
    """Return the import root of the user's code."""
    folder: Path = context.root / context.config["model"]["source"]
    return folder


def copy(context: Context, target: Path) -> None:
    """Copy the user's code."""
    for path in files(context):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root(context) / path, target / path)


def digest(context: Context, words: Sequence[str] = ()) -> str:
    """Return the SHA-256 over names and bytes of the user's code.

    Args:
        context: of the run.
        words: of the training command. Those that name a file outside the import root count as code.
    """
    known = files(context)
    named = {path.as_posix(): root(context) / path for path in known}
    for word in words:
        script = context.root / word
        if script.is_file() and script.resolve() not in {path.resolve() for path in named.values()}:
            named[f"command:{word}"] = script
    total = hashlib.sha256()
    for name, path in named.items():
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _ignored(path: Path) -> bool:
    return path.suffix == ".pyc" or any(part == "__pycache__" or part.startswith(".") for part in path.parts)
