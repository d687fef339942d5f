# SPDX-License-Identifier: MIT-0
"""What the metrics of a project mean, as one digest: those of two models are compared only when it is the same.

The same rows and the same name of a metric are not enough: with the other class as the positive one, recall is the
recall of something else, and the user's own evaluation may count differently than it did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..context import Context
from ..data.digest import in_result
from ..packaging import scoring
from .rows import CUSTOM

_PYTHON = ("python", "python3")
_WITH_VALUE = ("-W", "-X")
"""Options of Python that the next word belongs to."""


def digest(context: Context, split: Mapping[str, Any]) -> str:
    """Return the digest, ``sha256:...``, over canonical JSON of what gives metrics their meaning.

    That is task, output, classes and positive class; of a custom task also the command that evaluates and the file
    that it names. The threshold is no part: the decisions of both models are made with the present one.

    Args:
        context: of the run.
        split: what the step "split" found out.
    """
    meaning = scoring.Meaning.of(context.config, split)
    content: dict[str, Any] = {
        "task": meaning.task,
        "output": meaning.output,
        "classes": meaning.classes,
        "positive": meaning.positive,
    }
    if meaning.task == CUSTOM:
        model = context.config["model"]
        argv = model["evaluate"]["command"]
        file = _program(argv, context.root, context.root / model["source"])
        content["command"] = list(argv)
        content["program"] = None if file is None else hashlib.sha256(file.read_bytes()).hexdigest()
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return in_result(hashlib.sha256(text.encode()).hexdigest())


def _program(argv: Sequence[str], root: Path, source: Path) -> Path | None:
    """Return the script or the module that a Python command runs, None when it is no file of the project."""
    if argv[0] not in _PYTHON:
        return None
    words = iter(argv[1:])
    for word in words:
        if word == "-m":
            module = source.joinpath(*next(words, "").split("."))
            candidates = [module.with_suffix(".py"), module / "__main__.py"]
        elif word in _WITH_VALUE:
            next(words, None)
            continue
        elif word.startswith("-") and word != "-c":
            continue
        else:
            candidates = [root / word]  # the code after -c is part of the command, and no file has this name
        return next((path for path in candidates if path.is_file()), None)
    return None
