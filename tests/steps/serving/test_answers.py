"""Answers of the inference protocol are compared value by value, and every difference is named with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mlopsc.steps.mlops_steps.serving import answers


def answer(*outputs: dict[str, Any]) -> dict[str, Any]:
    return answers.parse(json.dumps({"model_name": "toy", "model_version": "1", "outputs": list(outputs)}).encode())


def output(data: list[Any], shape: list[int] | None = None) -> dict[str, Any]:
    return {"name": "output-1", "datatype": "FP64", "shape": shape or [len(data)], "data": data}


def differences(expected: str, got: dict[str, Any], tolerance: float = 0.0) -> list[str]:
    return list(answers.differences(answers.parse_expected(expected), got, tolerance))


@pytest.mark.parametrize(
    ("expected", "got", "tolerance"),
    [
        ('["Adelie", "Gentoo"]', output(["Adelie", "Gentoo"], [2, 1]), 0.0),
        ("[0.5, 0.25]", output([0.5, 0.25]), 0.0),
        ("[[0.5], [0.25]]", output([0.5, 0.25], [2, 1]), 0.0),
        ("[1, 2]", output([1.0, 2.0]), 0.0),
        ("[0.5, 0.25]", output([0.5001, 0.2499]), 0.0002),
        ("[[0.1, 0.9], [0.8, 0.2]]", output([0.1, 0.9, 0.8, 0.2], [2, 2]), 0.0),
        ("[[0.1, 0.9], [0.8, 0.2]]", output([[0.1, 0.9], [0.8, 0.2]], [2, 2]), 0.0),
        ("[true, false]", output([True, False]), 0.0),
        ("[NaN, null]", output([float("nan"), None]), 0.0),
        ('{"outputs": [{"data": [1, 2]}]}', output([1, 2], [2, 1]), 0.0),
        ('{"outputs": [{"name": "output-1", "shape": [2, 1], "data": [1, 2]}]}', output([1, 2], [2, 1]), 0.0),
        ("[]", output([]), 0.0),
    ],
)
def test_what_is_expected_passes(expected: str, got: dict[str, Any], tolerance: float) -> None:
    assert differences(expected, answer(got), tolerance) == []


@pytest.mark.parametrize(
    ("expected", "got", "finding"),
    [
        ('["Adelie", "Gentoo"]', output(["Adelie", "Chinstrap"]), 'predictions[1]: got "Chinstrap", expected "Gentoo"'),
        ("[0.5]", output([0.6]), "predictions[0]: got 0.6, expected 0.5 within 0.01"),
        ("[0.5]", output(["0.5"]), 'predictions[0]: got "0.5", expected 0.5 within 0.01'),
        ("[1]", output([True]), "predictions[0]: got true, expected 1 within 0.01"),
        ("[0.5]", output([float("nan")]), "predictions[0]: got NaN, expected 0.5 within 0.01"),
        ("[0.5]", output([float("inf")]), "predictions[0]: got Infinity, expected 0.5 within 0.01"),
        ("[[0.1, 0.9]]", output([0.1, 0.8], [1, 2]), "predictions[0][1]: got 0.8, expected 0.9 within 0.01"),
        ("[0.1, 0.9]", output([0.1]), "predictions: got 1 values, expected 2"),
        ("[[0.1, 0.9]]", output([0.1, 0.4, 0.5], [1, 3]), "predictions[0]: got 3 values, expected 2"),
        ("[0.1]", output([0.1, 0.9], [1, 2]), "predictions[0]: got [0.1, 0.9], expected 0.1 within 0.01"),
        ('{"outputs": [{"data": [1]}]}', output([2]), "outputs[0].data[0]: got 2, expected 1 within 0.01"),
        ('{"outputs": [{"name": "p", "data": [1]}]}', output([1]), 'outputs[0].name: got "output-1", expected "p"'),
        ('{"outputs": [{"shape": [1, 1], "data": [1]}]}', output([1]), "outputs[0].shape: got [1], expected [1, 1]"),
    ],
)
def test_a_difference_is_named_with_place_value_and_limit(expected: str, got: dict[str, Any], finding: str) -> None:
    assert differences(expected, answer(got), 0.01) == [finding]


def test_the_number_of_outputs_counts() -> None:
    two = answer(output([1]), output([2]))
    assert differences("[1]", two) == ["outputs: got 2, expected 1"]
    assert differences('{"outputs": [{"data": [1]}, {"data": [3]}]}', two) == ["outputs[1].data[0]: got 2, expected 3"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "the answer is no JSON: '<html>'"),
        (b"\xff\xfe", "the answer is no JSON"),
        (b"[1]", "has no list of outputs with data"),
        (b'{"error": "no such model"}', 'has no list of outputs with data: \'{"error": "no such model"}\''),
        (b'{"outputs": [{"name": "x"}]}', "has no list of outputs with data"),
        (b'{"outputs": {"data": [1]}}', "has no list of outputs with data"),
        (b"x" * 1000, r"x\.\.\.'$"),
    ],
)
def test_what_is_no_answer_is_told(body: bytes, message: str) -> None:
    with pytest.raises(answers.AnswerError, match=message):
        answers.parse(body)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1,", "is no JSON"),
        ("1", "is neither a list of predictions nor"),
        ('{"predictions": [1]}', "is neither a list of predictions nor"),
        ('{"outputs": [1]}', "is neither a list of predictions nor"),
    ],
)
def test_a_file_of_another_form_is_told(text: str, message: str) -> None:
    with pytest.raises(answers.AnswerError, match=message):
        answers.parse_expected(text)
