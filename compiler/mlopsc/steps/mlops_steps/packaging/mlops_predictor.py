# SPDX-License-Identifier: MIT-0
"""Loads the trained model where it is served and turns what it returns into what the spec says is predicted.

This file is copied into the ``code`` folder of the packaged model, where MLflow calls `_load_pyfunc`. It stands alone:
besides the standard library it imports numpy, MLflow and the library that trained the model.
"""

from __future__ import annotations

import importlib
import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    import pandas

SETTINGS = "mlops_predictor.json"
"""File of the model folder: ``flavor`` and the meaning of the predictions, see `Predictor`."""

PICKLE, PICKLE_FILE = "mlops_pickle", "model.pkl"
"""Flavour of objects that MLflow has none for, and the file that holds them."""

BINARY = "binary-classification"

SLACK = 1e-6
"""How far from 0 and 1 rounding may take a probability of float32."""


class PredictionError(ValueError):
    """The model returned what cannot be what the spec says it predicts."""


def _load_pyfunc(path: str) -> Predictor:
    """Load the model in a folder; called by MLflow."""
    settings = json.loads((Path(path) / SETTINGS).read_text(encoding="utf-8"))
    return Predictor(_native(path, settings["flavor"]), settings)


class Predictor:
    """A trained model and what its predictions mean.

    Args:
        model: as the library that trained it loads it.
        settings: ``flavor``; ``features``, data types by column as in training; ``task``; ``output`` (``value`` or
            ``probability``); ``classes`` in their fixed order, or None; ``positive``, the class that the probability of
            a binary classification is about; ``threshold``, the probability from which on it is decided.
    """

    def __init__(self, model: Any, settings: Mapping[str, Any]) -> None:
        self._model = model
        self._flavor: str = settings["flavor"]
        self._features: Mapping[str, str] = settings["features"]
        self._task: str = settings["task"]
        self._output: str = settings["output"]
        self._classes: list[Any] | None = settings["classes"]
        self._positive = settings["positive"]
        self._threshold: float = settings["threshold"]

    def predict(self, frame: pandas.DataFrame) -> numpy.ndarray:
        """Predict the rows of a frame of features.

        Returns:
            Output ``value``: labels or numbers, shape (n,). Output ``probability``, float64: of a binary classification
            that of the positive class, shape (n,); else shape (n, k) in the order of the classes. Task ``custom``: what
            the model returns.

        Raises:
            PredictionError: the model returned something else.
        """
        frame = self._as_in_training(frame)
        if self._classes is None or self._task == "custom":
            return numbers(self._call("predict", frame), self._task, len(frame))
        classes, binary = self._classes, self._task == BINARY
        # what the classifiers of scikit-learn and its like call the classes, in the order of their probabilities
        own_classes = getattr(self._model, "classes_", None)
        if self._output == "probability" and hasattr(self._model, "predict_proba"):
            raw = self._call("predict_proba", frame)
        else:
            raw = self._call("predict", frame)
            if raw.ndim == 1 and not (binary and own_classes is None and raw.dtype.kind == "f"):
                if self._output == "probability":
                    raise PredictionError(
                        "the model predicts labels and has no predict_proba: it gives no probabilities"
                    )
                return labels(raw, classes, len(frame))
        shares = self._shares(raw, own_classes, len(frame))
        served = shares[:, classes.index(self._positive)] if binary else shares
        return served if self._output == "probability" else decide(served, classes, self._positive, self._threshold)

    def _as_in_training(self, frame: pandas.DataFrame) -> pandas.DataFrame:
        """Return the rows with missing values of the kind that the training saw: a request has null for all of them."""
        import numpy

        columns = {}
        for name, dtype in self._features.items():
            column = frame[name]
            if column.dtype == object:
                columns[name] = column.where(column.notna(), None if dtype == "object" else numpy.nan)
        return frame.assign(**columns)

    def _shares(self, raw: numpy.ndarray, own_classes: Any, rows: int) -> numpy.ndarray:
        """Return probabilities of shape (n, k) in the order of the classes of the spec."""
        import numpy

        classes = self._classes or []
        _check_length(raw, rows)
        if raw.dtype.kind not in "biuf":
            raise PredictionError(f"probabilities are numbers, and the model returned {_shape(raw)}")
        raw = raw.astype("float64")
        if not numpy.isfinite(raw).all() or (raw.size and (raw.min() < -SLACK or raw.max() > 1 + SLACK)):
            raise PredictionError(
                "the model returned numbers that are no probabilities, which are between 0 and 1: of scores, make them "
                "with a sigmoid or softmax"
            )
        if raw.ndim == 1 and self._task == BINARY:
            other = 1.0 - raw
            return numpy.column_stack([raw, other] if classes[0] == self._positive else [other, raw])
        order = list(range(len(classes)))
        if own_classes is not None:
            order = [classes.index(label) for label in labels(numpy.asarray(own_classes), classes, len(own_classes))]
        if raw.ndim != 2 or raw.shape[1] != len(order):
            raise PredictionError(
                f"there are {len(classes)} classes, and the model returned probabilities of {_shape(raw)}"
            )
        shares = numpy.zeros((rows, len(classes)))
        shares[:, order] = raw
        return shares

    def _call(self, method: str, frame: pandas.DataFrame) -> numpy.ndarray:
        """Call the model in the manner of its library; one column counts as none."""
        import numpy

        function = getattr(self._model, method)
        if self._flavor == "pytorch":
            import torch

            with torch.inference_mode():
                answer = function(frame)
            if isinstance(answer, torch.Tensor):
                answer = answer.cpu().numpy()
        elif self._flavor == "tensorflow":
            answer = function(_keras_input(self._model, frame), verbose=0)
        elif self._flavor == "xgboost" and not hasattr(self._model, "get_booster"):
            import xgboost

            answer = function(xgboost.DMatrix(frame))
        else:
            answer = function(frame)
        values = numpy.asarray(answer)
        return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def numbers(raw: numpy.ndarray, task: str, rows: int) -> numpy.ndarray:
    """Return what a regression predicts as float64, shape (n,); what a model of the task ``custom`` predicts as it is.

    Raises:
        PredictionError: a regression that predicts no number.
    """
    import numpy

    _check_length(raw, rows)
    if task == "custom":
        return raw.astype("float64") if raw.dtype.kind == "f" else raw
    if raw.ndim != 1 or raw.dtype.kind not in "biuf":
        raise PredictionError(f"a regression predicts one number a row, and the model returned {_shape(raw)}")
    if not numpy.isfinite(raw).all():
        raise PredictionError("the model predicts NaN or infinity")
    return raw.astype("float64")


