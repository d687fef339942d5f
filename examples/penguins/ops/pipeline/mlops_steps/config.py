# SPDX-License-Identifier: MIT-0
"""The generated ``config.json``: everything that a step knows of the spec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .refusal import Unusable

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
    try:
        config: Config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unusable(f'{path} is missing: run "mlopsc compile"') from None
    except ValueError as error:
        raise Unusable(f'{path} is no JSON ({error}): run "mlopsc compile"') from None
    found = config.get("schema") if isinstance(config, dict) else None
    if found is True or found != SCHEMA:
        raise Unusable(
            f"{path} has the schema number {found!r}, and these steps read {SCHEMA}: the files are of two versions of "
            'mlopsc; run "mlopsc compile" and commit all that it writes'
        )
    return config
