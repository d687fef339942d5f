"""Includes, overlays and variables: the values, their positions, and every mistake."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc.codes import catalogue
from mlopsc.diagnostics import Diagnostic, Findings
from mlopsc.inputs import MemoryInputs
from mlopsc.record import Path
from mlopsc.report.finding import locate
from mlopsc.resolve import include, overlay
from mlopsc.resolve.merge import alternatives
from mlopsc.resolve.origins import Origins
from mlopsc.resolve.overlay import Resolved
from mlopsc.source import plain_data
from mlopsc.spec.one_of import ONE_OF_PATHS


def resolve(files: dict[str, str], spec: str = "mlops.yaml") -> tuple[Resolved | None, list[Diagnostic]]:
    findings = Findings()
    inputs = MemoryInputs({name: text.encode() for name, text in files.items()})
    groups_at = alternatives(ONE_OF_PATHS)
    loaded = include.load(spec, inputs, groups_at, findings)
    return (overlay.resolve(loaded, groups_at, findings) if loaded else None), findings.items


def ok(text: str, **files: str) -> Resolved:
    resolved, found = resolve({"mlops.yaml": text, **files})
    assert found == []
    assert resolved is not None
    return resolved


def env(resolved: Resolved, name: str) -> Any:
    (found,) = [item for item in resolved.environments if item.name == name]
    return plain_data(found.tree)


def places(found: list[Diagnostic]) -> list[tuple[str, str, int, int]]:
    return sorted((item.code, item.spans[0].file, item.spans[0].line, item.spans[0].col) for item in found)


def test_without_environments_there_is_one_named_default() -> None:
    resolved = ok("metadata: {name: churn}\ndeployment: {a: '${env.name}', b: '${env.namespace}'}\n")
    assert [item.name for item in resolved.environments] == ["default"]
    assert env(resolved, "default")["deployment"] == {"a": "default", "b": "churn"}
    assert plain_data(resolved.base)["deployment"] == {"a": "environment", "b": "environment"}


def test_overlay_merges_maps_replaces_lists_and_removes_with_null() -> None:
    resolved = ok(
        "deployment:\n  m: {a: 1, b: {c: 2, d: 3}}\n  l: [1, 2]\n  gone: {x: 1}\n"
        "environments:\n  e:\n    deployment: {m: {b: {c: 9}}, l: [3], gone: null}\n"
    )
    assert env(resolved, "e")["deployment"] == {"m": {"a": 1, "b": {"c": 9, "d": 3}}, "l": [3]}
    assert plain_data(resolved.base)["deployment"]["l"] == [1, 2]


def test_a_one_of_is_replaced_and_the_same_alternative_is_merged() -> None:
    resolved = ok(
        "deployment: {strategy: {canary: {steps: [10%], pause: 10m}, controller: git}}\n"
        "environments:\n"
        "  a: {deployment: {strategy: {rolling: {}}}}\n"
        "  b: {deployment: {strategy: {canary: {pause: 1m}}}}\n"
    )
    assert env(resolved, "a")["deployment"]["strategy"] == {"controller": "git", "rolling": {}}
    assert env(resolved, "b")["deployment"]["strategy"]["canary"] == {"steps": ["10%"], "pause": "1m"}


def test_variables_keep_their_type_and_are_merged_before_they_are_replaced() -> None:
    resolved = ok(
        "variables: {n: 2, host: acme, text: '7'}\n"
        "deployment: {min: '${var.n}', mixed: '${var.host}-${env.name}', kept: '${var.text}', esc: '$${var.n}',"
        " other: '${HOME} $x'}\n"
        "environments:\n  e: {variables: {n: 5}, deployment: {max: '${var.n}'}}\n"
    )
    assert env(resolved, "e")["deployment"] == {
        "min": 5,
        "mixed": "acme-e",
        "kept": "7",
        "esc": "${var.n}",
        "other": "${HOME} $x",
        "max": 5,
    }
    assert plain_data(resolved.base)["deployment"]["min"] == 2


def test_a_variable_of_overlays_only_has_the_value_of_the_first_in_the_base() -> None:
    resolved = ok("deployment: {a: '${var.x}'}\nenvironments:\n  e: {variables: {x: 1}}\n  f: {variables: {x: 2}}\n")
    assert plain_data(resolved.base)["deployment"] == {"a": 1}
    assert env(resolved, "f")["deployment"] == {"a": 2}


def test_an_undefined_variable_is_one_finding_however_many_environments() -> None:
    resolved, found = resolve({"mlops.yaml": "deployment: {a: '${var.nope}'}\nenvironments:\n  e: {}\n  f: {}\n"})
    assert resolved is not None
    assert set(places(found)) == {("RES-211", "mlops.yaml", 1, 17)}


def test_positions_survive_overlays_variables_and_includes() -> None:
    resolved, found = resolve(
        {
            "models/a/mlops.yaml": "include: [{path: ../../vendor/base.yaml}]\nvariables: {n: 2}\n"
            "environments:\n  e:\n    deployment: {serving: {max: 7}}\n",
            "vendor/base.yaml": "deployment:\n  serving: {min: '${var.n}', max: 3}\n",
        },
        "models/a/mlops.yaml",
    )
    assert found == []
    origins = Origins(resolved, "models/a/mlops.yaml")
    low = origins.of(("deployment", "serving", "min"), "e")
    assert str(low.value) == "models/a/mlops.yaml:2:16"
    assert [(step.kind, step.span.file, step.span.line) for step in low.via] == [
        ("variable", "vendor/base.yaml", 2),
        ("include", "models/a/mlops.yaml", 1),
    ]
    assert str(origins.of(("deployment", "serving", "max"), "e").value) == "models/a/mlops.yaml:5:33"
    assert str(origins.of(("deployment", "serving", "max"), None).value) == "vendor/base.yaml:2:35"
    missing = origins.of(("deployment", "serving", "nope", "deeper"), "e")
    assert missing.default
    assert origins.of((), None).default


def test_included_files_are_merged_in_order_below_the_main_file() -> None:
    resolved = ok(
        "include: [{path: a.yaml}, {path: b.yaml}]\nmetadata: {name: main}\n",
        **{
            "a.yaml": "metadata: {name: a, owner: a, x: a}\ndata: {l: [1]}\n",
            "b.yaml": "metadata: {owner: b}\ndata: {l: [2]}\n",
        },
    )
    assert plain_data(resolved.base) == {"metadata": {"name": "main", "owner": "b", "x": "a"}, "data": {"l": [2]}}


CASES: dict[str, tuple[dict[str, str], list[tuple[str, str, int, int]]]] = {
    "empty value in an overlay": (
        {"mlops.yaml": "deployment: {a: 1}\nenvironments:\n  e:\n    deployment:\n      a:\n"},
        [("RES-204", "mlops.yaml", 5, 7)],
    ),
    "removal of what is absent": (
        {"mlops.yaml": "deployment: {a: 1}\nenvironments: {e: {deployment: {b: null}}}\n"},
        [("RES-205", "mlops.yaml", 2, 33)],
    ),
    "overlay of the model": (
        {"mlops.yaml": "model: {seed: 1}\nenvironments: {e: {model: {seed: 2}}}\n"},
        [("RES-213", "mlops.yaml", 2, 20)],
    ),
    "overlay of a test gate": (
        {"mlops.yaml": "tests: {metrics: {}}\nenvironments: {e: {tests: {metrics: {}}}}\n"},
        [("RES-213", "mlops.yaml", 2, 28)],
    ),
    "missing include": (
        {"mlops.yaml": "include: [{path: nope.yaml}]\n"},
        [("RES-201", "mlops.yaml", 1, 18)],
    ),
    "include outside the repository": (
        {"mlops.yaml": "include: [{path: ../x.yaml}, {path: /etc/passwd}]\n"},
        [("RES-202", "mlops.yaml", 1, 18), ("RES-202", "mlops.yaml", 1, 37)],
    ),
    "include cycle": (
        {"mlops.yaml": "include: [{path: a.yaml}]\n", "a.yaml": "include: [{path: mlops.yaml}]\n"},
        [("RES-203", "a.yaml", 1, 18)],
    ),
    "include of itself": (
        {"mlops.yaml": "include: [{path: ./mlops.yaml}]\n"},
        [("RES-203", "mlops.yaml", 1, 18)],
    ),
    "include with another digest": (
        {"mlops.yaml": "include: [{path: a.yaml, sha256: '00'}]\n", "a.yaml": "a: 1\n"},
        [("RES-207", "mlops.yaml", 1, 34)],
    ),
    "broken include": (
        {"mlops.yaml": "include: [{path: a.yaml}]\n", "a.yaml": "a: [\n"},
        [("SRC-100", "a.yaml", 2, 1)],
    ),
    "final set again": (
        {
            "mlops.yaml": "include: [{path: a.yaml}]\ndeployment: {scan: {on: 2}}\n"
            "environments: {e: {deployment: {scan: {on: 3}}}}\n",
            "a.yaml": "final: [deployment.scan]\ndeployment: {scan: {on: 1}}\n",
        },
        [("RES-206", "mlops.yaml", 2, 14), ("RES-206", "mlops.yaml", 3, 33)],
    ),
    "final of what is not set": (
        {"mlops.yaml": "include: [{path: a.yaml}]\n", "a.yaml": "final: [a.b]\na: 1\n"},
        [("RES-210", "a.yaml", 1, 9)],
    ),
    "final that is no list": (
        {"mlops.yaml": "include: [{path: a.yaml}]\n", "a.yaml": "final: a\na: 1\n"},
        [("RES-209", "a.yaml", 1, 8)],
    ),
    "reference in metadata, a key and a command": (
        {"mlops.yaml": "metadata: {name: '${var.x}'}\nmodel: {train: {command: 'a ${var.x}'}, '${var.x}': 1}\n"},
        [("RES-212", "mlops.yaml", 1, 18), ("RES-212", "mlops.yaml", 2, 26), ("RES-212", "mlops.yaml", 2, 41)],
    ),
    "reference in a variable": (
        {"mlops.yaml": "variables: {a: 1, b: '${var.a}'}\n"},
        [("RES-212", "mlops.yaml", 1, 22)],
    ),
    "unknown fact of the environment": (
        {"mlops.yaml": "deployment: {a: '${env.region}'}\n"},
        [("RES-211", "mlops.yaml", 1, 17)],
    ),
    "unknown variable where overlays define one": (
        {"mlops.yaml": "deployment: {a: '${var.y}'}\nenvironments: {e: {variables: {x: 1}}}\n"},
        [("RES-211", "mlops.yaml", 1, 17)],
    ),
    "variable of an overlay in what all environments share": (
        {
            "mlops.yaml": "data: {uri: 's3://${var.b}'}\ntests: {smoke: '${var.b}', metrics: '${var.b}'}\n"
            "environments: {e: {variables: {b: 1}}, f: {variables: {b: 2}}}\n"
        },
        [("RES-211", "mlops.yaml", 1, 13), ("RES-211", "mlops.yaml", 2, 37)],
    ),
    "fact of an environment in what all environments share": (
        {
            "mlops.yaml": "model: {registered_name: 'a-${env.name}'}\ndata: {uri: 's3://${env.namespace}'}\n"
            "output: {dir: '${env.name}'}\npatches: [{file: '${env.name}'}]\nsecrets: {a: {name: '${env.name}'}}\n"
            "execution: {schedule: '${env.name}', runners: {train: '${env.name}', deploy: '${env.name}'}}\n"
        },
        [
            ("RES-214", "mlops.yaml", 1, 26),
            ("RES-214", "mlops.yaml", 2, 13),
            ("RES-214", "mlops.yaml", 3, 15),
            ("RES-214", "mlops.yaml", 4, 18),
            ("RES-214", "mlops.yaml", 5, 21),
            ("RES-214", "mlops.yaml", 6, 23),
            ("RES-214", "mlops.yaml", 6, 55),
        ],
    ),
    "chain of 2,001 files": (
        {
            "mlops.yaml": "include: [{path: 0.yaml}]\n",
            **{f"{n}.yaml": f"include: [{{path: {n + 1}.yaml}}, {{path: nope.yaml}}]\n" for n in range(2000)},
        },
        [("RES-208", "31.yaml", 1, 18)],
    ),
    "33 includes": (
        {
            "mlops.yaml": f"include: [{', '.join(['{path: a.yaml}'] * 34)}]\n",
            "a.yaml": "a: 1\n",
        },
        [("RES-208", "mlops.yaml", 1, 11 + 32 * 16 + 7)],
    ),
    "final set by a file between two includes of it": (
        {
            "mlops.yaml": "include: [{path: a.yaml}, {path: c.yaml}]\n",
            "a.yaml": "include: [{path: d.yaml}]\ndata: {x: 2}\n",
            "c.yaml": "include: [{path: d.yaml}]\n",
            "d.yaml": "final: [data.x]\ndata: {x: 1}\n",
        },
        [("RES-206", "a.yaml", 2, 8)],
    ),
    "no such spec": ({}, [("SRC-112", "mlops.yaml", 1, 1)]),
    "50 MB": ({"mlops.yaml": "a: 1\n" * 10_000_000}, [("SRC-110", "mlops.yaml", 1, 1)]),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_each_mistake_is_found_at_its_place(files: dict[str, str], expected: list[tuple[str, str, int, int]]) -> None:
    _, found = resolve(files)
    assert sorted(set(places(found))) == expected


def test_each_finding_of_what_environments_share_is_made_once() -> None:
    _, found = resolve({"mlops.yaml": "data: {a: '${env.name}', b: '${var.x}'}\nenvironments: {e: {}, f: {}}\n"})
    assert [item.code for item in found] == ["RES-214", "RES-211"]


def test_what_environments_may_override_refers_to_them() -> None:
    resolved = ok(
        "metadata: {name: churn}\nvariables: {b: base}\ndata: {uri: '${var.b}/$${var.b}'}\n"
        "deployment: {a: '${env.name}'}\nmonitoring: {a: '${env.name}'}\n"
        "tests: {smoke: {a: '${env.name}'}, load: {a: '${env.name}'}, metrics: {a: '${var.b}'}}\n"
        "execution: {runners: {deploy: '${env.name}-${var.b}', train: '${var.b}'}, cloud: {a: '${env.name}'}}\n"
        "environments: {e: {variables: {b: own}, namespace: 'x-${env.name}'}}\n"
    )
    assert env(resolved, "e") == {
        "metadata": {"name": "churn"},
        "data": {"uri": "base/${var.b}"},
        "deployment": {"a": "e"},
        "monitoring": {"a": "e"},
        "tests": {"smoke": {"a": "e"}, "load": {"a": "e"}, "metrics": {"a": "base"}},
        "execution": {"runners": {"deploy": "e-own", "train": "base"}, "cloud": {"a": "e"}},
    }
    assert plain_data(resolved.environments[0].own) == {"namespace": "x-e"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "variables: {registry: a, x: b}\ndeployment: {a: '${var.registri}'}\n",
            'nothing defines "var.registri"; did you mean "registry"?',
            'define it under "variables"; known here: registry, x',
        ),
        (
            "deployment: {a: '${var.x}'}\n",
            'nothing defines "var.x"',
            'define it under "variables"; no variable is defined so far',
        ),
        (
            "deployment: {a: '${env.nam}'}\n",
            'nothing defines "env.nam"; did you mean "name"?',
            'write one of "name" and "namespace": an environment has no other facts',
        ),
        (
            "data: {a: '${var.x}'}\nenvironments: {e: {variables: {x: 1}}, f: {variables: {x: 1}}, g: {}}\n",
            'nothing defines "var.x"',
            'define it under "variables" of the base: all environments share this value, not only e, f',
        ),
    ],
)
def test_an_undefined_reference_says_what_to_do(text: str, message: str, hint: str) -> None:
    resolved, found = resolve({"mlops.yaml": text})
    (finding, *_) = locate(found, Origins(resolved, "mlops.yaml"), catalogue())
    assert (finding.message, finding.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("metadata: {name: '${var.x}'}\n", ("metadata", "name")),
        ("variables: {a: '${var.x}'}\n", ("variables", "a")),
        ("eject: ['${env.name}']\n", ("eject", 0)),
        ("target: '${var.x}'\n", ("target",)),
        ("data: {'${var.x}': {a: 1}}\n", ("data", "${var.x}")),
        ("data: {l: [{'${var.x}': 1}]}\n", ("data", "l", 0, "${var.x}")),
        ("model: {train: {command: [a, '${var.x}']}}\n", ("model", "train", "command", 1)),
        ("environments: {e: {variables: {a: '${var.x}'}}}\n", ("environments", "e", "variables", "a")),
        ("data: {a: '${env.name}'}\n", ("data", "a")),
    ],
)
def test_a_refused_reference_leaves_no_value_to_be_found_fault_with(text: str, path: Path) -> None:
    resolved, found = resolve({"mlops.yaml": text})
    assert len(found) == 1
    assert Origins(resolved, "mlops.yaml").find(path)[2:] == (len(path), True)


def test_a_refused_key_of_the_top_is_no_section() -> None:
    resolved, found = resolve({"mlops.yaml": "'${var.x}': {a: 1}\n"})
    assert [item.code for item in found] == ["RES-212"]
    assert resolved is not None
    assert plain_data(resolved.root) == {}


def test_32_includes_are_fine() -> None:
    ok(f"include: [{', '.join(['{path: a.yaml}'] * 32)}]\n", **{"a.yaml": "a: 1\n"})


def test_a_file_with_finals_may_be_included_twice() -> None:
    resolved = ok(
        "include: [{path: sub/a.yaml}, {path: c.yaml}]\n",
        **{
            "sub/a.yaml": "include: [{path: ../d.yaml}]\n",
            "c.yaml": "include: [{path: ./d.yaml}]\n",
            "d.yaml": "final: [data.x]\ndata: {x: 1}\n",
        },
    )
    assert plain_data(resolved.base) == {"data": {"x": 1}}


def test_a_final_that_an_overlay_leaves_alone_is_fine() -> None:
    ok(
        "include: [{path: a.yaml}]\ndeployment: {other: 2}\nenvironments: {e: {deployment: {other: 3}}}\n",
        **{"a.yaml": "final: [deployment.scan]\ndeployment: {scan: {on: 1}}\n"},
    )


def test_an_include_with_its_digest_is_fine() -> None:
    import hashlib

    text = "a: 1\n"
    ok(
        f"include: [{{path: a.yaml, sha256: {hashlib.sha256(text.encode()).hexdigest()}}}]\n",
        **{"a.yaml": text},
    )
