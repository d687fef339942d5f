"""Every key of ``config.json`` is read by a step, else the spec has a field that does nothing."""

from __future__ import annotations

import argparse
import copy
import datetime
import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlopsc.steps.mlops_steps import command_line, commands
from mlopsc.steps.mlops_steps import config as config_module
from mlopsc.steps.mlops_steps.context import DELIVERY, LAPTOP, PULL_REQUEST, Context
from mlopsc.steps.mlops_steps.packaging import recipe
from mlopsc.steps.mlops_steps.refusal import Unusable
from mlopsc.steps.mlops_steps.results import write_json
from steps import formats
from steps.project import ROOT, Project
from steps.recording import ANY, Keys, leaves, record
from steps.serving import fakes
from steps.tracking import documents
from steps.tracking.test_git import commit, git

CONFIG = formats.schema("config")

READ_WHEN_LOADED: set[Keys] = {("schema",)}
"""What `config.load` reads before there is a context; test_config.py proves it."""

WITHOUT_A_CHOICE: set[Keys] = {("data", "datasets", ANY, "version", "resolve")}
"""What has one value only: ``version: {resolve: at-run}`` stands for the absence of the other two ways."""

VERSION = "aaaaaaaaaaaa"
CLUSTER = ROOT / "tests" / "targets" / "kubernetes" / "training" / "one"

TRAIN = """
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def train(data, params, seed):
    columns = make_column_transformer(("passthrough", ["tenure"]))
    return make_pipeline(columns, LogisticRegression(random_state=seed, **params)).fit(data.features, data.target)
"""


def test_a_read_is_noted_at_its_place() -> None:
    reads: set[Keys] = set()
    content = {
        "tests": {"metrics": {"f1": {"better": "higher", "min": 0.5}}, "smoke": [{"request": "a", "status": 200}]}
    }
    config = record(content, CONFIG, reads)
    assert config == content
    assert reads == set()
    assert config["tests"]["metrics"]["f1"]["min"] == 0.5
    assert [request["status"] for request in config["tests"]["smoke"]] == [200]
    config["tests"]["metrics"]["f1"].get("max")
    assert reads == {
        ("tests", "metrics", ANY, "min"),
        ("tests", "metrics", ANY, "max"),
        ("tests", "smoke", ANY, "status"),
    }


def test_copying_a_part_reads_nothing_and_going_through_a_map_reads_its_values() -> None:
    reads: set[Keys] = set()
    config = record({"tests": {"behaviour": {"invariant_to": {"a": [1]}}}, "tracking": "mlflow"}, CONFIG, reads)
    assert {**config, **dict(config["tests"])}
    assert reads == set()
    assert dict(config["tests"]["behaviour"]["invariant_to"].items()) == {"a": [1]}
    assert reads == {("tests", "behaviour", "invariant_to", ANY)}


def test_a_key_that_nobody_reads_is_found() -> None:
    schema = copy.deepcopy(CONFIG)
    schema["properties"]["colour"] = {"type": "string"}
    assert leaves(schema) - leaves(CONFIG) == {("colour",)}


@pytest.mark.steps
def test_every_key_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")  # and, at the end, what MLflow sets is undone
    for module, name in ((recipe, "config_digest"), (config_module, "digest")):
        monkeypatch.setattr(module, name, lambda *_arguments: "0" * 64)  # takes whole sections
    reads: set[Keys] = set(READ_WHEN_LOADED)
    for example in EXAMPLES:
        bench = Bench(tmp_path / example.__name__, reads)
        example(bench)
        assert formats.problems_of(bench.project) == []
    expected = leaves(CONFIG) - WITHOUT_A_CHOICE
    assert {".".join(path) for path in expected - reads} == set()
    assert {".".join(path) for path in reads - expected} == set()


