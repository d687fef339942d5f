"""Projects whose model is packaged and evaluated, and requests for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from steps.project import Project, penguins

STEPS = ("data", "split", "train", "package", "evaluate")

_CHURN = '''"""Who leaves."""

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder


def train(data, params, seed):
    columns = ColumnTransformer(
        [("numbers", SimpleImputer(), ["tenure", "spend"]), ("plan", OneHotEncoder(handle_unknown="ignore"), ["plan"])]
    )
    return make_pipeline(columns, LogisticRegression(random_state=seed)).fit(data.features, data.target)
'''


def packaged(project: Project) -> Project:
    """Run the steps up to the evaluation."""
    ended = project.run("run", *(word for step in STEPS for word in ("--step", step)))
    assert ended.returncode == 0, ended.stderr
    return project


def labels(folder: Path) -> Project:
    """Return the first example with its packaged model, which answers with labels."""
    return packaged(penguins(folder))


def probabilities(folder: Path) -> Project:
    """Return a project whose packaged model answers with the probability of a class, decided from 0.35 on."""
    rows = ["customer_id,tenure,spend,plan,churned"]
    for number in range(240):
        tenure, plan = number * 7 % 60, ("monthly", "yearly")[number % 3 == 0]
        spend = "" if number % 40 == 0 else f"{20 + number * 13 % 80}.5"
        leaves = tenure + (20 if plan == "yearly" else 0) + number * 11 % 23 < 35
        rows.append(f"c{number},{tenure},{spend},{plan},{str(leaves).lower()}")
    columns: dict[str, Any] = {
        "customer_id": {"type": "string", "role": "id", "personal": True},
        "tenure": {"type": "integer", "role": "feature", "min": 0, "max": 120},
        "spend": {"type": "number", "role": "feature", "min": 0, "max_missing": 0.05},
        "plan": {"type": "category", "role": "feature", "values": ["monthly", "yearly"]},
        "churned": {"type": "boolean", "role": "target"},
    }
    template = penguins(folder / "template").config
    config = {
        **template,
        "name": "churn",
        "data": {
            "datasets": {
                "customers": {
                    "uri": "data/customers.csv",
                    "format": "csv",
                    "version": {"resolve": "at-run"},
                    "missing_values": [""],
                    "columns": columns,
                    "checks": {"unique": ["customer_id"]},
                }
            },
            "train": "customers",
            "evaluate": {"split": {"by": "random", "test": 0.25, "stratify": True, "seed": 7}},
        },
        "model": {
            **template["model"],
            "task": "binary-classification",
            "train": {"call": "churn.model:train"},
            "params": {},
            "prediction": {"output": "probability", "positive": True, "threshold": 0.35},
            "registered_name": "churn",
        },
        "tests": {
            "metrics": {"roc_auc": {"better": "higher", "min": 0.5}},
            "slices": {},
            "fairness": {},
            "behaviour": {"invariant_to": {}, "directional": {}},
            "smoke": [],
        },
        "serving": {"path": "/v2/models/churn"},
        "environments": {},
    }
    project = Project(folder / "churn", config)
    project.ship()
    project.write("data/customers.csv", "\n".join(rows) + "\n")
    project.write("src/churn/__init__.py", "")
    project.write("src/churn/model.py", _CHURN)
    project.write("requirements.txt", (folder / "template" / "requirements.txt").read_text(encoding="utf-8"))
    return packaged(project)


def evaluated(project: Project) -> tuple[dict[str, Any], list[list[str]]]:
    """Return an inference request with all evaluation rows, and the lines of the predictions for them."""
    from mlopsc.steps.mlops_steps.data import frames

    split = project.result("split")["result"]
    frame = frames.features(frames.read(project.context(), frames.EVALUATE), split)
    inputs = []
    for name, dtype in split["features"].items():
        values = [None if value != value else value for value in frame[name].tolist()]
        datatype = {"str": "BYTES", "int64": "INT64", "float64": "FP64"}[dtype]
        tensor = {"name": name, "shape": [len(values)], "datatype": datatype, "data": values}
        inputs.append({**tensor, "parameters": {"content_type": "str"}} if dtype == "str" else tensor)
    text = (project.folder / "build" / "evaluation" / "predictions.csv").read_text(encoding="utf-8")
    return {"parameters": {"content_type": "pd"}, "inputs": inputs}, [line.split(",") for line in text.splitlines()[1:]]


def without(request: dict[str, Any], column: str) -> str:
    """Return a request that lacks a column, as JSON."""
    return json.dumps({**request, "inputs": [tensor for tensor in request["inputs"] if tensor["name"] != column]})
