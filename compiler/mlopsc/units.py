"""Values with a unit, written as text in the spec ("10%", "5m", "1Gi"), kept as written and parsed when asked.

Each type is a `str`, so that a value can be compared, sorted and emitted as the user wrote it. The patterns are the
single source for the schema, for the validation and for the parsing.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property

PERCENT = r"^(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)%$"
DURATION = r"^[1-9][0-9]*(?:ms|s|m|h|d|w|y)$"
RATE = r"^[0-9]+(?:\.[0-9]+)?/(?:s|m|h)$"
QUANTITY = r"^[0-9]+(?:\.[0-9]+)?(?:m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"

_SECONDS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
    "w": Decimal(604800),
    "y": Decimal(365 * 86400),
}
_FACTORS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{unit: Decimal(1024) ** power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
}
_SPLIT = re.compile(r"([0-9.]+)(.*)")


def _split(text: str) -> tuple[Decimal, str]:
    match = _SPLIT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Decimal(match[1]), match[2]


class Percent(str):
    """A share such as ``0.5%``."""

    @cached_property
    def fraction(self) -> Decimal:
        """The share between 0 and 1."""
        return _split(self)[0] / 100


class Duration(str):
    """A time span such as ``250ms``, ``10m``, ``30d``; a year has 365 days."""

    @cached_property
    def seconds(self) -> Decimal:
        """The length in seconds."""
        number, unit = _split(self)
        return number * _SECONDS[unit]


class Rate(str):
    """Events per time, such as ``50/s``."""

    @cached_property
    def per_second(self) -> Decimal:
        """Events per second."""
        number, unit = _split(self)
        return number / _SECONDS[unit[1:]]


class Quantity(str):
    """A Kubernetes resource quantity such as ``500m`` or ``1Gi``."""

    @cached_property
    def amount(self) -> Decimal:
        """The amount in the base unit (cores or bytes)."""
        number, unit = _split(self)
        return number * _FACTORS[unit]


class Command(str):
    """A command line without a shell, such as ``pytest -q tests``."""

    @cached_property
    def argv(self) -> tuple[str, ...]:
        """The words of the command, quotes resolved.

        Raises:
            ValueError: an unclosed quote; the check stage reports it before anything reads this.
        """
        import shlex

        return tuple(shlex.split(self))
