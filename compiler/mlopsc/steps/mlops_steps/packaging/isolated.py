# SPDX-License-Identifier: MIT-0
"""A packaged model is tried as a server would: in a new interpreter, in another folder, without the user's sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..refusal import refuse
from .readable import Readable

if TYPE_CHECKING:
    import numpy

_PROBE = Path(__file__).with_name("probe.py")
_SECONDS = 600  # a model that takes longer to load starts no server in time
_LINES = 12  # of what the new interpreter says before it gives up


def check(folder: Path, name: str, expected: numpy.ndarray) -> list[str]:
    """Load a packaged model in a new interpreter and compare what it predicts for its own input example.

    This catches code that was not shipped, classes of the training script (``__main__``), and everything that a model
    finds in the process that trained it and nowhere else.

    Args:
        folder: of the model.
        name: of the project.
        expected: the predictions of this process.

    Returns:
        The top-level modules that it imports.

    Raises:
        Refused: it does not load, or predicts something else.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        result = Path(elsewhere, "result.json")
        place = Readable(folder.resolve())
        command = [sys.executable, "-I", "-B", str(_PROBE), str(place.path), str(result)]
        environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
        try:
            ended = subprocess.run(  # noqa: S603 - our own program
                command, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise refuse("isolated", name, f"the packaged model took longer than {_SECONDS} s to load alone") from None
        if ended.returncode:
            said = "\n".join(ended.stderr.strip().splitlines()[-_LINES:])
            raise refuse(
                "isolated",
                name,
                "the packaged model does not load and predict without the process that trained it: keep the code that "
                "it needs below model.source in modules of their own, and let it hold nothing of the pipeline:\n"
                + said,
            )
        document = json.loads(result.read_text(encoding="utf-8"))
    if not _same(document["predictions"], expected):
        raise refuse(
            "isolated",
            name,
            "the packaged model predicts something else in a new process: it depends on what is not stored with it, "
            "such as random numbers or global variables",
        )
    modules: list[str] = document["modules"]
    return modules


def _same(found: list[object], expected: numpy.ndarray) -> bool:
    """Compare predictions; floating-point numbers may differ by rounding, as threads add up in any order."""
    import numpy

    if expected.dtype.kind != "f":
        return bool(found == expected.tolist())
    values = numpy.asarray(found, dtype=expected.dtype)
    return values.shape == expected.shape and bool(
        numpy.allclose(values, expected, rtol=1e-5, atol=1e-8, equal_nan=True)
    )
