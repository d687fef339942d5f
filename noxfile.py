"""The test suites. `nox` runs all of them and closes with a table; `nox -s tests` runs one.

To add a suite, write a function below with `@suite`; when it must run in CI, name it in REQUIRED.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import nox

ROOT = Path(__file__).resolve().parent
sys.path.append(str(ROOT / "tests"))

import repository  # noqa: E402 - both live beside their tests
import suites  # noqa: E402

REQUIRED = ("tests", "thorough", "steps", "frameworks", "lint", "manifests", "workflows", "pythons", "package")
"""Suites that must have run when CI is set: there a skipped one fails the run."""

PYTHONS = ("3.10", "3.13")
"""Interpreters that must write the committed bytes, besides the one that runs the tests."""

LOCK = ROOT / "examples" / "penguins" / "requirements.txt"
LOCK_PYTHON = "3.11"
"""The lock whose packages the static steps are tested with, and the interpreter that it is made for."""

REPORTS = ROOT / ".nox" / "reports"
TOOLS = ROOT / ".nox" / "tools"
LOCKED = ROOT / ".nox" / "locked"
PROJECT = nox.project.load_toml("pyproject.toml")
PINNED = nox.project.load_toml("tests/tools.toml")
(KUBECTL,) = (name for name in PINNED["python"] if name.startswith("kubectl-"))

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"

OUTCOMES: dict[str, suites.Outcome] = {}
"""How the suites of this run ended."""


def suite(run: Callable[[nox.Session], None]) -> Callable[[nox.Session], None]:
    """Register a suite whose outcome the closing table shows."""
    name = run.__name__

    @functools.wraps(run)
    def recorded(session: nox.Session) -> None:
        start = time.monotonic()
        report(name).unlink(missing_ok=True)
        OUTCOMES[name] = suites.Outcome("failed")
        try:
            run(session)
            OUTCOMES[name] = suites.Outcome("passed")
        finally:
            tests, reasons = suites.read(report(name))
            seconds = time.monotonic() - start
            OUTCOMES[name] = OUTCOMES[name]._replace(seconds=seconds, tests=tests, reasons=reasons)

    return nox.session(recorded)


def skip(session: nox.Session, reason: str) -> NoReturn:
    """End a suite that cannot run here, with the reason for the table."""
    OUTCOMES[session.name] = suites.Outcome("skipped", reason=reason)
    session.skip(reason)


def report(name: str) -> Path:
    """Return where pytest leaves the counts of a suite."""
    return REPORTS / f"{name}.xml"


def install(session: nox.Session, *groups: str) -> None:
    """Install the project, editable, and dependency groups of pyproject.toml."""
    session.install("--editable", ".", *nox.project.dependency_groups(PROJECT, *groups))


def pytest(session: nox.Session, *arguments: str, folder: Path | None = None, **environment: str) -> None:
    """Run pytest, its counts left for the closing table; a module that does not import hides no other.

    Args:
        session: the suite.
        arguments: for pytest, which also gets those of the command line.
        folder: the virtual environment; by default that of the session.
        environment: further variables.
    """
    command = ["pytest"] if folder is None else [str(folder / "bin" / "python"), "-m", "pytest"]
    # two processes: that many cores has the smallest machine that counts
    options = ("--numprocesses=2", f"--junit-xml={report(session.name)}", "--continue-on-collection-errors")
    session.run(*command, *options, *arguments, *session.posargs, env=environment, external=folder is not None)


PLAIN = "not tools and not steps and not frameworks and not e2e"
"""Tests that need no external checker and none of the packages of the pipeline."""


@suite
def tests(session: nox.Session) -> None:
    """The fast tests: they need no external checker and none of the packages of the pipeline."""
    install(session, "test")
    pytest(session, "-m", f"{PLAIN} and not thorough")


@suite
def thorough(session: nox.Session) -> None:
    """The same, where tests take minutes: every leaf of every spec, sequences of releases on real repositories."""
    install(session, "test")
    pytest(session, "-m", f"{PLAIN} and thorough")


@suite
def steps(session: nox.Session) -> None:
    """The static steps on real data, with the packages of the lock that the first example commits."""
    run_steps(session, "steps", locked(session, "steps", [KUBECTL, *PINNED["steps"]]))


@suite
def frameworks(session: nox.Session) -> None:
    """Every framework trains, is packaged and serves; they are heavy to install."""
    run_steps(session, "frameworks", locked(session, "frameworks", PINNED["frameworks"]))


@suite
def lint(session: nox.Session) -> None:
    """Style, types, import contracts, and generated sources that lag behind their models."""
    install(session, "test", "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports", "--no-logo")
    for generator in ("mlopsc.spec.generate", "mlopsc.spec.document", "mlopsc.codes.document"):
        session.run("python", "-m", generator, "--check")


@suite
def manifests(session: nox.Session) -> None:
    """The tests that call external checkers; here a missing one is a failure."""
    install(session, "test", "contracts")
    ruff = [name for name in nox.project.dependency_groups(PROJECT, "lint") if name.startswith("ruff==")]
    session.install(*PINNED["python"], *ruff)
    pytest(session, "-m", "tools", MLOPSC_REQUIRE_TOOLS="1", PATH=npm(session, PINNED["npm"]))


@suite
def workflows(session: nox.Session) -> None:
    """The generated workflows, linted, and run for real by act with the packages of the lock."""
    install(session, "test")
    session.install(*PINNED["workflows"], KUBECTL)
    python = locked(session, "steps", [KUBECTL, *PINNED["steps"]]) / "bin" / "python"
    path = npm(session, PINNED["workflows_npm"])
    pytest(session, "-m", "e2e", MLOPSC_REQUIRE_TOOLS="1", MLOPSC_LOCKED_PYTHON=str(python), PATH=path)


@suite
def pythons(session: nox.Session) -> None:
    """The oldest and the newest Python write the same bytes, whatever the hash seed and the locale."""
    found = {version: repository.interpreter(version) for version in PYTHONS}
    missing = [version for version, path in found.items() if path is None]
    if missing:
        skip(session, f"no Python {' and no '.join(missing)} on this machine")
    for seed, (version, path) in enumerate(found.items()):
        environment = fresh(session, f"python-{version}", str(path), ".")
        compare(session, environment, PYTHONHASHSEED=str(seed), LC_ALL="C")


@suite
def package(session: nox.Session) -> None:
    """The wheel, made from the sdist, holds every file, works alone; the README's first command does what it says."""
    session.install("build>=1.2")
    dist = Path(session.create_tmp()) / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist), ".", silent=True)
    (wheel,) = dist.glob("*.whl")
    differences = repository.wheel_differences(wheel, repository.files(ROOT))
    if differences:
        session.error("\n".join(differences))
    compare(session, fresh(session, "wheel", sys.executable, str(wheel)))

    commands = repository.readme_commands((ROOT / "README.md").read_text(encoding="utf-8"))
    clean = fresh(session, "readme", sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        repository.copy(ROOT, Path(folder))
        with session.chdir(folder):
            session.run("bash", "-c", f". {clean}/bin/activate\n{commands[0]}", external=True)


def npm(session: nox.Session, packages: Sequence[str]) -> str:
    """Install npm packages, and Node where it is missing, and return a PATH on which their programs come first."""
    if not shutil.which("npm"):
        session.install(*PINNED["node"])
    folder = TOOLS / session.name
    flags = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    session.run("npm", "install", f"--prefix={folder}", *flags, *packages, external=True)
    return os.pathsep.join([str(folder / "node_modules" / ".bin"), os.environ["PATH"]])


def locked(session: nox.Session, name: str, requirements: Sequence[str]) -> Path:
    """Return a virtual environment with the packages of the lock, what the tests need, and further requirements.

    This project itself is not installed: a trained model is loaded in an interpreter that must not find it. The
    environment is kept for the next suite and the next run while all this stays the same: it takes minutes to make.
    Whatever is added keeps the versions of the lock, or cannot be installed.

    Args:
        session: the suite.
        name: of the environment; suites that name the same one share it.
        requirements: beside the lock.
    """
    path = repository.interpreter(LOCK_PYTHON)
    if path is None:
        skip(session, f"no Python {LOCK_PYTHON} on this machine")
    groups = nox.project.dependency_groups(PROJECT, "test")
    lock = LOCK.read_text(encoding="utf-8")
    constraints = repository.constraints(lock)
    # Cookiecutter brings rich, which libraries of the lock import where they find it.
    own = [name for name in PROJECT["project"]["dependencies"] if not name.startswith("cookiecutter")]
    parts = (lock, constraints, str(own), str(groups), str(requirements))
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    folder = LOCKED / name
    stamp = folder / "made-from.txt"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != digest:
        make(session, folder, path, "--require-hashes", "--no-deps", "--requirement", str(LOCK))
        pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "-qq")
        kept = folder / "constraints.txt"
        kept.write_text(constraints, encoding="utf-8")
        session.run(*pip, f"--constraint={kept}", *own, *groups, *requirements, external=True)
        stamp.write_text(digest, encoding="utf-8")
    return folder


