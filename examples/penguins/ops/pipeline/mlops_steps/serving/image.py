# SPDX-License-Identifier: MIT-0
"""The tag of the image that serves: the model in it, and everything else that goes into it.

What goes into an image beside the model is what its ``.dockerignore`` lets in, and the Dockerfile. The model itself is
in the version; what the pipeline adds to it is in the code of the pipeline.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import documents, pipeline_code
from ..context import Context
from ..refusal import Unusable

DOCKERFILE = "serve.Dockerfile"
IGNORE = f"{DOCKERFILE}.dockerignore"
MODEL = "build/model"
"""The folder of the packaged model, relative to the spec."""

_EVERYTHING = ("*", "**")
_WILDCARDS = frozenset("*?[")
_LENGTH = 12  # hex digits of each half of a tag


def tag(context: Context, version: str) -> tuple[str, list[str]]:
    """Return the tag, ``<version>-<digest>``, and the files that count, relative to the folder of the spec.

    The same files give the same tag. Neither what only trains nor the settings of the scan count.

    Args:
        context: of the run.
        version: of the model that the image will serve.

    Raises:
        Unusable: nothing is served from an image, a file that goes into it is missing, or nobody can tell which do.
    """
    _check_model(context, version)
    found = {_name(path, context.root): path for path in _files(context)}
    total = hashlib.sha256(f"pipeline\0{pipeline_code.digest()}\n".encode())
    for name, path in sorted(found.items()):
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"{version[:_LENGTH]}-{total.hexdigest()[:_LENGTH]}", sorted(found)


def _check_model(context: Context, version: str) -> None:
    """Check that the model beside the candidate is the candidate's: else the tag would name another model."""
    path = context.build / "model-settings.json"
    again = 'run the step "package" again, and the steps that follow it'
    settings: dict[str, Any] = documents.read_json(path, missing=f"build/{path.name} is missing: {again}", again=again)
    found = settings.get("parameters", {}).get("version")
    if found != version:
        raise Unusable(f"build/{path.name} is of {found}, and the candidate is {version}: {again}")


def _files(context: Context) -> Iterator[Path]:
    """Yield the Dockerfile, its list of files, and the files that it lets in but those of the model."""
    folder = context.pipeline.parent / "docker"
    for name in (DOCKERFILE, IGNORE):
        if not (folder / name).is_file():
            raise Unusable(
                f"{_name(folder / name, context.root)} is missing: nothing is served from an image, or run "
                '"mlopsc compile" and commit what it writes'
            )
        yield folder / name
    for pattern in _let_in(folder / IGNORE, context.root):
        matching = sorted(context.root.glob(pattern))
        if not matching and not _WILDCARDS & set(pattern):
            raise Unusable(f"{pattern} is missing, and {IGNORE} lets it into the image: run the pipeline first")
        for path in matching:
            yield from (file for file in _below(path) if not _is_left_out(file.relative_to(context.root)))


def _let_in(path: Path, root: Path) -> list[str]:
    """Return the patterns of a ``.dockerignore`` that leaves everything out but what it names."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    patterns = [line for line in lines if line and not line.startswith("#")]
    named = [posixpath.normpath(line.removeprefix("!").lstrip("/")) for line in patterns if line.startswith("!")]
    if not patterns or patterns[0] not in _EVERYTHING or "." in named:
        raise Unusable(
            f"{_name(path, root)} does not begin by leaving everything out, so that nobody can tell what goes into the "
            "image: begin it with the line * and name with ! what the image copies"
        )
    return [pattern for pattern in named if not pattern.startswith("..")]


def _below(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _is_left_out(path: Path) -> bool:
    return path.is_relative_to(MODEL) or "__pycache__" in path.parts


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
