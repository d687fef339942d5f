# SPDX-License-Identifier: MIT-0
"""The file that a batch job writes: row by row under another name, and under its own when it is complete."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..data import formats, sources
from ..refusal import Unusable

if TYPE_CHECKING:
    import pandas as pd


class Writer(Protocol):
    """Writes frames with the same columns, one after the other."""

    def write(self, frame: pd.DataFrame) -> None:
        """Append rows."""

    def close(self) -> None:
        """Write what is left; the file itself stays open."""


class _Csv:
    def __init__(self, file: Any) -> None:
        self._file, self._header = file, True

    def write(self, frame: pd.DataFrame) -> None:
        self._file.write(frame.to_csv(index=False, header=self._header, lineterminator="\n").encode("utf-8"))
        self._header = False

    def close(self) -> None:
        """Nothing is left."""


class _JsonLines:
    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, frame: pd.DataFrame) -> None:
        for row in frame.to_dict("records"):
            self._file.write((json.dumps(row, ensure_ascii=False, default=str) + "\n").encode("utf-8"))

    def close(self) -> None:
        """Nothing is left."""


class _Parquet:
    def __init__(self, file: Any) -> None:
        self._file = file
        self._writer: Any = None

    def write(self, frame: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = self._writer.schema if self._writer is not None else None
        try:
            table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise Unusable(f"the rows do not fit into one Parquet file ({error}): write csv or jsonl") from error
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, table.schema)
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


_WRITERS: Mapping[str, type[_Csv] | type[_JsonLines] | type[_Parquet]] = {
    "csv": _Csv,
    "jsonl": _JsonLines,
    "parquet": _Parquet,
}


def form_of(uri: str, otherwise: str | None) -> str | None:
    """Return the format that an address ends with, or another one where it says nothing."""
    ending = uri.rpartition("/")[2].rpartition(".")[2].lower()
    return ending if ending in _WRITERS else otherwise


class _Place(Protocol):
    """Where a file lies, and its other name until it is complete. Readers pass over names that begin with a dot."""

    def create(self) -> Any:
        """Return the new file under its other name, open for bytes."""

    def read(self) -> bytes:
        """Return what was written."""

    def publish(self) -> None:
        """Give the file its name; an older one is replaced."""

    def discard(self) -> None:
        """Remove the file if it is there under its other name."""


class _Folder:
    """A file of this machine."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(f".{path.name}.part")

    def create(self) -> Any:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self._part.open("wb")

    def read(self) -> bytes:
        return self._part.read_bytes()

    def publish(self) -> None:
        os.replace(self._part, self._path)

    def discard(self) -> None:
        self._part.unlink(missing_ok=True)


class _Store:
    """A file of a store that fsspec knows."""

    def __init__(self, uri: str) -> None:
        import fsspec

        self._store, self._path = fsspec.core.url_to_fs(uri)
        folder, _, name = self._path.rpartition("/")
        self._part = f"{folder}/.{name}.part"

    def create(self) -> Any:
        self._store.makedirs(self._part.rpartition("/")[0], exist_ok=True)
        return self._store.open(self._part, "wb")

    def read(self) -> bytes:
        content: bytes = self._store.cat_file(self._part)
        return content

    def publish(self) -> None:
        self._store.mv(self._part, self._path)

    def discard(self) -> None:
        if self._store.exists(self._part):
            self._store.rm_file(self._part)


class Output:
    """A file that comes into being as a whole.

    Args:
        root: where paths of the repository begin.
        uri: a path, or an address for fsspec; one that ends with ``/`` is a folder and means the file ``predictions``
            with the ending of its format in it.
        form: ``csv``, ``parquet`` or ``jsonl``.
        lock: the lock file that must hold the client of the store.

    Raises:
        Unusable: nothing can be written there.
    """

    def __init__(self, root: Path, uri: str, form: str, lock: str) -> None:
        self.uri = f"{uri}predictions.{form}" if sources.is_folder(uri) else uri
        self._form = form
        try:
            self._place: _Place = _Store(self.uri) if "://" in uri else _Folder(root / self.uri)
            self._file = self._place.create()
        except ImportError as error:
            reason = f"needs a package that is not installed ({error}): add it to {lock} and install that"
            raise Unusable(f"{self.uri} {reason}") from error
        except Exception as error:  # each store raises errors of its own
            reason = f"cannot be written ({type(error).__name__}: {error}): check address and access"
            raise Unusable(f"{self.uri} {reason}") from error
        self._writer: Writer = _WRITERS[form](self._file)

    def write(self, frame: pd.DataFrame) -> None:
        """Append rows."""
        self._writer.write(frame)

    def close(self) -> None:
        """End the file; it still has its other name."""
        self._writer.close()
        self._file.close()

    def read(self, columns: list[str]) -> pd.DataFrame:
        """Return columns of what was written, after `close`."""
        return formats.parse(self._place.read(), self._form, columns).frame

    def publish(self) -> None:
        """Give the file its name, at once; an older one is replaced."""
        self._place.publish()

    def discard(self) -> None:
        """Remove the file, unless it was published."""
        if not self._file.closed:
            self._file.close()
        self._place.discard()