class Bench:
    """Runs steps on a project and notes what they read.

    Args:
        folder: of the project.
        reads: where the keys are noted.
    """

    def __init__(self, folder: Path, reads: set[Keys]) -> None:
        self.project = Project(folder, {})
        self._reads = reads

    def configure(self, config: dict[str, Any]) -> None:
        """Take a configuration, which must be one."""
        assert formats.problems("config", config) == []
        self.project.change(lambda old: old.update(config))

    def __call__(self, step: str, *arguments: str, purpose: str = LAPTOP) -> dict[str, Any]:
        """Run a step by that function of the command line which also reads what it needs itself, and write its result.

        The way there, `main`, takes the configuration and the folders of the copied pipeline, and restarts Python.
        """
        parser = argparse.ArgumentParser()
        commands.STEPS[step].options(parser)
        code, document = command_line._one(commands.STEPS[step], self.context(purpose), parser.parse_args(arguments))
        assert code == command_line.FINE, document["findings"]
        result: dict[str, Any] = document["result"]
        return result

    def context(self, purpose: str = LAPTOP) -> Context:
        plain = self.project.context(purpose)
        config = record(self.project.config, CONFIG, self._reads)
        return Context(config=config, purpose=purpose, console=plain.console, pipeline=plain.pipeline)


def base(**changes: Any) -> dict[str, Any]:
    """Return the configuration of a binary classification."""
    config: dict[str, Any] = {
        "schema": 1,
        "name": "churn",
        "root": "../..",
        "data": {
            "datasets": {"customers": dataset()},
            "train": "customers",
            "evaluate": {"split": {"by": "random", "test": 0.25, "stratify": True, "seed": 7}},
        },
        "model": {
            "task": "binary-classification",
            "framework": "sklearn",
            "source": "src",
            "train": {"call": "churn_keys:train"},
            "params": {"C": 0.5},
            "seed": 42,
            "prediction": {"output": "probability", "positive": True, "threshold": 0.5},
            "dependencies": {"python": "3.11", "lock": "requirements.txt"},
            "registered_name": "churn",
        },
        "execution": {"train": {"timeout_seconds": 600}, "pull_request": {"train": "sample", "rows": 80}},
        "tests": {
            "metrics": {
                "roc_auc": {"better": "higher", "min": 0.6, "max_drop": 0.1},
                "log_loss": {"better": "lower", "max": 5.0, "confidence": 0.9},
            },
            "slices": {
                "by_contract": {"column": "contract", "metric": "accuracy", "min": 0.1, "max": 1.0, "min_samples": 5}
            },
            "fairness": {"gender": {"column": "gender", "metric": "accuracy", "max_gap": 1.0, "min_samples": 5}},
            "behaviour": {
                "invariant_to": {"contract": ["monthly", "yearly"]},
                "directional": {"tenure": {"expect": "decreasing", "tolerance": 0.5}},
            },
            "smoke": [smoke()],
            "champion": "production",
        },
        "tracking": "mlflow",
        "training": {},
        "serving": {"path": "/v2/models/churn"},
        "environments": {"production": {"image": "ghcr.io/acme/churn"}},
        "scan": {"ignore": {"CVE-2026-12345": "2026-05-31"}},
    }
    return {**config, **changes}


def dataset(**changes: Any) -> dict[str, Any]:
    """Return the data set of `customers`."""
    return {
        "uri": "data.csv",
        "format": "csv",
        "version": {"resolve": "at-run"},
        "missing_values": ["NA"],
        "columns": {
            "customer_id": {"type": "string", "role": "id"},
            "updated_at": {"type": "timestamp", "role": "timestamp"},
            "gender": {"type": "category", "role": "sensitive", "values": ["f", "m"], "personal": True},
            "tenure": {"type": "integer", "role": "feature", "min": 0, "max": 99, "max_missing": 0.1},
            "contract": {"type": "category", "role": "feature", "values": ["monthly", "yearly"]},
            "churned": {"type": "boolean", "role": "target"},
        },
        "checks": {
            "min_rows": 100,
            "unique": ["customer_id"],
            "freshness": {"column": "updated_at", "max_age_seconds": 864000},
        },
        **changes,
    }


def smoke() -> dict[str, Any]:
    return {"request": "request.json", "status": 200, "values": "expected.json", "tolerance": 0.01}


