# SPDX-License-Identifier: MIT-0
"""A program of its own: loads a packaged model where nothing but installed packages can be imported.

Usage: ``python -I -B probe.py MODEL_FOLDER RESULT_FILE``. Writes the predictions for the model's own input example, and
which modules were imported for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(folder: str, result: str) -> None:
    """Load the model, predict its example, write what came out."""
    import mlflow.pyfunc
    import numpy

    model = mlflow.pyfunc.load_model(folder, suppress_warnings=True)
    predictions = numpy.asarray(model.predict(model.input_example))
    modules = sorted({name.partition(".")[0] for name in sys.modules})
    document = {"predictions": predictions.tolist(), "modules": modules}
    Path(result).write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
