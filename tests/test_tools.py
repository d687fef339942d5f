"""Every external checker catches a seeded mistake, and the strict schemas refuse what an API server would drop."""

from __future__ import annotations

import copy
import json
import re
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
import repository
import tools
from jsonschema import Draft202012Validator

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "model"},
    "spec": {
        "selector": {"matchLabels": {"app": "model"}},
        "template": {
            "metadata": {"labels": {"app": "model"}},
            "spec": {"containers": [{"name": "server", "image": "model", "resources": {"limits": {"cpu": 1}}}]},
        },
    },
}
MONITOR: dict[str, Any] = {
    "apiVersion": "monitoring.coreos.com/v1",
    "kind": "PodMonitor",
    "metadata": {"name": "model", "labels": {"app": "model"}},
    "spec": {"selector": {"matchLabels": {"app": "model"}}, "podMetricsEndpoints": [{"targetPort": "metrics"}]},
}
WIDGET = {
    "type": "object",
    "properties": {
        "metadata": {"type": "object"},
        "spec": {
            "type": "object",
            "properties": {
                "port": {"x-kubernetes-int-or-string": True},
                "size": {"type": "integer", "nullable": True},
                "month": {"type": "string", "pattern": "^((?i)may|june)$"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "empty": {"type": "object"},
                "list": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
                "choice": {
                    "type": "object",
                    "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                    "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                },
            },
        },
    },
}
DOCKERFILE = "FROM python:3.11-slim\nUSER 1000\nWORKDIR /app\nCOPY . .\n"


def widget(**spec: Any) -> list[str]:
    """Return the messages for a custom resource of the schema above."""
    document = {"apiVersion": "x.example/v1", "kind": "Widget", "metadata": {"name": "w", "labels": {}}, "spec": spec}
    return [error.message for error in Draft202012Validator(tools.strict(WIDGET)).iter_errors(document)]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


# Finding the checkers


def test_a_missing_checker_skips_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tools.REQUIRE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-checker is not on PATH: run `nox -s manifests`"):
        tools.program("no-such-checker")


def test_a_missing_checker_fails_where_checkers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tools.REQUIRE, "1")
    with pytest.raises(pytest.fail.Exception, match="no_such_checker is not installed"):
        tools.module("no_such_checker")


def test_tests_cannot_reach_the_network() -> None:
    with socket.socket() as outside, pytest.raises(PermissionError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_tests_may_use_servers_on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())


# The checkers


@pytest.mark.tools
def test_kustomize_builds_a_folder_with_a_component_and_replacements(tmp_path: Path) -> None:
    write(tmp_path / "release.yaml", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: release}\ndata: {tag: v2}\n")
    write(tmp_path / "pod.yaml", "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {hostname: v1}\n")
    write(
        tmp_path / "kustomization.yaml",
        "resources: [release.yaml, pod.yaml]\nreplacements:\n"
        "  - source: {kind: ConfigMap, fieldPath: data.tag}\n"
        "    targets: [{select: {kind: Pod}, fieldPaths: [spec.hostname]}]\n",
    )
    objects = {document["kind"]: document for document in tools.kustomize_objects(tmp_path)}
    assert objects["Pod"]["spec"]["hostname"] == "v2"


@pytest.mark.tools
def test_kustomize_is_new_enough() -> None:
    """From 5.5 on an unknown field of a kustomization is an error everywhere."""
    command = [tools.program("kubectl"), "version", "--client", "--output=json"]
    version = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["kustomizeVersion"]
    assert [int(part) for part in re.findall(r"\d+", version)[:2]] >= [5, 5]


@pytest.mark.tools
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resources: [missing.yaml]\n", "missing.yaml"),
        ("resourcez: []\n", "resourcez"),
    ],
)
def test_kustomize_refuses(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path / "kustomization.yaml", text)
    with pytest.raises(tools.BuildError, match=message):
        tools.kustomize(tmp_path)


@pytest.mark.tools
def test_hadolint_passes_a_clean_dockerfile(tmp_path: Path) -> None:
    assert tools.hadolint(write(tmp_path / "Dockerfile", DOCKERFILE)) == []


