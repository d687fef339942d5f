"""The import contracts of pyproject.toml hold back what they are for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import tools

SEEDS = {
    "Modules import only what stands below them": [
        ("compiler/mlopsc/record.py", "import mlopsc.parts"),
        ("compiler/mlopsc/spec/base.py", "import mlopsc.project"),
        ("compiler/mlopsc/steps/seed.py", "import mlopsc.record"),
        ("compiler/mlopsc/unplaced.py", ""),
    ],
    "The disk and the renderer know nothing of the spec": [
        ("compiler/mlopsc/render/seed.py", "import mlopsc.source"),
        ("compiler/mlopsc/workspace/seed.py", "import mlopsc.project"),
    ],
    "The steps shipped to users import nothing of mlopsc": [
        ("compiler/mlopsc/steps/seed.py", "from mlopsc import __version__"),
    ],
    "The compiler names no target": [("compiler/mlopsc/registry.py", "import mlopsc_targets.kubernetes")],
    "Targets see the compiler through mlopsc.target and the builders only": [
        ("targets/mlopsc_targets/kubernetes/seed.py", "import mlopsc.parts"),
        ("targets/mlopsc_targets/kubernetes/seed.py", "from mlopsc import __version__"),
    ],
    "Targets never import each other": [
        ("targets/mlopsc_targets/kubernetes/seed.py", "import mlopsc_targets.other.seed"),
    ],
    "Only the update of pins uses the network": [
        ("compiler/mlopsc/link.py", "import urllib.request"),
        ("compiler/mlopsc/check/rule.py", "import subprocess"),
        ("targets/mlopsc_targets/kubernetes/seed.py", "import socket"),
    ],
    "Only its own command updates pins": [("compiler/mlopsc/cli/compile.py", "import mlopsc.update.plan")],
    "Only commands know click": [("compiler/mlopsc/link.py", "import click")],
    "Targets need pydantic in their options only": [
        ("targets/mlopsc_targets/kubernetes/seed.py", "import pydantic"),
    ],
}
PACKAGES = (
    "compiler/mlopsc/render",
    "compiler/mlopsc/steps",
    "compiler/mlopsc/workspace",
    "targets/mlopsc_targets/kubernetes",
    "targets/mlopsc_targets/other",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources, with an empty module `seed` in the packages that the cases need."""
    for name in ("compiler", "targets", "schemas"):
        shutil.copytree(tools.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(tools.ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        (tmp_path / package).mkdir(exist_ok=True)
        for module in ("__init__.py", "seed.py"):
            (tmp_path / package / module).touch()
    return tmp_path


def broken(tree: Path) -> list[str]:
    """Return the names of the contracts that are broken."""
    path = os.pathsep.join(str(tree / name) for name in ("compiler", "targets", "schemas"))
    run = subprocess.run(
        [tools.program("lint-imports"), "--no-logo", "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    states = [line for line in run.stdout.splitlines() if " KEPT" in line or " BROKEN" in line]
    assert len(states) == len(SEEDS), run.stdout + run.stderr
    return [line.partition(" BROKEN")[0] for line in states if " BROKEN" in line]


@pytest.mark.tools
def test_the_sources_keep_all_contracts(tree: Path) -> None:
    assert broken(tree) == []


@pytest.mark.tools
@pytest.mark.parametrize(
    ("contract", "file", "line"), [(name, *seed) for name, seeds in SEEDS.items() for seed in seeds]
)
def test_a_contract_is_broken(tree: Path, contract: str, file: str, line: str) -> None:
    with (tree / file).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    assert broken(tree) == [contract]
