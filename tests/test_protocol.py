"""A target of a third party, found through its entry point, is a target like any other; a bad one is told about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sandbox
import yaml


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the toy is installed."""
    folder = tmp_path_factory.mktemp("site")
    sandbox.install(folder, "toy", "mlopsc_toy:TARGET")
    return folder


@pytest.fixture(scope="module")
def env(site: Path) -> dict[str, str]:
    """Variables of a process that finds the toy."""
    return sandbox.environment(site)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Path:
    """A repository in which the toy's spec was compiled."""
    root = tmp_path_factory.mktemp("repository")
    sandbox.write(root)
    done = sandbox.run(root, "compile", env=env)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return root


def findings(root: Path, env: dict[str, str], spec: str) -> list[dict[str, Any]]:
    """Validate a spec; return its findings without the notice that there is no lock of requirements."""
    sandbox.write(root, spec)
    done = sandbox.run(root, "validate", "--format", "json", env=env)
    found = [item for item in json.loads(done.stdout)["findings"] if item["code"] != "CHK-493"]
    assert done.returncode == int(any(item["severity"] == "error" for item in found)), done.stderr
    return found


def brief(found: list[dict[str, Any]]) -> list[tuple[str, str, int, int]]:
    """Return code, spec path and position of each finding."""
    return [(item["code"], item["path"], item["line"], item["column"]) for item in found]


