"""What the check job installs."""

from __future__ import annotations

import pytest
from build_shared.project import generate, load
from mlopsc import __version__
from mlopsc.build.check_requirements import file
from mlopsc.parts import Text
from mlopsc.pins import CheckJob, Requirement, defaults

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
JOB = CheckJob(
    version=__version__,
    python="3.12",
    requirements=(
        Requirement(name="click", version="8.2.0", hashes=(ONE,)),
        Requirement(name="mlopsc", version=__version__, hashes=(ONE, TWO)),
    ),
)
CHECK = {"output.builders.check": True}
PATH = "ops/check/requirements.txt"


def test_every_package_is_pinned_by_all_its_digests() -> None:
    files, findings = generate(load(CHECK), defaults().replace(mlopsc=JOB))
    assert not [item for item in findings if item.code.startswith("PIN-73")]
    body = files[PATH].body
    assert isinstance(body, Text)
    head, *lines = body.lines
    assert head.startswith("# Generated from mlops.yaml;")
    assert f"mlopsc {__version__}" in lines[0]
    assert "Python 3.12" in lines[0]
    assert lines[2:] == [
        "--only-binary :all:",
        "--require-hashes",
        "click==8.2.0 \\",
        f"    --hash={ONE}",
        f"mlopsc=={__version__} \\",
        f"    --hash={ONE} \\",
        f"    --hash={TWO}",
    ]
    assert file(load(CHECK)) == PATH


def test_without_pins_there_is_no_file_and_a_notice() -> None:
    files, findings = generate(load(CHECK))
    assert PATH not in files
    assert [item.code for item in findings if item.code.startswith("PIN-73")] == ["PIN-730"]


def test_without_workflows_nobody_misses_the_job() -> None:
    _, findings = generate(load({**CHECK, "output.builders.workflows": False}))
    assert not [item for item in findings if item.code.startswith("PIN-73")]


def test_another_version_than_the_one_that_compiles_is_a_notice() -> None:
    files, findings = generate(load(CHECK), defaults().replace(mlopsc=JOB.replace(version="0.0.1")))
    (found,) = [item for item in findings if item.code.startswith("PIN-73")]
    assert (found.code, dict(found.facts)) == ("PIN-731", {"running": __version__, "pinned": "0.0.1"})
    assert PATH in files


@pytest.mark.parametrize("pinned", [None, JOB])
def test_it_can_be_switched_off(pinned: CheckJob | None) -> None:
    project = load({"output": {"builders": {"check": False}}})
    files, findings = generate(project, defaults().replace(mlopsc=pinned))
    assert PATH not in files
    assert not [item for item in findings if item.code.startswith("PIN-73")]
