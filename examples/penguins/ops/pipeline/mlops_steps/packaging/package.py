# SPDX-License-Identifier: MIT-0
"""The model that is served: the trained one with its code, its packages, its signature and where it comes from."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..context import Context
from ..refusal import Unusable
from ..results import write_json
from ..tracking.git import checkout
from . import environment, isolated, recipe, signature, source
from .lineage import facts
from .mlflow_settings import quiet
from .mlops_predictor import SETTINGS
from .readable import metadata
from .scoring import METADATA, Meaning, Model

if TYPE_CHECKING:
    import mlflow.models
    import pandas

CODE = "code"
"""Folder of a packaged model that holds the user's code; MLflow puts it on the path when it loads the model."""

_PREDICTOR = Path(__file__).with_name("mlops_predictor.py")
_NO_TIME = "1970-01-01 00:00:00"  # the version says which model this is; a time would differ with every run
_WRITTEN = (environment.CONDA, environment.PYTHON, environment.REQUIREMENTS, "MLmodel")  # here, not by the training


def package(context: Context) -> dict[str, Any]:
    """Make ``build/model`` of ``build/trained/model``, try it alone, and return the result of the step.

    Returns:
        ``version``, ``signature``, and the number of pinned ``requirements``.

    Raises:
        Refused: the model does not load or predict without the process that trained it.
        Unusable: an earlier step did not run, or code, lock or configuration changed since the training.
    """
    quiet()
    trained, target = context.build / "trained" / "model", context.build / "model"
    split_result, train_result = context.results.read("split"), context.results.read("train")
    if not (trained / "MLmodel").is_file():
        raise Unusable('there is no trained model: run the step "train" first, or "run" for all steps')
    recipe.check_unchanged(context)  # no code is shipped beside a model that other code trained
    shutil.rmtree(target, ignore_errors=True)
    try:
        result = _package(context, trained, target, split_result, train_result)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)  # a model that failed must not be served
        raise
    settings = {
        "name": context.config["name"],
        "implementation": "mlserver_mlflow.MLflowRuntime",
        "parameters": {"uri": "./model", "version": train_result["version"]},
    }
    write_json(context.build / "model-settings.json", settings)
    return result


def _package(
    context: Context, trained: Path, target: Path, split_result: Mapping[str, Any], train_result: Mapping[str, Any]
) -> dict[str, Any]:
    from ..training import rows

    meaning = Meaning.of(context.config, split_result)
    state = checkout(context.root, context.build, lambda message: context.notice("git", "commit", message))
    lineage = {**facts(context, split_result, train_result), "commit": state.commit}
    example = signature.example(rows.read(context, split_result).features)
    from_call = "call" in context.config["model"]["train"]
    features = split_result["features"]
    if from_call:
        model = _wrapped(context, trained, target, lineage, meaning, features)
    else:
        model = _taken(trained, target, lineage)
    if model.saved_input_example_info is None:
        model.saved_input_example_info = signature.write_example(target, example)
    _sign(model, target, split_result, meaning, example)
    predictions = Model(target, meaning).predict_example()
    modules = isolated.check(target, context.config["name"], predictions)
    count = _requirements(context, target, modules) if from_call else _count(target / environment.REQUIREMENTS)
    context.console.say(f"  {len(split_result['features'])} features, {count} pinned packages, loads alone")
    return {
        "version": train_result["version"],
        "signature": signature.documents(model.signature),
        "requirements": count,
    }


def _wrapped(
    context: Context,
    trained: Path,
    target: Path,
    lineage: dict[str, Any],
    meaning: Meaning,
    features: Mapping[str, str],
) -> mlflow.models.Model:
    """Put code and predictor beside a model that the user's function returned; its native flavour stays as it is."""
    import mlflow.models
    import mlflow.pyfunc

    from ..training.flavors import FLAVORS

    shutil.copytree(trained, target, ignore=shutil.ignore_patterns(*_WRITTEN))
    source.copy(context, target / CODE)
    shutil.copyfile(_PREDICTOR, target / CODE / _PREDICTOR.name)
    stored = metadata(trained).flavors
    (flavor,) = (name for name in FLAVORS if name in stored)
    write_json(target / SETTINGS, {"flavor": flavor, "features": features, **meaning.document()})
    model = mlflow.models.Model(utc_time_created=_NO_TIME, model_uuid=lineage["version"], metadata={METADATA: lineage})
    model.add_flavor(flavor, **{**stored[flavor], "code": CODE})
    return mlflow.pyfunc.add_to_model(
        model,
        loader_module=_PREDICTOR.stem,
        code=CODE,
        conda_env=environment.CONDA,
        python_env=environment.PYTHON,
    )


def _taken(trained: Path, target: Path, lineage: dict[str, Any]) -> mlflow.models.Model:
    """Take a model that the user's command wrote as it is, and note where it comes from."""
    shutil.copytree(trained, target, ignore=shutil.ignore_patterns("__pycache__"))
    model = metadata(target)
    model.metadata = {**(model.metadata or {}), METADATA: lineage}
    return model


def _sign(
    model: mlflow.models.Model,
    target: Path,
    split_result: Mapping[str, Any],
    meaning: Meaning,
    example: pandas.DataFrame,
) -> None:
    """Write ``MLmodel`` with what of the signature is missing."""
    from mlflow.models import ModelSignature

    given = model.signature
    model.signature = given or ModelSignature(inputs=signature.inputs(split_result["features"]))
    model.save(str(target / "MLmodel"))
    if model.signature.outputs is None:
        outputs = signature.outputs(Model(target, meaning).predict(example))
        model.signature = ModelSignature(model.signature.inputs, outputs, model.signature.params)
        model.save(str(target / "MLmodel"))


def _requirements(context: Context, target: Path, modules: list[str]) -> int:
    """Pin what the model imports, and return how many packages that are."""
    dependencies = context.config["model"]["dependencies"]
    found = environment.packages(context, modules)
    environment.write(target, dependencies["python"], found.pinned)
    if found.unlocked:
        context.notice(
            "lock",
            dependencies["lock"],
            f"the model imports {', '.join(found.unlocked)}, which {dependencies['lock']} does not hold, so that "
            "images lack it: add to requirements.in what your code needs and lock again",
            packages=found.unlocked,
        )
    if found.differing:
        shown = ", ".join(f"{name} {installed} ({locked} is locked)" for name, installed, locked in found.differing)
        context.notice(
            "lock",
            dependencies["lock"],
            f"installed here are other versions than the model will be served with: {shown}; install the lock",
            packages=[name for name, _, _ in found.differing],
        )
    return len(found.pinned)


def _count(requirements: Path) -> int:
    """Count the pinned packages of a model that the user's command wrote."""
    if not requirements.is_file():
        return 0
    return sum("==" in line for line in requirements.read_text(encoding="utf-8").splitlines())
