# SPDX-License-Identifier: MIT-0
"""Answers of the Open Inference Protocol, version 2, and what they are expected to be.

An answer is ``{"model_name", "model_version", "outputs": [{"name", "shape", "datatype", "data"}]}``. A file with
expected values takes one of two forms:

* a list with one prediction a row: ``["Adelie", "Gentoo"]``, ``[0.31, 0.88]``, or, for probabilities of several
  classes, ``[[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]]``; the answer must then have a single output;
* ``{"outputs": [{"data": [...]}]}``, as a server answers it; ``name``, ``shape`` and ``datatype`` of an output are
  compared when they are given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

_COMPARED = ("name", "datatype", "shape")


class AnswerError(ValueError):
    """A document that is of neither form; the message says what is wrong."""


def parse(body: bytes) -> dict[str, Any]:
    """Return an answer as data.

    Raises:
        AnswerError: it is no answer of the protocol.
    """
    try:
        document = json.loads(body)
    except ValueError:
        raise AnswerError(f"the answer is no JSON: {_beginning(body)}") from None
    if not isinstance(document, dict) or not _are_outputs(document.get("outputs")):
        raise AnswerError(f"the answer has no list of outputs with data: {_beginning(body)}")
    return document


def parse_expected(text: str) -> list[Any] | dict[str, Any]:
    """Return the content of a file with expected values.

    Raises:
        AnswerError: it has neither form.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise AnswerError(f"is no JSON: {error}") from None
    if isinstance(document, list) or (isinstance(document, dict) and _are_outputs(document.get("outputs"))):
        return document
    raise AnswerError('is neither a list of predictions nor {"outputs": [{"data": [...]}]}')


def differences(expected: list[Any] | dict[str, Any], answer: dict[str, Any], tolerance: float) -> Iterator[str]:
    """Yield a sentence for each place where an answer is not as expected.

    Args:
        expected: from `parse_expected`.
        answer: from `parse`.
        tolerance: largest absolute difference of two numbers; everything else must be equal.
    """
    outputs = answer["outputs"]
    wanted = [{"data": expected}] if isinstance(expected, list) else expected["outputs"]
    if len(outputs) != len(wanted):
        yield f"outputs: got {len(outputs)}, expected {len(wanted)}"
        return
    for number, (want, got) in enumerate(zip(wanted, outputs, strict=True)):
        place = "predictions" if isinstance(expected, list) else f"outputs[{number}].data"
        for key in _COMPARED:
            if key in want and want[key] != got.get(key):
                yield f"outputs[{number}].{key}: got {_shown(got.get(key))}, expected {_shown(want[key])}"
        yield from _values(rows(want), rows(got), tolerance, place)


def rows(output: dict[str, Any]) -> list[Any]:
    """Return the data of an output with one entry a row: a value, or a list with the values of a wider row."""
    data: list[Any] = output["data"]
    shape = output.get("shape") or [len(data)]
    width = math.prod(shape[1:])
    if width > 1 and len(data) == shape[0] * width and not any(isinstance(value, list) for value in data):
        return [data[start : start + width] for start in range(0, len(data), width)]
    return [row[0] if isinstance(row, list) and len(row) == 1 else row for row in data]


def _values(expected: Any, got: Any, tolerance: float, place: str) -> Iterator[str]:
    if isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"{place}: got {len(got)} values, expected {len(expected)}"
            return
        for index, (want, value) in enumerate(zip(expected, got, strict=True)):
            yield from _values(want, value, tolerance, f"{place}[{index}]")
    elif not _same(expected, got, tolerance):
        within = f" within {tolerance:g}" if _is_number(expected) and tolerance else ""
        yield f"{place}: got {_shown(got)}, expected {_shown(expected)}{within}"


def _same(expected: Any, got: Any, tolerance: float) -> bool:
    if _is_number(expected) and _is_number(got):
        both_undefined = math.isnan(expected) and math.isnan(got)
        return both_undefined or math.isclose(expected, got, rel_tol=0.0, abs_tol=tolerance)
    # In Python True equals 1; in JSON it does not.
    return type(expected) is type(got) and bool(expected == got)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_outputs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(output, dict) and isinstance(output.get("data"), list) for output in value
    )


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _beginning(body: bytes) -> str:
    text = body[:200].decode("utf-8", "replace")
    return repr(text + ("..." if len(body) > len(text.encode()) else ""))
