"""Parts to files: contributions, patches, ejected files, paths."""

from __future__ import annotations

from typing import Any

import pytest
from mlopsc.diagnostics import Findings
from mlopsc.link import eject, link, locate, sound
from mlopsc.parts import At, Contribution, File, Json, Part, Slot, Text, Yaml
from mlopsc.patch import unwrap
from mlopsc.project.output import Builders, Output
from mlopsc.project.patches import Operation, Patch, PatchObject
from mlopsc.verify import verify


class FakeProject:
    """The part of a project that link reads."""

    file = "mlops.yaml"

    def __init__(self, patches: tuple[Patch, ...] = (), eject: tuple[str, ...] = ()) -> None:
        self.patches = patches
        self.eject = eject
        self.output = Output(
            dir="ops",
            builders=Builders(
                docker=True, gitattributes=True, readme=True, workflows=True, check=True, dependabot=True
            ),
        )


def yaml_file(name: str, *documents: Any, **changes: Any) -> File:
    base = File(file=name, body=Yaml(documents=documents), owner="test", purpose="p", at=("metadata",))
    return base.replace(**changes)


def run(*parts: Part, folder: str = "", **project: Any) -> tuple[dict[str, File], list[tuple[str, tuple[Any, ...]]]]:
    findings = Findings()
    fake: Any = FakeProject(**project)
    linked = link(parts, fake, folder, findings.report)
    return linked, [(item.code, item.at[0]) for item in findings.items]


def documents(linked: dict[str, File], name: str) -> tuple[Any, ...]:
    body = linked[name].body
    assert isinstance(body, Yaml)
    return body.documents


def bare(data: Any) -> Any:
    data = unwrap(data)
    if isinstance(data, dict):
        return {key: bare(value) for key, value in data.items()}
    if isinstance(data, list):
        return [bare(item) for item in data]
    return data


def test_paths_count_from_the_root_and_are_sorted() -> None:
    linked, found = run(yaml_file("ops/b.yaml", {}), yaml_file("/.gitattributes", {}), folder="models/a")
    assert found == []
    assert list(linked) == [".gitattributes", "models/a/ops/b.yaml"]
    assert locate("../../../x", "models/a") is None


def test_slots_are_filled_in_the_order_of_the_keys() -> None:
    linked, found = run(
        yaml_file("a.yaml", {"map": Slot("s"), "list": At([Slot("t", "list")], ("x",))}),
        Contribution(slot="s", key="z", value=1, at=("one",)),
        Contribution(slot="s", key="a", value=2, at=("two",)),
        Contribution(slot="t", key="k", value="v", at=("three",)),
    )
    assert found == []
    (document,) = documents(linked, "a.yaml")
    assert list(document["map"].items()) == [("a", At(2, ("two",), None)), ("z", At(1, ("one",), None))]
    assert bare(document)["list"] == [["v"]]


def test_duplicates_are_reported_at_the_second() -> None:
    _, found = run(
        yaml_file("a.yaml", {}),
        yaml_file("a.yaml", {}, at=("other",)),
        Contribution(slot="s", key="k", value=1, at=("one",)),
        Contribution(slot="s", key="k", value=2, at=("two",)),
        yaml_file("b.yaml", Slot("s")),
    )
    assert found == [("LNK-601", ("other",)), ("LNK-602", ("two",))]


def test_a_contribution_that_no_file_takes_is_not_lost_in_silence() -> None:
    _, found = run(yaml_file("a.yaml", {"x": [Slot("t")]}), Contribution(slot="s", key="k", value=1, at=("one",)))
    assert found == [("LNK-603", ("one",))]


def test_names_that_differ_by_case_only_and_paths_outside() -> None:
    _, found = run(yaml_file("a.yaml", {}), yaml_file("A.yaml", {}), yaml_file("../x", {}))
    assert [code for code, _ in found] == ["LNK-630", "LNK-631"]


def patch(file: str = "a.yaml", op: str = "replace", pointer: str = "/spec/n", value: Any = 9, **target: str) -> Patch:
    wanted = PatchObject(kind=target["kind"], name=target["name"]) if target else None
    ops = (Operation(op=op, path_=pointer, value=value),)
    return Patch(file=file, object=wanted, ops=ops, reason="r", path=("patches", 0))


DEPLOYMENT = {"kind": "Deployment", "metadata": {"name": At("m", ("metadata", "name"))}, "spec": {"n": 1, "l": [1, 2]}}
SERVICE = {"kind": "Service", "metadata": {"name": "m"}, "spec": {"n": 1}}


