"""Numbers are short, and never look like what they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.steps.mlops_steps.evaluation.checks import ROUNDING
from mlopsc.steps.mlops_steps.report.figures import change, exact, figure

numbers = st.floats(-1e12, 1e12)
near_one = st.floats(0, 1)


@pytest.mark.parametrize(
    ("value", "others", "text"),
    [
        (0.898551, (0.9,), "0.8986"),
        (0.89999, (0.9,), "0.89999"),
        (0.8999999, (0.9,), "0.8999999"),
        (0.9, (0.9,), "0.9"),
        (0.9000001, (0.9,), "0.9000001"),
        (0.99996, (), "0.99996"),
        (1.0, (), "1"),
        (0.12345678, (), "0.1235"),
        (0.12349, (0.1235,), "0.12349"),
        (12345.678, (), "12346"),
        (12345.678, (12345.7,), "12345.68"),
        (1.5e-7, (), "1.5e-07"),
        (0, (), "0"),
        (3, (), "3"),
        (None, (0.9,), "undefined"),
        (0.9 - 1e-15, (0.9,), "0.9"),
        (0.93751, (0.93749,), "0.93751"),
        (0.93749, (0.93751,), "0.93749"),
    ],
)
def test_a_figure(value: float | None, others: tuple[float, ...], text: str) -> None:
    assert figure(value, *others) == text


@given(numbers | near_one, st.lists(numbers | near_one, max_size=3))
def test_a_figure_is_on_its_side_of_all_others(value: float, others: list[float]) -> None:
    shown = float(figure(value, *others))
    for other in others:
        if abs(value - other) > ROUNDING:
            assert (shown > other) == (value > other)
            assert shown != other


@given(near_one, st.integers(-9, 9), st.integers(1, 11))
def test_a_failure_never_looks_like_a_pass(limit: float, steps: int, digits: int) -> None:
    value = limit + steps * 10.0**-digits
    if abs(value - limit) > ROUNDING:
        assert (float(figure(value, limit)) < float(exact(limit))) == (value < limit)


@given(near_one, near_one)
def test_two_models_that_differ_look_different(now: float, before: float) -> None:
    if abs(now - before) > ROUNDING:
        assert figure(now, before) != figure(before, now)
        assert (float(figure(now, before)) > float(figure(before, now))) == (now > before)


@pytest.mark.parametrize(
    ("now", "before", "limit", "text"),
    [
        (0.9, 0.92, 0.02, "-0.02"),
        (0.899999, 0.92, 0.02, "-0.020001"),
        (0.95, 0.9, None, "+0.05"),
        (0.9, 0.9 + 1e-15, 0.02, "0"),
        (None, 0.9, 0.02, ""),
        (0.9, None, None, ""),
    ],
)
def test_a_change(now: float | None, before: float | None, limit: float | None, text: str) -> None:
    assert change(now, before, limit) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.9, "0.9"), (5, "5"), (5.0, "5"), (1 / 3, "0.3333333333333333"), (1e-9, "1e-09")]
)
def test_a_limit_is_shown_as_it_is(value: float, text: str) -> None:
    assert exact(value) == text


@given(numbers)
def test_no_limit_is_rounded(value: float) -> None:
    assert float(exact(value)) == value
