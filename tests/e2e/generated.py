"""The workflows that the compiler makes now, of every example and of every spec of the oracle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from mlopsc.compiler import analyze, generate, stops
from mlopsc.inputs import DiskInputs, Inputs, MemoryInputs
from oracle.test_oracle import FILES, SPECS, spec

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if (path / "mlops.yaml").is_file())
FOLDER = "models/churn"
"""Where a spec lies in a repository with several."""

PROJECTS = (
    *(f"examples/{name}" for name in EXAMPLES),
    *(f"specs/{name}" for name in SPECS),
    *(f"{FOLDER}/{name}" for name in ("canary", "plain")),
)


def own_runners() -> set[str]:
    """Return the labels of machines that a spec of the oracle names and GitHub does not have."""
    runners = [yaml.safe_load(spec(name)).get("execution", {}).get("runners", {}) for name in SPECS]
    return {label for found in runners for label in found.values() if not label.startswith("ubuntu-")}


def project(name: str) -> Mapping[str, str]:
    """Compile a project of `PROJECTS`.

    Returns:
        What it has below ``.github``, by path from the top of its repository.
    """
    kind, _, rest = name.rpartition("/")
    if kind == "examples":
        return compiled("mlops.yaml", DiskInputs(str(ROOT / "examples" / rest)))
    files = {**FILES, "mlops.yaml": spec(rest).encode()}
    if kind == FOLDER:
        return compiled(
            f"{FOLDER}/mlops.yaml", MemoryInputs({f"{FOLDER}/{key}": value for key, value in files.items()})
        )
    return compiled("mlops.yaml", MemoryInputs(files))


def compiled(file: str, inputs: Inputs) -> dict[str, str]:
    """Compile a spec and return what it has below ``.github``."""
    analysis = analyze(file, inputs)
    assert not stops(analysis.diagnostics), analysis.diagnostics
    outputs = generate(analysis).outputs
    return {name: output.rendered.text for name, output in outputs.items() if name.startswith(".github/")}


def write(files: Mapping[str, str], folder: Path) -> Path:
    """Write files into a folder that linters take for a repository."""
    (folder / ".git").mkdir(parents=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def workflows(folder: Path) -> Iterator[Path]:
    """Yield the workflows of a repository."""
    yield from sorted((folder / ".github" / "workflows").glob("*.y*ml"))
