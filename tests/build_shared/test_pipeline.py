"""The pipeline: the static files, and the configuration that they read."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from build_shared.project import generate, line_of, load, rendered, with_dependencies
from mlopsc import assets, build, metrics
from mlopsc.build import pipeline
from mlopsc.build.pipeline import values
from mlopsc.compiler import analyze
from mlopsc.compiler import generate as compile_
from mlopsc.inputs import MemoryInputs
from mlopsc.parts import Static
from mlopsc.project import Project
from mlopsc.render import json as json_text
from mlopsc.spec.output import Builders

ROOT = Path(__file__).parents[2]
STEPS = ROOT / "compiler" / "mlopsc" / "steps"
PATH = "ops/pipeline/config.json"
SCHEMA = json.loads(assets.text("mlopsc_schemas", "config.v1.schema.json"))
FOLDERS = {
    "penguins": ROOT / "examples" / "penguins",
    "section4": ROOT / "tests" / "fixtures" / "section4",
}
ORACLE = ROOT / "tests" / "oracle" / "specs"

COLUMNS = {
    "id": {"type": "string", "role": "id"},
    "at": {"type": "timestamp", "role": "timestamp"},
    "mail": {"type": "string", "role": "excluded", "personal": True},
    "tenure": {"type": "integer", "min": 0, "max": 1.5, "max_missing": "0.5%"},
    "contract": {"type": "category", "values": ["monthly", "yearly"]},
    "churned": {"type": "boolean", "role": "target"},
}


def config(project: Project) -> Any:
    """Return the configuration as a step reads it; it is valid."""
    found = json.loads(rendered(project, PATH).text)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def compiled(folder: Path, **texts: str) -> Any:
    """Return the configuration that a whole compile writes, given the files of a folder and further ones."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files |= {name: text.encode() for name, text in texts.items()}
    outputs = compile_(analyze("mlops.yaml", MemoryInputs(files))).outputs
    return json.loads(outputs[PATH].rendered.text)


