"""What the tests of the workspace share: outputs, a disk in memory and a small repository."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mlopsc.parts import Output, Rendered
from mlopsc.workspace.apply import apply
from mlopsc.workspace.disk import Disk
from mlopsc.workspace.lock import inside
from mlopsc.workspace.plan import Plan, plan
from mlopsc.workspace.problem import Problem

if TYPE_CHECKING:
    from mlopsc.parts import Kind

SPEC = "ml/mlops.yaml"
INPUTS = {"ml/mlops.yaml": "sha256:" + "1" * 64}


def output(file: str, text: str, kind: Kind = "managed", *, executable: bool = False) -> Output:
    """Return an output with some text."""
    rendered = Rendered(text=text, refs=((None, ()),) * text.count("\n"))
    return Output(file=file, rendered=rendered, kind=kind, executable=executable, owner="test", purpose="")


def by_path(*outputs: Output) -> dict[str, Output]:
    """Return outputs by their path."""
    return {item.file: item for item in outputs}


class MemoryDisk:
    """A reader over a dict. `aliases` are names that lead to another one's file."""

    def __init__(self, files: Mapping[str, bytes | Problem], aliases: Mapping[str, str] | None = None) -> None:
        self.files = files
        self.aliases = aliases or {}

    def look(self, file: str) -> bytes | Problem | None:
        if not inside(file):
            return Problem(kind="place-outside", file=file)
        return self.files.get(self.aliases.get(file, file))

    def identity(self, file: str) -> object:
        name = self.aliases.get(file, file)
        return name if name in self.files else None


def planned(
    root: Path,
    outputs: Iterable[Output],
    *,
    spec: str = SPEC,
    compiler: str = "1",
    inputs: Mapping[str, str] = INPUTS,
    ejected: Collection[str] = (),
) -> Plan:
    """Plan a compile of a repository."""
    disk = Disk(str(root))
    return plan(disk, by_path(*outputs), spec=spec, compiler=compiler, inputs=inputs, ejected=ejected)


def run(root: Path, outputs: Iterable[Output], *, overwrite: bool = False, **options: object) -> tuple[Problem, ...]:
    """Plan and apply."""
    return apply(planned(root, outputs, **options), Disk(str(root)), overwrite=overwrite)  # type: ignore[arg-type]


def verdicts(result: Plan) -> dict[str, str]:
    """Return the verdict of each file."""
    return {change.file: change.verdict.value for change in result.changes}


def kinds(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """Return kind and file of each problem."""
    return [(problem.kind, problem.file) for problem in problems]


def tree(root: Path) -> dict[str, bytes | None]:
    """Return all files with their bytes, and all folders as None."""
    found: dict[str, bytes | None] = {}
    for folder, folders, files in os.walk(root):
        base = Path(folder)
        found.update({(base / name).relative_to(root).as_posix(): None for name in folders})
        found.update({(base / name).relative_to(root).as_posix(): (base / name).read_bytes() for name in files})
    return found


def write(root: Path, file: str, data: bytes | str) -> Path:
    """Write a file and its folders."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path
