# SPDX-License-Identifier: MIT-0
"""A model that was trained before may take the place of a training: when it can, and whether it is the right one.

A cache keeps, under the `key`, what the steps ``train`` and ``package`` wrote: ``build/trained``, ``build/model``,
``build/model-settings.json`` and their two result files. Whatever it gives back is checked before it is judged.
"""

from __future__ import annotations

import hashlib
import json
import sys
import sysconfig
from collections.abc import Mapping
from typing import Any

from .. import config, documents, pipeline_code
from ..context import Context
from ..refusal import Unusable
from . import lineage, readable, recipe
from .scoring import METADATA

_AGAIN = 'run the step "package" again'


def key(context: Context, split_result: Mapping[str, Any], data_result: Mapping[str, Any]) -> str:
    """Return the digest, 64 hexadecimal digits, of all that decides what ``train`` and ``package`` write.

    That is the recipe, what else of the configuration their results depend on, the rows of both sides, the sample, the
    code of the pipeline, and the interpreter and platform, which packages and pickles are made for. Who wants to know
    is no part: what a delivery trained saves a pull request with the same recipe the training.

    Args:
        context: of the run.
        split_result: the result of the step ``split``.
        data_result: the result of the step ``data``.

    Raises:
        Unusable: the code or the lock is missing.
    """
    content = {
        "recipe": recipe.recipe(context, split_result, data_result),
        "name": context.config["name"],
        "config": {step: config.digest(context.config, step) for step in ("train", "package")},
        "rows": {side: split_result[side] for side in ("train", "evaluate")},
        "sample": split_result["sample"],
        "pipeline": pipeline_code.digest(),
        "platform": [sys.implementation.cache_tag, sysconfig.get_platform()],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check(context: Context) -> None:
    """Check that the model in ``build/model`` is the one that the recipe which is here gives, whoever put it there.

    Raises:
        Unusable: an earlier step did not run, code, lock, data or configuration changed since the training, or the
            model, its settings or a result are those of another model.
    """
    recipe.check_unchanged(context)
    trained, packaged = context.results.read("train"), context.results.read("package")
    version = recipe.version(trained["recipe"])
    if trained["version"] != version:
        raise Unusable(
            f'the result of the step "train" is of {trained["version"]}, and its recipe gives {version}: run the step '
            '"train" again'
        )
    if packaged["version"] != version:
        raise Unusable(
            f'the step "package" packaged {packaged["version"]}, and the step "train" trained {version}: {_AGAIN}'
        )
    _check_model(context, lineage.facts(context, context.results.read("split"), trained))
    _check_settings(context, version)


def _check_model(context: Context, expected: Mapping[str, Any]) -> None:
    """Check what the metadata of the model says, but for the commit: the same recipe may stand in several."""
    folder = context.build / "model"
    if not (folder / "MLmodel").is_file():
        raise Unusable(f"there is no packaged model: {_AGAIN}")
    found = (readable.metadata(folder).metadata or {}).get(METADATA, {})
    other = [name for name, value in expected.items() if found.get(name) != value]
    if other:
        raise Unusable(f"build/model is another model than the one of this recipe ({', '.join(other)}): {_AGAIN}")


def _check_settings(context: Context, version: str) -> None:
    path = context.build / "model-settings.json"
    found = documents.read_json(path, missing=f"build/{path.name} is missing: {_AGAIN}", again=_AGAIN)
    name, told = context.config["name"], (found.get("name"), found.get("parameters", {}).get("version"))
    if told != (name, version):
        raise Unusable(f"build/{path.name} is of {told[0]} {told[1]}, and this is {name} {version}: {_AGAIN}")
