"""The section ``data`` of ``config.json``: the data sets that train and evaluate, and which rows do what."""

from __future__ import annotations

from mlopsc.build.pipeline.values import at, given, items, seconds, share
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.parts import Data
    from mlopsc.project import Project
    from mlopsc.project.data import Checks, Column, Dataset, Split


def used(project: Project) -> list[str]:
    """Return the names of the data sets that train and evaluate, each once."""
    names = (project.data.train, project.data.evaluate.dataset)
    return [name for name in dict.fromkeys(names) if name is not None and name in project.data.datasets]


def section(project: Project) -> At:
    """Return the section."""
    data = project.data
    evaluate = data.evaluate
    chosen = given(evaluate, "dataset") if evaluate.split is None else {"split": _split(project, evaluate.split)}
    return At(
        {
            "datasets": {name: _dataset(data.datasets[name]) for name in used(project)},
            "train": at(data, "train"),
            "evaluate": At(chosen, evaluate.path),
        },
        data.path,
    )


def _dataset(dataset: Dataset) -> At:
    found = given(dataset, "uri", "loader", "format")
    if dataset.version is not None:
        version = given(dataset.version, "sha256", "dvc", "resolve")
        found["version"] = At(version, dataset.version.path)
    found |= {
        "missing_values": items(dataset, "missing_values"),
        "columns": At(
            {name: At(_column(column), column.path) for name, column in dataset.columns.items()},
            (*dataset.path, "columns"),
        ),
        "checks": At(_checks(dataset.checks), dataset.checks.path),
    }
    return At(found, dataset.path)


def _column(column: Column) -> dict[str, Data]:
    found: dict[str, Data] = {"type": at(column, "type"), "role": at(column, "role")}
    if column.values is not None:
        found["values"] = items(column, "values")
    found |= given(column, "min", "max")
    if column.max_missing is not None:
        found["max_missing"] = share(column, "max_missing")
    if column.personal:
        found["personal"] = at(column, "personal")
    return found


def _checks(checks: Checks) -> dict[str, Data]:
    found: dict[str, Data] = given(checks, "min_rows")
    found["unique"] = items(checks, "unique")
    freshness = checks.freshness
    if freshness is not None:
        age = {"column": at(freshness, "column"), "max_age_seconds": seconds(freshness, "max_age")}
        found["freshness"] = At(age, freshness.path)
    return found


def _split(project: Project, split: Split) -> At:
    found: dict[str, Data] = {"by": At("random", split.path)}
    for by, field in (("time", "by_time"), ("group", "by_group")):
        if getattr(split, field) is not None:
            found = {"by": At(by, (*split.path, field)), "column": at(split, field)}
    found["test"] = share(split, "test")
    found["stratify"] = at(split, "stratify")
    found["seed"] = at(project.model, "seed") if split.seed is None else at(split, "seed")
    if split.gap is not None:
        found["gap_seconds"] = seconds(split, "gap")
    return At(found, split.path)