@pytest.mark.parametrize(
    ("op", "pointer", "value", "result"),
    [
        ("replace", "/spec/n", 9, {"n": 9, "l": [1, 2]}),
        ("add", "/spec/a~1b~0c", {"x": 1}, {"n": 1, "l": [1, 2], "a/b~c": {"x": 1}}),
        ("add", "/spec/l/-", 3, {"n": 1, "l": [1, 2, 3]}),
        ("add", "/spec/l/0", 0, {"n": 1, "l": [0, 1, 2]}),
        ("remove", "/spec/l/0", None, {"n": 1, "l": [2]}),
        ("remove", "/spec/n", None, {"l": [1, 2]}),
        ("replace", "/spec/l/1", 7, {"n": 1, "l": [1, 7]}),
    ],
)
def test_patches_change_one_place(op: str, pointer: str, value: Any, result: dict[str, Any]) -> None:
    given = patch("ops/a.yaml", op=op, pointer=pointer, value=value, kind="Deployment", name="m")
    linked, found = run(yaml_file("ops/a.yaml", DEPLOYMENT, SERVICE), patches=(given,))
    assert found == []
    first, second = documents(linked, "ops/a.yaml")
    assert bare(first)["spec"] == result
    assert second == SERVICE
    assert DEPLOYMENT["spec"] == {"n": 1, "l": [1, 2]}


def test_a_patched_value_knows_its_patch() -> None:
    linked, _ = run(yaml_file("ops/a.yaml", SERVICE), patches=(patch(),))
    (document,) = documents(linked, "ops/a.yaml")
    assert document["spec"]["n"] == At(
        At(9, ("patches", 0, "ops", 0)),
        ("patches", 0),
        note="r",
        also=((None, ("patches", 0, "ops", 0)), (None, ("patches", 0))),
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (patch("nope.yaml"), "LNK-610"),
        (patch(kind="Deployment", name="x"), "LNK-611"),
        (patch(pointer="/spec/nope/deeper"), "LNK-612"),
        (patch(pointer="/spec/nope"), "LNK-612"),
        (patch(op="remove", pointer="/spec/nope"), "LNK-612"),
        (patch(op="add", pointer="/nope/x"), "LNK-612"),
        (patch(pointer="/kind/x"), "LNK-612"),
        (patch("t.txt"), "LNK-613"),
    ],
)
def test_a_patch_that_matches_nothing_is_an_error(given: Patch, code: str) -> None:
    text = File(file="ops/t.txt", body=Text(lines=(), refs=()), owner="t", purpose="p")
    _, found = run(yaml_file("ops/a.yaml", SERVICE), text, patches=(given,))
    assert [item[0] for item in found] == [code]


def test_a_patch_of_a_file_with_several_objects_must_name_one() -> None:
    _, found = run(yaml_file("ops/a.yaml", DEPLOYMENT, SERVICE), patches=(patch(),))
    assert [item[0] for item in found] == ["LNK-611"]


def test_json_files_can_be_patched() -> None:
    file = File(file="ops/a.yaml", body=Json(document={"spec": {"n": 1}}), owner="t", purpose="p")
    linked, found = run(file, patches=(patch(),))
    assert found == []
    body = linked["ops/a.yaml"].body
    assert isinstance(body, Json)
    assert bare(body.document) == {"spec": {"n": 9}}


def test_ejected_files_are_left_out_and_unknown_ones_reported() -> None:
    linked, _ = run(yaml_file("ops/a.yaml", {}), folder="m")
    findings = Findings()
    fake: Any = FakeProject(eject=("ops/a.yaml", "ops/b.yaml"))
    assert eject(linked, fake, "m", findings.report) == {"m/ops/a.yaml"}
    assert linked == {}
    assert [(item.code, item.at[0]) for item in findings.items] == [("LNK-620", ("eject", 1))]


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        ({"kind": "Service", "metadata": {"name": "ok-1"}}, []),
        ({"kind": "Service", "metadata": {"name": "a.b"}}, ["LNK-640"]),
        ({"kind": "ConfigMap", "metadata": {"name": "a.b"}}, []),
        ({"kind": "Deployment", "metadata": {"name": "Upper"}}, ["LNK-640"]),
        ({"kind": "Deployment", "metadata": {"name": "x" * 254}}, ["LNK-640"]),
        ({"kind": "A", "metadata": {"name": "a", "labels": {"a b": "x"}}}, ["LNK-641"]),
        ({"kind": "A", "metadata": {"name": "a", "labels": {"-a": "x"}}}, ["LNK-641"]),
        ({"kind": "A", "metadata": {"name": "a", "labels": {"Up.x/ok": "x"}}}, ["LNK-641"]),
        ({"kind": "A", "metadata": {"name": "a", "labels": {"x.io/ok": "@acme/ml"}}}, ["LNK-642"]),
        ({"kind": "A", "metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": {"a": "b" * 64}}}}, ["LNK-642"]),
        ({"kind": "A", "metadata": {"name": "a"}, "labels": [{"pairs": {"a": At("b c", ("x",))}}]}, ["LNK-642"]),
        ({"kind": "A", "metadata": {"name": "a", "labels": {"a": 1}}}, ["LNK-642"]),
        ({"op": "replace"}, []),
    ],
)
def test_what_kubernetes_refuses_is_found(document: dict[str, Any], codes: list[str]) -> None:
    findings = Findings()
    verify([yaml_file("a.yaml", {"apiVersion": "v1", **document} if "kind" in document else document)], findings.report)
    assert [item.code for item in findings.items] == codes


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ({"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}}, []),
        ({"apiVersion": 1, "kind": "A", "metadata": {"name": "a"}}, ["apiVersion"]),
        ({"kind": "A", "metadata": {"name": "a"}}, ["apiVersion"]),
        ({"apiVersion": "v1", "kind": None, "metadata": {"name": "a"}}, ["kind"]),
        ({"apiVersion": "v1", "metadata": {"name": "a"}}, ["kind"]),
        ({"apiVersion": "v1", "kind": "A", "metadata": {"name": At(5, ("x",))}}, ["metadata.name"]),
        ({"apiVersion": "v1", "kind": "A", "metadata": {"name": ""}}, ["metadata.name"]),
        ({"apiVersion": "v1", "kind": "A", "metadata": 3}, ["metadata.name"]),
    ],
)
def test_an_object_has_a_version_a_kind_and_a_name(document: dict[str, Any], keys: list[str]) -> None:
    findings = Findings()
    verify([yaml_file("a.yaml", document)], findings.report)
    assert [(item.code, item.facts["key"]) for item in findings.items] == [("LNK-643", key) for key in keys]


