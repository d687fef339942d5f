# SPDX-License-Identifier: MIT-0
"""Which rows evaluate: at random, the newest, or whole groups; and samples for pull requests.

Every function returns positions of rows in their order, so that rows stay as they were in the data set.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..refusal import Refused, refuse
from . import columns as spec
from .origin import UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

Positions = list[int]


def share(total: int, test: float) -> int:
    """Return how many of some rows or groups evaluate."""
    return math.ceil(total * test)


def at_random(
    frame: pd.DataFrame, test: float, seed: int, stratify_by: str | None, *, show: bool
) -> tuple[Positions, Positions]:
    """Return the positions of training and evaluation rows, chosen at random.

    Args:
        frame: rows numbered from 0.
        test: share of the rows that evaluate; rounded up.
        seed: of the choice.
        stratify_by: the target, to keep the shares of its classes on both sides; None: no matter.
        show: whether messages may name classes.

    Raises:
        Refused: a side would be empty, or a class cannot be on both sides.
    """
    from sklearn.model_selection import train_test_split

    total = len(frame)
    evaluating = share(total, test)
    _check_sides(total - evaluating, evaluating, f"{test:.2%} of {total} rows")
    classes = None
    if stratify_by is not None:
        classes = frame[stratify_by]
        _check_strata(classes, total - evaluating, evaluating, show=show)
    train, evaluate = train_test_split(
        range(total), test_size=evaluating, train_size=total - evaluating, random_state=seed, stratify=classes
    )
    return sorted(train), sorted(evaluate)


def by_time(frame: pd.DataFrame, test: float, column: str, gap_seconds: float) -> tuple[Positions, Positions]:
    """Return the positions of training rows and of evaluation rows, which are the newest.

    Rows of the same time stay together, on the side of the evaluation when the boundary falls on them.

    Args:
        frame: rows numbered from 0.
        test: share of the rows that evaluate; rounded up.
        column: the time of a row.
        gap_seconds: rows that are closer to the first evaluation row than this are on neither side.

    Raises:
        Refused: a time is missing, or a side would be empty.
    """
    import pandas as pd

    times = frame[column]
    _check_complete(times, "time")
    evaluating = share(len(times), test)
    ordered = times.sort_values(ignore_index=True)
    _check_sides(len(times) - evaluating, evaluating, f"{test:.2%} of {len(times)} rows")
    first = ordered[len(times) - evaluating]
    evaluate = times >= first
    train = times <= first - pd.Timedelta(seconds=gap_seconds) if gap_seconds else times < first
    _check_sides(int(train.sum()), int(evaluate.sum()), f'the newest {test:.2%} of the rows by "{column}"')
    return frame.index[train].tolist(), frame.index[evaluate].tolist()


def by_group(frame: pd.DataFrame, test: float, column: str, seed: int) -> tuple[Positions, Positions]:
    """Return the positions of training and evaluation rows; all rows of a group are on one side.

    Args:
        frame: rows numbered from 0.
        test: share of the groups that evaluate; rounded up.
        column: the group of a row.
        seed: of the choice of groups.

    Raises:
        Refused: a row has no group, or a side would be empty.
    """
    from sklearn.model_selection import GroupShuffleSplit

    groups = frame[column]
    _check_complete(groups, "group")
    total = int(groups.nunique())
    evaluating = share(total, test)
    _check_sides(total - evaluating, evaluating, f'{test:.2%} of {total} groups of "{column}"')
    chooser = GroupShuffleSplit(1, test_size=evaluating, train_size=total - evaluating, random_state=seed)
    train, evaluate = next(chooser.split(frame, groups=groups))
    return train.tolist(), evaluate.tolist()


def sample(frame: pd.DataFrame, rows: int, seed: int, stratify_by: str | None) -> Positions:
    """Return the positions of a sample of the rows; all of them when there are no more than wanted.

    Args:
        frame: rows numbered from 0.
        rows: how many are wanted. Each class has one row at least, and its share rounded down.
        seed: of the choice.
        stratify_by: the target of a classification; None: rows are chosen without regard to anything.
    """
    if len(frame) <= rows:
        return list(range(len(frame)))
    shuffled = frame.sample(frac=1, random_state=seed)
    if stratify_by is None:
        return sorted(shuffled.index[:rows])
    classes = shuffled.groupby(stratify_by, sort=False)[stratify_by]
    quota = (classes.transform("size") * rows // len(frame)).clip(lower=1)
    return sorted(shuffled.index[classes.cumcount() < quota])


def _check_sides(train: int, evaluate: int, what: str) -> None:
    for side, rows in (("training", train), ("evaluation", evaluate)):
        if rows < 1:
            raise refuse(
                "split",
                side,
                f"the split leaves no {side} rows: {what} evaluate, {train} against {evaluate}; change "
                '"data.evaluate.split" in the spec, or add rows',
                train=train,
                evaluate=evaluate,
            )


def _check_strata(classes: pd.Series, train: int, evaluate: int, *, show: bool) -> None:
    counts = classes.value_counts()
    rare: list[Any] = sorted(counts.index[counts < 2].tolist())
    name = str(classes.name)
    if rare:
        which = f" ({', '.join(map(spec.shown, rare))})" if show else ""
        raise refuse(
            "stratify",
            name,
            f'{len(rare)} of {len(counts)} classes of "{name}"{which} have a single row, which cannot be on both '
            'sides: add rows of these classes, remove them, or drop "stratify" from the spec',
            classes=len(rare),
        )
    if min(train, evaluate) < len(counts):
        raise refuse(
            "stratify",
            name,
            f'"{name}" has {len(counts)} classes, and {train} training and {evaluate} evaluation rows cannot hold a '
            'row of each: add rows, change "test", or drop "stratify" from the spec',
            classes=len(counts),
            train=train,
            evaluate=evaluate,
        )


def _check_complete(cells: pd.Series, what: str) -> None:
    gaps = cells.index[cells.isna()]
    if len(gaps):
        raise Refused(
            [
                UNKNOWN.finding(
                    "split",
                    str(cells.name),
                    {"role": "feature"},
                    len(cells),
                    gaps,
                    f"without a {what}, by which the rows are split",
                    "fill it in, or remove these rows",
                )
            ]
        )
