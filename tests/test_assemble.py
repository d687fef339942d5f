"""Validated sections to the project: what an environment removes with null, and what was refused before."""

from __future__ import annotations

from pathlib import Path

import pytest
from mlopsc.compiler import Analysis, analyze
from mlopsc.inputs import MemoryInputs

SPEC = (Path(__file__).parent / "spec/minimal.yaml").read_text(encoding="utf-8")


def analyzed(text: str) -> Analysis:
    return analyze("mlops.yaml", MemoryInputs({"mlops.yaml": (SPEC + text).encode()}))


def codes(analysis: Analysis) -> list[str]:
    """Return the codes about the shape of the spec; what the files of the repository lack is left out."""
    return sorted({item.code for item in analysis.diagnostics if item.code[:3] in ("SRC", "RES", "SPC")})


SECTIONS = (
    "deployment: {image: {name: ghcr.io/acme/churn}}\n"
    "monitoring: {prometheus: {namespace: watch}}\n"
    "tests: {load: {against: production, rate: 5/s, p95: 100ms}}\n"
    "execution: {runners: {deploy: inside-vpc}}\n"
)


@pytest.mark.parametrize("section", ["deployment", "monitoring", "tests", "execution"])
def test_an_environment_removes_a_whole_section(section: str) -> None:
    analysis = analyzed(SECTIONS + f"environments: {{staging: {{{section}: null}}, production: {{after: staging}}}}\n")
    assert codes(analysis) == []
    assert analysis.project is not None
    staging, production = analysis.project.environments
    bare = analyzed("").project
    assert bare is not None
    assert getattr(staging, section) == getattr(bare, section)
    assert getattr(production, section) == getattr(analysis.project, section) != getattr(bare, section)
    assert production.after == "staging"


def test_a_section_that_is_not_there_cannot_be_removed() -> None:
    assert codes(analyzed("environments: {staging: {monitoring: null}}\n")) == ["RES-205"]


def test_a_section_without_a_value_is_no_removal() -> None:
    assert codes(analyzed(SECTIONS + "environments:\n  staging:\n    monitoring:\n")) == ["RES-204"]


def test_an_environment_removes_a_variable() -> None:
    analysis = analyzed("variables: {a: x}\nenvironments: {staging: {variables: {a: null}}}\n")
    assert codes(analysis) == []
    assert codes(analyzed("environments: {staging: {variables: {a: null}}}\n")) == ["RES-205"]


def test_a_removed_variable_is_missing_where_the_environment_uses_it() -> None:
    text = "variables: {a: x}\ndeployment: {image: {name: '${var.a}/churn'}}\n"
    assert codes(analyzed(text + "environments: {staging: {}}\n")) == []
    assert codes(analyzed(text + "environments: {staging: {variables: {a: null}}}\n")) == ["RES-211"]


@pytest.mark.parametrize(
    "text",
    [
        "variables: {a: '${var.x}'}\n",
        "eject: ['${var.x}']\n",
        "secrets: {'${var.x}': {}}\n",
        "deployment: {'${var.x}': 1}\n",
        "'${var.x}': {}\n",
        "environments: {staging: {variables: {a: '${var.x}'}}}\n",
        "environments: {'${var.x}': {protected: true}}\n",
        "governance: {'${var.x}': 1}\n",
    ],
)
def test_nothing_else_is_said_about_a_refused_reference(text: str) -> None:
    assert codes(analyzed(text)) == ["RES-212"]


def test_nothing_else_is_said_about_a_fact_of_one_environment() -> None:
    text = "output: {dir: '${env.name}'}\nenvironments: {staging: {}, production: {}}\n"
    assert codes(analyzed(text)) == ["RES-214"]
    assert codes(analyzed("output: {dir: ops2}\nenvironments: {staging: {}, production: {}}\n")) == []


@pytest.mark.parametrize("line", ["metadata: { name: churn }", "target: kubernetes"])
def test_nothing_else_is_said_about_a_reference_in_what_every_spec_has(line: str) -> None:
    name = "metadata: {name: '${env.name}'}" if line.startswith("metadata") else "target: '${env.name}'"
    files = MemoryInputs({"mlops.yaml": SPEC.replace(line, name).encode()})
    assert codes(analyze("mlops.yaml", files)) == ["RES-212"]
