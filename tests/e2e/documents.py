"""Workflows as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

LOCAL = "./"
"""How a workflow of the same repository is named in ``uses``."""


def load(text: str) -> dict[str, Any]:
    """Read a workflow; its triggers are under ``on`` although YAML 1.1 reads that word as true."""
    document = dict(yaml.safe_load(text))
    if True in document:
        document["on"] = document.pop(True)
    if isinstance(document["on"], str):
        document["on"] = {document["on"]: None}
    elif isinstance(document["on"], list):
        document["on"] = dict.fromkeys(document["on"])
    return document


def folder(path: Path) -> dict[str, dict[str, Any]]:
    """Read all workflows in a folder, by file name."""
    return {file.name: load(file.read_text(encoding="utf-8")) for file in sorted(path.glob("*.y*ml"))}


def uses(workflows: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield every action that workflows use: the file, what stands in ``uses``, and the inputs."""
    for name, document in workflows.items():
        for job in document["jobs"].values():
            for step in job.get("steps", ()):
                if "uses" in step:
                    yield name, step["uses"], step.get("with") or {}


def labels(workflows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the labels of all machines that workflows ask for, also by an expression that is only a text."""
    found = set()
    for document in workflows.values():
        for job in document["jobs"].values():
            asked = job.get("runs-on", [])
            found |= {asked} if isinstance(asked, str) else set(asked)
    return sorted(label.removeprefix("${{ '").removesuffix("' }}") for label in found)
