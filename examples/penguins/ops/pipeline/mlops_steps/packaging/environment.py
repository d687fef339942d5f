# SPDX-License-Identifier: MIT-0
"""The packages of a model: those that it imports, in the versions of the lock, in the three files that MLflow knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..context import Context
from . import lock

CONDA, PYTHON, REQUIREMENTS = "conda.yaml", "python_env.yaml", "requirements.txt"
"""The names that MLflow gives the files."""


@dataclass(frozen=True)
class Packages:
    """What a model imports, judged by the lock.

    Attributes:
        pinned: lines ``name==version`` of the lock, sorted.
        unlocked: distributions that are imported and not in the lock.
        differing: distributions whose installed version is not that of the lock: (name, installed, locked).
    """

    pinned: list[str]
    unlocked: list[str]
    differing: list[tuple[str, str, str]]


def packages(context: Context, modules: Iterable[str]) -> Packages:
    """Find the distributions of imported modules in the lock.

    Args:
        context: of the run.
        modules: names of imported top-level modules.
    """
    from importlib import metadata

    from packaging.utils import canonicalize_name

    pins = lock.pins(context.root / context.config["model"]["dependencies"]["lock"])
    owners = metadata.packages_distributions()
    imported: set[str] = set()
    unlocked: set[str] = set()
    for module in modules:
        names = {canonicalize_name(name) for name in owners.get(module, ())}
        imported |= names & set(pins)
        if len(names) == 1:  # a name that several share, such as google, does not tell which of them is imported
            unlocked |= names - set(pins)
    differing = [(name, metadata.version(name), pins[name]) for name in sorted(imported)]
    return Packages(
        pinned=[f"{name}=={pins[name]}" for name in sorted(imported)],
        unlocked=sorted(unlocked),
        differing=[entry for entry in differing if entry[1] != entry[2]],
    )


def write(folder: Path, python: str, pinned: list[str]) -> None:
    """Write the three files, which say the same.

    Args:
        folder: of the model.
        python: version of Python, such as ``3.11``.
        pinned: lines ``name==version``.
    """
    import yaml

    conda = {"name": "model", "channels": ["conda-forge"], "dependencies": [f"python={python}", "pip", {"pip": pinned}]}
    environment = {"python": python, "build_dependencies": ["pip"], "dependencies": [f"-r {REQUIREMENTS}"]}
    (folder / CONDA).write_text(yaml.safe_dump(conda, sort_keys=False), encoding="utf-8")
    (folder / PYTHON).write_text(yaml.safe_dump(environment, sort_keys=False), encoding="utf-8")
    (folder / REQUIREMENTS).write_text("".join(f"{line}\n" for line in pinned), encoding="utf-8")