def place(text: str, spec: str) -> tuple[int, int]:
    """Return line and column of a text that occurs once."""
    assert spec.count(text) == 1, text
    before = spec[: spec.index(text)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def third_party(folder: Path, name: str, body: str) -> dict[str, str]:
    """Install a target whose package is made of a few lines."""
    package = folder / f"mlopsc_{name}"
    package.mkdir()
    (package / "__init__.py").write_text(body, encoding="utf-8")
    sandbox.install(folder, name, f"mlopsc_{name}:TARGET")
    return sandbox.environment(folder)


def target(name: str, **changes: str) -> str:
    """Return the source of a target that serves, writes one file and has no options."""
    fields = {"api": "1", "package": f'"mlopsc_{name}"', "roles": 'frozenset({"serve"})', **changes}
    return f'''
from mlopsc.target import File, Json
class Target:
    name = "{name}"
    api = {fields["api"]}
    package = {fields["package"]}
    roles = {fields["roles"]}
    stack = {{"serve": "{name}"}}
    def capabilities(self):
        return {{}}
    def options_model(self):
        from pydantic import BaseModel
        return BaseModel
    def check(self, project, report):
        pass
    def lower(self, role, project, report):
        yield File(file="ops/toy/toy.json", body=Json(document={{}}), owner="{name}", purpose="p")
TARGET = Target()
'''


def test_every_kind_of_part_arrives(compiled: Path) -> None:
    folder = compiled / "ops" / "toy"
    assert yaml.safe_load((folder / "toy.yaml").read_text()) == {
        "name": "car",
        "color": "blue",
        "replicas": 2,
        "wheels": 4,
        "reports": {"production": 2, "staging": 1},
    }
    assert "# all of them turn\nwheels: 4\n" in (folder / "toy.yaml").read_text()
    assert json.loads((folder / "toy.json").read_text()) == {"color": "blue"}
    assert (folder / "hello.py").read_bytes() == (sandbox.TOY / "mlopsc_toy/static/hello.py").read_bytes()
    assert "The toy is blue.\n" in (folder / "NOTES.md").read_text()
    assert "The toy for machines." in (compiled / "ops" / "README.md").read_text()
    lock = (compiled / "mlops.lock").read_text()
    assert [line.split()[-1] for line in lock.splitlines() if "ops/toy/" in line] == [
        "ops/toy/NOTES.md",
        "ops/toy/hello.py",
        "ops/toy/toy.json",
        "ops/toy/toy.yaml",
    ]


def test_the_registry_lists_it_and_loads_it(env: dict[str, str], tmp_path: Path) -> None:
    done = sandbox.run(tmp_path, "targets", "toy", "--format", "json", env=env)
    (told,) = json.loads(done.stdout)
    assert told["roles"] == ["report", "serve"]
    assert told["stack"] == {"serve": "toy", "report": "toy"}
    assert {item["field"]: item["support"] for item in told["capabilities"]["serve"]} == {
        "deployment.strategy.shadow": "none",
        "deployment.model_store": "fallback",
    }
    everything = sandbox.run(tmp_path, "targets", env=env)
    assert everything.returncode == 0
    assert [line.split(":")[0] for line in everything.stdout.splitlines() if line[0] != " "] == ["kubernetes", "toy"]
    absent = sandbox.run(tmp_path, "targets", "toy", env=sandbox.environment())
    assert absent.returncode == 2
    assert "Installed: kubernetes" in absent.stderr


def test_the_schema_has_its_options(env: dict[str, str], tmp_path: Path) -> None:
    def options(variables: dict[str, str]) -> Any:
        done = sandbox.run(tmp_path, "schema", env=variables)
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        return document["$defs"]["Deployment"]["properties"].get("toy"), document["$defs"]

    found, definitions = options(env)
    model = definitions[found["$ref"].rpartition("/")[2]]
    assert set(model["properties"]) == {"color", "wheels"}
    assert model["additionalProperties"] is False
    assert options(sandbox.environment())[0] is None


def test_its_codes_are_explained(env: dict[str, str], tmp_path: Path) -> None:
    done = sandbox.run(tmp_path, "explain", "TOY-101", env=env)
    assert done.returncode == 0
    assert "Odd number of wheels" in done.stdout
    assert "color: blue, wheels: 4" in done.stdout
    assert sandbox.run(tmp_path, "explain", "TOY-101", env=sandbox.environment()).returncode == 2


def test_its_lines_know_where_they_come_from(compiled: Path, env: dict[str, str]) -> None:
    def why(file: str, text: str) -> str:
        lines = (compiled / file).read_text().splitlines()
        done = sandbox.run(compiled, "why", f"{file}:{lines.index(text) + 1}", env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    line, col = place("blue", sandbox.SPEC)
    assert f"deployment.toy.color: mlops.yaml:{line}:{col}" in why("ops/toy/toy.yaml", "color: blue")
    assert f"deployment.toy.color: mlops.yaml:{line}:{col}" in why("ops/toy/NOTES.md", "The toy is blue.")
    line, col = place("1 } } }", sandbox.SPEC)
    told = why("ops/toy/toy.yaml", "  staging: 1")
    assert f"deployment.serving.replicas.min in staging: mlops.yaml:{line}:{col}" in told
    assert "deployment.toy.wheels: a default" in why("ops/toy/toy.yaml", "wheels: 4")


def test_its_check_reports_at_the_option(tmp_path: Path, env: dict[str, str]) -> None:
    spec = sandbox.SPEC.replace("{ min: 1 } } }", "{ min: 1 } }, toy: { wheels: 3 } }")
    (found,) = findings(tmp_path, env, spec)
    assert brief([found]) == [("TOY-101", "deployment.toy.wheels", *place("3 }", spec))]
    assert found["message"] == "a blue toy with 3 wheels falls over"
    assert found["environments"] == ["staging"]


@pytest.mark.parametrize(
    ("written", "code", "path", "at"),
    [
        ("{ color: green }", "SPC-304", "deployment.toy.color", "green"),
        ("{ colour: blue }", "SPC-301", "deployment.toy.colour", "colour"),
        ("{ wheels: 0 }", "SPC-306", "deployment.toy.wheels", "0 }"),
    ],
)
def test_a_bad_option_is_told_at_its_place(
    tmp_path: Path, env: dict[str, str], written: str, code: str, path: str, at: str
) -> None:
    spec = sandbox.SPEC.replace("{ color: blue }", written)
    line, col = place(written, spec)
    assert brief(findings(tmp_path, env, spec)) == [(code, path, line, col + written.index(at))]


def test_a_field_that_it_cannot_honour_is_an_error(tmp_path: Path, env: dict[str, str]) -> None:
    spec = sandbox.SPEC.replace("{ rolling: {} }", "{ shadow: { percent: 10% } }")
    (found,) = findings(tmp_path, env, spec)
    assert brief([found]) == [("CAP-501", "deployment.strategy.shadow", *place("shadow", spec))]
    assert (found["severity"], found["hint"]) == ("error", "a toy casts no shadow; use rolling")


def test_a_fallback_is_a_notice(tmp_path: Path, env: dict[str, str]) -> None:
    spec = sandbox.SPEC.replace("  strategy:", '  model_store: { uri: "s3://acme/models/" }\n  strategy:')
    (found,) = findings(tmp_path, env, spec)
    assert brief([found]) == [("CAP-502", "deployment.model_store", *place("model_store", spec))]
    assert found["severity"] == "notice"
    assert sandbox.run(tmp_path, "compile", env=env).returncode == 0


def test_options_of_a_target_outside_the_stack(tmp_path: Path, env: dict[str, str]) -> None:
    spec = sandbox.SPEC.replace("  toy: {", "  kubernetes: {}\n  toy: {")
    assert brief(findings(tmp_path, env, spec)) == [
        ("CAP-506", "deployment.kubernetes", *place("kubernetes: {}", spec))
    ]


def test_an_unknown_target_has_a_suggestion(tmp_path: Path, env: dict[str, str]) -> None:
    spec = sandbox.SPEC.replace("target: toy", "target: toyy").replace("  toy: { color: blue }\n", "")
    (found,) = findings(tmp_path, env, spec)
    assert brief([found]) == [("CAP-503", "target", *place("toyy", spec))]
    assert 'did you mean "toy"?' in found["message"]
    assert found["hint"] == "installed: kubernetes, toy"


def test_a_role_that_it_does_not_fill(tmp_path: Path, env: dict[str, str]) -> None:
    spec = sandbox.SPEC.replace("target: toy", "stack: { track: toy, serve: toy }")
    (found,) = findings(tmp_path, env, spec)
    assert brief([found]) == [("CAP-505", "stack.track", *place("toy, serve", spec))]
    assert "it fills report, serve" in found["message"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (target("bad", api="2"), "it speaks version 2 of the target protocol; this mlopsc speaks 1"),
        ("TARGET = object()", "it speaks version None of the target protocol; this mlopsc speaks 1"),
        ("import no_such_package", "it does not import: ModuleNotFoundError"),
        ("TARGET = 1 / 0", "it does not import: ZeroDivisionError"),
        (target("bad").replace('name = "bad"', 'name = "good"'), "it calls itself 'good'"),
        (target("bad", package='"elsewhere"'), "its entry point names mlopsc_bad"),
    ],
)
def test_a_target_that_cannot_be_used(tmp_path: Path, source: str, reason: str) -> None:
    variables = third_party(tmp_path, "bad", source)
    spec = sandbox.SPEC.replace("target: toy", "target: bad").replace("  toy: { color: blue }\n", "")
    (found,) = findings(tmp_path / "repository", variables, spec)
    assert brief([found]) == [("CAP-504", "target", *place("bad", spec))]
    assert reason in found["message"]


def test_a_broken_target_hides_no_other(tmp_path: Path) -> None:
    sandbox.install(tmp_path, "gone", "no_such_package:TARGET")
    sandbox.install(tmp_path, "toy", "mlopsc_toy:TARGET")
    variables = sandbox.environment(tmp_path)
    for command in ("targets", "schema"):
        done = sandbox.run(tmp_path, command, env=variables)
        assert done.returncode == 1
        assert "the target gone cannot be used: it does not import" in done.stderr
        assert "wheels" in done.stdout or "toy: fills" in done.stdout
    explained = sandbox.run(tmp_path, "explain", "TOY-101", env=variables)
    assert (explained.returncode, explained.stderr) == (0, "")
    spec = sandbox.SPEC.replace("name: car", "name: car, nam: van")
    assert [item["code"] for item in findings(tmp_path / "repository", variables, spec)] == ["SPC-301"]


def test_two_targets_that_write_one_file(tmp_path: Path) -> None:
    sandbox.install(tmp_path, "toy", "mlopsc_toy:TARGET")
    source = target("twin", roles='frozenset({"track"})')
    variables = third_party(tmp_path, "twin", source)
    root = tmp_path / "repository"
    sandbox.write(root, sandbox.SPEC.replace("target: toy", "stack: { track: twin, serve: toy, report: toy }"))
    done = sandbox.run(root, "compile", env=variables)
    assert done.returncode == 1
    assert "LNK-601: ops/toy/toy.json is generated by twin and by toy" in done.stdout
    assert not (root / "ops").exists()


def test_the_toy_needs_nothing_but_the_protocol() -> None:
    """The toy proves the protocol only as long as it uses nothing else of the compiler."""
    imports = {
        word
        for file in (sandbox.TOY / "mlopsc_toy").glob("*.py")
        for line in file.read_text().splitlines()
        for word in line.split()
        if word.startswith("mlopsc.") and line.lstrip().startswith(("from ", "import "))
    }
    assert imports == {"mlopsc.target"}
