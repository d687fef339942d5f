# SPDX-License-Identifier: MIT-0
"""JSON files that carry the number of their format under ``schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .refusal import Unusable


def read_json(path: Path, *, missing: str, again: str) -> dict[str, Any]:
    """Return the content of a file that holds a map.

    Args:
        path: the file.
        missing: what to say when it is not there.
        again: what to do when it is no such file.

    Raises:
        Unusable: it is missing or something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unusable(missing) from None
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{path} is no JSON ({error}): {again}") from None
    if not isinstance(found, dict):
        raise Unusable(f"{path} holds no map: {again}")
    return found


def check_schema(document: dict[str, Any], schema: int, path: Path, again: str) -> None:
    """Check the number of the format.

    Raises:
        Unusable: it is another one.
    """
    found = document.get("schema")
    if found is True or found != schema:
        raise Unusable(f"{path} has the schema number {found!r}, and these steps read {schema}: {again}")


def read(path: Path, schema: int, *, missing: str, again: str) -> dict[str, Any]:
    """Return the content of a file of a format; arguments and errors as of `read_json` and `check_schema`."""
    document = read_json(path, missing=missing, again=again)
    check_schema(document, schema, path, again)
    return document