def test_every_file_of_the_steps_is_copied_as_it_is() -> None:
    files, _ = generate(load())
    copied = {
        name.removeprefix("ops/pipeline/"): file.body.resource
        for name, file in files.items()
        if isinstance(file.body, Static)
    }
    expected = {
        path.relative_to(STEPS).as_posix()
        for path in STEPS.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(copied.values()) == expected - {"__init__.py"}
    assert {"__main__.py", "LICENSE", "mlops_steps/__init__.py", "mlops_steps/config.py"} <= set(copied)
    assert {name: resource for name, resource in copied.items() if name != resource} == {
        "ruff.toml": "shipped.ruff.toml"
    }
    text = rendered(load(), "ops/pipeline/mlops_steps/config.py").text
    assert text == (STEPS / "mlops_steps" / "config.py").read_text(encoding="utf-8")


def test_what_python_keeps_beside_the_steps_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "seeded"
    for name in ("__init__.py", "a.py", "sub/b.py", "__pycache__/a.pyc", "sub/__pycache__/b.pyc", ".hidden"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert assets.files("seeded") == ["__init__.py", "a.py", "sub/b.py"]
    assert assets.files("seeded", "sub") == ["sub/b.py"]


def test_the_pipeline_is_always_written() -> None:
    project = load({"output": {"builders": dict.fromkeys(Builders.model_fields, False)}})
    assert PATH in generate(project)[0]
    assert pipeline.build in build.builders(project)


@pytest.mark.parametrize(("folder", "root"), [("ops", "../.."), ("a/b", "../../.."), (".", "..")])
def test_the_root_is_the_folder_of_the_spec(folder: str, root: str) -> None:
    project = load({"output.dir": folder})
    (file,) = (file for file in generate(project)[0].values() if file.file.endswith("/config.json"))
    assert rendered(project, f"{folder}/pipeline/config.json" if folder != "." else "pipeline/config.json").text
    assert json.loads(rendered(project, file.file.removeprefix("./")).text)["root"] == root


def test_units_are_plain_numbers_and_what_is_not_set_is_absent() -> None:
    checks = {"min_rows": 10, "freshness": {"column": "at", "max_age": "7d"}}
    found = config(
        load(
            {
                "data.datasets.customers.columns": COLUMNS,
                "data.datasets.customers.checks": checks,
                "data.evaluate": {"split": {"by_time": "at", "test": "12.5%", "gap": "1500ms"}},
                "tests.load": {
                    "against": "staging",
                    "rate": "90/m",
                    "duration": "1m",
                    "p95": "250ms",
                    "max_errors": "0.1%",
                },
            }
        )
    )
    dataset = found["data"]["datasets"]["customers"]
    assert dataset["columns"]["tenure"] == {
        "type": "integer",
        "role": "feature",
        "min": 0,
        "max": 1.5,
        "max_missing": 0.005,
    }
    assert dataset["columns"]["mail"] == {"type": "string", "role": "excluded", "personal": True}
    assert dataset["checks"] == {
        "min_rows": 10,
        "unique": [],
        "freshness": {"column": "at", "max_age_seconds": 604800},
    }
    assert found["data"]["evaluate"]["split"] == {
        "by": "time",
        "column": "at",
        "test": 0.125,
        "stratify": False,
        "seed": 0,
        "gap_seconds": 1.5,
    }
    load_test = {"rate_per_second": 1.5, "duration_seconds": 60, "p95_seconds": 0.25, "max_errors": 0.001}
    assert found["environments"]["staging"]["load"] == load_test
    assert "load" not in found["environments"]["production"]
    assert "load" not in found["tests"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"),
        (-3.0, "-3"),
        (2.0**53, "9007199254740992"),
        (2.0**53 + 2, "9007199254740994.0"),
        (-1e300, "-1e300"),
        (Decimal("0.10"), "0.1"),
    ],
)
def test_a_number_is_whole_where_floats_are_exact(value: Decimal | float, text: str) -> None:
    found = values.number(value)
    assert found == float(value)
    assert json_text.emit([found]).text == f"[{text}]\n"


def test_a_bound_is_written_as_it_was_meant() -> None:
    columns = {**COLUMNS, "tenure": {"type": "number", "min": -1e300, "max": 40.0}}
    text = rendered(load({"data.datasets.customers.columns": columns}), PATH).text
    assert '"min": -1e300,\n' in text
    assert '"max": 40\n' in text


def test_data_sets_that_neither_train_nor_evaluate_are_left_out() -> None:
    changes = {
        "data.datasets.holdout": {"loader": "churn.data:load", "version": {"dvc": "h.dvc"}, "columns": COLUMNS},
        "data.datasets.outcomes": {"uri": "data/outcomes.csv", "format": "csv"},
        "data.evaluate": {"dataset": "holdout"},
    }
    data = config(load(changes))["data"]
    assert list(data["datasets"]) == ["customers", "holdout"]
    assert data["datasets"]["holdout"]["loader"] == "churn.data:load"
    assert data["datasets"]["holdout"]["version"] == {"dvc": "h.dvc"}
    assert data["evaluate"] == {"dataset": "holdout"}


def test_commands_are_words_and_parameters_stay_as_they_are() -> None:
    params = {"C": 1.0, "layers": [8, 4.0], "deep": {"on": True, "none": None}}
    changes = {
        "model.train": {"command": "python -m churn.train --name 'two words'"},
        "model.params": params,
        "model.registered_name": None,
    }
    project = load({name: value for name, value in changes.items() if value is not None})
    found = config(project)["model"]
    assert found["train"] == {"command": ["python", "-m", "churn.train", "--name", "two words"]}
    assert found["params"] == params
    assert '"C": 1.0' in rendered(project, PATH).text
    assert found["registered_name"] == "churn"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"model.params": {"C": float("inf")}}, ("model", "params", "C")),
        ({"model.params": {"deep": {"list": [1, float("nan")]}}}, ("model", "params", "deep", "list", 1)),
    ],
)
def test_a_number_that_json_cannot_hold_is_reported(changes: dict[str, Any], place: tuple[str | int, ...]) -> None:
    _, findings = generate(load(changes))
    assert [(item.code, item.at) for item in findings] == [("LNK-615", (place,))]