def decide(served: numpy.ndarray, classes: Sequence[Any], positive: Any, threshold: float) -> numpy.ndarray:
    """Return the decided class of each row.

    Args:
        served: of a binary classification the probability of the positive class, shape (n,), which is decided from
            ``threshold`` on; else all probabilities, shape (n, k), of which the largest decides, the first of equals.
        classes: in their fixed order.
        positive: one of two classes; unused for shape (n, k).
        threshold: between 0 and 1.
    """
    if served.ndim == 1:
        negative = next(label for label in classes if label != positive)
        return label_array([positive if yes else negative for yes in (served >= threshold).tolist()])
    return label_array([classes[position] for position in served.argmax(axis=1).tolist()])


def label_array(labels: Sequence[Any]) -> numpy.ndarray:
    """Return labels as an array of shape (n,): text as objects, everything else in its own type."""
    import numpy

    return numpy.array(labels, dtype=object if any(isinstance(label, str) for label in labels) else None)


def labels(raw: numpy.ndarray, classes: Sequence[Any], rows: int) -> numpy.ndarray:
    """Return predicted labels in the type of the classes; whole numbers are positions where no class is an integer.

    Raises:
        PredictionError: a label is none of the classes.
    """
    _check_length(raw, rows)
    if raw.ndim != 1:
        raise PredictionError(f"labels are one a row, and the model returned {_shape(raw)}")
    found = raw.tolist()
    known = {label: label for label in classes}
    if not all(_is_integer(label) for label in classes) and any(label not in known for label in found):
        found = [classes[int(label)] if _is_position(label, classes) else label for label in found]
    unknown = sorted({str(label) for label in found if label not in known})
    if unknown:
        raise PredictionError(
            f"the model predicts {', '.join(unknown[:5])}, and the classes are {', '.join(map(str, classes))}"
        )
    return label_array([known[label] for label in found])


def _is_integer(label: Any) -> bool:
    return isinstance(label, int) and not isinstance(label, bool)


def _is_position(label: Any, classes: Sequence[Any]) -> bool:
    """Say whether a label is a whole number that counts the classes from 0."""
    return isinstance(label, (int, float)) and label == label // 1 and 0 <= label < len(classes)


def _keras_input(model: Any, frame: pandas.DataFrame) -> Any:
    """Return one array a named input when all inputs are called like features, else one float32 matrix."""
    names = [tensor.name for tensor in model.inputs]
    if set(names) <= set(frame.columns):
        return {name: frame[name].to_numpy().reshape(-1, 1) for name in names}
    return frame.to_numpy(dtype="float32")


def _check_length(raw: numpy.ndarray, rows: int) -> None:
    if raw.ndim == 0 or len(raw) != rows:
        raise PredictionError(f"for {rows} rows the model returned {_shape(raw)}")


def _shape(raw: numpy.ndarray) -> str:
    """Describe an array for people."""
    kinds = {"b": "booleans", "i": "integers", "u": "integers", "f": "numbers", "O": "objects", "U": "texts"}
    return f"{kinds.get(raw.dtype.kind, str(raw.dtype))} of shape {raw.shape}"


def _native(path: str, flavor: str) -> Any:
    """Load a model with the library that wrote it."""
    if flavor == PICKLE:
        with (Path(path) / PICKLE_FILE).open("rb") as file:
            return pickle.load(file)  # noqa: S301 - the model itself, as trusted as the code beside it
    options = {}
    if flavor == "pytorch":
        import torch

        options = {"map_location": "cuda" if torch.cuda.is_available() else "cpu"}  # trained on a GPU, served without
    model = importlib.import_module(f"mlflow.{flavor}").load_model(path, **options)
    if flavor == "pytorch":
        model.eval()
    return model
