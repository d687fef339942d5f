"""Projects in a temporary folder that the static steps run in, with a ``config.json`` that a test may change."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from mlopsc.steps.mlops_steps.console import Console
from mlopsc.steps.mlops_steps.context import LAPTOP, Context
from mlopsc.steps.mlops_steps.results import write_json

ROOT = Path(__file__).resolve().parents[2]
STEPS = ROOT / "compiler" / "mlopsc" / "steps"
PENGUINS = ROOT / "examples" / "penguins"

Change = Callable[[dict[str, Any]], None]


class Project:
    """A folder with user code, data, the pipeline and its configuration.

    Args:
        folder: where it is; made when missing.
        config: content of ``config.json``.
        output: name of the folder that holds the pipeline.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any], output: str = "ops") -> None:
        self.folder = folder
        self.pipeline = folder / output / "pipeline"
        self.config: dict[str, Any] = copy.deepcopy(dict(config))
        self.pipeline.mkdir(parents=True, exist_ok=True)
        self.save()

    def save(self) -> None:
        """Write the configuration."""
        write_json(self.pipeline / "config.json", self.config)

    def change(self, change: Change) -> None:
        """Change the configuration in place and write it."""
        change(self.config)
        self.save()

    def write(self, name: str, text: str) -> Path:
        """Write a file below the folder of the spec."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def context(self, purpose: str = LAPTOP) -> Context:
        """Return what a step is given; what it prints is thrown away."""
        return Context(config=self.config, purpose=purpose, console=Console(StringIO()), pipeline=self.pipeline)

    def result(self, step: str) -> dict[str, Any]:
        """Return the whole result file of a step."""
        path = self.folder / "build" / "results" / f"{step}.json"
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document

    def ship(self) -> None:
        """Copy the steps into the pipeline folder, as a compile does."""
        for name in ("__main__.py", "mlops_steps"):
            source, target = STEPS / name, self.pipeline / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)

    def run(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``python <output>/pipeline ARGUMENTS`` in a process of its own; the steps must have been shipped."""
        return subprocess.run(
            [sys.executable, str(self.pipeline), *arguments],
            cwd=cwd or self.folder,
            env={**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def penguins(folder: Path, output: str = "ops") -> Project:
    """Return the first example in a folder of its own, with its committed ``config.json`` and the steps shipped."""
    for name in ("data", "src", "tests"):
        shutil.copytree(PENGUINS / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mlops.yaml", "requirements.txt", "requirements.in", "pyproject.toml"):
        shutil.copy(PENGUINS / name, folder / name)
    config = json.loads((PENGUINS / "ops" / "pipeline" / "config.json").read_text(encoding="utf-8"))
    project = Project(folder, config, output)
    project.ship()
    return project
