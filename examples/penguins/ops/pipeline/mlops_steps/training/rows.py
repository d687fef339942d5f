# SPDX-License-Identifier: MIT-0
"""The training rows as the user's code is given them: without what only evaluation may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..context import Context
from ..data import frames
from .train_data import TrainData


def read(context: Context, split_result: Mapping[str, Any]) -> TrainData:
    """Read the rows that the step ``split`` chose for training.

    Raises:
        Unusable: the step did not run.
    """
    frame = frames.read(context, frames.TRAIN)
    return TrainData(
        features=frames.features(frame, split_result),
        target=frames.target(frame, split_result),
        weight=frames.weight(frame, split_result),
        classes=split_result["classes"],
    )
