"""Writes the files that are made from the models: ``python -m mlopsc.spec.generate [--check]``.

To be run in a source tree after a change of a model, of a target's options or of the entry points in pyproject.toml.
With ``--check`` nothing is written, and the exit code is 1 when a file is not what it would become.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from pydantic import BaseModel

from mlopsc.render.json import emit
from mlopsc.schema import schema
from mlopsc.spec.precompile import precompile
from mlopsc.spec.root import Spec
from mlopsc.spec.walk import Pattern, marked, models

ROOT = Path(__file__).parents[3]
_NOTE = '"""Generated from {source} by "python -m mlopsc.spec.generate"; do not edit."""\n'


def files(options: Mapping[str, type[BaseModel]]) -> dict[str, str]:
    """Return the content of every generated file by its path in the source tree.

    Args:
        options: the options models of the built-in targets by name.
    """
    precompiled = {
        f"targets/mlopsc_targets/{name}/options.json": emit(precompile(model)).text for name, model in options.items()
    }
    return {
        "compiler/mlopsc/spec/_core.py": _core(),
        "compiler/mlopsc/spec/one_of.py": _one_of(),
        "compiler/mlopsc/builtin_targets.py": _builtin((ROOT / "pyproject.toml").read_text(encoding="utf-8")),
        **precompiled,
        "schemas/mlopsc_schemas/mlops.v1.schema.json": emit(schema(options)).text,
        "schemas/mlopsc_schemas/mlops.v1.draft-07.schema.json": emit(schema(options, "draft-07")).text,
    }


def main(arguments: Sequence[str], options: Mapping[str, type[BaseModel]]) -> int:
    """Write the generated files, or compare them with ``--check``. Returns the exit code."""
    if set(arguments) - {"--check"}:
        print("usage: python -m mlopsc.spec.generate [--check]", file=sys.stderr)  # noqa: T201
        return 2
    stale = 0
    for file, text in files(options).items():
        place = ROOT / file
        if place.exists() and place.read_bytes() == text.encode():
            continue
        stale += 1
        if "--check" in arguments:
            print(f"{file} is not up to date: run python -m mlopsc.spec.generate")  # noqa: T201
        else:
            place.write_bytes(text.encode())
            print(f"wrote {file}")  # noqa: T201
    return 1 if stale and "--check" in arguments else 0


def builtin_options() -> dict[str, type[BaseModel]]:
    """Return the options models of the built-in targets by name, from the entry points themselves.

    The generated table of built-in targets may not have a new one yet.
    """
    found = {}
    for name, place in _entry_points((ROOT / "pyproject.toml").read_text(encoding="utf-8")):
        module, _, attribute = place.partition(":")
        found[name] = getattr(import_module(module), attribute).options_model()
    return found


def _core() -> str:
    sections = precompile(Spec)["fields"]
    inner = {key: field["schema"] for key, field in sections.items()}
    absent = {key: node["default"] for key, node in inner.items() if node["type"] == "default"}
    schemas = {key: node["schema"] if node["type"] == "default" else node for key, node in inner.items()}
    return (
        _NOTE.format(source="the models in this package")
        + "\n# fmt: off\n# ruff: noqa\n\nfrom typing import Any\n\n"
        + _assign("SECTIONS: dict[str, Any]", schemas)
        + "\n"
        + _assign("ABSENT: dict[str, Any]", absent)
    )


def _one_of() -> str:
    tables: dict[str, dict[Pattern, tuple[tuple[str, ...], ...]]] = {"ONE_OF": {}, "AT_MOST_ONE": {}}
    for at, model in models(Spec):
        for name, table in tables.items():
            groups = getattr(model, name)
            if groups:
                table[at] = groups
    kind = "dict[tuple[str, ...], tuple[tuple[str, ...], ...]]"
    return (
        _NOTE.format(source="the models in this package")
        + "\n# fmt: off\n# ruff: noqa\n\n"
        + "# Spec path (* for any key or position) to groups of keys of which exactly one must be set.\n"
        + _assign(f"ONE_OF_PATHS: {kind}", tables["ONE_OF"])
        + "\n# The same for groups of keys of which at most one may be set.\n"
        + _assign(f"AT_MOST_ONE_PATHS: {kind}", tables["AT_MOST_ONE"])
        + "\n# Spec paths of commands, in which nothing is substituted.\n"
        + _assign("COMMAND_PATHS: tuple[tuple[str, ...], ...]", tuple(marked(Spec, "x-command")))
    )


def _assign(name: str, value: object) -> str:
    return f"{name} = {_literal(value, 0, len(name))}\n"


def _literal(value: object, depth: int, lead: int = 0) -> str:
    """Return Python source for plain data: on one line where it fits, otherwise one entry a line."""
    flat = repr(value)
    if len(flat) + depth + lead <= 112 or not value or not isinstance(value, dict | list | tuple):
        return flat
    pad, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        body = pad.join(f"{key!r}: {_literal(item, depth + 1, len(repr(key)))}," for key, item in value.items())
        return f"{{{pad}{body}{end}}}"
    body = pad.join(f"{_literal(item, depth + 1)}," for item in value)
    return f"[{pad}{body}{end}]" if isinstance(value, list) else f"({pad}{body}{end})"


def _builtin(pyproject: str) -> str:
    lines = "".join(f'    "{name}": "{place}",\n' for name, place in _entry_points(pyproject))
    return _NOTE.format(source="the entry points in pyproject.toml") + f"\nBUILTIN = {{\n{lines}}}\n"


def _entry_points(pyproject: str) -> list[tuple[str, str]]:
    """Return name and place of each built-in target; an entry point is one ``name = "place"`` a line."""
    section = re.search(r'^\[project\.entry-points\."mlopsc\.targets"\]\n((?:[^\[\n].*\n)*)', pyproject, re.MULTILINE)
    return sorted(re.findall(r'^([\w-]+) *= *"([^"]+)"', section[1] if section else "", re.MULTILINE))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], builtin_options()))
