# SPDX-License-Identifier: MIT-0
"""Divide the data into training and evaluation rows, and see that nothing leaks from one to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..context import PULL_REQUEST, Context
from ..refusal import Finding, Refused
from ..results import NOT_JUDGED
from . import classes, digest, frames, leakage, splits, types
from . import columns as spec

if TYPE_CHECKING:
    import pandas as pd

OFF = "off"

_MOVED = 0.1  # share of the wanted evaluation rows; a split that moves further is told


def split(context: Context) -> dict[str, Any]:
    """Write the training and the evaluation rows and return what the step found out.

    Raises:
        Refused: a side would be empty, lacks a class, or shares identities or groups with the other.
        Unusable: the step "data" did not run or did not pass.
    """
    config = context.config
    context.results.read("data")
    columns = spec.of(config, config["data"]["train"])
    target, weight = spec.single(columns, "target"), spec.single(columns, "weight")
    column = columns[target] if target is not None else None

    train, evaluate = _divide(context, columns)
    known = classes.of(config, target, column, train)
    findings = leakage.check(train, evaluate, columns)
    notices: list[Finding] = []
    if target is not None:
        refused, notices = classes.check(config, column, known, train[target], evaluate[target])
        findings += refused
    if findings:
        raise Refused(findings)

    features = _features(columns, train, evaluate)
    names = {"features": features, "target": target, "weight": weight}
    if not leakage.identity(train, evaluate, columns):
        _notice_identical(context, leakage.identical_rows(train, evaluate, names), len(evaluate))
    for notice in notices:
        context.notice(notice.rule, notice.subject, notice.message, **notice.facts)

    train, evaluate, sampled = _sampled(context, train, evaluate, target if known else None)
    for side, frame in ((frames.TRAIN, train), (frames.EVALUATE, evaluate)):
        frames.write(frame, frames.path(context, side))
    result = {
        "train": _rows(train),
        "evaluate": _rows(evaluate),
        "sample": sampled,
        "classes": known,
        "positive": classes.positive(config, column, known),
        "features": features,
        "deviation": _deviation(columns, train),
        "target": target,
        "weight": weight,
    }
    return {**result, "status": NOT_JUDGED} if sampled == OFF else result


def _divide(context: Context, columns: spec.Columns) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return training and evaluation rows, each numbered from 0."""
    config = context.config
    evaluation = config["data"]["evaluate"]
    frame = _dataset(context, config["data"]["train"])
    if "dataset" in evaluation:
        return frame, _dataset(context, evaluation["dataset"])
    how = evaluation["split"]
    if how["by"] == "time":
        gap = how.get("gap_seconds", 0)
        train, evaluate = splits.by_time(frame, how["test"], how["column"], gap)
        _notice_ties(context, how["column"], len(evaluate), splits.share(len(frame), how["test"]))
        _notice_gap(context, len(frame) - len(train) - len(evaluate), gap)
    elif how["by"] == "group":
        train, evaluate = splits.by_group(frame, how["test"], how["column"], how["seed"])
    else:
        target = spec.single(columns, "target") if how["stratify"] else None
        show = target is None or not spec.hidden(columns[target])
        train, evaluate = splits.at_random(frame, how["test"], how["seed"], target, show=show)
    return _take(frame, train), _take(frame, evaluate)


def _dataset(context: Context, name: str) -> pd.DataFrame:
    return frames.read_typed(frames.path_of_dataset(context, name), spec.of(context.config, name), "data")


def _take(frame: pd.DataFrame, positions: splits.Positions) -> pd.DataFrame:
    return frame.iloc[positions].reset_index(drop=True)


def _sampled(
    context: Context, train: pd.DataFrame, evaluate: pd.DataFrame, classes_of: str | None
) -> tuple[pd.DataFrame, pd.DataFrame, bool | int | str]:
    """Return the rows that a pull request uses, and how many a sample may have: false when it uses all of them."""
    how = context.config["execution"]["pull_request"]
    if context.purpose != PULL_REQUEST or how["train"] == "full":
        return train, evaluate, False
    if how["train"] == OFF:
        context.notice(
            "pull_request",
            "train",
            'no model is trained and judged: "execution.pull_request.train" is off in the spec; deliveries do it',
        )
        return train, evaluate, OFF
    rows, seed = how["rows"], context.config["model"]["seed"]
    if max(len(train), len(evaluate)) <= rows:
        return train, evaluate, False
    context.notice(
        "pull_request",
        "train",
        f"a sample of {rows} rows a side trains and evaluates, {len(train)} and {len(evaluate)} there are: limits of "
        "metrics are not judged; deliveries do it",
        rows=rows,
    )
    return (
        _take(train, splits.sample(train, rows, seed, classes_of)),
        _take(evaluate, splits.sample(evaluate, rows, seed, classes_of)),
        rows,
    )


def _features(columns: spec.Columns, train: pd.DataFrame, evaluate: pd.DataFrame) -> dict[str, str]:
    """Return the data type of each feature: one that both sides fit into."""
    return {
        name: types.dtype(
            columns[name], some_missing=bool(train[name].isna().any()) or bool(evaluate[name].isna().any())
        )
        for name in spec.with_role(columns, "feature")
    }


def _deviation(columns: spec.Columns, train: pd.DataFrame) -> dict[str, float]:
    """Return the population standard deviation of each numeric feature; 0 for one without any value."""
    numeric = [
        name
        for name in spec.with_role(columns, "feature")
        if spec.kind(columns[name]) in (spec.NUMBER, spec.INTEGER) and columns[name]["type"] != "category"
    ]
    return {name: float(train[name].std(ddof=0)) if train[name].notna().any() else 0.0 for name in numeric}


def _rows(frame: pd.DataFrame) -> dict[str, Any]:
    return {"rows": len(frame), "digest": digest.in_result(digest.of_rows(frame))}


def _notice_ties(context: Context, column: str, evaluating: int, asked: int) -> None:
    """Say when rows of the same time, which stay together, make the evaluation much larger than asked for."""
    if evaluating - asked > _MOVED * asked:
        context.notice(
            "ties",
            "evaluate",
            f'{evaluating} rows evaluate, and {asked} were asked for: many rows have the same "{column}" where the '
            'split falls, and they stay together; change "test", or give the data finer times',
            rows=evaluating,
            asked=asked,
        )


def _notice_gap(context: Context, dropped: int, gap_seconds: float) -> None:
    if dropped:
        context.notice(
            "gap",
            "train",
            f"{dropped} training rows are left out: they are less than the gap of {gap_seconds:g} s older than the "
            "first evaluation row",
            rows=dropped,
        )


def _notice_identical(context: Context, count: int, total: int) -> None:
    if count:
        context.notice(
            "identical",
            "evaluate",
            f"{count} of {total} evaluation rows have the same features and target as a training row: give the data a "
            'column of the role "id" to tell copies from rows that are alike by chance',
            rows=count,
        )