def load() -> dict[str, Any]:
    return {"rate_per_second": 10, "duration_seconds": 1, "p95_seconds": 20.0, "max_errors": 0.5}


def customers() -> str:
    """Return 200 rows in which those with a long tenure stay, as CSV; the newest is of today."""
    draw = random.Random(7)
    newest = datetime.datetime.now(datetime.timezone.utc)
    lines = ["customer_id,updated_at,gender,tenure,contract,churned"]
    for number in range(200):
        tenure, at = draw.randrange(100), newest - datetime.timedelta(hours=number)
        stays = tenure + draw.randrange(-20, 20) > 40
        lines.append(
            f"c{number},{at:%Y-%m-%dT%H:%M:%SZ},{draw.choice('fm')},{tenure},{draw.choice(['monthly', 'yearly'])},"
            f"{str(not stays).lower()}"
        )
    return "\n".join(lines) + "\n"


def files(project: Project) -> None:
    """Write what every example needs."""
    project.write("data.csv", customers())
    project.write("src/churn_keys.py", TRAIN)
    project.write("request.json", json.dumps({"inputs": []}))
    project.write("expected.json", "[0.25]")
    lock = ROOT / "examples" / "penguins" / "requirements.txt"
    project.write("requirements.txt", lock.read_text(encoding="utf-8"))


def trained_and_registered(bench: Bench) -> None:
    """The whole pipeline of a delivery, from random rows to MLflow, beside a champion that is a little better."""
    files(bench.project)
    bench.configure(base())
    build = bench.project.folder / "build"
    nothing = {**documents.release("churn", f"sha256:{'0' * 64}"), "state": "none"}
    for part in ("stable", "canary", "previous", "rejected"):
        nothing.pop(part, None)
    write_json(build / "champion" / "release.json", nothing)
    for step in ("data", "split", "train", "package", "evaluate"):
        bench(step, purpose=DELIVERY)
    found = bench.context().results.read("evaluate")
    better = documents.release("churn", found["digest"], roc_auc=found["metrics"]["roc_auc"] + 0.001)
    better["stable"]["evaluation"]["method"] = found["method"]
    write_json(build / "champion" / "release.json", better)
    for step in ("evaluate", "gate", "register"):
        bench(step, purpose=DELIVERY)


def released(bench: Bench) -> None:
    """What the steps of a release read; neither needs a model to get that far."""
    remote = bench.project.folder / "deploy.git"
    gitops = {"url": str(remote), "path": "churn", "push": True}
    image = {"image": "ghcr.io/acme/churn"}
    bench.configure(
        base(environments={"staging": image, "production": {**image, "after": "staging", "gitops": gitops}})
    )
    git(bench.project.folder, "init", "--quiet")
    git(bench.project.folder, "init", "--quiet", "--bare", str(remote))
    commit(bench.project.folder)
    assert bench("champion")["release"] is None
    with pytest.raises(Unusable, match="start needs the image"):
        bench("release", "start", "--env", "production")
    with pytest.raises(Unusable, match="give --from staging"):
        bench("release", "start", "--env", "production", "--from", "lab", "--release", "0" * 64)


def built(bench: Bench) -> None:
    """What is read before an image is scanned."""
    bench.configure(base())
    assert bench("exceptions", "--on", "2026-05-31")["accepted"]


LOAD = """
import pandas


def load():
    return pandas.read_csv({path!r}, dtype=str, keep_default_na=False)
"""


def split_by_time(bench: Bench) -> None:
    """A loader, and the newest rows evaluate."""
    files(bench.project)
    bench.project.write("src/churn_loader.py", LOAD.format(path=str(bench.project.folder / "data.csv")))
    loaded = {key: value for key, value in dataset(loader="churn_loader:load").items() if key not in ("uri", "format")}
    split = {"by": "time", "column": "updated_at", "test": 0.25, "stratify": False, "seed": 7, "gap_seconds": 3600}
    bench.configure(base(data={"datasets": {"customers": loaded}, "train": "customers", "evaluate": {"split": split}}))
    bench("data")
    bench("split")


