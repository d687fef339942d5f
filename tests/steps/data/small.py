"""Small projects around one table, for the steps "data" and "split"."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlopsc.steps.mlops_steps.context import LAPTOP, Context
from mlopsc.steps.mlops_steps.refusal import Finding, Refused
from steps.project import Project

CUSTOMERS: dict[str, dict[str, Any]] = {
    "customer_id": {"type": "string", "role": "id"},
    "updated_at": {"type": "timestamp", "role": "timestamp"},
    "gender": {"type": "category", "role": "sensitive", "values": ["f", "m", "x"]},
    "email": {"type": "string", "role": "excluded", "personal": True},
    "tenure": {"type": "integer", "role": "feature", "min": 0, "max": 120, "max_missing": 0.1},
    "contract": {"type": "category", "role": "feature", "values": ["monthly", "yearly"]},
    "spend": {"type": "number", "role": "feature", "max": 1000.5},
    "churned": {"type": "boolean", "role": "target"},
}


def customers(rows: int) -> list[list[str]]:
    """Return rows that keep every rule of `CUSTOMERS`; a day lies between one and the next."""
    return [
        [
            f"c{number:04}",
            f"2024-01-{number % 28 + 1:02}T00:00:00Z",
            "fmx"[number % 3],
            f"person{number}@example.org",
            str(number % 121),
            ("monthly", "yearly")[number % 2],
            str(number % 997 + 0.25),
            ("true", "false")[number % 4 == 0],
        ]
        for number in range(rows)
    ]


def csv(rows: list[list[str]], header: list[str] | None = None) -> str:
    """Return rows as CSV with a header line."""
    return "".join(",".join(row) + "\n" for row in [header or list(CUSTOMERS), *rows])


def project(folder: Path, columns: Mapping[str, Mapping[str, Any]] = CUSTOMERS, **dataset: Any) -> Project:
    """Return a project with the data set ``customers``, by default ``data.csv`` whatever its content.

    Args:
        folder: where it is.
        columns: of the data set.
        dataset: what else its configuration holds.
    """
    source = {} if "loader" in dataset else {"uri": "data.csv", "format": "csv"}
    customers = {
        **source,
        "version": {"resolve": "at-run"},
        "missing_values": [""],
        "columns": columns,
        "checks": {"unique": []},
        **dataset,
    }
    return Project(
        folder,
        {
            "schema": 1,
            "name": "churn",
            "root": "../..",
            "data": {
                "datasets": {"customers": customers},
                "train": "customers",
                "evaluate": {"split": {"by": "random", "test": 0.25, "stratify": False, "seed": 7}},
            },
            "model": {
                "task": "binary-classification",
                "source": "src",
                "seed": 42,
                "prediction": {"output": "value", "threshold": 0.5},
                "dependencies": {"python": "3.11", "lock": "requirements.txt"},
            },
            "execution": {"pull_request": {"train": "full", "rows": 5000}},
        },
    )


def load(project: Project, purpose: str = LAPTOP) -> tuple[dict[str, Any], Context]:
    """Run the step "data"; return what it found out of the data set, and the context with its notices."""
    from mlopsc.steps.mlops_steps.commands.data import STEP

    context = project.context(purpose)
    result = STEP.run(context, argparse.Namespace())
    context.results.write("data", "passed", result)
    found: dict[str, Any] = result["datasets"]["customers"]
    return found, context


def refused(project: Project, purpose: str = LAPTOP) -> list[Finding]:
    """Run the step "data", which must refuse; return why."""
    try:
        load(project, purpose)
    except Refused as refusal:
        return list(refusal.findings)
    raise AssertionError("nothing was refused")


def only(findings: list[Finding]) -> Finding:
    """Return the one finding."""
    (finding,) = findings
    return finding


def split(project: Project, purpose: str = LAPTOP) -> tuple[dict[str, Any], Context]:
    """Run the steps "data" and "split"; return what the latter found out, and its context."""
    from mlopsc.steps.mlops_steps.commands.split import STEP

    load(project, purpose)
    context = project.context(purpose)
    result = STEP.run(context, argparse.Namespace())
    context.results.write("split", "passed", result)
    return result, context
