# SPDX-License-Identifier: MIT-0
"""How each framework stores a model: in MLflow's flavour for it, in the format of the library where there is one.

A pickle names the classes that it needs and holds none of their code: the user's are shipped beside it.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..packaging.mlops_predictor import PICKLE, PICKLE_FILE
from ..refusal import refuse

if TYPE_CHECKING:
    import pandas

FLAVORS = ("sklearn", "xgboost", "lightgbm", "pytorch", "tensorflow", PICKLE)
"""What a model may be stored as; MLflow has a module of the same name for all but the last."""

_NO_REQUIREMENTS: list[str] = []  # else MLflow guesses them, in another process; the step "package" takes the lock's


def flavor_of(model: Any, framework: str) -> str:
    """Return how a model is stored: as what it is, when its framework is that of the spec or builds on it.

    A pipeline of scikit-learn around an XGBoost classifier is stored by scikit-learn, an object of the user's own class
    that holds a network as a pickle.
    """
    if framework == "pytorch":
        import torch

        return "pytorch" if isinstance(model, torch.nn.Module) else PICKLE
    if framework == "tensorflow":
        import tensorflow

        return "tensorflow" if isinstance(model, tensorflow.keras.Model) else PICKLE
    if framework == "xgboost":
        import xgboost

        if isinstance(model, (xgboost.Booster, xgboost.XGBModel)):
            return "xgboost"
    if framework == "lightgbm":
        import lightgbm

        if isinstance(model, (lightgbm.Booster, lightgbm.LGBMModel)):
            return "lightgbm"
    if framework != "python":
        from sklearn.base import BaseEstimator

        if isinstance(model, BaseEstimator):
            return "sklearn"
    return PICKLE


def save(model: Any, flavor: str, folder: Path, frame: pandas.DataFrame) -> str:
    """Store a model as an MLflow model.

    Args:
        model: what the training returned.
        flavor: one of `FLAVORS`.
        folder: made here.
        frame: some rows, to see whether a stored model predicts the same.

    Returns:
        What it is stored as, for people.

    Raises:
        Refused: it cannot be stored.
    """
    try:
        if flavor == "sklearn":
            return _save_sklearn(model, folder, frame)
        if flavor == PICKLE:
            return _save_pickle(model, folder)
        return _save_native(model, flavor, folder)
    except Exception as error:
        raise refuse(
            "store",
            type(model).__name__,
            f"a {type(model).__name__} cannot be stored ({type(error).__name__}: {error}): let the model hold nothing "
            "that belongs to the process, such as open files, locks and sessions",
        ) from error


def _save_native(model: Any, flavor: str, folder: Path) -> str:
    """Store a model with the module of MLflow that is called like the flavour."""
    options: dict[str, Any] = {}
    if flavor == "pytorch":
        options = {
            "pytorch_model": model,
            "serialization_format": "pickle",
        }  # keeps predict(frame), which a graph loses
    elif flavor == "lightgbm":
        options = {"lgb_model": model, "serialization_format": "cloudpickle"}
    elif flavor == "xgboost":
        options = {"xgb_model": model}
    else:
        options = {"model": model}
    module = importlib.import_module(f"mlflow.{flavor}")
    module.save_model(path=str(folder), pip_requirements=_NO_REQUIREMENTS, **options)
    return flavor


def _save_sklearn(model: Any, folder: Path, frame: pandas.DataFrame) -> str:
    """Store an estimator with skops, which runs no code when it loads, or, when skops cannot, with cloudpickle."""
    import mlflow.sklearn

    trusted = _skops_types(model, frame)
    options: dict[str, Any] = {"serialization_format": "cloudpickle"}
    if trusted is not None:
        options = {"serialization_format": "skops", "skops_trusted_types": trusted}
    mlflow.sklearn.save_model(model, str(folder), pip_requirements=_NO_REQUIREMENTS, **options)
    return str(options["serialization_format"])


def _skops_types(model: Any, frame: pandas.DataFrame) -> list[str] | None:
    """Return the types that skops has to trust to load the model; None when what it loads does not predict the same.

    All are trusted: the model was made a moment ago, by the user's own code.
    """
    import numpy
    import skops.io

    try:
        data = skops.io.dumps(model)
        trusted = sorted(skops.io.get_untrusted_types(data=data))
        again = skops.io.loads(data, trusted=trusted)
        same = numpy.array_equal(numpy.asarray(again.predict(frame)), numpy.asarray(model.predict(frame)))
    except Exception:  # skops says in many ways that it does not know a type
        return None
    return trusted if same else None


def _save_pickle(model: Any, folder: Path) -> str:
    """Store any object; classes that can be imported are stored by name."""
    import cloudpickle  # type: ignore[import-not-found]  # comes with MLflow
    import mlflow.models

    folder.mkdir(parents=True)
    with (folder / PICKLE_FILE).open("wb") as file:
        cloudpickle.dump(model, file)
    stored = mlflow.models.Model()
    stored.add_flavor(PICKLE, data=PICKLE_FILE, cloudpickle_version=cloudpickle.__version__)
    stored.save(str(folder / "MLmodel"))
    return "cloudpickle"