def sampled(bench: Bench) -> None:
    """A pull request, which trains on some rows."""
    files(bench.project)
    bench.configure(base())
    bench("data", purpose=PULL_REQUEST)
    assert bench("split", purpose=PULL_REQUEST)["sample"] == 80


def by_commands(bench: Bench) -> None:
    """Versions by digest and DVC, a set of its own for evaluation, and commands that train and evaluate."""
    files(bench.project)
    content = customers().encode()
    (bench.project.folder / "data.csv").write_bytes(content)
    holdout = content.replace(b"\nc", b"\nh")
    (bench.project.folder / "holdout.csv").write_bytes(holdout)
    md5 = hashlib.md5(holdout, usedforsecurity=False).hexdigest()
    bench.project.write("holdout.csv.dvc", f"outs:\n- md5: {md5}\n  size: {len(holdout)}\n  path: holdout.csv\n")
    config = base()
    config["data"] = {
        "datasets": {
            "customers": dataset(version={"sha256": hashlib.sha256(content).hexdigest()}),
            "holdout": dataset(uri="holdout.csv", version={"dvc": "holdout.csv.dvc"}),
        },
        "train": "customers",
        "evaluate": {"dataset": "holdout"},
    }
    config["model"].update(
        task="custom",
        train={"command": ["python", "-m", "churn_train"]},
        evaluate={"command": ["python", "-m", "churn_evaluate"]},
        prediction={"output": "value", "threshold": 0.5},
    )
    config["tests"].update(
        metrics={"right": {"min": 0.1}}, slices={}, fairness={}, behaviour={"invariant_to": {}, "directional": {}}
    )
    bench.project.write("src/churn_train.py", TRAIN_COMMAND)
    bench.project.write("src/churn_evaluate.py", EVALUATE_COMMAND)
    bench.configure(config)
    for step in ("data", "split", "train", "package", "evaluate", "gate"):
        bench(step)


TRAIN_COMMAND = """
import json, os
from pathlib import Path
from types import SimpleNamespace

import churn_keys
import mlflow.sklearn
import pandas

config = json.loads(Path(os.environ["MLOPSC_CONFIG"]).read_text())
rows = pandas.read_parquet(config["train"]["path"])
data = SimpleNamespace(features=rows[config["train"]["features"]], target=rows[config["train"]["target"]])
model = churn_keys.train(data, config["params"], config["seed"])
mlflow.sklearn.save_model(model, Path(os.environ["MLOPSC_OUT"]) / "model", serialization_format="cloudpickle")
"""

EVALUATE_COMMAND = """
import json, os
from pathlib import Path

config = json.loads(Path(os.environ["MLOPSC_CONFIG"]).read_text())
assert Path(config["model"], "MLmodel").is_file()
(Path(os.environ["MLOPSC_OUT"]) / "metrics.json").write_text('{"right": 0.5}')
"""


def served(bench: Bench) -> None:
    """Smoke and load tests of an environment with requests of its own, and of a server that the job started."""
    files(bench.project)
    config = base()
    config["tests"]["load"] = load()
    config["environments"]["staging"] = {"image": "ghcr.io/acme/churn", "smoke": [smoke()], "load": load()}
    bench.configure(config)
    with fakes.serve(lambda _received: fakes.prediction(0.25, version=VERSION)) as server:
        for environment in ((), ("--env", "staging")):
            bench("smoke", "--url", server.url, *environment)
            bench("load", "--url", server.url, *environment)


def submitted(bench: Bench) -> None:
    """What a training in a cluster reads before it asks the cluster."""
    bench.configure(base(training={"store": (bench.project.folder / "store").as_uri()}))
    shutil.copytree(CLUSTER, bench.project.pipeline.parent / "training")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "")
        with pytest.raises(Unusable, match="kubectl is not installed"):
            bench("submit", "--image", f"ghcr.io/acme/churn-train@sha256:{'0' * 64}")


EXAMPLES: tuple[Callable[[Bench], None], ...] = (
    trained_and_registered,
    released,
    built,
    split_by_time,
    sampled,
    by_commands,
    served,
    submitted,
)
