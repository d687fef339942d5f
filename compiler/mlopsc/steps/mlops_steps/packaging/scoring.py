# SPDX-License-Identifier: MIT-0
"""Scoring with a packaged model: through its own ``predict``, so that what is judged is what is served."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..config import Config
from ..refusal import Unusable
from . import mlops_predictor
from .mlflow_settings import quiet
from .readable import Readable

if TYPE_CHECKING:
    import numpy
    import pandas

METADATA = "mlops"
"""Key of what the pipeline adds to the metadata of an MLflow model."""

PROBABILITY, CUSTOM = "probability", "custom"


@dataclass(frozen=True)
class Meaning:
    """What the predictions of a model mean.

    Attributes:
        task: the task of the spec.
        output: ``value`` or ``probability``.
        classes: the classes in their fixed order; None when nothing is classified.
        positive: the class that the probability of a binary classification is about, else None.
        threshold: the probability from which on that class is decided.
    """

    task: str
    output: str
    classes: list[Any] | None
    positive: Any
    threshold: float

    def __post_init__(self) -> None:
        if self.task == CUSTOM:  # whatever it predicts, it is left alone
            object.__setattr__(self, "classes", None)

    @classmethod
    def of(cls, config: Config, split: Mapping[str, Any]) -> Meaning:
        """Return the meaning that the spec and the training rows give.

        Args:
            config: content of ``config.json``.
            split: the result of the step ``split``.
        """
        model = config["model"]
        prediction = model["prediction"]
        return cls(
            task=model["task"],
            output=prediction["output"],
            classes=split["classes"],
            positive=split["positive"],
            threshold=prediction["threshold"],
        )

    def document(self) -> dict[str, Any]:
        """Return it for JSON and YAML; ``Meaning(**document)`` is the way back."""
        return asdict(self)


@dataclass(frozen=True)
class Predictions:
    """The predictions for some rows, in the order of the rows.

    Attributes:
        values: exactly what is served. Output ``value``: labels or numbers, shape (n,). Output ``probability``,
            float64: of a binary classification that of the positive class, shape (n,); else shape (n, k) in the order
            of the classes.
        meaning: what they mean.
    """

    values: numpy.ndarray
    meaning: Meaning

    def labels(self) -> numpy.ndarray:
        """Return the decided classes, shape (n,); the values themselves where nothing is left to decide."""
        meaning = self.meaning
        if meaning.classes is None or meaning.output != PROBABILITY:
            return self.values
        return mlops_predictor.decide(self.values, meaning.classes, meaning.positive, meaning.threshold)

    def table(self) -> pandas.DataFrame:
        """Return them as columns: ``prediction``, or ``p0`` ... for probabilities and whatever else has two axes."""
        import pandas

        values = self.values
        if values.ndim == 1 and self.meaning.output != PROBABILITY:
            return pandas.DataFrame({"prediction": values})
        columns = values.reshape(len(values), -1)
        return pandas.DataFrame(columns, columns=[f"p{position}" for position in range(columns.shape[1])])


def read_table(path: Path, meaning: Meaning) -> Predictions:
    """Read predictions that were written as CSV from `Predictions.table`.

    Args:
        path: the file.
        meaning: what the predictions mean.

    Raises:
        Unusable: the file holds no such predictions.
    """
    import pandas

    try:
        frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
        if list(frame.columns) == ["prediction"] and meaning.output != PROBABILITY:
            return Predictions(_values(frame["prediction"].tolist(), meaning), meaning)
        _check_columns(list(frame.columns), meaning)
        values = frame.astype("float64").to_numpy()
    except (KeyError, ValueError) as error:
        raise Unusable(f"{path} holds no predictions of this model ({error}): evaluate it again") from error
    return Predictions(values[:, 0] if values.shape[1] == 1 else values, meaning)


def _check_columns(found: list[str], meaning: Meaning) -> None:
    """Check the names of columns of probabilities, or of what a model of the task ``custom`` predicts."""
    count = len(found)
    if meaning.task != CUSTOM:
        count = 0 if meaning.output != PROBABILITY or meaning.classes is None else len(meaning.classes)
        count = 1 if meaning.task == mlops_predictor.BINARY and count else count
    if not found or found != [f"p{position}" for position in range(count)]:
        raise ValueError(f"the columns are {', '.join(found)}")


def _values(texts: Sequence[str], meaning: Meaning) -> numpy.ndarray:
    """Return labels in the type of the classes, or numbers; a model of the task ``custom`` may predict text."""
    import numpy

    if meaning.classes is not None:
        known = {str(label): label for label in meaning.classes}
        return mlops_predictor.label_array([known[text] for text in texts])
    try:
        return numpy.array([float(text) for text in texts], dtype="float64")
    except ValueError:
        if meaning.task != CUSTOM:
            raise
        return mlops_predictor.label_array(texts)


class Model:
    """A packaged model. Several may be in use at once, each with its own copy of the user's code.

    Args:
        folder: an MLflow model with the flavour ``python_function``.
        meaning: what its predictions mean; by default what the step ``package`` noted in it.

    Raises:
        Unusable: there is no model in the folder, or nothing says what its predictions mean.
    """

    def __init__(self, folder: Path, meaning: Meaning | None = None) -> None:
        if not (folder / "MLmodel").is_file():
            raise Unusable(f'there is no model in {folder}: run the step "package" first')
        quiet()
        import mlflow.pyfunc

        self._place = Readable(folder)
        self._code = folder / "code"
        self._modules: dict[str, ModuleType] = {}
        with self._own_code():
            self._model = mlflow.pyfunc.load_model(str(self._place.path), suppress_warnings=True)
        noted = (self._model.metadata.metadata or {}).get(METADATA)
        if meaning is None:
            if noted is None:
                raise Unusable(f'the model in {folder} was not packaged by this pipeline: run the step "package" first')
            meaning = Meaning(**noted["prediction"])
        self.meaning = meaning

    def predict(self, features: pandas.DataFrame) -> numpy.ndarray:
        """Return what the model answers, as an array."""
        import numpy

        with self._own_code():
            answer = self._model.predict(features)
        values = numpy.asarray(answer)
        if values.ndim == 2 and values.shape[1] == 1:
            values = values[:, 0]
        return values

    def predict_example(self) -> numpy.ndarray:
        """Return what the model answers for the input example that is stored with it."""
        return self.predict(self._model.input_example)

    @contextmanager
    def _own_code(self) -> Iterator[None]:
        """Let imports find the user's code of this model, and hide that of the others.

        The champion and the candidate hold different versions of modules of the same names.
        """
        names = {entry.stem for entry in self._code.iterdir()} if self._code.is_dir() else set[str]()
        hidden = _take(names)
        path, silent = list(sys.path), sys.dont_write_bytecode
        sys.dont_write_bytecode = True  # the folder of the model stays as it was packaged
        sys.modules.update(self._modules)
        sys.path.insert(0, str(self._code))
        try:
            yield
        finally:
            self._modules = _take(names)
            sys.modules.update(hidden)
            sys.path[:], sys.dont_write_bytecode = path, silent


def load(folder: Path) -> Model:
    """Load a packaged model.

    Raises:
        Unusable: there is none in the folder.
    """
    return Model(folder)


def predict(model: Model, features: pandas.DataFrame) -> Predictions:
    """Score rows.

    Args:
        model: from `load`.
        features: the feature columns, with the types of training: see ``data/frames.py``.
    """
    return Predictions(model.predict(features), model.meaning)


def _take(names: set[str]) -> dict[str, ModuleType]:
    """Remove the modules of some packages from those that are imported, and return them."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in names}