@pytest.mark.tools
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("FROM python:latest", "5: DL3007"),
        ("RUN cd /tmp", "5: DL3003"),
        ("USER root", "5: DL3002"),
        ("FROMM x", "5: DL1000"),
    ],
)
def test_hadolint_finds(tmp_path: Path, line: str, code: str) -> None:
    findings = tools.hadolint(write(tmp_path / "Dockerfile", f"{DOCKERFILE}{line}\n"))
    assert any(code in finding for finding in findings), findings


@pytest.mark.tools
def test_hadolint_uses_no_configuration_that_lies_around(tmp_path: Path) -> None:
    write(tmp_path / ".hadolint.yaml", "ignored: [DL3007]\n")
    assert tools.hadolint(write(tmp_path / "Dockerfile", "FROM python:latest\n")) != []


@pytest.mark.tools
def test_prettier_names_what_it_would_change(tmp_path: Path) -> None:
    good = [
        write(tmp_path / "good.yaml", 'on: { push: {} }\nlist:\n  - "a"\n'),
        write(tmp_path / "good.json", '{ "a": 1 }\n'),
        write(tmp_path / "good.md", "# Title\n\n- one\n"),
    ]
    bad = [
        write(tmp_path / "quotes.yaml", "a: 'b'\n"),
        write(tmp_path / "indent.json", '{\n    "a": 1\n}\n'),
        write(tmp_path / "marker.md", "* one\n"),
    ]
    assert tools.prettier_check(good) == []
    findings = tools.prettier_check([*good, *bad])
    assert len(findings) == len(bad)
    assert all(any(finding.endswith(path.name) for finding in findings) for path in bad)


@pytest.mark.tools
def test_prettier_reports_what_it_cannot_read(tmp_path: Path) -> None:
    assert any("broken.yaml" in line for line in tools.prettier_check([write(tmp_path / "broken.yaml", "a: [\n")]))


@pytest.mark.tools
def test_prettier_needs_no_file() -> None:
    assert tools.prettier_check([]) == []


@pytest.mark.tools
def test_yamllint_passes_what_prettier_writes(tmp_path: Path) -> None:
    text = (
        "# note\non:\n  push: { branches: [main] }\nquote: 'say \"on\"'\nempty: {}\n"
        'list:\n  - a: 1 # why\n    b: "010"\n'
    )
    path = write(tmp_path / "good.yaml", text)
    assert tools.prettier_check([path]) == []
    assert tools.yamllint([path]) == []


@pytest.mark.tools
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: 1\na: 2\n", "key-duplicates"),
        ("a: yes\n", "truthy"),
        ("a: 010\n", "octal-values"),
        ("a:\nb: 1\n", "empty-values"),
        ("a: 'b'\n", "quoted-strings"),
        ("a:\n- 1\n", "indentation"),
        ("a: 1 \n", "trailing-spaces"),
        ("a: 1", "new-line-at-end-of-file"),
        ("a: 1\r\n", "new-lines"),
        ("a: {b: 1}\n", "braces"),
        ("a: [ 1 ]\n", "brackets"),
        ("a: &x 1\n", "anchors"),
        ("a: 1\n\n\nb: 1\n", "empty-lines"),
        ("a: .5\n", "float-values"),
        ("#a\n", "comments"),
        ("a:\n  b: 1\n # c\n  d: 1\n", "comments-indentation"),
        ("a: [\n", "syntax"),
    ],
)
def test_yamllint_finds(tmp_path: Path, text: str, rule: str) -> None:
    findings = tools.yamllint([write(tmp_path / "bad.yaml", text)])
    assert any(finding.endswith(f"({rule})") for finding in findings), findings


@pytest.mark.tools
def test_our_own_configuration_files_are_clean() -> None:
    names = [name for name in repository.files(tools.ROOT) if "/" not in name or name.startswith("compiler/")]
    paths = [tools.ROOT / name for name in names if name.endswith((".yaml", ".yml"))]
    assert tools.ROOT / "action.yml" in paths
    assert tools.yamllint(paths) == []
    assert tools.prettier_check(paths) == []


# Kubernetes objects


@pytest.mark.tools
def test_a_good_object_validates() -> None:
    assert tools.validate([DEPLOYMENT]) == []