def test_the_better_direction_stands_beside_each_metric() -> None:
    gates = {"recall": {"min": 0.5}, "false_positive_rate": {"max": 0.1, "confidence": "95%"}}
    found = config(load({"tests.metrics": gates}))["tests"]["metrics"]
    assert found == {
        "recall": {"better": "higher", "min": 0.5},
        "false_positive_rate": {"better": "lower", "max": 0.1, "confidence": 0.95},
    }
    assert {metric.better for table in metrics.METRICS.values() for metric in table.values()} <= set(
        SCHEMA["$defs"]["metric"]["properties"]["better"]["enum"]
    )


def test_a_custom_task_has_its_own_evaluation_and_metrics() -> None:
    changes = {
        "model.task": "custom",
        "model.evaluate": {"command": "python -m churn.evaluate"},
        "tests.metrics": {"ndcg": {"min": 0.4}},
    }
    found = config(load(changes))
    assert found["model"]["evaluate"] == {"command": ["python", "-m", "churn.evaluate"]}
    assert found["tests"]["metrics"] == {"ndcg": {"min": 0.4}}


@pytest.mark.parametrize(
    ("changes", "champion"),
    [
        ({}, "production"),
        ({"tests.champion": "staging"}, "staging"),
        ({"environments": None}, "default"),
        ({"environments": {"a": {}, "b": {}}}, None),
        ({"environments": {"a": {}, "b": {"after": "a", "deployment": {"mode": "none"}}}}, "a"),
        ({"environments": None, "deployment": {"mode": "none"}}, None),
    ],
)
def test_the_champion_is_in_the_last_environment_that_something_runs_in(
    changes: dict[str, Any], champion: str | None
) -> None:
    assert config(load(changes))["tests"].get("champion") == champion


def test_an_environment_has_what_a_release_to_it_needs() -> None:
    request = {"request": "tests/request.json"}
    own = {"tests": {"smoke": [{**request, "expect": {"status": 201}}]}}
    changes = {
        "tests.smoke": [request],
        "environments.staging": own,
        "environments.lab": {"deployment": {"mode": "none"}},
    }
    found = config(load(changes))
    plain = {"request": "tests/request.json", "status": 200, "tolerance": 0}
    assert found["tests"]["smoke"] == [plain]
    assert found["environments"] == {
        "staging": {"image": "ghcr.io/acme/churn", "smoke": [{**plain, "status": 201}]},
        "production": {"image": "ghcr.io/acme/churn", "after": "staging"},
    }


def test_an_environment_starts_no_releases_of_one_in_which_nothing_runs() -> None:
    found = config(load({"environments.staging": {"deployment": {"mode": "none"}}}))
    assert "after" not in found["environments"]["production"]


def test_a_deploy_branch_is_in_this_repository_and_followed_unless_the_spec_says_otherwise() -> None:
    separate = {"url": "https://github.com/acme/gitops", "credentials": {"secret": "CI"}}
    places = {"top": separate, "below": {**separate, "path": "churn"}}
    changes = {
        "secrets.CI": {"github": "CI"},
        "deployment.gitops": {"argocd": {"repo": "https://github.com/acme/churn"}},
        "environments.staging": {"deployment": {"gitops": {"push": {}}}},
        **{
            f"environments.{name}": {"deployment": {"gitops": {"repository": repository}}}
            for name, repository in places.items()
        },
    }
    found = {name: found.get("gitops") for name, found in config(load(changes))["environments"].items()}
    assert found == {
        "staging": {"push": True},
        "production": None,
        "top": {"url": "https://github.com/acme/gitops", "path": "."},
        "below": {"url": "https://github.com/acme/gitops", "path": "churn"},
    }