@pytest.mark.parametrize("number", ["01", "00", "+1", "1" * 5000, "\u00b2"])
def test_an_index_is_written_as_json_pointers_have_it(number: str) -> None:
    _, found = run(yaml_file("ops/a.yaml", {"l": [1, 2]}), patches=(patch(pointer=f"/l/{number}"),))
    assert [code for code, _ in found] == ["LNK-612"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [1, float("-inf")]}])
def test_a_number_that_json_cannot_hold_is_no_value(value: Any) -> None:
    _, found = run(yaml_file("ops/a.yaml", SERVICE), patches=(patch(value=value),))
    inner = ("a", 1) if isinstance(value, dict) else ()
    assert found == [("LNK-615", ("patches", 0, "ops", 0, "value", *inner))]
    assert run(yaml_file("ops/a.yaml", SERVICE), patches=(patch(value={"a": [1, 2.5]}),))[1] == []


@pytest.mark.parametrize("file", ["a.yaml", "ops/a.yaml"])
@pytest.mark.parametrize("folder", ["", "m"])
def test_a_patch_of_an_ejected_file_is_reported(file: str, folder: str) -> None:
    fake: Any = FakeProject(eject=("ops/a.yaml",), patches=(patch(file), patch("b.yaml")))
    findings = Findings()
    linked = link([yaml_file("ops/a.yaml", SERVICE), yaml_file("ops/b.yaml", SERVICE)], fake, folder, findings.report)
    assert findings.items == []
    eject(linked, fake, folder, findings.report)
    assert [(item.code, item.at[0]) for item in findings.items] == [("LNK-616", ("patches", 0, "file"))]


@pytest.mark.parametrize(
    ("top", "folder", "found"),
    [
        ("ops", "", None),
        ("../x", "models/a", None),
        ("mlops.yaml.d", "", None),
        (".github", "", None),
        ("../x", "", ("LNK-631", "lies outside the repository")),
        ("../../../x", "models/a", ("LNK-631", "lies outside the repository")),
        (".git", "", ("LNK-631", "lies in a folder of git")),
        ("../.GIT/hooks", "m", ("LNK-631", "lies in a folder of git")),
        ("mlops.yaml", "", ("LNK-631", "is a file")),
        ("mlops.lock", "m", ("LNK-631", "is a file")),
        ("./requirements.txt/x", "", ("LNK-631", "lies below the file requirements.txt")),
        ("ops\u202e", "", ("LNK-632", None)),
        ("o\nps", "", ("LNK-632", None)),
        ("ops", "a\x1bb", ("LNK-632", None)),
        ("ops", "a\udcffb", ("LNK-632", None)),
    ],
)
def test_an_output_folder_that_cannot_be_is_one_finding(
    top: str, folder: str, found: tuple[str, str | None] | None
) -> None:
    fake: Any = FakeProject()
    fake.output = fake.output.replace(dir=top, path=("output",))
    findings = Findings()
    log = {"mlops.yaml": "sha256:1", "requirements.txt": "sha256:2", "ops": "present"}
    assert sound(fake, folder, log, findings.report) is (found is None)
    assert [(item.code, item.facts.get("problem")) for item in findings.items] == ([found] if found else [])
    for item in findings.items:
        assert item.at == ((("output", "dir"),) if folder[:1] != "a" else ((),))
