# SPDX-License-Identifier: MIT-0
"""The bytes behind the address of a data set: a file or a folder of files, in the repository or in a store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..refusal import Unusable
from ..text import visible, without_secrets


@dataclass(frozen=True)
class Part:
    """A file of a data set.

    Attributes:
        name: its name; in a folder its path below the folder.
        content: all its bytes.
    """

    name: str
    content: bytes


def is_folder(uri: str) -> bool:
    """Return whether an address means all files below it."""
    return uri.endswith("/")


def parts(root: Path, uri: str, lock: str) -> Iterator[Part]:
    """Yield the files behind an address, those of a folder sorted by name, one after the other.

    Files and folders whose names begin with a dot or an underscore are not data, as in Spark and Arrow: ``_SUCCESS``.

    Args:
        root: where paths of the repository begin.
        uri: a path of the repository, or an address for fsspec: ``s3://``, ``gs://``, ``az://``, ``https://``.
        lock: the lock file that must hold the client of the store.

    Raises:
        Unusable: there is no such file, the folder is empty, or the store cannot be read.
    """
    shown = without_secrets(uri)
    try:
        found = False
        for part in _remote(uri) if "://" in uri else _local(root, uri):
            found = True
            yield part
    except FileNotFoundError:
        raise Unusable(f"{shown} does not exist: correct the uri in the spec, or fetch the data first") from None
    except ImportError as error:
        raise Unusable(
            f"{shown} needs a package that is not installed ({error}): add it to {lock} and install that"
        ) from error
    except Exception as error:  # each store raises errors of its own
        said = visible(without_secrets(f"{type(error).__name__}: {error}"))
        raise Unusable(f"{shown} cannot be read ({said}): check address and access") from error
    if not found:
        raise Unusable(f"{shown} holds no files: correct the uri in the spec, or fetch the data first")


def _local(root: Path, uri: str) -> Iterator[Part]:
    path = root / uri
    if not is_folder(uri):
        yield Part(path.name, path.read_bytes())
        return
    if not path.is_dir():
        raise FileNotFoundError(uri)
    files = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    for name in _data_files(files):
        yield Part(name, files[name].read_bytes())


def _remote(uri: str) -> Iterator[Part]:
    import fsspec

    store, path = fsspec.core.url_to_fs(uri)
    if not is_folder(uri):
        yield Part(PurePosixPath(path).name, store.cat_file(path))
        return
    base = path.rstrip("/") + "/"
    files: dict[str, Any] = {file.removeprefix(base): file for file in store.find(path)}
    for name in _data_files(files):
        yield Part(name, store.cat_file(files[name]))


def _data_files(names: dict[str, Any]) -> list[str]:
    return sorted(name for name in names if not any(word.startswith((".", "_")) for word in name.split("/")))
