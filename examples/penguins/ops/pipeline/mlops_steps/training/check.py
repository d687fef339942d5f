# SPDX-License-Identifier: MIT-0
"""Whether what a training made predicts what the spec says, tried at once on a few rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import user_code
from ..packaging.mlops_predictor import BINARY, SLACK, PredictionError, Predictor, labels, numbers
from ..packaging.readable import metadata
from ..packaging.scoring import PROBABILITY, Meaning, Model
from ..refusal import refuse
from ..user_code import UserCodeFailed

if TYPE_CHECKING:
    import numpy
    import pandas

ROWS = 100
"""As many rows are tried."""


def returned(
    model: Any, flavor: str, meaning: Meaning, features: Mapping[str, str], frame: pandas.DataFrame, reference: str
) -> None:
    """Try a model that the user's function returned.

    Args:
        model: what it returned.
        flavor: how it will be stored, see ``flavors.py``.
        meaning: what it has to predict.
        features: data types by column.
        frame: some rows of them.
        reference: the function.

    Raises:
        Refused: it does not predict what the spec says.
        UserCodeFailed: its ``predict`` raised.
    """
    if not callable(getattr(model, "predict", None)):
        raise refuse(
            "predict",
            reference,
            f"{reference} returned {type(model).__name__}, without a method predict(frame): return the trained model",
        )
    predictor = Predictor(model, {"flavor": flavor, "features": features, **meaning.document()})
    try:
        user_code.call(f"predict of what {reference} returned", predictor.predict, frame.copy())
    except UserCodeFailed as error:
        if not isinstance(error.__cause__, PredictionError):
            raise
        raise _refused(reference, error.__cause__) from None


def written(folder: Path, meaning: Meaning, frame: pandas.DataFrame, shown: str) -> None:
    """Try a model that the user's command wrote.

    Args:
        folder: of the MLflow model.
        meaning: what it has to predict.
        frame: some rows of features.
        shown: the command.

    Raises:
        Refused: there is none, it cannot be loaded, or it does not predict what the spec says.
    """
    from mlflow.exceptions import MlflowException

    if not (folder / "MLmodel").is_file():
        raise refuse("model", shown, f"{shown} wrote no MLflow model: save it to $MLOPSC_OUT/model")
    try:
        flavors = metadata(folder).flavors
    except (MlflowException, OSError, TypeError, ValueError) as error:
        raise refuse("model", shown, f"{shown} wrote a file MLmodel that MLflow cannot read ({error})") from error
    if "python_function" not in flavors:
        raise refuse(
            "python_function",
            shown,
            f"{shown} wrote a model with the flavours {', '.join(flavors) or 'none'} and not python_function, which "
            "serving needs: save it with a flavour of MLflow that adds it, or with mlflow.pyfunc",
        )
    try:
        values = Model(folder, meaning).predict(frame)
    except Exception as error:
        raise refuse(
            "load",
            shown,
            f"the model that {shown} wrote does not load and predict training rows ({type(error).__name__}: {error}): "
            "save the code that it needs with it (code_paths), and let its signature fit the features",
        ) from error
    try:
        served(values, meaning, len(frame))
    except PredictionError as error:
        raise _refused(shown, error) from None


def served(values: numpy.ndarray, meaning: Meaning, rows: int) -> None:
    """Check that predictions are already what the spec says is served: nothing interprets those of a command's model.

    Raises:
        PredictionError: they are not.
    """
    if meaning.classes is None:
        numbers(values, meaning.task, rows)
        return
    probabilities = meaning.output == PROBABILITY
    shape = (rows, len(meaning.classes)) if probabilities and meaning.task != BINARY else (rows,)
    if values.shape != shape:
        raise PredictionError(f"the predictions of {rows} rows have the shape {values.shape} and not {shape}")
    if probabilities:
        if values.dtype.kind != "f" or not ((values >= -SLACK) & (values <= 1 + SLACK)).all():
            raise PredictionError("probabilities are numbers between 0 and 1, and the model returned others")
    elif [type(label) for label in labels(values, meaning.classes, rows).tolist()] != [
        type(label) for label in values.tolist()
    ]:
        raise PredictionError("the model predicts codes, and what is served are the classes themselves")


def _refused(subject: str, error: Exception) -> Exception:
    return refuse("predict", subject, f"{subject}: {error}; see model.task and model.prediction of the spec")
