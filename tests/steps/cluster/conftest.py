"""Fixtures: a cluster, a project that trains in it, and images to train with."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlopsc.steps.mlops_steps.cluster import waiting
from steps.cluster.clusters import Cluster, Image, Submit, use_cluster
from steps.project import Project, penguins

HERE = Path(__file__).parent


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Return a cluster that ``kubectl`` leads to."""
    state, programs = tmp_path / "cluster", tmp_path / "bin"
    state.mkdir()
    programs.mkdir()
    program = programs / "kubectl"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{HERE / "standin.py"}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("STANDIN", str(state))
    monkeypatch.delenv("MLOPS_KUBECONFIG", raising=False)
    monkeypatch.setattr(waiting, "INTERVAL", 0.05)
    found = Cluster(state)
    yield found
    found.stop()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return the first example, which trains in the cluster."""
    return use_cluster(penguins(tmp_path / "project"))


@pytest.fixture
def call(project: Project) -> Submit:
    """Return what calls the step in this process."""
    return Submit(project)


@pytest.fixture
def image(cluster: Cluster, project: Project, tmp_path: Path) -> Image:
    """Return a function that makes an image with a training that takes no time.

    Its arguments are lines of Python for a script. Before them there are ``store()``, which makes a small result and
    stores it as a worker does, and what it needs; without lines, this is all that happens.
    """

    def make(*lines: str) -> str:
        folder = tmp_path / f"image{len(list(tmp_path.glob('image*')))}"
        shutil.copytree(project.pipeline, folder / "ops" / "pipeline")
        text = "\n".join([(HERE / "quick_worker.py").read_text(encoding="utf-8"), *(lines or ["store()"])])
        (folder / "main.py").write_text(f"{text}\n", encoding="utf-8")
        return cluster.image("penguins-train", folder, [sys.executable, "main.py"])

    return make
