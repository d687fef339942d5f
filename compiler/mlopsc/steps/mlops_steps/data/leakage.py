# SPDX-License-Identifier: MIT-0
"""Rows of the training data among those that evaluate: a model would be judged on what it has seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..refusal import Finding
from ..text import visible
from . import columns as spec
from . import frames

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 10


def check(train: pd.DataFrame, evaluate: pd.DataFrame, columns: spec.Columns) -> list[Finding]:
    """Return a finding for identities, and one for groups, that are on both sides.

    Args:
        train: typed training rows.
        evaluate: typed evaluation rows.
        columns: of the training data.
    """
    findings = []
    ids = identity(train, evaluate, columns)
    if ids:
        findings += _shared(
            "id", "identities", ids, train, evaluate, columns, 'split "by_group" with that column, or remove the copies'
        )
    group = spec.single(columns, "group")
    if group is not None and group in evaluate:
        findings += _shared(
            "group", "groups", [group], train, evaluate, columns, 'split "by_group", or keep each group on one side'
        )
    return findings


def identity(train: pd.DataFrame, evaluate: pd.DataFrame, columns: spec.Columns) -> list[str]:
    """Return the columns that together identify a row on both sides; none when a side lacks one."""
    ids = spec.with_role(columns, "id")
    return ids if all(name in train and name in evaluate for name in ids) else []


def identical_rows(train: pd.DataFrame, evaluate: pd.DataFrame, split_result: Mapping[str, Any]) -> int:
    """Return how many evaluation rows have the features and the target of a training row."""
    import pandas as pd

    def keys(frame: pd.DataFrame) -> pd.Series:
        known = frames.features(frame, split_result)
        target = frames.target(frame, split_result)
        return pd.util.hash_pandas_object(
            known if target is None else known.assign(**{target.name: target}), index=False
        )

    return int(keys(evaluate).isin(keys(train)).sum())


def _shared(
    rule: str,
    what: str,
    names: list[str],
    train: pd.DataFrame,
    evaluate: pd.DataFrame,
    columns: spec.Columns,
    remedy: str,
) -> list[Finding]:
    both = evaluate[names].dropna().drop_duplicates().merge(train[names].drop_duplicates(), on=names)
    if both.empty:
        return []
    subject = " + ".join(names)
    hidden = any(spec.hidden(columns[name]) for name in names)
    values = [] if hidden else [visible(" + ".join(map(str, row))) for row in both.head(_SHOWN).itertuples(index=False)]
    more = f" and {len(both) - _SHOWN} more" if len(both) > _SHOWN else ""
    shown = "not shown" if hidden else f"{', '.join(values)}{more}"
    message = (
        f'{len(both)} {what} of "{subject}" are among the training and among the evaluation rows ({shown}), and none '
        f"may be: {remedy}"
    )
    return [Finding(rule, subject, message, {"count": len(both), "limit": 0, "values": values})]
