# SPDX-License-Identifier: MIT-0
"""What the metadata of a packaged model says of where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..context import Context
from .scoring import Meaning


def facts(context: Context, split_result: Mapping[str, Any], train_result: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that follows from configuration, data and recipe: the same recipe on the same rows gives the same.

    Args:
        context: of the run.
        split_result: the result of the step ``split``.
        train_result: the result of the step ``train``.

    Raises:
        Unusable: the step ``data`` did not run.
    """
    data = context.results.read("data")["datasets"]
    return {
        "name": context.config["name"],
        "version": train_result["version"],
        "recipe": train_result["recipe"],
        "data": {name: dataset["digest"] for name, dataset in data.items()},
        "rows": {side: dict(split_result[side]) for side in ("train", "evaluate")},
        "prediction": Meaning.of(context.config, split_result).document(),
    }
