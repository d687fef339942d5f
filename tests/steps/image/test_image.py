"""The tag of an image: another one for whatever goes into the image, the same one for all else."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import pipeline_code
from mlopsc.steps.mlops_steps.commands import image
from mlopsc.steps.mlops_steps.context import Context
from mlopsc.steps.mlops_steps.refusal import Refused, Unusable
from mlopsc.steps.mlops_steps.results import write_json
from steps import formats
from steps.project import PENGUINS, Project

VERSION = "3f2a9c1b7d40"
ONLINE = [
    "build/model-settings.json",
    "ops/docker/serve.Dockerfile",
    "ops/docker/serve.Dockerfile.dockerignore",
    "ops/docker/settings.json",
    "requirements.txt",
]


@pytest.fixture
def birds(tmp_path: Path) -> Project:
    """The generated files of the first example, and a candidate."""
    project = Project(tmp_path, {"schema": 1, "name": "penguins", "root": "../.."})
    shutil.copytree(PENGUINS / "ops" / "docker", tmp_path / "ops" / "docker")
    project.write("requirements.txt", "numpy==1.0\n")
    project.write("build/model/MLmodel", "flavors: {}\n")
    candidate(project)
    return project


def candidate(project: Project, version: str = VERSION, **changes: Any) -> None:
    """Write the candidate and the settings of its model."""
    digest = f"sha256:{'d' * 64}"
    write_json(
        project.folder / "build" / "candidate.json",
        {
            "schema": 1,
            "name": "penguins",
            "version": version,
            "commit": None,
            "dirty": False,
            "metrics": {},
            "evaluation": {"digest": digest, "method": digest},
            "gate": "passed",
            **changes,
        },
    )
    settings = {"name": "penguins", "parameters": {"uri": "./model", "version": version}}
    write_json(project.folder / "build" / "model-settings.json", settings)


def run(project: Project, outputs: Path | None = None) -> dict[str, Any]:
    plain = project.context()
    context = Context(plain.config, console=plain.console, pipeline=plain.pipeline, outputs_file=outputs)
    return image.STEP.run(context, argparse.Namespace())


def tag(project: Project) -> str:
    found: str = run(project)["tag"]
    return found


def test_the_tag_begins_with_the_version_and_repeats(birds: Project) -> None:
    assert re.fullmatch(rf"{VERSION}-[0-9a-f]{{12}}", tag(birds))
    assert tag(birds) == tag(birds)
    assert run(birds)["files"] == ONLINE


def test_it_is_handed_on(birds: Project, tmp_path: Path) -> None:
    found = run(birds, tmp_path / "outputs")
    assert (tmp_path / "outputs").read_text(encoding="utf-8") == f"tag={found['tag']}\nversion={VERSION}\n"


@pytest.mark.parametrize("name", [name for name in ONLINE if not name.startswith("build/")])
def test_every_file_counts(birds: Project, name: str) -> None:
    before, path = tag(birds), birds.folder / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert tag(birds) != before


def test_the_name_under_which_the_model_is_served_counts(birds: Project) -> None:
    before = tag(birds)
    path = birds.folder / "build" / "model-settings.json"
    path.write_text(path.read_text(encoding="utf-8").replace("penguins", "finches"), encoding="utf-8")
    assert tag(birds) != before


def test_the_code_of_the_pipeline_counts(birds: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tag(birds)
    monkeypatch.setattr(pipeline_code, "digest", lambda: "0" * 64)
    assert tag(birds) != before


def test_the_version_counts(birds: Project) -> None:
    before = tag(birds)
    candidate(birds, "0" * 12)
    assert tag(birds).startswith("0" * 12)
    assert tag(birds) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda birds: birds.write("ops/docker/grype.yaml", "ignore: [x]\n"),
        lambda birds: birds.write("ops/docker/train.Dockerfile", "FROM scratch\n"),
        lambda birds: birds.write("src/penguins/model.py", "in the version\n"),
        lambda birds: birds.write("build/model/MLmodel", "in the version\n"),
        lambda birds: birds.write("README.md", "text\n"),
        lambda birds: birds.change(lambda config: config.update(tests={})),
        lambda birds: os.utime(birds.folder / "requirements.txt", (0, 0)),
    ],
    ids=["scan", "train", "code", "model", "document", "limits", "time"],
)
def test_what_stays_outside_does_not_count(birds: Project, change: Callable[[Project], None]) -> None:
    before = tag(birds)
    change(birds)
    assert tag(birds) == before


def test_a_batch_image_has_the_pipeline_in_it(birds: Project) -> None:
    ignore = "# text\n*\n!requirements.txt\n!./ops/pipeline/\n!build/model\n**/__pycache__\n"
    birds.write("ops/docker/serve.Dockerfile.dockerignore", ignore)
    birds.write("ops/pipeline/__main__.py", "")
    birds.write("ops/pipeline/__pycache__/x.pyc", "")
    before = tag(birds)
    assert run(birds)["files"] == [
        "ops/docker/serve.Dockerfile",
        "ops/docker/serve.Dockerfile.dockerignore",
        "ops/pipeline/__main__.py",
        "ops/pipeline/config.json",
        "requirements.txt",
    ]
    birds.change(lambda config: config.update(tests={}))
    assert tag(birds) != before
    before = tag(birds)
    birds.write("ops/pipeline/more.py", "")
    assert tag(birds) != before


def test_a_pattern_may_match_several_files_or_none(birds: Project) -> None:
    path = birds.folder / "ops" / "docker" / "serve.Dockerfile.dockerignore"
    path.write_text(path.read_text(encoding="utf-8") + "!extra/*.txt\n!../outside\n", encoding="utf-8")
    before = tag(birds)
    birds.write("extra/words.txt", "")
    assert tag(birds) != before
    assert "extra/words.txt" in run(birds)["files"]


@pytest.mark.parametrize("ignore", ["", "# nothing\n", "node_modules\n", "*\n!.\n", "!requirements.txt\n*\n"])
def test_a_list_that_lets_everything_in_is_refused(birds: Project, ignore: str) -> None:
    birds.write("ops/docker/serve.Dockerfile.dockerignore", ignore)
    with pytest.raises(Unusable, match=r"serve\.Dockerfile\.dockerignore does not begin by leaving everything out"):
        run(birds)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ops/docker/serve.Dockerfile", r"ops/docker/serve\.Dockerfile is missing: nothing is served from an image"),
        ("ops/docker/serve.Dockerfile.dockerignore", r"dockerignore is missing"),
        ("ops/docker/settings.json", r"ops/docker/settings\.json is missing, and .* lets it into the image"),
        ("requirements.txt", r"requirements\.txt is missing"),
        ("build/model-settings.json", r"build/model-settings\.json is missing"),
        ("build/candidate.json", "there is no candidate"),
    ],
)
def test_a_missing_file_is_said(birds: Project, name: str, message: str) -> None:
    (birds.folder / name).unlink()
    with pytest.raises(Unusable, match=message):
        run(birds)


def test_a_model_that_is_not_the_candidate_is_refused(birds: Project) -> None:
    path = birds.folder / "build" / "model-settings.json"
    path.write_text(path.read_text(encoding="utf-8").replace(VERSION, "0" * 12), encoding="utf-8")
    with pytest.raises(Unusable, match=f"is of 000000000000, and the candidate is {VERSION}"):
        run(birds)


@pytest.mark.parametrize("gate", ["failed", "not-judged", "not-comparable"])
def test_what_did_not_pass_gets_no_image(birds: Project, gate: str) -> None:
    candidate(birds, gate=gate)
    with pytest.raises(Refused, match=f"the gate said {gate}"):
        run(birds)


def test_the_step_needs_the_standard_library_only(birds: Project) -> None:
    birds.ship()
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(birds.pipeline), "image", "--json"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert formats.problems("result", document) == []
    assert document["result"]["version"] == VERSION
    assert not (birds.folder / "build" / "results").exists()
