# SPDX-License-Identifier: MIT-0
"""The recipe of a model: everything that decides how it comes out. Its digest is the version of the model.

The bytes of a trained model will not do: libraries write times and addresses into them. Thresholds, environments and
images are no part of the recipe: they decide what happens with a model, not what it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ..config import Config
from ..context import Context
from ..refusal import Unusable
from . import source

_HELP = "README.md in the folder of the generated files"
_LENGTH = 12  # hex digits of a version: 48 bits


def recipe(context: Context, split_result: Mapping[str, Any], data_result: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of code, lock, data and model configuration, SHA-256 in hex digits.

    Args:
        context: of the run.
        split_result: the result of the step ``split``.
        data_result: the result of the step ``data``.

    Raises:
        Unusable: the code or the lock is missing.
    """
    model = context.config["model"]
    lock = context.root / model["dependencies"]["lock"]
    if not lock.is_file():
        raise Unusable(f"{model['dependencies']['lock']} is missing: lock your requirements, see {_HELP}")
    data = {
        "datasets": {name: dataset["digest"] for name, dataset in data_result["datasets"].items()},
        "train": split_result["train"]["digest"],
    }
    return {
        "code": source.digest(context, model["train"].get("command", ())),
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest(),
        "data": _digest(data),
        "model": _digest({"config": config_digest(context.config), "columns": _columns(split_result)}),
    }


def check_unchanged(context: Context) -> None:
    """Check that the recipe which the model was trained by is still the one that is here.

    Raises:
        Unusable: an earlier step did not run, or code, lock, data or configuration changed since the training.
    """
    results = context.results
    trained, now = results.read("train"), recipe(context, results.read("split"), results.read("data"))
    changed = [part for part, digest in now.items() if trained["recipe"][part] != digest]
    if changed:
        raise Unusable(f'since the training, this changed: {", ".join(changed)}; run the step "train" again')


def version(parts: Mapping[str, str]) -> str:
    """Return the version of the model that follows a recipe: 12 hex digits."""
    return _digest(dict(parts))[:_LENGTH]


def config_digest(config: Config) -> str:
    """Return the digest of the part of the configuration that decides how the model comes out."""
    model = config["model"]
    decisive = {name: model[name] for name in ("task", "framework", "train", "params", "seed", "prediction")}
    return _digest({**decisive, "python": model["dependencies"]["python"]})


def _columns(split_result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the columns are to the model. The roles decide it, and no digest of rows shows them."""
    names = ("target", "weight", "classes", "positive")
    # as pairs, since the order of the features counts
    return {"features": list(split_result["features"].items()), **{name: split_result[name] for name in names}}


def _digest(document: Any) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