@pytest.mark.tools
@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("spec", "replicas"), "2", "$.spec.replicas: '2' is not of type"),
        (("spec", "selector"), None, "$.spec.selector: null"),
        (
            ("spec", "template", "spec", "containers", 0, "imagePullPolice"),
            "Always",
            "'imagePullPolice' was unexpected",
        ),
        (("metadata", "label"), {}, "'label' was unexpected"),
        (("apiVersion",), "apps/v9", "Deployment/model: no schema for Deployment of apps/v9"),
    ],
)
def test_a_bad_object_is_found(path: tuple[str | int, ...], value: Any, message: str) -> None:
    document = copy.deepcopy(DEPLOYMENT)
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (finding,) = tools.validate([DEPLOYMENT, document])
    assert message in finding


@pytest.mark.tools
def test_all_mistakes_of_an_object_are_found() -> None:
    document = copy.deepcopy(DEPLOYMENT)
    document["spec"]["replicas"] = "2"
    document["spec"]["paused"] = "no"
    assert len(tools.validate_kubernetes([document])) == 2


@pytest.mark.parametrize(
    ("version", "builtin"),
    [
        ("v1", True),
        ("apps/v1", True),
        ("networking.k8s.io/v1", True),
        ("gateway.networking.k8s.io/v1", False),
        ("argoproj.io/v1alpha1", False),
    ],
)
def test_custom_resources_are_told_apart(version: str, builtin: bool) -> None:
    assert tools.is_builtin({"apiVersion": version}) is builtin


def test_custom_resources_are_skipped_without_their_schemas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tools, "CRD_SCHEMAS", tmp_path / "none")
    with pytest.raises(pytest.skip.Exception, match="crd-schemas is not beside the repository"):
        tools.validate_crd([MONITOR])


@pytest.mark.tools
def test_builtin_objects_are_judged_without_those_schemas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tools, "CRD_SCHEMAS", tmp_path / "none")
    assert tools.validate([MONITOR, DEPLOYMENT]) == []
    assert tools.validate([MONITOR, {**DEPLOYMENT, "specs": {}}]) != []


def test_a_custom_resource_validates() -> None:
    assert tools.validate_crd([MONITOR]) == []


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({**MONITOR["spec"], "jobLable": "x"}, "$.spec: Additional properties are not allowed ('jobLable'"),
        ({**MONITOR["spec"], "podMetricsEndpoints": [{"targetPort": []}]}, "podMetricsEndpoints[0].targetPort"),
        ({"podMetricsEndpoints": []}, "'selector' is a required property"),
    ],
)
def test_a_bad_custom_resource_is_found(spec: dict[str, Any], message: str) -> None:
    (finding,) = tools.validate_crd([{**MONITOR, "spec": spec}])
    assert message in finding


def test_an_unknown_custom_resource_is_found() -> None:
    assert tools.validate_crd([{**MONITOR, "kind": "PodMonitr"}]) == [
        "PodMonitr/model: no schema for PodMonitr of monitoring.coreos.com/v1"
    ]


@pytest.mark.tools  # half a minute, and about what the checker is given
def test_every_schema_of_a_custom_resource_converts() -> None:
    if not tools.CRD_SCHEMAS.is_dir():
        pytest.skip("the folder ../shared/crd-schemas is not beside the repository")
    for path in sorted(tools.CRD_SCHEMAS.glob("*.json")):
        schema = tools.strict(json.loads(path.read_text(encoding="utf-8")))
        Draft202012Validator.check_schema(schema)
        assert schema["additionalProperties"] is False, path.name


@pytest.mark.parametrize(
    "spec",
    [
        {"port": 1},
        {"port": "http"},
        {"size": None},
        {"month": "MAY"},
        {"labels": {"any": "thing"}},
        {"free": {"any": {"thing": 1}}},
        {"empty": {}},
        {"list": [{"a": "b"}]},
        {"choice": {"a": "x"}},
    ],
)
def test_strict_schemas_accept(spec: dict[str, Any]) -> None:
    assert widget(**spec) == []


@pytest.mark.parametrize(
    "spec",
    [
        {"port": 1.5},
        {"size": "1"},
        {"month": "mayor"},
        {"labels": {"any": 1}},
        {"empty": {"a": 1}},
        {"list": [{"b": "a"}]},
        {"choice": {"a": "x", "b": "y"}},
        {"choice": {"a": "x", "c": "y"}},
        {"unknown": 1},
    ],
)
def test_strict_schemas_refuse(spec: dict[str, Any]) -> None:
    assert len(widget(**spec)) == 1
