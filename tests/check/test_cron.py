"""Cron expressions: what they mean, found by counting, and what is none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.check.cron import Cron, CronError, parse

LIMITS = {"minutes": (0, 59), "hours": (0, 23), "days": (1, 31), "months": (1, 12), "weekdays": (0, 6)}
NAMES = {
    "months": ["Jan", "feb", "MAR", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "DEC"],
    "weekdays": ["SUN", "mon", "Tue", "wed", "thu", "fri", "sat"],
}


@st.composite
def items(draw: st.DrawFn, field: str) -> tuple[str, set[int]]:
    """An item of a field and the values that it stands for."""
    low, high = LIMITS[field]
    first = draw(st.integers(low, high))
    last = draw(st.integers(first, high))
    named = draw(st.booleans()) and field in NAMES
    words = {value: NAMES[field][value - low] if named else str(value) for value in (first, last)}
    kind = draw(st.sampled_from(["star", "one", "range", "star-step", "range-step", "open-step"]))
    begin, end = {"star": (low, high), "one": (first, first), "open": (first, high)}.get(
        kind.partition("-")[0], (first, last)
    )
    text = {"star": "*", "one": words[first], "open": words[first]}.get(
        kind.partition("-")[0], f"{words[first]}-{words[last]}"
    )
    if not kind.endswith("-step"):
        return text, {value for value in range(low, high + 1) if begin <= value <= end}
    if end == begin:
        return words[first], {first}
    step = draw(st.integers(1, end - begin))
    return f"{text}/{step}", {value for value in range(begin, end + 1) if (value - begin) % step == 0}


@st.composite
def fields(draw: st.DrawFn, field: str) -> tuple[str, set[int]]:
    """A field of several items and the values that it stands for."""
    found = draw(st.lists(items(field), min_size=1, max_size=3))
    return ",".join(text for text, _values in found), set().union(*(values for _text, values in found))


@given(st.tuples(*(fields(name) for name in LIMITS)))
def test_values_are_those_that_counting_finds(drawn: tuple[tuple[str, set[int]], ...]) -> None:
    """Every field stands for the values that its items stand for, whatever the spaces between fields."""
    text = "  ".join(field for field, _values in drawn)
    expected = dict(zip(LIMITS, (values for _field, values in drawn), strict=True))
    longest = max(31 if month in (1, 3, 5, 7, 8, 10, 12) else 29 if month == 2 else 30 for month in expected["months"])
    if drawn[4][0] == "*" and min(expected["days"]) > longest:
        with pytest.raises(CronError, match="never comes"):
            parse(text)
        return
    found = parse(text)
    assert {name: set(getattr(found, name)) for name in LIMITS} == expected


@given(st.sets(st.integers(0, 59), min_size=1), st.sets(st.integers(0, 23), min_size=1))
def test_shortest_gap(minutes: set[int], hours: set[int]) -> None:
    """No two starts of a day are closer, and some two are that close."""
    cron = parse(f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * *")
    day = [minute % 60 in minutes and minute // 60 in hours for minute in range(1440)]
    gaps = [gap for start in range(1440) if day[start] for gap in range(1, 1440 - start) if day[start + gap]]
    assert cron.shortest_gap == min(gaps, default=1440)


@given(st.sampled_from(list(LIMITS)), st.integers(0, 9999))
def test_numbers_outside_are_refused(field: str, number: int) -> None:
    """A number is taken exactly when the field has it."""
    low, high = LIMITS[field]
    text = " ".join(str(number) if name == field else "*" for name in LIMITS)
    if low <= number <= high:
        assert getattr(parse(text), field) == {number}
    else:
        with pytest.raises(CronError, match="allowed are"):
            parse(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but `CronError` comes out, whatever goes in."""
    with suppress(CronError):
        assert isinstance(parse(text), Cron)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has 0 fields"),
        ("0 3 * *", "has 4 fields"),
        ("0 0 3 * * 1", "has 6 fields"),
        ("TZ=Europe/Berlin 0 3 * * 1", "has 6 fields"),
        ("@daily", 'write "0 0 \\* \\* \\*"'),
        ("@fortnightly", "is no schedule"),
        ("60 3 * * 1", "has 60 in the field minute"),
        ("0 24 * * 1", "has 24 in the field hour"),
        ("0 3 0 * *", "has 0 in the field day of the month"),
        ("0 3 L * *", 'has "L" in the field day of the month'),
        ("0 3 ? * 1", 'has "\\?"'),
        ("0 3 * 13 *", "has 13 in the field month"),
        ("0 3 * * 7", "Sunday is 0"),
        ("0 3 * * 1#2", 'has "1#2" in the field weekday'),
        ("0 3 * * FRI-MON", "ends before it begins"),
        ("0 3 * * MO", 'has "MO" in the field weekday'),
        ("0 22-4 * * *", "ends before it begins"),
        ("*/0 * * * *", 'has the step "/0"'),
        ("*/ * * * *", 'has the step "/"'),
        ("*/90 * * * *", "starts once only"),
        ("1,,2 * * * *", 'has "" in the field minute'),
        ("-1 * * * *", 'has "" in the field minute'),
        ("1.5 * * * *", 'has "1.5" in the field minute'),
        ("\u0663 * * * *", "in the field minute"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
    ],
)
def test_what_is_no_cron_expression(text: str, reason: str) -> None:
    """The reason says which field is wrong and how."""
    with pytest.raises(CronError, match=reason):
        parse(text)


@pytest.mark.parametrize("text", ["0 0 29 2 *", "0 0 31 2 MON", "0 0 30 2,3 *"])
def test_days_that_come(text: str) -> None:
    """A leap day comes, a weekday comes beside a day that does not, and one month with such a day is enough."""
    assert parse(text).minutes == {0}
