"""Values of the project as ``config.json`` spells them: plain numbers in seconds and shares, and no nulls."""

from __future__ import annotations

from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from mlopsc.parts import Data, Ref
    from mlopsc.record import Record


def at(record: Record, field: str, env: str | None = None) -> At:
    """Return a field of a record with its path."""
    return At(getattr(record, field), (*record.path, field), env)


def given(record: Record, *fields: str) -> dict[str, Data]:
    """Return the fields of a record that are set, numbers without a needless fraction."""
    return {
        field: At(plain(value), (*record.path, field))
        for field in fields
        if (value := getattr(record, field)) is not None
    }


def items(record: Record, field: str) -> At:
    """Return a field that is a list, with the path of every item."""
    path = (*record.path, field)
    return At([At(plain(item), (*path, index)) for index, item in enumerate(getattr(record, field))], path)


def share(record: Record, field: str) -> At:
    """Return a percentage as a number between 0 and 1."""
    return At(number(getattr(record, field).fraction), (*record.path, field))


def seconds(record: Record, field: str) -> At:
    """Return a time span in seconds."""
    return At(number(getattr(record, field).seconds), (*record.path, field))


_EXACT = 2**53
"""Up to here floats hold every whole number; larger ones stand for a range, and none of their digits is meant."""


def number(value: Decimal | float) -> int | float:
    """Return a number, whole where it can be: as people write it, and the same for every reader of JSON."""
    real = float(value)
    return int(real) if real.is_integer() and abs(real) <= _EXACT else real


def plain(value: object) -> object:
    """Return a value of the spec; a float as `number` spells it."""
    return number(value) if type(value) is float else value


def endless(document: Data) -> Iterator[Ref]:
    """Yield the origins of all numbers that are not finite: JSON has no spelling for them."""
    stack: list[tuple[Data, Ref]] = [(document, (None, ()))]
    while stack:
        value, (env, path) = stack.pop()
        if type(value) is At:
            stack.append((value.value, (value.env or env, value.path or path)))
        elif isinstance(value, dict):
            stack += [(item, (env, path)) for item in value.values()]
        elif isinstance(value, (list, tuple)):
            stack += [(item, (env, path)) for item in value]
        elif isinstance(value, float) and value - value != 0:  # infinity less infinity is no number
            yield env, path
