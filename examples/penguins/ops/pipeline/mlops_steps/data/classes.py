# SPDX-License-Identifier: MIT-0
"""The classes of a classification, their order, and which one is positive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..config import Config
from ..refusal import Finding
from . import columns as spec

if TYPE_CHECKING:
    import pandas as pd

BINARY, MULTICLASS = "binary-classification", "multiclass-classification"


def of(config: Config, target: str | None, column: spec.Column | None, train: pd.DataFrame) -> list[Any] | None:
    """Return the classes in the order in which probabilities are given, None for a task without classes.

    They are the values that the spec lists for the target, sorted, else those of the training rows; false comes before
    true. Of two classes of a binary classification the positive one is the last, so that the code 1 means it.
    """
    if target is None or column is None or config["model"]["task"] == "regression":
        return None
    listed = spec.allowed(column)
    if listed is None and spec.kind(column) == spec.BOOLEAN:
        listed = [False, True]
    if listed is None and config["model"]["task"] in (BINARY, MULTICLASS):
        listed = train[target].unique().tolist()
    if listed is None:
        return None
    classes = sorted(listed)
    last = positive(config, column, classes)
    return classes if last is None else sorted(classes, key=lambda value: value == last)


def positive(config: Config, column: spec.Column | None, classes: list[Any] | None) -> Any:
    """Return the positive class of a binary classification: the one of the spec, else the last; otherwise None."""
    if config["model"]["task"] != BINARY or not classes or column is None:
        return None
    given = config["model"]["prediction"].get("positive")
    return classes[-1] if given is None else spec.in_frame(column, given)


def check(
    config: Config, column: spec.Column | None, classes: list[Any] | None, train: pd.Series, evaluate: pd.Series
) -> tuple[list[Finding], list[Finding]]:
    """Return why the classes of both sides cannot train and evaluate the model, and what is worth a notice only.

    Args:
        config: the configuration.
        column: the target in the spec.
        classes: all classes, as `of` returns them.
        train: the targets of the training rows.
        evaluate: the targets of the evaluation rows.
    """
    task = config["model"]["task"]
    if classes is None or column is None or task not in (BINARY, MULTICLASS):
        return [], []
    name = str(train.name)
    trained, evaluated = set(train.unique()), set(evaluate.unique())
    wanted = positive(config, column, classes)

    def finding(values: list[Any], message: str) -> Finding:
        shown = f"{len(values)} (not shown)" if spec.hidden(column) else ", ".join(map(spec.shown, values))
        return Finding(
            "classes", name, f'target "{name}": {message.format(shown)}', {"column": name, "count": len(values)}
        )

    findings, notices = [], []
    if len(classes) < 2 or (task == BINARY and len(classes) > 2):
        wants = "exactly two" if task == BINARY else "at least two"
        findings.append(
            finding(classes, f"its classes are {{}}, and a {task} has {wants}: correct the data or the task")
        )
    if wanted is not None and wanted not in classes:
        findings.append(finding([wanted], "no row has the positive class {}: correct the data, or the spec"))
    lacking = [value for value in classes if value not in trained]
    if lacking:
        findings.append(
            finding(
                lacking, "no training row has the class {}: add rows, split in another way, or remove it from the spec"
            )
        )
    unknown = sorted(evaluated.difference(classes))
    if unknown:
        findings.append(
            finding(unknown, "evaluation rows have the class {}, which no training row has: add rows, or remove these")
        )
    unseen = [value for value in classes if value in trained and value not in evaluated]
    if unseen:
        notices.append(finding(unseen, "no evaluation row has the class {}, so metrics say nothing of it: add rows"))
    return findings, notices
