"""Sections ``patches`` and ``eject``: changes to generated files, and files that the user takes over.

The fields are those of `mlopsc.spec.patches`.
"""

from __future__ import annotations

from typing import Any

from mlopsc.record import Record


class PatchObject(Record):
    """Which document of a file with several is meant."""

    kind: str
    name: str


class Operation(Record):
    """One operation of JSON Patch."""

    op: str
    path_: str
    value: Any


class Patch(Record):
    """Operations on a generated file, applied at every compile."""

    file: str
    object: PatchObject | None
    ops: tuple[Operation, ...]
    reason: str
