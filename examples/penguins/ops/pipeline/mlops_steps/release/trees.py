# SPDX-License-Identifier: MIT-0
"""Which manifests lie on a deploy branch.

At rest they are those of the stable release. While a second release is tried, what stable runs must not change: only
the files of the second track and the plan come from the new release. Where the two releases wire their objects
differently these files do not fit together, and all manifests come from the new release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import NamedTuple


class Entry(NamedTuple):
    """A file as git knows it.

    Attributes:
        mode: such as ``100644``.
        oid: id of the content.
    """

    mode: str
    oid: str


Files = Mapping[str, Entry]
"""Files by path below the folder of the manifests."""

RELEASES = "releases/"
"""Folder of the release records, which are no manifests."""


@dataclass(frozen=True)
class Tree:
    """The manifests of a deploy branch.

    Attributes:
        files: all of them.
        rewired: the files in which two releases differ so that the new one's manifests are taken as a whole.
        touched: files of the stable release, other than wiring, that are changed or missing because of that.
    """

    files: Files
    rewired: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()


def manifests(files: Files) -> Files:
    """Return the files without the release records."""
    return {path: entry for path, entry in files.items() if not path.startswith(RELEASES)}


def component(environment: str) -> str:
    """Return the file that wires the objects of an environment to its release record."""
    return f"overlays/{environment}/released/kustomization.yaml"


def plan(environment: str) -> str:
    """Return the file with the plan of a release."""
    return f"overlays/{environment}/rollout.json"


def compose(environment: str, stable: Files, canary: Files | None) -> Tree:
    """Return the manifests of a deploy branch.

    Args:
        environment: its name.
        stable: manifests of the stable release.
        canary: manifests of the release that is tried; None at rest.
    """
    if canary is None:
        return Tree(stable)
    rewired = _rewired(environment, stable, canary)
    if rewired:
        return Tree(canary, rewired, _touched(environment, stable, canary))
    second = {*_second_track(environment, canary), plan(environment)}
    return Tree({**stable, **{path: canary[path] for path in second}})


def _rewired(environment: str, stable: Files, canary: Files) -> tuple[str, ...]:
    fixed = [
        path for path in ("base/kustomization.yaml", component(environment)) if stable.get(path) != canary.get(path)
    ]
    tracks = _second_track(environment, stable) ^ _second_track(environment, canary)
    return (*fixed, *sorted(tracks))


def _touched(environment: str, stable: Files, canary: Files) -> tuple[str, ...]:
    """Return what the stable release would run differently; it runs neither wiring nor other environments."""
    return tuple(
        sorted(
            path
            for path in {*stable} - _second_track(environment, stable) - {plan(environment)}
            if stable[path] != canary.get(path)
            and PurePosixPath(path).name != "kustomization.yaml"
            and (path.startswith(f"overlays/{environment}/") or not path.startswith("overlays/"))
        )
    )


def _second_track(environment: str, files: Files) -> set[str]:
    return {path for path in files if fnmatch(path, f"overlays/{environment}/released/canary-*.yaml")}
