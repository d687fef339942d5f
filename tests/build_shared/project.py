"""Projects for the tests of the builders that run for every spec, and what those make of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import yaml
from mlopsc import assets, compiler, link
from mlopsc.build import builders, overviews
from mlopsc.codes import parse
from mlopsc.diagnostics import Diagnostic, Findings
from mlopsc.inputs import MemoryInputs
from mlopsc.parts import Contribution, File, Part, Rendered
from mlopsc.pins import Pins, defaults
from mlopsc.project import Project
from mlopsc.render.document import render

SPEC: dict[str, Any] = {
    "apiVersion": "mlopsc/v1",
    "metadata": {"name": "churn", "description": "Who leaves in the next 30 days"},
    "target": "kubernetes",
    "data": {
        "datasets": {
            "customers": {
                "uri": "data/customers.csv",
                "format": "csv",
                "version": {"resolve": "at-run"},
                "columns": {"churned": {"type": "boolean", "role": "target"}},
            }
        },
        "train": "customers",
        "evaluate": {"split": {"test": "20%"}},
    },
    "model": {
        "task": "binary-classification",
        "framework": "sklearn",
        "source": "src",
        "train": {"call": "churn.model:train"},
        "dependencies": {"python": "3.11", "lock": "requirements.txt"},
    },
    "tests": {"unit": {"command": "pytest -q tests"}},
    "output": {"builders": {"check": False}},
    "deployment": {"image": {"name": "ghcr.io/acme/churn"}, "strategy": {"rolling": {}}},
    "environments": {
        "staging": {},
        "production": {
            "after": "staging",
            "protected": True,
            "deployment": {
                "strategy": {"rolling": None, "canary": {"steps": ["10%", "50%"], "max_error_rate": "1%"}},
            },
        },
    },
}


def load(changes: Mapping[str, Any] | None = None, folder: str = "", file: str = "mlops.yaml") -> Project:
    """Return the project of `SPEC` with changes at dotted places; None removes."""
    document = copy.deepcopy(SPEC)
    for place, value in (changes or {}).items():
        *above, last = place.split(".")
        into = document
        for key in above:
            into = into.setdefault(key, {})
        if value is None:
            into.pop(last)
        else:
            into[last] = value
    path = f"{folder}/{file}" if folder else file
    content = yaml.safe_dump(document, sort_keys=False).encode()
    project = compiler.analyze(path, MemoryInputs({path: content})).project
    assert project is not None
    return project


def with_dependencies(project: Project, **changes: Any) -> Project:
    """Return a project with other dependencies, past the patterns of the spec."""
    return project.replace(
        model=project.model.replace(dependencies=project.model.dependencies.replace(**changes)),
    )


def generate(
    project: Project, pins: Pins | None = None, extra: tuple[Part, ...] = ()
) -> tuple[dict[str, File], list[Diagnostic]]:
    """Return the linked files of the shared builders by path from the root, and the findings."""
    findings = Findings()
    parts = list(extra)
    for builder in builders(project):
        parts += builder(project, pins or defaults(), findings.report)
    files = dict(link.link(parts, project, project.folder, findings.report))
    for overview in overviews(project):
        file = overview(project, files)
        place = link.locate(file.file, project.folder)
        assert place is not None
        files[place] = file
    return files, findings.items


def rendered(project: Project, path: str, **options: Any) -> Rendered:
    """Return one file of a project that gives no finding, but for the one that no check job is pinned."""
    files, findings = generate(project, **options)
    assert [item for item in findings if item.code != "PIN-730"] == []
    return render(files[path], spec_file=project.file, static_reader=assets.text)


def line_of(file: Rendered, text: str) -> tuple[str | None, tuple[str | int, ...]]:
    """Return the origin of the only line with a text."""
    found = [ref for line, ref in zip(file.text.splitlines(), file.refs, strict=True) if text in line]
    assert len(found) == 1, (text, file.text)
    return found[0]


def requirement(name: str, version: Any) -> Contribution:
    """Return a line that a target contributes to the requirements."""
    return Contribution(slot="requirements", key=name, value=version, at=("target",))


def message(finding: Diagnostic) -> str:
    """Return a finding of the family PIN in words; fails when a fact is missing."""
    facts = {"suggestion": "", **finding.facts}
    return parse(assets.text("mlopsc", "codes/pin.yaml"))[finding.code].message.format(**facts)
