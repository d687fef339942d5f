"""Git repositories with the manifests of the first example, and a remote repository that they push to."""

from __future__ import annotations

import argparse
import copy
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from mlopsc.steps.mlops_steps.console import Console
from mlopsc.steps.mlops_steps.context import Context
from mlopsc.steps.mlops_steps.refusal import Finding
from mlopsc.steps.mlops_steps.release import command
from mlopsc.steps.mlops_steps.results import write_json

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "penguins" / "ops"
IMAGE = "ghcr.io/acme/penguins"
CONFIG: dict[str, Any] = {
    "schema": 1,
    "name": "penguins",
    "root": "../..",
    "tests": {"champion": "production"},
    "environments": {"staging": {"image": IMAGE}, "production": {"image": IMAGE, "after": "staging"}, "elsewhere": {}},
}
AUTHOR = ("-c", "user.name=A User", "-c", "user.email=user@example.com")


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    """Run git and return what it prints."""
    ended = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert not check or ended.returncode == 0, (arguments, ended.stderr)
    return ended.stdout.strip()


def version(name: str) -> str:
    """Return the version of a model, by any name."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def image(name: str) -> str:
    """Return an image with its digest, by any name."""
    return f"{IMAGE}@sha256:{hashlib.sha256(name.encode()).hexdigest()}"


class Checkout:
    """A clone of a repository with the project inside.

    Args:
        top: folder of the clone.
        project: folder of the spec below it.
        output: name of the folder with pipeline and manifests.
    """

    def __init__(self, top: Path, project: str = ".", output: str = "ops") -> None:
        self.top = top
        self.project = top / project
        self.output = output
        self.config = {
            **copy.deepcopy(CONFIG),
            "root": os.path.relpath(top / project, top / project / output / "pipeline"),
        }
        self.notices: list[Finding] = []
        self.printed = ""
        self.outputs = top.parent / f"{top.name}-outputs"

    @property
    def deploy(self) -> Path:
        """The folder of the manifests."""
        return self.project / self.output / "deploy"

    @property
    def pipeline(self) -> Path:
        """The folder of the pipeline."""
        return self.project / self.output / "pipeline"

    def context(self, stream: StringIO | None = None) -> Context:
        """Return what a step is given, which prints into a stream."""
        console = Console(stream or StringIO())
        return Context(config=self.config, console=console, pipeline=self.pipeline, outputs_file=self.outputs)

    def release(self, *words: str) -> dict[str, Any]:
        """Run the step with arguments of its command line; keep what it noticed and printed."""
        parser = argparse.ArgumentParser()
        command.options(parser)
        stream = StringIO()
        context = self.context(stream)
        try:
            return command.run(context, parser.parse_args(words))
        finally:
            self.notices, self.printed = list(context.notices), stream.getvalue()

    def move(self, name: str, *words: str, env: str = "production") -> dict[str, Any]:
        """Do a move in an environment."""
        return self.release(name, "--env", env, *words)

    def start(self, name: str, *words: str, env: str = "production", built: str | None = None) -> dict[str, Any]:
        """Start a model, by any name, in the image of the same or another name."""
        self.candidate(name)
        return self.move("start", "--image", image(built or name), *words, env=env)

    def release_fully(self, name: str, env: str = "production") -> str:
        """Bring a model, by any name, to all of the traffic and return the id of its release."""
        release: str = self.start(name, env=env)["release"]
        if self.move("show", env=env)["phase"] == "canary":
            self.move("promote", env=env)
            self.move("finish", env=env)
        return release

    def candidate(self, model: str, /, **changes: Any) -> Path:
        """Write what the pipeline leaves of a model, and its predictions."""
        document = {
            "schema": 1,
            "name": "penguins",
            "version": version(model),
            "commit": git(self.top, "rev-parse", "HEAD"),
            "dirty": False,
            "metrics": {"accuracy": 0.9 + len(model) / 1000},
            "evaluation": {"digest": f"sha256:{'e' * 64}", "method": f"sha256:{'f' * 64}"},
            "gate": "passed",
            **changes,
        }
        path = self.context().build / "candidate.json"
        write_json(path, document)
        predictions = self.context().build / "evaluation" / "predictions.csv"
        predictions.parent.mkdir(exist_ok=True)
        predictions.write_text(f"prediction\n{model}\n", encoding="utf-8")
        return path

    def commit(self, changes: Mapping[str, str], *, push: bool = True) -> str:
        """Commit texts by path below the folder of the manifests and return the id of the commit."""
        for path, text in changes.items():
            place = self.deploy / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        git(self.top, "add", "--all")
        git(self.top, *AUTHOR, "commit", "--quiet", "--allow-empty", "--message", "Change manifests")
        if push:
            git(self.top, "push", "--quiet", "origin", "HEAD:refs/heads/main")
        return git(self.top, "rev-parse", "HEAD")

    def edit(self, path: str, old: str, new: str, *, push: bool = True) -> str:
        """Replace a text in a manifest, commit it and return the id of the commit."""
        text = (self.deploy / path).read_text(encoding="utf-8")
        assert old in text
        return self.commit({path: text.replace(old, new)}, push=push)

    def manifests(self, commit: str) -> dict[str, str]:
        """Return the manifests of a commit, by path below their folder."""
        folder = self.deploy.relative_to(self.top).as_posix()
        return {
            path: text for path, text in files(self.top, commit, folder).items() if not path.startswith("releases/")
        }


class Remote:
    """A bare repository, and the first clone, which filled it.

    Args:
        folder: where both go.
        project: folder of the spec below the top of the repository.
        output: name of the folder with pipeline and manifests.
    """

    def __init__(self, folder: Path, project: str = ".", output: str = "ops") -> None:
        self.folder = folder
        self.project = project
        self.output = output
        self.path = folder / "remote.git"
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.path))
        git(folder, "init", "--quiet", "--initial-branch=main", "first")
        self.first = Checkout(folder / "first", project, output)
        git(self.first.top, "remote", "add", "origin", str(self.path))
        shutil.copytree(EXAMPLE / "deploy", self.first.deploy)
        write_json(self.first.pipeline / "config.json", self.first.config)
        (self.first.top / ".gitignore").write_text("build/\n", encoding="utf-8")
        (self.first.top / "README.md").write_text("Outside of the manifests.\n", encoding="utf-8")
        self.commit = self.first.commit({})

    def clone(self, name: str, *options: str) -> Checkout:
        """Return another clone."""
        git(self.folder, "clone", "--quiet", *options, f"file://{self.path}", name)
        return Checkout(self.folder / name, self.project, self.output)

    def tip(self, env: str = "production") -> str | None:
        """Return the last commit of a deploy branch."""
        return (
            git(self.path, "rev-parse", "--verify", "--quiet", f"refs/heads/deploy/penguins/{env}", check=False) or None
        )

    def files(self, env: str = "production", *, at: str | None = None) -> dict[str, str]:
        """Return the files of a deploy branch, by path below the folder of the manifests."""
        tip = at or self.tip(env)
        assert tip is not None
        found = files(self.path, tip)
        folder = self.first.deploy.relative_to(self.first.top).as_posix() + "/"
        assert all(path.startswith(folder) for path in found), "a deploy branch holds nothing but manifests"
        return {path.removeprefix(folder): text for path, text in found.items()}

    def manifests(self, env: str = "production") -> dict[str, str]:
        """Return the manifests of a deploy branch, by path below their folder."""
        return {path: text for path, text in self.files(env).items() if not path.startswith("releases/")}

    def record(self, env: str = "production") -> dict[str, Any]:
        """Return the release record of a deploy branch."""
        document: dict[str, Any] = json.loads(self.files(env)[f"releases/{env}/release.json"])
        return document

    def edit_record(self, old: str, new: str) -> None:
        """Edit the record of production by hand, and push."""
        place = self.folder / "by-hand"
        git(self.folder, "clone", "--quiet", "--branch=deploy/penguins/production", str(self.path), place.name)
        path = Checkout(place, self.project, self.output).deploy / "releases" / "production" / "release.json"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        git(place, *AUTHOR, "commit", "--quiet", "--all", "--message", "By hand")
        git(place, "push", "--quiet")

    def log(self, env: str = "production", form: str = "%s") -> list[str]:
        """Return the subjects of the commits of a deploy branch, the oldest first."""
        return git(
            self.path, "log", "--first-parent", "--reverse", f"--format={form}", f"deploy/penguins/{env}"
        ).splitlines()

    def hook(self, text: str) -> None:
        """Let a hook judge all pushes."""
        path = self.path / "hooks" / "pre-receive"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def no_hook(self) -> None:
        """Remove the hook."""
        (self.path / "hooks" / "pre-receive").unlink()


def files(repository: Path, commit: str, folder: str = "") -> dict[str, str]:
    """Return the texts of a commit, by path below a folder."""
    command = ["git", "archive", "--format=tar", commit, *([folder] if folder else [])]
    ended = subprocess.run(command, cwd=repository, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(ended.stdout)) as archive:
        texts = {}
        for member in archive:
            if member.isfile():
                content = archive.extractfile(member)
                assert content is not None
                texts[member.name.removeprefix(f"{folder}/")] = content.read().decode()
    return texts
