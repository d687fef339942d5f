# SPDX-License-Identifier: MIT-0
"""The signature of a model, which MLflow enforces on every request, and the example of a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    import pandas
    from mlflow.models import ModelSignature
    from mlflow.types import Schema

_TYPES = {
    "float64": "double",
    "int64": "long",
    "bool": "boolean",
    "object": "boolean",
    "str": "string",
    "datetime64[ns]": "datetime",
}

EXAMPLE_ROWS = 5
_EXAMPLE, _SERVING_EXAMPLE = "input_example.json", "serving_input_example.json"


def inputs(features: Mapping[str, str]) -> Schema:
    """Return the inputs of a model: all features, in the order of the spec. Each may be null, none may be absent.

    Args:
        features: data types by column, from the result of the step ``split``.
    """
    from mlflow.types import ColSpec, Schema

    return Schema([ColSpec(_TYPES[dtype], name) for name, dtype in features.items()])


def outputs(predictions: numpy.ndarray) -> Schema:
    """Return the outputs of a model, as MLflow sees them in some predictions."""
    from mlflow.models import infer_signature

    return infer_signature(model_output=predictions).outputs


def documents(signature: ModelSignature) -> dict[str, list[dict[str, Any]]]:
    """Return a signature for a result document."""
    return {
        "inputs": signature.inputs.to_dict() if signature.inputs else [],
        "outputs": signature.outputs.to_dict() if signature.outputs else [],
    }


def example(features: pandas.DataFrame) -> pandas.DataFrame:
    """Return some rows for an example, complete ones where there are any. No feature holds personal data."""
    complete = features.dropna()
    return (complete if len(complete) else features).head(EXAMPLE_ROWS)


def write_example(folder: Path, rows: pandas.DataFrame) -> dict[str, str]:
    """Write the example in the formats of MLflow: as it is read back, and as the body of a request.

    Returns:
        What ``MLmodel`` says about it.
    """
    columns = [str(name) for name in rows.columns]
    split = {"columns": columns, "data": [[_plain(value) for value in row] for row in rows.itertuples(index=False)]}
    (folder / _EXAMPLE).write_text(json.dumps(split, ensure_ascii=False) + "\n", encoding="utf-8")
    body = json.dumps({"dataframe_split": split}, ensure_ascii=False, indent=2) + "\n"
    (folder / _SERVING_EXAMPLE).write_text(body, encoding="utf-8")
    return {
        "artifact_path": _EXAMPLE,
        "pandas_orient": "split",
        "serving_input_path": _SERVING_EXAMPLE,
        "type": "dataframe",
    }


def _plain(value: Any) -> Any:
    """Return a cell as JSON knows it: missing ones as null, times as text."""
    import pandas

    if pandas.isna(value):
        return None
    if isinstance(value, pandas.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
