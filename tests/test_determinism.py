"""Same input, same bytes: whatever the hash seed, the locale, the time zone, the folder, the line ends of a checkout.

A repository is compiled again with one thing changed, and the trees are compared byte by byte. Other Pythons are
compared by the suite `pythons` of noxfile.py.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import sandbox

ROOT = Path(__file__).parents[1]
SPECS = {
    "penguins": ROOT / "examples" / "penguins",
    "section4": ROOT / "tests" / "fixtures" / "section4",
}


def sources(folder: Path) -> Iterator[Path]:
    """Yield the files that people wrote."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        # without the mark of a repository of its own: here the spec lies in a folder of a larger one
        made = (*sandbox.COMPILED, ".mlops-root")
        if path.is_file() and relative.parts[0] not in made and "__pycache__" not in path.parts:
            yield relative


def repository(root: Path, example: Path, convert: Callable[[bytes], bytes] = lambda content: content) -> Path:
    """Copy what people wrote of an example into a repository; return the folder of the spec."""
    (root / ".git").mkdir(parents=True)
    folder = root / "models" / "one"
    for file in sources(example):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(convert((example / file).read_bytes()))
    return folder


def compiled(
    folder: Path, *, cwd: Path | None = None, spec: str = "mlops.yaml", variables: Mapping[str, str] = {}
) -> dict[str, bytes]:
    """Compile a spec; return every generated file of the repository, and the lock."""
    command = [sys.executable, "-m", "mlopsc", "compile", spec]
    env = sandbox.environment(**variables)
    done = subprocess.run(command, cwd=cwd or folder, env=env, capture_output=True, text=True, check=False)
    made = {
        path.relative_to(folder.parents[1]).as_posix(): path.read_bytes()
        for path in folder.parents[1].rglob("*")
        if path.is_file() and (path.name in (".gitattributes", "mlops.lock") or "ops" in path.parts)
    }
    assert len(made) > 20, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module", params=SPECS)
def example(request: pytest.FixtureRequest) -> Path:
    """The folder of a spec that uses much of the language."""
    return SPECS[str(request.param)]


@pytest.fixture(scope="module")
def expected(example: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a plain compile makes."""
    return compiled(repository(tmp_path_factory.mktemp("plain") / "repository", example))


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONHASHSEED": "7", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns", "PYTHONOPTIMIZE": "2"},
    ],
    ids=["seed", "C", "turkish"],
)
def test_the_environment_decides_nothing(
    example: Path, expected: dict[str, bytes], tmp_path: Path, variables: dict[str, str]
) -> None:
    assert compiled(repository(tmp_path / "repository", example), variables=variables) == expected


def test_the_place_of_the_repository_decides_nothing(example: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    folder = repository(tmp_path / "an other place" / "d\u00e9p\u00f4t", example)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert compiled(folder, cwd=elsewhere, spec=str(folder / "mlops.yaml")) == expected
    assert compiled(folder, cwd=folder.parents[1], spec="models/one") == expected


def test_a_checkout_with_other_line_ends_makes_the_same(
    example: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    folder = repository(tmp_path / "repository", example, lambda content: content.replace(b"\n", b"\r\n"))
    assert b"\r\n" in (folder / "mlops.yaml").read_bytes()
    assert compiled(folder) == expected


def test_the_order_in_which_files_came_decides_nothing(
    example: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    plain, mixed = tmp_path / "plain", tmp_path / "mixed" / "repository"
    repository(plain, example)
    files = [path.relative_to(plain) for path in plain.rglob("*") if path.is_file()]
    random.Random(7).shuffle(files)
    (mixed / ".git").mkdir(parents=True)
    for number, file in enumerate(files):
        (mixed / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(plain / file, mixed / file)
        os.utime(mixed / file, (number, number))
    assert compiled(mixed / "models" / "one") == expected


def test_generated_files_end_their_lines_in_one_way(expected: dict[str, bytes]) -> None:
    for file, content in expected.items():
        assert b"\r" not in content, file
        assert content.endswith(b"\n"), file
        assert not content.endswith(b"\n\n"), file


def test_a_difference_would_be_noticed(example: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    folder = repository(
        tmp_path / "repository", example, lambda content: content.replace(b"min: 2, max", b"min: 3, max")
    )
    other = compiled(folder)
    assert other["models/one/mlops.lock"] != expected["models/one/mlops.lock"]
    assert {file for file in other if other[file] != expected[file]} > {"models/one/mlops.lock"}
