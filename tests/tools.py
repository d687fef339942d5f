"""The external checkers that tests call, and the strict validation of Kubernetes objects.

Checkers are looked up on PATH; `nox -s manifests` installs the versions of tools.toml and puts them there. Where one is
missing the calling test is skipped with the reason, or fails when MLOPSC_REQUIRE_TOOLS is set, as that session does.
Each checker returns its findings as lines; an empty list means clean.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parent.parent
CRD_SCHEMAS = ROOT.parent / "shared" / "crd-schemas"
REQUIRE = "MLOPSC_REQUIRE_TOOLS"

_LOOSE = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")


class BuildError(Exception):
    """`kustomize` refused a folder; the text is its message."""


def program(name: str) -> str:
    """Return the path of a checker, or end the calling test: see the top of this module."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not on PATH: run `nox -s manifests`")
    return found


def module(name: str) -> Any:
    """Import a checker that is a Python package, or end the calling test like `program`."""
    try:
        return importlib.import_module(name)
    except ImportError:
        missing(f"{name} is not installed: run `nox -s manifests`")


def missing(reason: str) -> NoReturn:
    """Skip the calling test, or fail it where the checkers must be there."""
    if os.environ.get(REQUIRE):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def kustomize(folder: Path) -> str:
    """Build a kustomization and return the YAML documents.

    Raises:
        BuildError: kustomize refuses the folder.
    """
    run = _run([program("kubectl"), "kustomize", str(folder)], folder)
    if run.returncode:
        raise BuildError(run.stderr.strip())
    return run.stdout


def kustomize_objects(folder: Path) -> list[dict[str, Any]]:
    """Build a kustomization and return its objects in the order of the output."""
    return [document for document in yaml.safe_load_all(kustomize(folder)) if document is not None]


def hadolint(path: Path) -> list[str]:
    """Lint a Dockerfile without any configuration, as its reader would."""
    command = [program("hadolint"), "--config", os.devnull, "--no-color", "--format", "json", str(path)]
    run = _run(command, path.parent)
    try:
        findings = json.loads(run.stdout)
    except ValueError:
        raise AssertionError(f"hadolint did not run: {run.stderr or run.stdout}") from None
    return [f"{path}:{found['line']}: {found['code']} {found['message']}" for found in findings]


def prettier_check(paths: Iterable[Path]) -> list[str]:
    """Name the files that prettier with its stock settings would change, and say why it cannot read others."""
    files = [str(path) for path in paths]
    if not files:
        return []
    stock = ["--no-config", "--no-editorconfig", "--ignore-path", os.devnull, "--no-color"]
    run = _run([program("prettier"), "--list-different", *stock, *files], ROOT)
    findings = (run.stdout + run.stderr).splitlines()
    if bool(run.returncode) != bool(findings):
        raise AssertionError(f"prettier did not run: {run.stderr or run.stdout}")
    return findings


def yamllint(paths: Iterable[Path]) -> list[str]:
    """Lint YAML files with the settings of this repository; warnings count."""
    config = module("yamllint.config").YamlLintConfig(file=str(ROOT / ".yamllint.yaml"))
    lint = module("yamllint.linter").run
    return [
        f"{path}:{found.line}:{found.column}: {found.desc} ({found.rule or 'syntax'})"
        for path in paths
        for found in lint(path.read_bytes().decode(), config, str(path))
    ]


def is_builtin(document: Mapping[str, Any]) -> bool:
    """Tell whether Kubernetes itself serves the kind; all others are custom resources."""
    group, slash, _ = str(document["apiVersion"]).rpartition("/")
    if not slash or "." not in group:
        return True
    return group.endswith(".k8s.io") and group != "gateway.networking.k8s.io"


