"""``mlopsc eject``: one more entry in the spec, however it is written, and a file that is the user's from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
import sandbox
from cli.conftest import Mlopsc
from mlopsc.cli.eject import extended
from mlopsc.diagnostics import Findings
from mlopsc.source import parse, plain_data

TOY = "ops/toy/toy.yaml"


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        ("a: 1\n", 'a: 1\neject: ["new"]\n', []),
        ("a: 1", 'a: 1\neject: ["new"]\n', []),
        ("a: 1\r\nb: 2\r\n", 'a: 1\r\nb: 2\r\neject: ["new"]\r\n', []),
        ("a: 1\r\nb: 2", 'a: 1\r\nb: 2\r\neject: ["new"]\r\n', []),
        ("  a: 1\n  b: 2\n", '  a: 1\n  b: 2\n  eject: ["new"]\n', []),
        ("a: |\n  text\n", 'a: |\n  text\neject: ["new"]\n', []),
        ("a: 1 # why\n# the end\n", 'a: 1 # why\n# the end\neject: ["new"]\n', []),
        ("eject: []\na: 1\n", 'eject: ["new"]\na: 1\n', []),
        ("eject: [ ] # none yet\n", 'eject: ["new" ] # none yet\n', []),
        ("eject: [b]\n", 'eject: ["new", b]\n', ["b"]),
        ("eject: [b, c] # two\n", 'eject: ["new", b, c] # two\n', ["b", "c"]),
        ("eject:\n  [\n    b,\n  ]\n", 'eject:\n  ["new", \n    b,\n  ]\n', ["b"]),
        ("\"eject\": ['b']\n", '"eject": ["new", \'b\']\n', ["b"]),
        ("eject:\n  - b\n", 'eject:\n  - "new"\n  - b\n', ["b"]),
        ("eject:\n- b # why\n- c\na: 1\n", 'eject:\n- "new"\n- b # why\n- c\na: 1\n', ["b", "c"]),
        ("eject:\r\n  - b\r\na: 1\r\n", 'eject:\r\n  - "new"\r\n  - b\r\na: 1\r\n', ["b"]),
        ("eject:\n  # mine\n  - b", 'eject:\n  # mine\n  - "new"\n  - b', ["b"]),
        ("a: 1\r\nb: 2\neject:\n  - b\n", 'a: 1\r\nb: 2\neject:\n  - "new"\r\n  - b\n', ["b"]),
        (
            "a: \u00e9\u5b66 # \u00fc\neject: [\u00e9]\n",
            'a: \u00e9\u5b66 # \u00fc\neject: ["new", \u00e9]\n',
            ["\u00e9"],
        ),
    ],
)
def test_every_other_byte_stays(before: str, after: str, known: list[str]) -> None:
    made = extended(before.encode(), "new", known=known)
    assert made is not None
    assert made.decode() == after


@pytest.mark.parametrize(
    ("content", "known"),
    [
        ("{a: 1}\n", []),
        ("a: 1\n...\n", []),
        ("a: |+\n  text\n\n...\n", []),
        ("b: &b [x]\neject: *b\n", ["x"]),
        ("eject: &e [x]\n", ["x"]),
        ("a: 1\n", ["from an include"]),
        ("eject: ['${var.a}']\n", ["b"]),
        ("a: 1\rb: 2\reject:\r- b\r", ["b"]),
        ("eject: text\n", []),
        ("a: [\n", []),
    ],
)
def test_what_is_not_safe_to_change_is_left_alone(content: str, known: list[str]) -> None:
    assert extended(content.encode(), "new", known=known) is None


@pytest.mark.parametrize("entry", ['a "b".yaml', "a: b", "back\\slash", "#", "\u00e9"])
def test_any_path_can_be_written(entry: str) -> None:
    made = extended(b"a: 1\n", entry, known=[])
    assert made is not None
    root = parse("", made, Findings())
    assert root is not None
    assert plain_data(root)["eject"] == [entry]


def test_the_file_is_the_users_from_then_on(mlopsc: Mlopsc, root: Path) -> None:
    assert mlopsc("compile").returncode == 0
    file = root / TOY
    file.write_text("mine: 1\n", encoding="utf-8")
    assert mlopsc("compile").returncode == 1
    done = mlopsc("eject", TOY)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == 'mlops.yaml: added ops/toy/toy.yaml to "eject"; run "mlopsc compile" to update the lock\n'
    assert (root / "mlops.yaml").read_text() == sandbox.SPEC + 'eject: ["ops/toy/toy.yaml"]\n'
    assert file.read_text() == "mine: 1\n"

    assert "  left to you   ops/toy/toy.yaml\n" in mlopsc("compile").stdout
    assert file.read_text() == "mine: 1\n"
    assert TOY not in (root / "mlops.lock").read_text()
    assert mlopsc("compile", "--check").returncode == 0
    assert mlopsc("eject", TOY).stdout == "ops/toy/toy.yaml is ejected already\n"

    file.unlink()
    assert mlopsc("compile").returncode == 0
    assert not file.exists()
    assert mlopsc("compile", "--check", "--quick").returncode == 0


def test_a_spec_in_a_folder_names_the_path_from_there(mlopsc: Mlopsc, root: Path) -> None:
    spec = sandbox.write(root, name="models/car/mlops.yaml")
    assert mlopsc("compile", "models/car").returncode == 0
    assert mlopsc("eject", "models/car/ops/toy/hello.py", "--spec", "models/car").returncode == 0
    assert mlopsc("eject", "../../.gitattributes", folder=spec.parent).returncode == 0
    assert spec.read_text() == sandbox.SPEC + 'eject: ["../../.gitattributes", "ops/toy/hello.py"]\n'
    assert mlopsc("compile", "models/car").returncode == 0


def test_a_spec_that_is_not_safe_to_change(mlopsc: Mlopsc, root: Path) -> None:
    sandbox.write(root, sandbox.SPEC + "...\n")
    done = mlopsc("eject", TOY)
    assert done.returncode == 2
    assert 'add "ops/toy/toy.yaml" to "eject"' in done.stderr
    assert (root / "mlops.yaml").read_text() == sandbox.SPEC + "...\n"


def test_a_link_to_the_spec_stays_a_link(mlopsc: Mlopsc, root: Path) -> None:
    spec = root / "mlops.yaml"
    spec.rename(root / "real.yaml")
    spec.symlink_to("real.yaml")
    assert mlopsc("eject", TOY).returncode == 0
    assert spec.is_symlink()
    assert (root / "real.yaml").read_text().endswith('eject: ["ops/toy/toy.yaml"]\n')
