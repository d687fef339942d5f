# SPDX-License-Identifier: MIT-0
"""What ``train(data, params, seed)`` of the user is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class TrainData:
    """The training rows. All parts have the same index, ``0`` to ``n - 1``.

    A model must not keep it: what is served is loaded where this class does not exist.

    Attributes:
        features: the feature columns in the order of the spec. Types: ``number`` is float64; ``integer`` int64, or
            float64 where values may be missing; ``boolean`` bool, or object with None where values may be missing;
            ``string`` and ``category`` object with str, missing values as NaN; ``timestamp`` datetime64[ns] in UTC.
        target: the target column; None when the spec has none.
        weight: the weight of each row; None when the spec has no such column.
        classes: the classes in their fixed order, in which probabilities are given; None when nothing is classified.
    """

    features: pandas.DataFrame
    target: pandas.Series | None
    weight: pandas.Series | None
    classes: list[Any] | None
