"""``show`` and ``why``: every value has its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sandbox
import yaml
from cli.conftest import Mlopsc

SPEC = (
    sandbox.SPEC.replace("target: toy", "variables: { registry: ghcr.io/acme }\ntarget: toy")
    .replace("ghcr.io/acme/car", '"${var.registry}/car"')
    .replace("metadata: { name: car }", "include: [{ path: shared.yaml }]\nmetadata: { name: car }")
)
SHARED = "metadata: { owner: '@acme/cars' }\nmodel: { seed: 7 }\n"


@pytest.fixture
def written(root: Path) -> Path:
    """A repository whose spec has an include, a variable and an overlay."""
    sandbox.write(root, SPEC)
    (root / "shared.yaml").write_text(SHARED, encoding="utf-8")
    return root


def rows(printed: str) -> dict[str, tuple[str, str]]:
    """Return the text and the note of each line by its path: the keys above it, joined with dots."""
    found: dict[str, tuple[str, str]] = {}
    above: list[tuple[int, str]] = []
    for line in printed.splitlines():
        text, _, note = line.partition("  # ")
        indent = len(text) - len(text.lstrip())
        key = text.strip().partition(":")[0]
        above = [*(item for item in above if item[0] < indent), (indent, key)]
        found[".".join(name for _, name in above)] = (text.rstrip(), note)
    return found


def at(text: str, spec: str = SPEC) -> str:
    """Return line and column of a text that occurs once."""
    assert spec.count(text) == 1, text
    before = spec[: spec.index(text)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_show_prints_yaml_that_reads_back(mlopsc: Mlopsc, written: Path) -> None:
    base, staging = (yaml.safe_load(mlopsc("show", *env).stdout) for env in ((), ("--env", "staging")))
    assert base["deployment"]["serving"]["replicas"] == {"min": 2}
    assert staging["deployment"]["serving"]["replicas"] == {"min": 1}
    assert base["deployment"]["image"]["name"] == "ghcr.io/acme/car"
    assert base["environments"]["production"]["after"] == "staging"
    assert base["model"]["seed"] == 7
    assert "environments" not in staging


def test_show_names_the_place_of_every_value(mlopsc: Mlopsc, written: Path) -> None:
    found = rows(mlopsc("show", "--env", "staging", "--origin").stdout)
    assert found["metadata.name"][1] == f"mlops.yaml:{at('car }')}"
    assert found["metadata.owner"][1].startswith(
        f"shared.yaml:{at(chr(39) + '@acme', SHARED)}, include at mlops.yaml:2"
    )
    assert found["model.seed"][1].startswith(f"shared.yaml:{at('7', SHARED)}")
    assert found["model.framework"][1] == f"mlops.yaml:{at('sklearn')}"
    assert found["model.prediction.threshold"] == ("    threshold: 0.5", "default")
    assert found["deployment.serving.replicas.min"][1] == f"mlops.yaml:{at('1 } } }')} (overlay)"
    assert found["deployment.image.name"][1].startswith(f"mlops.yaml:{at(chr(34) + '${var')}, variable at mlops.yaml:")
    assert found["deployment.toy.color"][1] == f"mlops.yaml:{at('blue')}"
    assert found["stack.serve"][1] == f"mlops.yaml:{at('toy' + chr(10) + 'data')}"


def test_every_place_that_show_names_holds_the_value(mlopsc: Mlopsc, written: Path) -> None:
    seen = 0
    for path, (text, note) in rows(mlopsc("show", "--origin").stdout).items():
        value = yaml.safe_load(text.strip().removeprefix("- "))
        match = re.fullmatch(r"(\S+?):(\d+):(\d+).*", note)
        if match is None or not isinstance(value, dict) or isinstance(next(iter(value.values())), (dict, type(None))):
            continue
        if path == "deployment.image.name" or path.startswith("stack."):
            continue  # the place holds a reference, or the shorthand for the whole stack
        line = (written / match[1]).read_text().splitlines()[int(match[2]) - 1]
        ((_, wanted),) = value.items()
        there = re.split(r"\s*[,}]|$", line[int(match[3]) - 1 :], maxsplit=1)[0]
        assert yaml.safe_load(there) == wanted, (path, note)
        seen += 1
    assert seen > 15


def test_why_follows_a_variable_a_default_and_an_overlay(mlopsc: Mlopsc, written: Path) -> None:
    spec = SPEC.replace("color: blue", 'color: "${var.color}"').replace("registry:", "color: red, registry:")
    spec = spec.replace("staging:\n", "staging:\n    variables: { color: blue }\n")
    sandbox.write(written, spec)
    assert mlopsc("compile").returncode == 0
    lines = (written / "ops/toy/toy.yaml").read_text().splitlines()

    def why(text: str) -> list[str]:
        return mlopsc("why", f"ops/toy/toy.yaml:{lines.index(text) + 1}").stdout.splitlines()

    color = why("color: red")
    assert color[0] == "ops/toy/toy.yaml:3: color: red"
    assert color[1] == f"  deployment.toy.color: mlops.yaml:{at('red, registry', spec)}"
    assert color[2] == "    variables: { color: red, registry: ghcr.io/acme }"
    used = at('"${var.color}"', spec).partition(":")[0]
    assert color[3] == f"  variable: mlops.yaml:{used}"
    assert why("wheels: 4")[1].startswith("  deployment.toy.wheels: a default; mlops.yaml:")
    assert f"in staging: mlops.yaml:{at('1 } } }', spec)}" in why("  staging: 1")[1]
    assert why(lines[0])[1] == f"  deployment: mlops.yaml:{at('image: {', spec)}"


def test_why_on_a_line_that_no_field_decides(mlopsc: Mlopsc, written: Path) -> None:
    assert mlopsc("compile").returncode == 0
    done = mlopsc("why", "ops/toy/hello.py:1")
    assert "written by toy for every project; no field of the spec decides it" in done.stdout


def test_why_shows_an_edit(mlopsc: Mlopsc, written: Path) -> None:
    assert mlopsc("compile").returncode == 0
    file = written / "ops/toy/toy.yaml"
    file.write_text(file.read_text().replace("color: blue", "color: green"), encoding="utf-8")
    done = mlopsc("why", "ops/toy/toy.yaml:3")
    assert done.returncode == 0
    assert "ops/toy/toy.yaml:3: color: blue" in done.stdout
    assert "(on disk the line is: color: green; the file was edited or is out of date)" in done.stdout


def test_why_cannot_be_made_to_speak_to_the_terminal(mlopsc: Mlopsc, written: Path) -> None:
    sandbox.write(written, SPEC.replace("color: blue }", "color: blue } # \u202e"))
    assert mlopsc("compile").returncode == 0
    file = written / "ops/toy/toy.yaml"
    file.write_text(file.read_text().replace("color: blue", "color: \x1b[2J"), encoding="utf-8")
    done = mlopsc("why", "ops/toy/toy.yaml:3")
    assert "(on disk the line is: color: \\u001b[2J; the file" in done.stdout
    assert "    toy: { color: blue } # \\u202e\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_why_counts_the_lines_of_a_block_from_its_marker(mlopsc: Mlopsc, written: Path) -> None:
    attributes = written / ".gitattributes"
    attributes.write_text("*.png binary\n\n", encoding="utf-8")
    early = mlopsc("why", ".gitattributes:1")
    assert early.returncode == 2
    assert "has no block of this spec" in early.stderr
    assert mlopsc("compile").returncode == 0
    lines = attributes.read_text().splitlines()
    number = lines.index("/ops/** linguist-generated=true text eol=lf") + 1
    done = mlopsc("why", f".gitattributes:{number}")
    assert done.stdout.startswith(f".gitattributes:{number}: /ops/** linguist-generated=true text eol=lf\n")
    assert "output.dir: a default" in done.stdout
    own = mlopsc("why", ".gitattributes:1")
    assert own.returncode == 2
    assert "mlops.yaml generates the lines 4 to" in own.stderr


def test_why_works_from_another_folder(mlopsc: Mlopsc, root: Path) -> None:
    sandbox.write(root, name="models/car/mlops.yaml")
    assert mlopsc("compile", "models/car").returncode == 0
    done = mlopsc("why", "models/car/ops/toy/toy.yaml:3", "--spec", "models/car")
    assert "deployment.toy.color: models/car/mlops.yaml:25:17" in done.stdout
    inside = mlopsc("why", "toy.yaml:3", "--spec", "../..", folder=root / "models/car/ops/toy")
    assert "../../mlops.yaml:25:17" in inside.stdout
