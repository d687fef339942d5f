# SPDX-License-Identifier: MIT-0
"""What a training hands back: one tar file with the parts of the build folder that later steps read.

The file is not compressed, so that it unpacks to no more than its own size.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..refusal import Refused, Unusable, refuse

FILE = "build.tar"
"""Name of the archive in the store."""

STEPS = ("data", "split", "train", "package")
"""The steps that run in the cluster, in this order."""

_CONTENT = (
    "data/evaluate.parquet",
    "model",
    "model-settings.json",
    *(f"results/{step}.json" for step in STEPS),
)
_TRACKED = "data/train.parquet"
"""Read by the step ``register`` where MLflow is told of the rows; elsewhere the training rows stay in the cluster."""

_BLOCK = 1 << 20


def content(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the files and folders, below the build folder, that the steps behind the training read."""
    return (*_CONTENT, _TRACKED) if config["tracking"] == "mlflow" else _CONTENT


def pack(build: Path, names: tuple[str, ...], target: Path) -> None:
    """Write an archive of files and folders. The same content gives the same bytes.

    Args:
        build: the build folder.
        names: what to take of it, see `content`.
        target: the archive.

    Raises:
        Unusable: one of them is missing.
    """
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(file for name in names for file in _files(build / name)):
            found = tarfile.TarInfo(path.relative_to(build).as_posix())
            found.size = path.stat().st_size
            with path.open("rb") as file:
                tar.addfile(found, file)


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise Unusable(f"{path} is missing: the training did not come to its end")
    yield from (file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex digits."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def unpack(archive: Path, names: tuple[str, ...], folder: Path) -> None:
    """Unpack an archive into an empty folder.

    Nothing but plain files is taken, and only below the expected names: whoever can write to the store must not be able
    to write elsewhere on this machine.

    Args:
        archive: the file.
        names: what it must hold, and all that it may hold.
        folder: where to.

    Raises:
        Refused: it is no archive, holds anything else, or lacks something.
    """
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                path = folder / _checked(member, names)
                path.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(member)
                assert source is not None  # noqa: S101 - it is a plain file
                with path.open("xb") as target:
                    shutil.copyfileobj(source, target)
    except FileExistsError:
        raise _refused("it holds a file twice") from None
    except (tarfile.TarError, EOFError, NotADirectoryError) as error:
        raise _refused(f"it cannot be read ({error})") from None
    absent = [name for name in names if not (folder / name).exists()]
    if absent:
        raise _refused(f"it lacks {', '.join(absent)}")


def _checked(member: tarfile.TarInfo, names: tuple[str, ...]) -> PurePosixPath:
    path = PurePosixPath(member.name)
    if not member.isreg() or member.issparse():
        raise _refused(f"{member.name!r} in it is no plain file")
    if "\\" in member.name or ":" in member.name or path.is_absolute() or ".." in path.parts or not path.parts:
        raise _refused(f"{member.name!r} in it leads out of the folder")
    if not any(path.is_relative_to(name) for name in names):
        raise _refused(f"{member.name!r} in it is not what a training hands back")
    return path


def _refused(problem: str) -> Refused:
    message = f"the archive of the training is refused: {problem}; see who can write to the store, and train again"
    return refuse("archive", FILE, message)


def bring_in(folder: Path, build: Path) -> None:
    """Move what was unpacked into the build folder, where nothing of these names is left."""
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        target = build / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
