"""The examples are the goldens: what is committed is what the compiler makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlopsc import __version__
from mlopsc.compiler import analyze, generate
from mlopsc.inputs import DiskInputs
from mlopsc.workspace.check import compare
from mlopsc.workspace.disk import Disk
from mlopsc.workspace.plan import Plan, plan
from mlopsc.workspace.root import detect, relative

ROOT = Path(__file__).parents[1]
SPECS = sorted(file.relative_to(ROOT).as_posix() for file in ROOT.glob("examples/*/mlops.yaml"))


def planned(root: Path, spec: str) -> Plan:
    inputs = DiskInputs(str(root))
    compiled = generate(analyze(spec, inputs))
    return plan(
        Disk(str(root)),
        compiled.outputs,
        spec=spec,
        compiler=__version__,
        inputs=inputs.log,
        ejected=compiled.ejected,
    )


@pytest.mark.parametrize("spec", SPECS)
def test_the_committed_files_are_what_the_compiler_makes(spec: str) -> None:
    file = str(ROOT / spec)
    root = detect(file)
    assert compare(planned(Path(root), relative(file, root))) == (), f"run: mlopsc compile {spec}"


def test_a_stale_file_is_noticed(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "examples" / "penguins", tmp_path / "penguins")
    spec = tmp_path / "penguins" / "mlops.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("max: 6", "max: 7"), encoding="utf-8")
    assert compare(planned(tmp_path / "penguins", "mlops.yaml"))
