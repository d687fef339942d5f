"""Measures what a command costs: ``python benchmarks/run.py [--runs N] [--specs N] [--assert]``; see README.md here."""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "penguins"
CODE = [str(ROOT / folder) for folder in ("compiler", "targets", "schemas")]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(CODE)}
MLOPSC = (sys.executable, "-m", "mlopsc")


class Case(NamedTuple):
    """A command to measure.

    Attributes:
        name: for the table.
        command: the words of it.
        before: what to do before each run, outside of what is measured.
        target: how many times the floor it may take; None where nothing was promised.
    """

    name: str
    command: Sequence[str]
    before: Callable[[], None] | None = None
    target: float | None = None


class Cost(NamedTuple):
    """CPU seconds, user and system, of the runs of a case."""

    median: float
    low: float
    high: float


def main() -> int:
    """Measure, print, and with ``--assert`` exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description="Measure what a command costs.")
    parser.add_argument("--runs", type=int, default=15, help="runs of each command (default: 15)")
    parser.add_argument("--specs", type=int, default=1000, help="specs in one repository; 0 leaves that out")
    parser.add_argument("--assert", action="store_true", dest="strict", help="exit 1 when a target is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copy(EXAMPLE, root / "one")
        (root / "one" / ".git").mkdir()
        cases = commands(root / "one")
        costs = measure(cases, root / "one", options.runs)
        missed = table(cases, costs)
        if options.specs:
            many(root / "many", options.specs)
    if missed:
        print(f"missed: {', '.join(missed)}")
    return 1 if missed and options.strict else 0


def copy(example: Path, folder: Path) -> None:
    """Copy what people wrote of an example."""
    made = shutil.ignore_patterns("ops", ".github", ".gitattributes", ".mlops-root", "mlops.lock", "__pycache__")
    shutil.copytree(example, folder, ignore=made)


def commands(folder: Path) -> tuple[Case, ...]:
    """Return the cases, for a repository with one spec; the first one is the floor."""

    def forget() -> None:
        shutil.rmtree(folder / "ops", ignore_errors=True)
        (folder / "mlops.lock").unlink(missing_ok=True)
        (folder / ".gitattributes").unlink(missing_ok=True)

    return (
        Case("python -c pass", (sys.executable, "-c", "pass")),
        Case("compile, the first time", (*MLOPSC, "compile"), forget, 30),
        Case("compile, nothing changed", (*MLOPSC, "compile"), None, 30),
        Case("compile --check", (*MLOPSC, "compile", "--check")),
        Case("compile --check --quick", (*MLOPSC, "compile", "--check", "--quick"), None, 3),
        Case("validate", (*MLOPSC, "validate")),
        Case("--help", (*MLOPSC, "--help")),
    )


def measure(cases: Sequence[Case], folder: Path, runs: int) -> dict[str, Cost]:
    """Run all cases in turns, so that a noisy moment hits each of them alike."""
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    for turn in range(runs + 1):
        for case in cases:
            if case.before:
                case.before()
            seconds = cpu(case.command, folder)
            if turn:  # the first turn fills caches
                found[case.name].append(seconds)
    return {name: Cost(statistics.median(times), min(times), max(times)) for name, times in found.items()}


def cpu(command: Sequence[str], folder: Path) -> float:
    """Return the CPU seconds, user and system, of one process.

    Raises:
        RuntimeError: it failed.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}\n{output.read().decode()}")
    return usage.ru_utime + usage.ru_stime


def table(cases: Sequence[Case], costs: Mapping[str, Cost]) -> list[str]:
    """Print the costs; return the cases that miss their target."""
    floor = costs[cases[0].name].median
    missed = []
    print(f"{'CPU of the whole process':<26}{'median ms':>10}{'low':>8}{'high':>8}{'x floor':>9}{'target':>8}")
    for case in cases:
        cost = costs[case.name]
        ratio = cost.median / floor
        promise = f"<= {case.target:g}" if case.target else ""
        late = case.target is not None and ratio > case.target
        print(
            f"{case.name:<26}{cost.median * 1000:>10.1f}{cost.low * 1000:>8.1f}{cost.high * 1000:>8.1f}{ratio:>9.1f}"
            f"{promise:>8}{'  missed' if late else ''}"
        )
        missed += [case.name] if late else []
    return missed


def many(root: Path, count: int) -> None:
    """Print what a repository with many specs costs: in one process, and with a process for each spec."""
    specs = list(written(root, count))
    child = subprocess.run(
        [sys.executable, __file__, "--in-process", str(root), *specs], env=ENVIRONMENT, capture_output=True, text=True
    )
    if child.returncode:
        raise RuntimeError(child.stderr)
    print(f"\n{count} specs in one repository")
    print(child.stdout, end="")
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    for spec in specs:
        cpu((*MLOPSC, "compile", "--check", "--quick", spec), root)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    line(
        "compile --check --quick, a process each", count, end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
    )


def written(root: Path, count: int) -> Iterator[str]:
    """Write many copies of the example under other names; yield the specs."""
    (root / ".git").mkdir(parents=True)
    for number in range(count):
        folder = root / "models" / f"m{number:04}"
        copy(EXAMPLE, folder)
        spec = folder / "mlops.yaml"
        text = spec.read_text(encoding="utf-8")
        spec.write_text(text.replace("name: penguins\n", f"name: penguins-{number:04}\n", 1), encoding="utf-8")
        yield spec.relative_to(root).as_posix()


def in_process(root: str, specs: Sequence[str]) -> None:
    """Compile, check and quickly check all specs in this process."""
    start = time.process_time()
    from mlopsc import __version__
    from mlopsc.compiler import Compiled, analyze, generate
    from mlopsc.inputs import DiskInputs
    from mlopsc.workspace.apply import apply
    from mlopsc.workspace.check import compare
    from mlopsc.workspace.disk import Disk
    from mlopsc.workspace.plan import Plan, plan
    from mlopsc.workspace.quick import quick

    def planned(spec: str, disk: Disk) -> Plan:
        inputs = DiskInputs(root)
        compiled: Compiled = generate(analyze(spec, inputs))
        if not compiled.outputs:
            raise RuntimeError(f"{spec}: {compiled.diagnostics}")
        return plan(
            disk, compiled.outputs, spec=spec, compiler=__version__, inputs=inputs.log, ejected=compiled.ejected
        )

    def lap(name: str, run: Callable[[str, Disk], object]) -> None:
        nonlocal start
        for spec in specs:
            found = run(spec, Disk(root))
            if found:
                raise RuntimeError(f"{spec}: {found}")
        line(name, len(specs), time.process_time() - start)
        start = time.process_time()

    lap("compile, the first time", lambda spec, disk: apply(planned(spec, disk), disk))
    lap("compile --check", lambda spec, disk: compare(planned(spec, disk)))
    lap("compile --check --quick", lambda spec, _: quick(os.path.join(root, spec), __version__))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"{'memory at most':<42}{peak:>8.0f} MiB")


def line(name: str, count: int, seconds: float) -> None:
    """Print one line on many specs."""
    print(f"{name:<42}{seconds:>8.1f} s CPU{count / seconds:>10.0f} specs/s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in-process"]:
        in_process(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
