"""The example as a repository of its own, compiled as its users would, with hosts for all that its spec names."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import sandbox
import tools
from e2e import linters
from e2e.act import World
from e2e.world.cluster import Cluster
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "penguins"
NAMESPACES = {"staging": "penguins-staging", "production": "penguins"}
HOSTS = {"staging": "penguins.staging.acme.example", "production": "penguins.acme.example"}
PROMETHEUS = "prometheus.acme.example"

FASTER = (
    ("pause: 10m", "pause: 4s"),
    ("rate: 50/s", "rate: 5/s"),
    ("duration: 30s", "duration: 2s"),
    (
        "  ingress:\n    host: penguins.acme.example\n",
        "  kubernetes: { scrape_interval: 1s }\n  ingress:\n    host: penguins.acme.example\n",
    ),
)
"""What the example waits for is shorter here; its unit tests, data, training and gates are as they are."""

LEFTOVERS = ("__pycache__", ".pytest_cache", "build")
"""What a run of the example leaves behind; it is not committed."""

PATIENCE = """
patches:
  - file: deploy/overlays/staging/rollout.json
    ops: [{ op: replace, path: /live_timeout_seconds, value: 25 }]
    reason: a stand-in comes at once or never
  - file: deploy/overlays/production/rollout.json
    ops: [{ op: replace, path: /live_timeout_seconds, value: 25 }]
    reason: a stand-in comes at once or never
"""

Change = Callable[[str], str]


def locked_python() -> str:
    """Return the interpreter with the packages of the lock, or end the calling test."""
    return os.environ.get("MLOPSC_LOCKED_PYTHON") or tools.missing(
        "MLOPSC_LOCKED_PYTHON names no Python with the packages of the lock: run `nox -s workflows`"
    )


def write(folder: Path, change: Change = lambda spec: spec) -> Path:
    """Write the example and compile it.

    Args:
        folder: for it; empty.
        change: of the spec.
    """
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(*LEFTOVERS), dirs_exist_ok=True)
    path = folder / "mlops.yaml"
    spec = path.read_text(encoding="utf-8")
    for old, new in FASTER:
        assert old in spec, old
        spec = spec.replace(old, new)
    path.write_text(change(spec + PATIENCE), encoding="utf-8")
    (folder / "mlops.pins.yaml").write_text(pins(), encoding="utf-8")
    compile_again(folder)
    return folder


def pins() -> str:
    """Return pins for the check job: this mlopsc with what it needs, as it is installed here, and made-up hashes."""
    versions: dict[str, str] = {}
    names = ["mlopsc"]
    for name in names:
        found = metadata.distribution(name)
        versions[canonicalize_name(name)] = found.version
        needed = [Requirement(line) for line in found.requires or ()]
        names += [
            entry.name
            for entry in needed
            if canonicalize_name(entry.name) not in map(canonicalize_name, names)
            and (entry.marker is None or entry.marker.evaluate({"extra": ""}))
        ]
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    digest = "sha256:" + "0" * 64
    requirements = {name: {"version": versions[name], "hashes": [digest]} for name in sorted(versions)}
    check = {"version": versions["mlopsc"], "python": version, "requirements": requirements}
    return json.dumps({"apiVersion": "mlopsc/v1", "mlopsc": check})


def compile_again(folder: Path) -> None:
    """Run ``mlopsc compile``."""
    done = sandbox.run(folder, "compile", env=sandbox.environment())
    assert done.returncode == 0, done.stdout + done.stderr


class Life:
    """The repository in its world.

    Attributes:
        world: the host, registry, and so on.
        cluster: the clusters that follow its deploy branches.
    """

    def __init__(self, world: World, cluster: Cluster) -> None:
        self.world = world
        self.cluster = cluster

    def record(self, environment: str, back: str = "") -> dict[str, Any]:
        """Return the release record of an environment; `back` is git's suffix for an earlier one, such as ``~1``."""
        name = f"deploy/penguins/{environment}{back}:ops/deploy/releases/{environment}/release.json"
        document: dict[str, Any] = json.loads(self.world.git("show", name))
        return document

    def moves(self, environment: str) -> list[str]:
        """Return the subjects of all moves on a deploy branch, the newest first."""
        return self.world.git("log", "--first-parent", "--format=%s", f"deploy/penguins/{environment}").splitlines()

    def change(self, message: str, edit: Callable[[Path], None]) -> str:
        """Change the main branch as a person does: edit, compile, commit, push; return the commit."""
        with self.world.edited(message, "main") as tree:
            edit(tree)
            compile_again(tree)
        return self.world.git("rev-parse", "main")


@contextmanager
def life(folder: Path, content: Path) -> Iterator[Life]:
    """Give the repository a world.

    Args:
        folder: for the world; empty.
        content: what `write` made, or what `World.keep` kept.
    """
    kubectl = tools.program("kubectl")
    pythons = [locked_python(), sys.executable]
    with World(folder, content, act=linters.program("act"), kubectl=kubectl, pythons=pythons) as world:
        cluster = Cluster(world.state, world.remote, kubectl, "penguins", NAMESPACES)
        for environment, host in HOSTS.items():
            world.internet.hosts[host] = cluster.gateway(environment)
        world.internet.hosts[PROMETHEUS] = cluster.prometheus
        yield Life(world, cluster)
