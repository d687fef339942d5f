"""Specs for the tests of the target, and what the target makes of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from mlopsc import assets, compiler
from mlopsc.codes import catalogue
from mlopsc.diagnostics import Diagnostic, Findings
from mlopsc.inputs import MemoryInputs
from mlopsc.parts import Contribution, File, Rendered
from mlopsc.project import Project
from mlopsc.render.document import render
from mlopsc_targets.kubernetes import TARGET

RELEASES = Path(__file__).parent / "releases"

SPEC: dict[str, Any] = {
    "apiVersion": "mlopsc/v1",
    "metadata": {"name": "penguins", "owner": "@acme/birds", "labels": {"domain": "ecology"}},
    "target": "kubernetes",
    "data": {
        "datasets": {
            "penguins": {
                "uri": "data/penguins.csv",
                "format": "csv",
                "version": {"resolve": "at-run"},
                "columns": {"species": {"type": "category", "role": "target", "values": ["Adelie", "Gentoo"]}},
            }
        },
        "train": "penguins",
        "evaluate": {"split": {"test": "20%", "seed": 7}},
    },
    "model": {
        "task": "binary-classification",
        "framework": "sklearn",
        "source": "src",
        "train": {"call": "penguins.model:train"},
        "dependencies": {"python": "3.11", "lock": "requirements.txt"},
    },
    "deployment": {
        "image": {"name": "ghcr.io/acme/penguins"},
        "serving": {
            "replicas": {"min": 2, "max": 6},
            "resources": {"cpu": "500m", "memory": "1Gi"},
            "scale_on": {"cpu": "70%"},
        },
        "strategy": {
            "canary": {
                "steps": ["10%", "50%"],
                "pause": "10m",
                "min_requests": 200,
                "max_error_rate": "1%",
                "max_latency_ratio": 1.2,
            }
        },
        "ingress": {
            "host": "penguins.acme.example",
            "gateway": {"name": "public", "namespace": "gateway"},
            "allow_from": ["namespace:web"],
        },
        "gitops": {"argocd": {"repo": "https://github.com/acme/penguins"}},
    },
    "monitoring": {
        "prometheus": {
            "kind": "operator",
            "namespace": "monitoring",
            "selector_labels": {"release": "kps"},
            "query_url": "https://prometheus.acme.example",
        },
        "slos": {"availability": {"objective": "99.9%"}, "latency": {"objective": "99%", "under": "250ms"}},
    },
    "environments": {
        "staging": {
            "namespace": "penguins-staging",
            "deployment": {
                "serving": {"replicas": {"min": 1, "max": 2}},
                "strategy": {"rolling": {}},
                "ingress": {"host": "penguins.staging.acme.example"},
            },
        },
        "production": {"namespace": "penguins", "after": "staging"},
    },
}
"""The example of the README: a canary in production, a rolling update in staging."""


def spec(**changes: Any) -> dict[str, Any]:
    """Return the spec with changes at dotted places (dots as ``__``); None removes, a map replaces what is there."""
    result = copy.deepcopy(SPEC)
    for place, value in changes.items():
        *above, last = place.split("__")
        into = result
        for key in above:
            into = into.setdefault(key, {})
        if value is None:
            into.pop(last, None)
        else:
            into[last] = value
    return result


def load(document: Mapping[str, Any], folder: str = "") -> tuple[Project, tuple[Diagnostic, ...]]:
    """Return the project of a spec and what the target has found."""
    file = f"{folder}/mlops.yaml" if folder else "mlops.yaml"
    inputs = MemoryInputs({file: yaml.safe_dump(dict(document), sort_keys=False).encode()})
    analysis = compiler.analyze(file, inputs)
    shape = [item for item in analysis.diagnostics if not item.code.startswith(("K8S", "CHK", "PIN", "CAP"))]
    assert not shape, shape
    assert analysis.project is not None
    return analysis.project, tuple(item for item in analysis.diagnostics if item.code.startswith("K8S"))


def files(document: Mapping[str, Any], folder: str = "") -> dict[str, File]:
    """Return the files of the target by path from the folder of the spec."""
    project, _ = load(document, folder)
    found = [part for part in TARGET.lower("serve", project, Findings().report) if isinstance(part, File)]
    by_path = {file.file: file for file in found}
    assert len(by_path) == len(found)
    return by_path


def contributions(document: Mapping[str, Any]) -> list[Contribution]:
    """Return what the target adds to files of others."""
    project, _ = load(document)
    return [part for part in TARGET.lower("serve", project, Findings().report) if isinstance(part, Contribution)]


def rendered(document: Mapping[str, Any], folder: str = "") -> dict[str, Rendered]:
    """Return the finished files by path."""
    return {
        path: render(file, spec_file="mlops.yaml", static_reader=assets.text)
        for path, file in files(document, folder).items()
    }


def write(document: Mapping[str, Any], root: Path) -> Path:
    """Write all files below a folder and return the folder ``deploy``."""
    for path, file in rendered(document).items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.text, encoding="utf-8", newline="\n")
    return root / "ops" / "deploy"


def release(deploy: Path, env: str, state: str) -> None:
    """Put an environment into a state of its release record, as release automation does on the deploy branch."""
    record = json.loads((RELEASES / f"{state}.json").read_text(encoding="utf-8"))
    folder = deploy / "releases" / env
    (folder / "release.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    if record["state"] == "released":
        component = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
        component["components"] = [f"../../overlays/{env}/released"]
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(component, sort_keys=False), encoding="utf-8")


def codes(document: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Return the codes that the target reports, with the environment of each."""
    return [(item.code, item.env) for item in load(document)[1]]


def severity(code: str) -> str:
    """Return the severity of a code in the catalogue."""
    return catalogue()[code].severity
