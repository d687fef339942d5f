"""What the world outside a workflow remembers: one folder that a test may look into, and break.

Every value lies in a file of its own, JSON where it is no folder. `calls.jsonl` has one line for every call of an
action or a program, in the order in which they ended.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VARIABLE = "STAND_IN_STATE"
"""Names the folder for the processes of a workflow."""


class RefusedError(Exception):
    """The world says no; the text is what a person would read in the log."""


class State:
    """The folder.

    Args:
        folder: made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    def of_this_process(cls) -> State:
        """Return the state that the harness made for this run."""
        return cls(Path(os.environ[VARIABLE]))

    def path(self, *parts: str) -> Path:
        """Return a path in the folder, its parent made."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def read(self, name: str, default: Any) -> Any:
        """Return a value, or the default where nothing was ever written."""
        try:
            return json.loads(self.path(f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return default

    def write(self, name: str, value: Any) -> None:
        """Replace a value; readers see the old or the new one."""
        path = self.path(f"{name}.json")
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.write_text(json.dumps(value, indent=2), encoding="utf-8")
        new.replace(path)

    @contextmanager
    def changing(self, name: str, default: Any) -> Iterator[Any]:
        """Read a value, let the caller change it in place, and write it; one process at a time."""
        with self.locked():
            value = self.read(name, default)
            yield value
            self.write(name, value)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out."""
        with self.path("lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def record(self, kind: str, name: str, facts: Mapping[str, Any]) -> None:
        """Write down a call.

        Args:
            kind: ``action`` or ``program``.
            name: such as ``actions/checkout`` or ``cosign``.
            facts: what it was asked and how it ended.
        """
        here = {key: os.environ.get(f"GITHUB_{key.upper()}", "") for key in ("run_id", "workflow", "job")}
        line = json.dumps({"kind": kind, "name": name, **here, **facts})
        with self.locked(), self.path("calls.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def calls(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the calls so far, of one action or program where a name is given."""
        try:
            lines = self.path("calls.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = [json.loads(line) for line in lines]
        return [call for call in found if name is None or call["name"] == name]
