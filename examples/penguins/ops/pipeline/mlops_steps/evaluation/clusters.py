# SPDX-License-Identifier: MIT-0
"""Groups of evaluation rows that belong together, such as those of one patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..context import Context
from ..data import columns, frames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Clusters:
    """The groups of the evaluation rows.

    Attributes:
        column: that tells them apart.
        numbers: number of the group of each row, shape (n,), from 0 in the order of the values; rows without a value
            are one group.
        count: how many there are.
    """

    column: str
    numbers: NDArray[np.int64]
    count: int


def read(context: Context) -> Clusters | None:
    """Return the groups by the column of role ``group``, else by the one of the split; None when there is neither.

    Raises:
        Unusable: the step "split" has not run.
    """
    column = _column(context)
    if column is None:
        return None
    values = frames.read(context, frames.EVALUATE)[column]
    numbers, present = values.factorize(sort=True, use_na_sentinel=False)
    return Clusters(column, numbers, len(present))


def _column(context: Context) -> str | None:
    described = columns.of(context.config, frames.dataset(context, frames.EVALUATE))
    declared = columns.single(described, "group")
    split = context.config["data"]["evaluate"].get("split", {})
    if declared is not None or split.get("by") != "group":
        return declared
    by: str = split["column"]
    return by
