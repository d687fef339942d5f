"""Cron expressions that both GitHub workflows and Kubernetes CronJobs take: five fields, in UTC.

A field is ``*``, a number, a name (months, weekdays), a range, or a list of these, each with an optional step.
"""

from __future__ import annotations

from itertools import pairwise

from mlopsc.record import Record

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DAY = 24 * 60


class CronError(ValueError):
    """A text that is no cron expression; its message is the rest of the sentence "the text ..."."""


class _Field(Record):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _Field(name="minute", low=0, high=59),
    _Field(name="hour", low=0, high=23),
    _Field(name="day of the month", low=1, high=31),
    _Field(name="month", low=1, high=12, names=_MONTHS),
    _Field(name="weekday", low=0, high=6, names=_WEEKDAYS),
)


class Cron(Record):
    """When a schedule starts.

    Attributes:
        weekdays: 0 is Sunday.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    @property
    def shortest_gap(self) -> int:
        """The fewest minutes between two starts of one day; a whole day when there is only one."""
        starts = sorted(60 * hour + minute for hour in self.hours for minute in self.minutes)
        return min((later - earlier for earlier, later in pairwise(starts)), default=_DAY)


def parse(text: str) -> Cron:
    """Read a cron expression.

    Raises:
        CronError: it is none, or no day of the calendar fits it.
    """
    words = text.split()
    if len(words) == 1 and words[0].startswith("@"):
        instead = _MACROS.get(words[0].lower())
        raise CronError(f'is a short form; write "{instead}"' if instead else "is no schedule")
    if len(words) != len(_FIELDS):
        raise CronError(f"has {len(words)} fields; there must be 5: minute, hour, day of the month, month and weekday")
    minutes, hours, days, months, weekdays = map(_values, words, _FIELDS)
    if words[4] == "*" and not any(day <= _LONGEST.get(month, 31) for day in days for month in months):
        raise CronError("never comes: none of its months has such a day")
    return Cron(minutes=minutes, hours=hours, days=days, months=months, weekdays=weekdays)


def _values(text: str, field: _Field) -> frozenset[int]:
    return frozenset(value for item in text.split(",") for value in _item(item, field))


def _item(text: str, field: _Field) -> range:
    body, slash, step_text = text.partition("/")
    step = 1
    if slash:
        if not _is_number(step_text) or int(step_text) == 0:
            raise CronError(f'has the step "/{step_text}" in the field {field.name}; a step is a number from 1')
        step = int(step_text)
    first, dash, last = body.partition("-")
    if body == "*":
        low, high = field.low, field.high
    else:
        low = _value(first, field)
        high = _value(last, field) if dash else field.high if slash else low
    if low > high:
        raise CronError(f'has the range "{body}" in the field {field.name}, which ends before it begins')
    if slash and step > high - low:
        raise CronError(
            f'has the step "{text}" in the field {field.name}, which is longer than the range; it starts once only'
        )
    return range(low, high + 1, step)


def _value(text: str, field: _Field) -> int:
    if text.upper() in field.names:
        return field.low + field.names.index(text.upper())
    allowed = f"{field.low} to {field.high}" + (f" or {field.names[0]} to {field.names[-1]}" if field.names else "")
    if not _is_number(text):
        raise CronError(f'has "{text}" in the field {field.name}; allowed are {allowed}')
    if not field.low <= int(text) <= field.high:
        sunday = "; Sunday is 0" if field.names is _WEEKDAYS and int(text) == 7 else ""
        raise CronError(f"has {text} in the field {field.name}; allowed are {allowed}{sunday}")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
