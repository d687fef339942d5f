"""The benchmark runs and tells a missed target. What it measures is no test: see benchmarks/README.md."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from mlopsc.compiler import analyze
from mlopsc.inputs import DiskInputs
from mlopsc.spec import validation

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "run.py"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="measures processes as Unix does")


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("benchmark", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_runs() -> None:
    command = [sys.executable, str(SCRIPT), "--runs", "1", "--specs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    first, _, second = done.stdout.partition("\n\n2 specs in one repository\n")
    assert "python -c pass" in first
    assert "compile --check --quick" in first
    assert [line.split("  ")[0] for line in second.splitlines()[:5]] == [
        "compile, the first time",
        "compile --check",
        "compile --check --quick",
        "memory at most",
        "compile --check --quick, a process each",
    ]


def test_a_missed_target_is_told(benchmark: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    cases = [benchmark.Case("floor", ()), benchmark.Case("slow", (), None, 3), benchmark.Case("fast", (), None, 30)]
    costs = {name: benchmark.Cost(value, value, value) for name, value in (("floor", 1), ("slow", 3.1), ("fast", 30))}
    assert benchmark.table(cases, costs) == ["slow"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.endswith("missed") for line in lines] == [False, False, True, False]


def test_a_command_that_fails_is_no_result(benchmark: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exit code 7"):
        benchmark.cpu([sys.executable, "-c", "raise SystemExit(7)"], tmp_path)


def test_a_process_that_compiles_often_keeps_nothing() -> None:
    """A validator is built once; one for each compile would fill the memory of an editor's server."""
    root = SCRIPT.parents[1] / "examples" / "penguins"

    def compile_once() -> int:
        analysis = analyze("mlops.yaml", DiskInputs(str(root)))
        assert analysis.project is not None
        return len(validation._validators)

    first = compile_once()
    assert first > 0
    assert compile_once() == first
