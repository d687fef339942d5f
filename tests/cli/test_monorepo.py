"""Several specs in one repository, and a part of a repository that is one by itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sandbox
from cli.conftest import Mlopsc

WORKFLOWS = Path(".github") / "workflows"
CHECKS = (("compile", "--check"), ("compile",), ("compile", "--overwrite"))


def spec(name: str) -> str:
    return sandbox.SPEC.replace("name: car", f"name: {name}").replace("dependabot: false", "dependabot: true")


@pytest.fixture
def two(root: Path, mlopsc: Mlopsc) -> Path:
    """A repository with two specs, the first of which is compiled."""
    (root / "mlops.yaml").unlink()
    sandbox.write(root, spec("car"), "models/car/mlops.yaml")
    sandbox.write(root, spec("van"), "models/van/mlops.yaml")
    assert mlopsc("compile", "models/car").returncode == 0
    return root


def workflows(root: Path, name: str) -> dict[str, str]:
    """Return the workflows that begin with a name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((root / WORKFLOWS).glob(f"{name}-*"))}


def test_specs_with_different_names_live_side_by_side(two: Path, mlopsc: Mlopsc) -> None:
    first, dependabot = workflows(two, "car"), (two / ".github" / "dependabot.yml").read_text(encoding="utf-8")
    assert first
    done = mlopsc("compile", "models/van")
    assert done.returncode == 0, done.stdout
    assert workflows(two, "car") == first
    assert {name.replace("van-", "car-") for name in workflows(two, "van")} == set(first)
    for name, text in workflows(two, "van").items():
        assert text.startswith("# Generated from models/van/mlops.yaml;"), name
        assert "models/car" not in text
    assert (two / ".github" / "dependabot.yml").read_text(encoding="utf-8") == dependabot
    attributes = (two / ".gitattributes").read_text(encoding="utf-8")
    assert "# BEGIN mlopsc models/car/mlops.yaml " in attributes
    assert "# BEGIN mlopsc models/van/mlops.yaml " in attributes
    for name in ("car", "van"):
        for options in (("--check",), ("--check", "--quick")):
            assert mlopsc("compile", *options, f"models/{name}").returncode == 0


@pytest.mark.parametrize("command", CHECKS, ids=" ".join)
def test_a_second_spec_with_the_same_name_is_told_of_the_first(
    two: Path, mlopsc: Mlopsc, command: tuple[str, ...]
) -> None:
    sandbox.write(two, spec("car"), "models/van/mlops.yaml")
    first = workflows(two, "car")
    done = mlopsc(*command, "models/van")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if "WSP-717" in line]
    others = len(first) - 1
    assert f"models/car/mlops.yaml generates {WORKFLOWS.as_posix()}/car-" in line
    assert line.endswith(f" and {others} more files already; nothing was written")
    assert workflows(two, "car") == first
    assert not (two / "models" / "van" / "ops").exists()
    assert mlopsc("compile", "--check", "models/car").returncode == 0


def test_a_copied_folder_is_told_of_the_original(two: Path, mlopsc: Mlopsc) -> None:
    shutil.copytree(two / "models" / "car", two / "models" / "copy")
    for command in CHECKS:
        assert "WSP-717: models/car/mlops.yaml generates " in mlopsc(*command, "models/copy").stdout
    copied = two / "models" / "copy" / "mlops.yaml"
    copied.write_text(spec("coupe"), encoding="utf-8")
    assert mlopsc("compile", "models/copy").returncode == 0
    assert mlopsc("compile", "--check", "models/car").returncode == 0


def test_a_moved_folder_keeps_its_workflows(two: Path, mlopsc: Mlopsc) -> None:
    (two / "models" / "car").rename(two / "models" / "auto")
    assert mlopsc("compile", "models/auto").returncode == 0
    texts = workflows(two, "car").values()
    assert texts
    assert all(text.startswith("# Generated from models/auto/mlops.yaml;") for text in texts)


def test_a_spec_that_takes_the_name_of_another_is_told(two: Path, mlopsc: Mlopsc) -> None:
    assert mlopsc("compile", "models/van").returncode == 0
    sandbox.write(two, spec("car"), "models/van/mlops.yaml")
    assert "WSP-717" in mlopsc("compile", "models/van").stdout
    assert workflows(two, "van")


def test_a_part_of_a_repository_is_one_by_itself_with_a_marker(two: Path, mlopsc: Mlopsc) -> None:
    part = two / "models" / "van"
    (part / ".mlops-root").write_text("", encoding="utf-8")
    sandbox.write(two, spec("car"), "models/van/mlops.yaml")
    assert mlopsc("compile", "models/van").returncode == 0
    assert (part / ".gitattributes").exists()
    assert workflows(part, "car")
    assert all(text.startswith("# Generated from mlops.yaml;") for text in workflows(part, "car").values())
    assert mlopsc("compile", "--check", folder=part).returncode == 0
    assert mlopsc("compile", "--check", "--quick", folder=part).returncode == 0
    (part / ".mlops-root").unlink()
    for options in (("--check",), ("--check", "--quick")):
        assert "WSP-724" in mlopsc("compile", *options, folder=part).stdout


def test_the_file_of_dependabot_is_written_once(two: Path, mlopsc: Mlopsc) -> None:
    file = two / ".github" / "dependabot.yml"
    file.write_text("version: 2\nupdates: []\n", encoding="utf-8")
    for name in ("car", "van"):
        assert mlopsc("compile", f"models/{name}").returncode == 0
        assert mlopsc("compile", "--check", f"models/{name}").returncode == 0
    assert file.read_text(encoding="utf-8") == "version: 2\nupdates: []\n"
    sandbox.write(two, spec("car").replace("dependabot: true", "dependabot: false"), "models/car/mlops.yaml")
    assert mlopsc("compile", "models/car").returncode == 0
    assert file.exists()