def validate(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Validate objects of any kind; see the two functions below.

    Without the schemas of custom resources only the built-in kinds are judged; tests of their own say so by skipping.
    """
    documents = list(documents)
    builtin = [document for document in documents if is_builtin(document)]
    custom = [document for document in documents if not is_builtin(document)]
    findings = validate_kubernetes(builtin)
    return findings + validate_crd(custom) if custom and CRD_SCHEMAS.is_dir() else findings


def validate_kubernetes(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Validate objects against the newest Kubernetes schemas; unknown fields and kinds are findings.

    So is a null, which those schemas allow everywhere: an API server takes it for an absent field.
    """
    documents = list(documents)
    nulls = [f"{_name(document)}: {place}: null" for document in documents for place in _nulls(document, "$")]
    return nulls + _validate(documents, _builtin_validator)


def validate_crd(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Validate custom resources against their OpenAPI schemas; unknown fields and kinds are findings.

    The schemas are no part of this repository: the calling test is skipped where the folder is missing.
    """
    if not CRD_SCHEMAS.is_dir():
        pytest.skip("the folder ../shared/crd-schemas is not beside the repository")
    return _validate(documents, _custom_validator)


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the OpenAPI schema of a custom resource into a JSON Schema that refuses unknown fields.

    An API server prunes what a structural schema does not name; here that is an error, unless the schema says to keep
    unknown fields. Metadata stays open: the API server's own types describe it. What stands in anyOf, oneOf, allOf and
    not only adds conditions and is kept as it is.
    """
    closed = _strict(schema)
    properties = closed.setdefault("properties", {})
    for name, value in {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}.items():
        properties.setdefault(name, value)
    properties["metadata"] = {"type": "object", "required": ["name"]}
    return closed


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(schema)
    if schema.get("x-kubernetes-int-or-string"):
        result.pop("type", None)
        result.setdefault("anyOf", [{"type": "integer"}, {"type": "string"}])
    if schema.get("nullable") and "type" in result:
        result["type"] = [result["type"], "null"]
    if "(?i)" in schema.get("pattern", ""):
        # Go reads the flag from where it stands; Python wants it in front.
        result["pattern"] = "(?i)" + schema["pattern"].replace("(?i)", "")
    if "properties" in schema:
        result["properties"] = {name: _strict(value) for name, value in schema["properties"].items()}
    if "items" in schema:
        result["items"] = _strict(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = _strict(schema["additionalProperties"])
    elif schema.get("type") == "object" and not any(schema.get(key) for key in _LOOSE):
        result.setdefault("additionalProperties", False)
    return result


def _validate(documents: Iterable[Mapping[str, Any]], validator: Any) -> list[str]:
    findings = []
    for document in documents:
        name = _name(document)
        check: Draft202012Validator | None = validator(document["apiVersion"], document["kind"])
        if check is None:
            findings.append(f"{name}: no schema for {document['kind']} of {document['apiVersion']}")
            continue
        errors = sorted(check.iter_errors(document), key=lambda error: [str(part) for part in error.absolute_path])
        findings += [f"{name}: {error.json_path}: {error.message}" for error in errors]
    return findings


def _name(document: Mapping[str, Any]) -> str:
    return f"{document['kind']}/{document.get('metadata', {}).get('name', '?')}"


def _nulls(value: Any, place: str) -> Iterator[str]:
    if value is None:
        yield place
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _nulls(child, f"{place}.{key}")
    elif isinstance(value, list):
        for position, child in enumerate(value):
            yield from _nulls(child, f"{place}[{position}]")


@cache
def _builtin_validator(api_version: str, kind: str) -> Draft202012Validator | None:
    # The package's own validate() loads a megabyte of definitions for each object and stops at the first error.
    from referencing import Registry, Resource

    package = module("kubernetes_validate.utils")
    newest = package.latest_version()
    folder = f"kubernetes-json-schema/v{newest}-local-strict"
    group, _, version = api_version.rpartition("/")
    suffix = f"{group.partition('.')[0]}-{version}" if group else version
    try:
        schema = package.schema_contents(f"{folder}/{kind.lower()}-{suffix}.json", newest)
    except FileNotFoundError:
        return None
    registry: Registry[Any] = Registry().with_resources(
        (resource.id() or "", resource)
        for resource in (Resource.from_contents(schema), _builtin_definitions(folder, newest))
    )
    return Draft202012Validator(schema, registry=registry)


@cache
def _builtin_definitions(folder: str, version: str) -> Any:
    from referencing import Resource

    package = module("kubernetes_validate.utils")
    return Resource.from_contents(package.schema_contents(f"{folder}/_definitions.json", version))


@cache
def _custom_validator(api_version: str, kind: str) -> Draft202012Validator | None:
    path = CRD_SCHEMAS / f"{api_version.replace('/', '_')}_{kind}.json"
    if not path.is_file():
        return None
    return Draft202012Validator(strict(json.loads(path.read_text(encoding="utf-8"))))


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
