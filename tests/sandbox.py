"""A repository, the toy installed by an entry point, and mlopsc run in it as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import mlopsc
import mlopsc_schemas
import mlopsc_targets

TOY = Path(__file__).parent / "toy"
CODE = [str(Path(package.__path__[0]).parent) for package in (mlopsc, mlopsc_targets, mlopsc_schemas)]

SPEC = """\
apiVersion: mlopsc/v1
metadata: { name: car }
target: toy
data:
  datasets:
    rows:
      uri: rows.csv
      format: csv
      version: { resolve: at-run }
      columns:
        size: { type: number }
        sold: { type: boolean, role: target }
  train: rows
  evaluate: { split: { test: 20% } }
model:
  task: binary-classification
  framework: sklearn
  source: src
  train: { call: "car.model:train" }
output: { builders: { docker: false, check: false, dependabot: false } }
deployment:
  image: { name: ghcr.io/acme/car }
  serving: { replicas: { min: 2 } }
  strategy: { rolling: {} }
  toy: { color: blue }
environments:
  staging:
    deployment: { serving: { replicas: { min: 1 } } }
  production: { after: staging }
"""


def install(site: Path, name: str, place: str) -> None:
    """Write what pip leaves behind for a package that declares a target."""
    info = site / f"mlopsc_{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: mlopsc-{name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[mlopsc.targets]\n{name} = {place}\n", encoding="utf-8")


def write(root: Path, spec: str = SPEC, name: str = "mlops.yaml") -> Path:
    """Make a repository with a spec and the files that it names; return the spec."""
    (root / ".git").mkdir(parents=True, exist_ok=True)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(spec.encode())
    (path.parent / "rows.csv").write_text("size,sold\n1,true\n", encoding="utf-8")
    module = path.parent / "src" / "car" / "model.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text("def train(data, params, seed):\n    return None\n", encoding="utf-8")
    return path


def environment(*sites: Path, **changes: str) -> dict[str, str]:
    """Return the variables of a process that finds mlopsc, the toy and whatever else is installed in `sites`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "PYTHON", "MLOPSC_"))}
    kept.pop("NO_COLOR", None)
    return {**kept, "PYTHONPATH": os.pathsep.join([*CODE, str(TOY), *map(str, sites)]), **changes}


def run(folder: Path, *arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; the exit code is not looked at."""
    command = [sys.executable, "-m", "mlopsc", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


COMPILED = ("ops", ".github", ".gitattributes", "mlops.lock")
"""What a compile of an example writes beside what people wrote."""


def copy_example(example: Path, root: Path) -> None:
    """Copy what people wrote of an example into an empty repository, to its top."""
    (root / ".git").mkdir()
    for path in sorted(example.rglob("*")):
        file = path.relative_to(example)
        if path.is_file() and file.parts[0] not in COMPILED and "__pycache__" not in file.parts:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(path.read_bytes())
