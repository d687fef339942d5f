# SPDX-License-Identifier: MIT-0
"""The generated ``config.json``: everything that a step knows of the spec."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from . import documents

SCHEMA = 1
"""Number of the format that these steps read."""

Config = dict[str, Any]

FOLDER = Path(__file__).resolve().parent.parent
"""The folder of the pipeline, which holds ``config.json``."""


def load(folder: Path = FOLDER) -> Config:
    """Read ``config.json``.

    Raises:
        Unusable: the file is missing, broken, or of a format that these steps do not know.
    """
    path = folder / "config.json"
    return documents.read(
        path,
        SCHEMA,
        missing=f'{path} is missing: run "mlopsc compile"',
        again='the steps and this file are not of one version of mlopsc; run "mlopsc compile" and commit all that it '
        "writes",
    )


_DATA = (("data",), ("model", "source"))
_SPLIT = (
    *_DATA,
    ("execution", "pull_request"),
    ("model", "task"),
    ("model", "seed"),
    ("model", "prediction", "positive"),
)
_MODEL = (("data",), ("execution",), ("model",))
_JUDGED = (*_MODEL, ("tests",))
_DECISIVE = {
    "data": _DATA,
    "split": _SPLIT,
    "train": _MODEL,
    "package": _MODEL,
    "evaluate": _JUDGED,
    "gate": _JUDGED,
}
"""The parts that the result of a step depends on, through the steps before it, too; of other steps it is all."""


def digest(config: Config, step: str) -> str:
    """Return the SHA-256, in hex digits, of the parts of the configuration that the result of a step depends on."""
    parts = [[*path, _part(config, path)] for path in _DECISIVE[step]] if step in _DECISIVE else config
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _part(config: Config, path: tuple[str, ...]) -> Any:
    found: Any = config
    for name in path:
        found = found.get(name, {})
    return found