def run_steps(session: nox.Session, mark: str, folder: Path) -> None:
    """Run the tests with a mark in an environment, whose programs come first; a missing one is a failure here."""
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    sources = os.pathsep.join(str(ROOT / name) for name in ("compiler", "targets", "schemas"))
    pytest(session, "-m", mark, folder=folder, MLOPSC_REQUIRE_TOOLS="1", PATH=path, PYTHONPATH=sources)


def fresh(session: nox.Session, name: str, interpreter: str, *requirements: str) -> Path:
    """Make a new virtual environment below the session's own folder and install into it."""
    return make(session, Path(session.virtualenv.location) / "made" / name, interpreter, *requirements)


def make(session: nox.Session, folder: Path, interpreter: str, *requirements: str) -> Path:
    """Make a new virtual environment and install into it."""
    session.run(interpreter, "-m", "venv", "--clear", str(folder), external=True)
    if requirements:
        session.run(str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", *requirements, external=True)
    return folder


def compare(session: nox.Session, environment: Path, **variables: str) -> None:
    """Compile all examples with the mlopsc of an environment and compare with the committed files."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(environment / "bin" / "mlopsc"), "compile"]
        differences = repository.recompile(ROOT, Path(folder), command, variables)
    if differences:
        session.error("compiled anew, against what is committed:\n" + "\n".join(differences))


@nox.session(python=False)
def table(session: nox.Session) -> None:
    """What ran, what passed, what was skipped and why."""
    print("\n" + suites.table(REQUIRED, OUTCOMES) + "\n", flush=True)
    absent = suites.absent(REQUIRED, OUTCOMES)
    if absent and os.environ.get("CI"):
        session.error(f"required but not run: {', '.join(absent)}")
