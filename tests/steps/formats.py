"""The published formats of what the pipeline writes."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from steps.project import ROOT, Project

SCHEMAS = ROOT / "schemas" / "mlopsc_schemas"


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a published schema, such as ``result``."""
    document: dict[str, Any] = json.loads((SCHEMAS / f"{name}.v1.schema.json").read_text(encoding="utf-8"))
    return document


def problems(name: str, document: Any) -> list[str]:
    """Return why a document is not of a format, the deepest reasons only."""
    found = []
    for error in Draft202012Validator(schema(name)).iter_errors(document):
        while error.context:
            error = max(error.context, key=lambda inner: len(inner.absolute_path))
        found.append(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
    return found


def problems_of(project: Project) -> list[str]:
    """Return what is wrong with any result file and with the candidate of a project."""
    build = project.folder / "build"
    found = []
    for path in sorted((build / "results").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        found += [f"{path.name}: {problem}" for problem in problems("result", document)]
        if path.stem == "register" and document["status"] == "passed":
            found += [f"{path.name}: {problem}" for problem in problems("candidate", document["result"])]
    candidate = build / "candidate.json"
    if candidate.is_file():
        found += problems("candidate", json.loads(candidate.read_text(encoding="utf-8")))
    return found
