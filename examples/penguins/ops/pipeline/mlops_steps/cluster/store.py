# SPDX-License-Identifier: MIT-0
"""The object store between the cluster and the machine that waits: ``s3://``, ``gs://`` or ``az://``, by fsspec."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..config import Config
from ..refusal import Unusable
from ..text import visible, without_secrets

_T = TypeVar("_T")

STARTED = "started"
"""Name of the empty file that shows, before a long training, that its result can be stored."""


class Store:
    """The folder of one training.

    Args:
        config: content of ``config.json``.
        run: name of the training.

    Raises:
        Unusable: trainings do not hand anything over by a store here, or its client is not installed.
    """

    def __init__(self, config: Config, run: str) -> None:
        place: str | None = config["training"].get("store")
        if place is None:
            raise Unusable(
                "this project trains on the runner: run the step train, or write execution.train.on: cluster in the "
                "spec, with a target in the stack that trains, and compile"
            )
        self.uri = f"{place.rstrip('/')}/training/{run}"
        self._lock: str = config["model"]["dependencies"]["lock"]
        self._files, self._path = self._call("be reached", lambda: _filesystem(self.uri))

    def try_out(self) -> None:
        """Write an empty file: what cannot be stored is better known before the training than after it.

        Raises:
            Unusable: nothing can be written.
        """

        def write() -> None:
            if "file" in self._files.protocol:  # an object store has no folders, and may take this for a new bucket
                self._files.makedirs(self._path, exist_ok=True)
            self._files.pipe_file(f"{self._path}/{STARTED}", b"")

        self._call("be written to", write)

    def put(self, file: Path) -> None:
        """Store a file under its own name.

        Raises:
            Unusable: it cannot be written.
        """
        self._call("be written to", lambda: self._files.put_file(str(file), f"{self._path}/{file.name}"))

    def get(self, file: Path) -> None:
        """Fetch the file of the same name.

        Raises:
            Unusable: it is not there or cannot be read.
        """
        self._call("be read", lambda: self._files.get_file(f"{self._path}/{file.name}", str(file)))

    def _call(self, what: str, action: Callable[[], _T]) -> _T:
        shown = without_secrets(self.uri)
        try:
            return action()
        except ImportError as error:
            raise Unusable(
                f"{shown} needs a package that is not installed ({error}): add it to {self._lock} and install that"
            ) from error
        except Exception as error:  # each store raises errors of its own
            said = visible(without_secrets(f"{type(error).__name__}: {error}"))
            raise Unusable(f"{shown} cannot {what} ({said}): check address and access") from error


def _filesystem(uri: str) -> tuple[Any, str]:
    import fsspec

    files, path = fsspec.core.url_to_fs(uri)
    return files, path
