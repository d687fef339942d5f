"""Generated files: up to date, made of plain data, and enough to validate without the model classes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Literal

import pytest
from mlopsc.spec import _core, generate, one_of
from mlopsc.spec.base import Closed
from mlopsc.spec.precompile import precompile
from mlopsc.spec.root import Spec
from mlopsc.spec.walk import models
from pydantic import Field, field_validator

OPTIONS = generate.builtin_options()
FILES = generate.files(OPTIONS)


@pytest.mark.parametrize("file", FILES)
def test_a_generated_file_is_up_to_date(file: str) -> None:
    assert (generate.ROOT / file).read_bytes() == FILES[file].encode()


def test_a_stale_file_is_reported_and_not_written(tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    for file, text in FILES.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(text.encode())
    pyproject = (generate.ROOT / "pyproject.toml").read_bytes()
    (tmp_path / "pyproject.toml").write_bytes(pyproject)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    assert generate.main(["--check"], OPTIONS) == 0
    stale = tmp_path / "compiler/mlopsc/spec/_core.py"
    stale.write_text("SECTIONS = {}\n", encoding="utf-8")
    assert generate.main(["--check"], OPTIONS) == 1
    assert "compiler/mlopsc/spec/_core.py is not up to date" in capsys.readouterr().out
    assert stale.read_text(encoding="utf-8") == "SECTIONS = {}\n"
    assert generate.main([], OPTIONS) == 0
    assert stale.read_bytes() == FILES["compiler/mlopsc/spec/_core.py"].encode()
    assert generate.main(["--chek"], OPTIONS) == 2


def test_the_schema_is_plain_data() -> None:
    def check(value: object) -> None:
        if isinstance(value, dict):
            assert all(type(key) is str for key in value)
            for item in value.values():
                check(item)
        elif isinstance(value, list):
            for item in value:
                check(item)
        else:
            assert value is None or type(value) in (str, int, float, bool)

    check(_core.SECTIONS)
    check(_core.ABSENT)


class WithCode(Closed):
    value: int

    @field_validator("value")
    @classmethod
    def check(cls, value: int) -> int:
        return value


class WithFactory(Closed):
    value: list[int] = Field(default_factory=list)


class UnionOfMaps(Closed):
    value: WithFactory | dict[str, int] | Literal["none"]


@pytest.mark.parametrize("model", [WithCode, WithFactory, UnionOfMaps])
def test_what_is_no_plain_data_is_refused(model: type[Closed]) -> None:
    with pytest.raises(TypeError):
        precompile(model)


def test_the_table_of_alternatives_holds_every_model_with_some() -> None:
    with_some = {at for at, model in models(Spec) if issubclass(model, Closed) and model.ONE_OF}
    assert set(one_of.ONE_OF_PATHS) == with_some
    assert one_of.ONE_OF_PATHS["deployment", "strategy"] == (("canary", "rolling", "blue_green", "shadow"),)
    assert ("data", "datasets", "*") in one_of.ONE_OF_PATHS
    assert ("deployment", "pod", "env_from", "*") in one_of.ONE_OF_PATHS
    assert one_of.ONE_OF_PATHS[()] == (("target", "stack"),)
    assert one_of.AT_MOST_ONE_PATHS == {("data", "evaluate", "split"): (("by_time", "by_group"),)}


def test_the_table_of_commands() -> None:
    expected = {("model", "train", "command"), ("model", "evaluate", "command"), ("tests", "unit", "command")}
    assert set(one_of.COMMAND_PATHS) == expected


def test_entry_points_become_the_table_of_targets() -> None:
    pyproject = (
        '[project.entry-points."mlopsc.targets"]\nb = "pkg.b:TARGET"\na-c = "pkg.a:TARGET"\n\n[tool.x]\nd = "no"\n'
    )
    assert generate._builtin(pyproject).endswith(
        'BUILTIN = {\n    "a-c": "pkg.a:TARGET",\n    "b": "pkg.b:TARGET",\n}\n'
    )


def test_validation_imports_neither_pydantic_nor_the_models() -> None:
    code = (
        "import sys; from mlopsc import spec; from mlopsc.project import Project; "
        "assert spec.validate('metadata', {'name': 'a'}).data; assert spec.validate('metadata', {}).errors; "
        "print(*sorted(name for name in sys.modules if name == 'pydantic' or name.startswith('mlopsc.spec.')))"
    )
    assert output_of(code) == ["mlopsc.spec._core", "mlopsc.spec.patterns", "mlopsc.spec.validation"]


def test_the_facade_alone_imports_nothing_else() -> None:
    code = "import sys; from mlopsc import spec; print('pydantic_core' in sys.modules, 'typing' in sys.modules)"
    assert output_of(code, "-S") == ["False", "False"]


def output_of(code: str, *options: str) -> list[str]:
    """Run code in a process of its own and return the words that it prints."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(generate.ROOT / "compiler")},
    )
    return done.stdout.split()