def test_a_load_test_on_the_runner_belongs_to_no_environment() -> None:
    spec = {"against": "runner", "rate": "1/s", "duration": "1m", "p95": "1s", "max_errors": "1%"}
    found = config(load({"tests.load": spec}))
    assert found["tests"]["load"]["rate_per_second"] == 1
    assert not any("load" in environment for environment in found["environments"].values())


def test_the_release_record_is_the_tracker_unless_the_stack_has_mlflow() -> None:
    project = load()
    assert config(project)["tracking"] == "release-records"
    tracked = project.replace(stack=project.stack.replace(track="mlflow"))
    assert config(tracked)["tracking"] == "mlflow"


def test_lines_know_their_fields() -> None:
    own = {"tests": {"smoke": [{"request": "tests/own.json"}]}}
    file = rendered(
        load({"model.seed": 42, "data.evaluate.split.seed": 7, "environments.staging": own}),
        PATH,
    )
    assert line_of(file, '"root"') == (None, ("output", "dir"))
    assert line_of(file, '"seed": 7') == (None, ("data", "evaluate", "split", "seed"))
    assert line_of(file, '"registered_name"') == (None, ("metadata", "name"))
    assert line_of(file, '"tests/own.json"') == ("staging", ("tests", "smoke", 0, "request"))
    assert line_of(file, '"champion"') == (None, ("environments", "production"))
    assert line_of(file, '"lock"') == (None, ("model", "dependencies", "lock"))


def test_a_lock_elsewhere_is_named() -> None:
    assert config(with_dependencies(load(), lock="locks/a.txt"))["model"]["dependencies"]["lock"] == "locks/a.txt"


@pytest.mark.parametrize("name", FOLDERS)
def test_the_configuration_of_an_example_is_valid_and_complete(name: str) -> None:
    found = compiled(FOLDERS[name])
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert found["serving"] == {"path": f"/v2/models/{found['name']}"}
    assert found["tests"]["champion"] == "production"


@pytest.mark.parametrize("name", sorted(path.stem for path in ORACLE.glob("*.yaml") if path.stem != "head"))
def test_the_configuration_of_every_oracle_spec_is_valid(name: str, tmp_path: Path) -> None:
    text = (ORACLE / f"{name}.yaml").read_text(encoding="utf-8")
    head = "" if "\napiVersion:" in text else (ORACLE / "head.yaml").read_text(encoding="utf-8")
    files = ("data.csv", "leads.csv", "data.csv.dvc", "src/m/model.py", "tests/request.json", "tests/expected.json")
    found = compiled(tmp_path, **{"mlops.yaml": head + text}, **dict.fromkeys(files, "{}\n"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"extra": True},
        {"model": {}},
        {"serving": {"path": 1}},
        {"data": {"datasets": {}, "train": "a", "evaluate": {"dataset": "a"}}},
        {"data": {"datasets": {"a": {}}, "train": "a", "evaluate": {"dataset": "a"}}},
        {"tracking": "elsewhere"},
    ],
)
def test_the_schema_refuses_what_no_compile_writes(change: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    found = config(load())
    assert validator.is_valid(found)
    assert not validator.is_valid(found | change)


def test_every_key_of_the_schema_is_described() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    stack: list[tuple[str, Any]] = [("", SCHEMA)]
    while stack:
        place, node = stack.pop()
        assert "description" in node or "$ref" in node, place
        for key, item in node.get("properties", {}).items():
            stack.append((f"{place}/{key}", item))
        stack += [(f"{place}/{key}", item) for key, item in node.get("$defs", {}).items()]
        if node.get("type") == "object" and "properties" in node:
            assert node["additionalProperties"] is False, place
