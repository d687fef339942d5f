"""A cluster behind a stand-in for kubectl, and calls of the step that submits to it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from mlopsc.steps.mlops_steps.commands import submit
from mlopsc.steps.mlops_steps.console import Console
from steps.project import ROOT, Project

OBJECTS = ROOT / "tests" / "targets" / "kubernetes" / "training"
"""Generated objects; the tests of the target compare them with what it writes."""

Image = Callable[..., str]
"""Makes an image of lines of Python; see the fixture ``image``."""


class Cluster:
    """What stands behind the stand-in for kubectl.

    Args:
        state: its folder.
    """

    def __init__(self, state: Path) -> None:
        self.state = state
        self._images: dict[str, dict[str, Any]] = {}
        self.image("none", state, ["false"])

    def image(self, name: str, folder: Path, command: list[str]) -> str:
        """Put an image into the registry and return it by digest."""
        reference = f"ghcr.io/acme/{name}@sha256:{len(self._images):064x}"
        self._images[reference] = {"folder": str(folder), "command": command}
        (self.state / "images.json").write_text(json.dumps(self._images), encoding="utf-8")
        return reference

    def set(self, name: str, text: str = "") -> None:
        """Put the cluster into a state, such as ``unreachable``."""
        (self.state / name).write_text(text, encoding="utf-8")

    def clear(self, name: str) -> None:
        """Take it out of a state."""
        (self.state / name).unlink()

    def jobs(self) -> list[dict[str, Any]]:
        """Return the Jobs that there are."""
        return [json.loads(path.read_text()) for path in sorted((self.state / "jobs").glob("*.json"))]

    def objects(self) -> list[str]:
        """Return kind and name of the other objects."""
        return sorted(path.stem for path in (self.state / "objects").glob("*.json"))

    def calls(self) -> list[list[str]]:
        """Return the arguments of all calls."""
        return [json.loads(line) for line in (self.state / "calls").read_text(encoding="utf-8").splitlines()]

    def workers(self) -> list[Path]:
        """Return the folders that the workers run in."""
        return sorted((self.state / "pods").glob("*/*.root"))

    def stop(self) -> None:
        """End all that runs."""
        for path in sorted((self.state / "pods").glob("*/*.pid")):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(path.read_text()), signal.SIGKILL)


def use_cluster(project: Project, objects: str = "one") -> Project:
    """Let a project train in the cluster."""
    shutil.copytree(OBJECTS / objects, project.pipeline.parent / "training")
    project.change(lambda config: config.update(training={"store": (project.folder.parent / "store").as_uri()}))
    return project


class Submit:
    """Calls the step in this process.

    Args:
        project: that trains.

    Attributes:
        said: the lines for people.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._stream = StringIO()

    def __call__(self, image: str, *, run: str | None = None, timeout: float | None = None) -> dict[str, Any]:
        """Return the result of the step."""
        (self._project.folder / "build").mkdir(exist_ok=True)
        context = replace(self._project.context("delivery"), console=Console(self._stream))
        return submit.STEP.run(context, Namespace(image=image, run=run, timeout=timeout))

    @property
    def said(self) -> list[str]:
        """All lines so far."""
        return self._stream.getvalue().splitlines()
