"""Sections ``patches`` and ``eject``: changes to generated files, and files that the user takes over."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mlopsc.spec.base import Closed, FilePath, Pointer, Text, values


class PatchObject(Closed):
    """Which document of a file with several is meant."""

    kind: Text = Field(examples=["Deployment"])
    """Kind of the Kubernetes object."""
    name: Text = Field(examples=["churn"])
    """Its name."""


class Operation(Closed):
    """One operation of JSON Patch."""

    op: Literal["add", "replace", "remove"] = Field(
        json_schema_extra=values(
            add="add a key or a list entry", replace="replace what is there", remove="remove what is there"
        )
    )
    """What to do."""
    path: Pointer
    """Where, as a JSON pointer."""
    value: Any = Field(default=None, examples=["high-priority", 3, {"a": 1}])
    """New value, with `add` and `replace`."""


class Patch(Closed):
    """Operations on a generated file, applied at every compile."""

    file: FilePath = Field(examples=["deploy/base/deployment.yaml"])
    """The file, relative to `output.dir`."""
    object: PatchObject | None = None
    """Which document of the file. Left out: the only one."""
    ops: list[Operation] = Field(min_length=1)
    """Operations, in order."""
    reason: Text = Field(examples=["The cluster requires a priority class"])
    """Why the change is needed, for whoever reviews it next."""
