# SPDX-License-Identifier: MIT-0
"""Batch scoring: the packaged model predicts every row of a data set.

Files are read one at a time, so a folder of files needs the memory of the largest one, and of all keys. Where a row is
refused nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..context import Context
from ..data import columns as spec
from ..data import formats, sources, types
from ..packaging import scoring
from ..refusal import Finding, Unusable, refuse
from .output import Output, form_of
from .rows import Judge

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 10_000
"""Rows that the model predicts at once."""

VERSION = "model_version"
"""Column of the output that says which model predicted."""

_TYPES = {"double": "float64", "long": "int64"}


def score(context: Context, source: str, target: str, key: str) -> dict[str, Any]:
    """Predict the rows of a data set and write key, prediction and version of the model, in the order of the rows.

    Args:
        context: of the run; the model is in its build folder.
        source: address of the rows, a file or a folder.
        target: address of the predictions, a file or a folder.
        key: name of the column that tells rows apart.

    Raises:
        Refused: rows are not as in training, a key is missing or doubled, or a prediction is missing.
        Unusable: the model, the input or the output cannot be used.
    """
    config = context.config
    name = config["data"]["train"]
    dataset, columns = config["data"]["datasets"][name], spec.of(config, name)
    form = form_of(source, dataset.get("format"))
    if form is None:
        raise Unusable(f"--input {source}: its name does not end with .csv, .parquet or .jsonl; give it one of these")
    folder = context.build / "model"
    model = scoring.load(folder)
    version, features = _noted(folder, columns)
    predictor = _Predictor(model, version, key)
    judge = Judge(columns, dataset["missing_values"], key, features)
    lock = config["model"]["dependencies"]["lock"]
    parts = sources.parts(context.root, source, lock)
    output = Output(context.root, target, form_of(target, form) or form, lock)
    try:
        for part in parts:
            for frame in _scored(part, form, judge, predictor, in_folder=sources.is_folder(source)):
                output.write(frame)
        judge.close()
        if not judge.rows:
            output.write(predictor.nothing())
            context.notice("rows", source, f"{source} holds no rows: the output has none either", rows=0)
        output.close()
        _verify(output, key, judge.rows)
        output.publish()
    except BaseException:
        output.discard()
        raise
    return {"rows": judge.rows, "output": output.uri, "version": predictor.version}


class _Predictor:
    """The packaged model, and the columns of what it answers."""

    def __init__(self, model: scoring.Model, version: str, key: str) -> None:
        self._model, self._key = model, key
        self.version = version
        if key in self.nothing().columns[1:]:
            raise Unusable(f"--key {key}: the output has a column of its own with this name; rename the key")

    def predict(self, keys: pd.Series, features: pd.DataFrame) -> pd.DataFrame:
        """Return the output for some rows.

        Raises:
            Refused: the model did not predict each of them.
        """
        table = scoring.predict(self._model, features).table()
        if len(table) != len(keys):
            raise refuse(
                "rows", "predict", f"for {len(keys)} rows the model predicted {len(table)}: correct its predict"
            )
        absent = int(table.isna().any(axis="columns").sum())
        if absent:
            message = f"the model left {absent} of {len(keys)} rows without a prediction: correct its predict"
            raise refuse("predictions", "predict", message, value=absent)
        return self._output(keys, table)

    def nothing(self) -> pd.DataFrame:
        """Return the output for no rows."""
        import numpy as np
        import pandas as pd

        meaning = self._model.meaning
        classes = len(meaning.classes or ())
        shape = (1, classes) if meaning.output == scoring.PROBABILITY and classes > 2 else (1,)
        one = scoring.Predictions(np.zeros(shape), meaning).table()
        return self._output(pd.Series(dtype=object), one.head(0))

    def _output(self, keys: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
        frame = table.assign(**{VERSION: self.version})
        frame.insert(0, self._key, keys.to_numpy(), allow_duplicates=True)
        return frame


def _scored(
    part: sources.Part, form: str, judge: Judge, predictor: _Predictor, *, in_folder: bool
) -> Iterator[pd.DataFrame]:
    """Yield the output for a file, unless rows are refused."""
    try:
        cells = formats.parse(part.content, form, judge.wanted)
    except formats.FormatError as error:
        judge.note(Finding("format", part.name, f"{part.name} {error}", {"file": part.name}))
        return
    if not len(cells.frame):
        return  # JSON lines without a line have no columns either
    judged = judge.judge(cells, part.name if in_folder else None)
    if judged is None:
        return
    keys, features = judged
    for start in range(0, len(keys), CHUNK):
        rows = slice(start, start + CHUNK)
        yield predictor.predict(keys.iloc[rows], features.iloc[rows])


def _verify(output: Output, key: str, rows: int) -> None:
    """Compare what was written with what was read: a store may have lost something without a word.

    Raises:
        Refused: rows or keys are missing.
    """
    keys = output.read([key])[key] if rows else ()
    if len(keys) != rows or len(set(keys)) != rows:
        message = (
            f"{rows} rows with a key each were read, {len(keys)} rows with {len(set(keys))} keys were written to "
            f"{output.uri}: run the job again"
        )
        raise refuse("rows", output.uri, message, value=len(keys), limit=rows)


def _noted(folder: Path, columns: spec.Columns) -> tuple[str, dict[str, str]]:
    """Return the version of a packaged model, and the data type that it takes for each feature."""
    from mlflow.models import Model
    from mlflow.types import DataType

    noted = Model.load(str(folder))
    inputs = noted.signature.inputs
    signed = {} if inputs is None or inputs.is_tensor_spec() else {column.name: column.type for column in inputs}
    taken = {}
    for name, column in spec.kept(columns, {"feature"}).items():
        # Only the signature tells whether training rows missed an integer, which made it a number.
        signature = signed.get(name)
        known = _TYPES.get(signature.name) if isinstance(signature, DataType) else None
        taken[name] = known or types.dtype(column, some_missing=False)
    return noted.metadata[scoring.METADATA]["version"], taken
