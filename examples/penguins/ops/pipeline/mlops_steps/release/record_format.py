# SPDX-License-Identifier: MIT-0
"""The format of a release record in plain code, since the machine that releases has no JSON Schema validator.

It says what release.v1.schema.json of mlopsc says.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

API_VERSION = "mlopsc/v1"
KIND = "Release"
LOCAL = "config.kubernetes.io/local-config"
"""Annotation that keeps the record out of what kustomize prints."""

DIGEST = r"sha256:[0-9a-f]{64}"
VERSION = r"[0-9a-f]{12,63}"
"""Pods carry it as a label, whose values have at most 63 characters."""

COMMIT = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"

Check = Callable[[Any, str], Iterator[str]]
"""Takes a value and its place and yields what is wrong."""


def problems(document: Any) -> Iterator[str]:
    """Yield what is wrong with the form of a record, one sentence each without a full stop."""
    wrong = list(_RECORD(document, ""))
    yield from wrong
    if wrong:
        return
    for key in ("stable", "canary", "previous", "unproven"):
        if document["state"] == "none" and key in document:
            yield f"{key} is there, and the state is none"
    for key in ("stable", "canary", "rejected"):
        if document["state"] == "released" and key not in document:
            yield f"{key} is missing"
    canary = document.get("canary", {})
    if ("metrics" in canary) != ("evaluation" in canary):
        yield "canary has one of metrics and evaluation, which belong together"


def _text(pattern: str, wanted: str) -> Check:
    def check(value: Any, place: str) -> Iterator[str]:
        if not (isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL)):
            yield f"{place} is {_shown(value)}, not {wanted}"

    return check


def _whole(most: int | None = None) -> Check:
    wanted = "0 or more" if most is None else f"0 to {most}"

    def check(value: Any, place: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0 or (most is not None and value > most):
            yield f"{place} is {_shown(value)}, not a whole number, {wanted}"

    return check


def _table(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    known = {**required, **(optional or {})}

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place or 'the record'} is {_shown(value)}, not an object"
            return
        for key in required:
            if key not in value:
                yield f"{_below(place, key)} is missing"
        for key, item in value.items():
            if key in known:
                yield from known[key](item, _below(place, key))
            else:
                yield f"{_below(place, key)} is not known"

    return check


def _metrics(value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is {_shown(value)}, not an object"
        return
    for name, item in value.items():
        if not name:
            yield f"{place} has a metric without a name"
        if isinstance(item, bool) or not isinstance(item, (int, float)) or not math.isfinite(item):
            yield f"{_below(place, name)} is {_shown(item)}, not a number"


def _true(value: Any, place: str) -> Iterator[str]:
    if value is not True:
        yield f"{place} is {_shown(value)}, not true"


def _ids(value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place} is {_shown(value)}, not a list"
        return
    for position, item in enumerate(value):
        yield from _ID(item, f"{place}[{position}]")
        if item in value[:position]:
            yield f"{place} has {_shown(item)} twice"


def _below(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}..."


_ID = _text(r"[0-9a-f]{64}", "the id of a release, 64 hexadecimal digits")
_IDENTITY = {
    "release": _ID,
    "image": _text(
        rf"[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*@{DIGEST}", "an image with its digest"
    ),
    "version": _text(VERSION, "a version, 12 to 63 hexadecimal digits"),
    "commit": _text(COMMIT, "the full id of a commit"),
}
_DIGEST = _text(DIGEST, "a digest, sha256:...")
_QUALITY = {"metrics": _metrics, "evaluation": _table({"digest": _DIGEST, "method": _DIGEST})}
_WEIGHT = {"weight": _whole(100)}
_RECORD = _table(
    {
        "apiVersion": _text(re.escape(API_VERSION), f'"{API_VERSION}"'),
        "kind": _text(KIND, f'"{KIND}"'),
        "metadata": _table(
            {
                "name": _text(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?", "the name of a project"),
                "annotations": _table({LOCAL: _text("true", '"true"')}),
            }
        ),
        "state": _text("none|released", '"none" or "released"'),
    },
    {
        "stable": _table({**_IDENTITY, **_WEIGHT, **_QUALITY}),
        "canary": _table({**_IDENTITY, **_WEIGHT, "replicas": _whole()}, _QUALITY),
        "previous": _table({**_IDENTITY, **_QUALITY}),
        "unproven": _true,
        "rejected": _ids,
        "hold": _table({"reason": _text(".+", "a reason")}),
    },
)
