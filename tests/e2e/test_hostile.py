"""Values that would do harm in a shell or an expression are only ever text, in the spec and in dispatch inputs."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e import penguins
from e2e.penguins import Life
from mlopsc.compiler import analyze, stops
from mlopsc.inputs import DiskInputs

pytestmark = pytest.mark.e2e

CI, DELIVERY = "penguins-ci.yml", "penguins-delivery.yml"
PROMOTE, ROLLBACK = "penguins-promote.yml", "penguins-rollback.yml"
APPROVED = [{"state": "approved", "login": "bob", "environments": ["production"]}]

Place = tuple[str | int, ...]

MORE: dict[str, Any] = {
    "metadata": {"labels": {"domain": "ecology", "team": "birds"}},
    "deployment": {
        "pod": {"env": {"GREETING": "hello"}, "annotations": {"acme.example/note": "hello"}},
        "image": {"scan": {"ignore": {"CVE-2026-12345": {"reason": "not reachable", "expires": "2999-01-01"}}}},
    },
    "governance": {
        "intended_use": {"purpose": "Count penguins", "users": ["rangers"], "out_of_scope": ["other birds"]},
    },
}
"""Fields for people that the example does without."""

STEERING = (
    ("apiVersion",),
    ("target",),
    ("environments",),
    ("include",),
    ("data", "train"),
    ("data", "datasets", "penguins", "columns"),
    ("data", "datasets", "penguins", "missing_values"),
    ("tests", "unit"),
    ("model",),
    *(("patches", number, key) for number in (0, 1) for key in ("file", "ops")),
)
"""What is not only shown: other values would change what is learned, tested or released."""

HELD = {
    ("metadata", "description"),
    ("data", "datasets", "penguins", "source"),
    ("data", "datasets", "penguins", "license"),
    ("governance", "intended_use", "purpose"),
    ("deployment", "image", "scan", "ignore", "CVE-2026-12345", "reason"),
    ("deployment", "pod", "env", "GREETING"),
    ("patches", 0, "reason"),
}
"""Fields that certainly take any text."""


def hostile(mark: Path) -> tuple[str, ...]:
    """Return texts that create a file where they are executed, the worst first."""
    touch = f"touch {mark}"
    line = f"x'\"`{touch}`$({touch})${{{{ github.token }}}};{touch};| {touch} # %0A::error::\\"
    return (f"{line}\n{touch}\n'; {touch}\n", line, f"$({touch})", f"`{touch}`")


def leaves(value: Any, path: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield every text of a spec."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from leaves(child, (*path, number))
    elif isinstance(value, str):
        yield path, value


def put(document: Any, path: Place, value: str) -> Any:
    """Return a document with another text at a path."""
    result = copy.deepcopy(document)
    node = result
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return result


def merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return a map with another one laid over it."""
    result = dict(base)
    for key, value in more.items():
        result[key] = merged(result.get(key) or {}, value) if isinstance(value, dict) else value
    return result


def fine(folder: Path, document: Any) -> bool:
    """Tell whether the compiler takes a spec."""
    (folder / "mlops.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return not stops(analyze("mlops.yaml", DiskInputs(str(folder))).diagnostics)


def poisoned(folder: Path, mark: Path) -> dict[Place, str]:
    """Put the worst text that the compiler takes into every field of the spec in a folder, and return what was put."""
    spec = folder / "mlops.yaml"
    document = merged(yaml.safe_load(spec.read_text(encoding="utf-8")), MORE)
    assert fine(folder, document)
    found: dict[Place, str] = {}
    for path, _ in leaves(document):
        if any(path[: len(prefix)] == prefix for prefix in STEERING):
            continue
        for text in hostile(mark):
            if fine(folder, put(document, path, text)):
                found[path] = text
                break
    for path, text in found.items():
        document = put(document, path, text)
    assert fine(folder, document), "what is fine alone is not fine together"
    return found


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that only an executed text creates."""
    return tmp_path / "executed"


@pytest.fixture
def life(tmp_path: Path, mark: Path) -> Iterator[Life]:
    """The example, with all of its free texts hostile."""
    content = tmp_path / "content"
    content.mkdir()
    penguins.write(content)
    found = poisoned(content, mark)
    assert found.keys() >= HELD, HELD - found.keys()
    assert "\n" in found["metadata", "description"]
    penguins.compile_again(content)
    (tmp_path / "world").mkdir()
    with penguins.life(tmp_path / "world", content) as found_life:
        yield found_life


def test_texts_of_the_spec_and_of_forms_are_never_executed(life: Life, mark: Path) -> None:
    world = life.world
    worst, line, *_ = hostile(mark)
    assert world.person("python3", "ops/pipeline", "environments", "apply").returncode == 0
    # the name of a branch, too, is somebody's text
    branch = f"topic-$(touch${{IFS}}{mark})"
    world.commit("Say more", {"src/penguins/notes.py": '"""Notes."""\n'}, branch)
    world.pull_request(CI, branch).passed()
    world.push(DELIVERY).passed()
    release = life.record("staging")["stable"]["release"]

    form = {"environment": "production", "release": release, "resume": worst}
    world.dispatch(PROMOTE, form, approvals=APPROVED).passed()
    world.dispatch(PROMOTE, {**form, "release": worst}, approvals=APPROVED).failed_at("Find the release")
    back = {"environment": "production", "release": worst, "reason": line}
    world.dispatch(ROLLBACK, back).failed_at("Find the release to go back to")
    rollback = world.dispatch(ROLLBACK, {**back, "release": release}).passed()
    assert life.record("production")["hold"]["reason"] == line
    assert not mark.exists()
    assert world.secrets["GITHUB_TOKEN"] not in rollback.log


def test_the_texts_would_be_noticed(tmp_path: Path, mark: Path) -> None:
    """Each of them creates the file where a shell expands it."""
    for text in hostile(mark):
        script = f"cat << END\n{text.replace('${{', '')}\nEND\n"
        subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=False)
        assert mark.exists(), text
        mark.unlink()
