# SPDX-License-Identifier: MIT-0
"""The tests of behaviour on the packaged model of the project."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ..context import Context
from ..data import columns, frames
from ..packaging import scoring
from ..user_code import call
from .behaviour import order, react

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def predict(model: scoring.Model, features: pd.DataFrame) -> scoring.Predictions:
    """Return the predictions of a model for a table of features.

    Raises:
        UserCodeFailed: the model raised an error.
    """
    predictions: scoring.Predictions = call("the packaged model", scoring.predict, model, features)
    return predictions


def of_project(
    context: Context, split: Mapping[str, Any], model: scoring.Model, features: pd.DataFrame, served: NDArray[Any]
) -> dict[str, Any]:
    """Return what `react` finds for the model and the tests of the project.

    Args:
        context: of the run.
        split: what the step "split" found out.
        model: the packaged model.
        features: of the evaluation rows.
        served: the model's predictions of them.
    """
    described = columns.of(context.config, frames.dataset(context, frames.TRAIN))
    return react(
        predict=lambda some: predict(model, some).values,
        features=features,
        served=served,
        tests=context.config["tests"]["behaviour"],
        deviation=split["deviation"],
        whole=lambda name: bool(columns.kind(described[name]) == columns.INTEGER),
        ordered=partial(order, context.config["model"]["task"], split["positive"]),
    )
