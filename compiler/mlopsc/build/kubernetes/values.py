"""Values of the project as manifests spell them, each with the spec path that it came from."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlopsc.parts import Data
    from mlopsc.record import Record
    from mlopsc.units import Duration, Percent


def at(record: Record, field: str, note: str = "") -> At:
    """Return a field of a record with its path; ``from_`` and ``path_`` are spelled without the underscore there."""
    return At(getattr(record, field), (*record.path, field.rstrip("_")), note=note)


def entries(record: Record, field: str) -> dict[str, Data]:
    """Return a map of the spec with the path of each value."""
    items: Mapping[str, Data] = getattr(record, field)
    return {key: At(value, (*record.path, field, key)) for key, value in items.items()}


def present(**fields: Data) -> dict[str, Data]:
    """Return the fields that have a value: a key with null means something else than no key."""
    return {key: value for key, value in fields.items() if not _missing(value)}


def whole_percent(share: Percent) -> int:
    """Return a share in percent, rounded to a whole number."""
    return int((share.fraction * 100).quantize(Decimal(1), ROUND_HALF_UP))


def whole_seconds(span: Duration) -> int:
    """Return a time span in seconds, at least one, rounded up: the API server takes whole seconds only."""
    return max(1, int(span.seconds.to_integral_value(ROUND_CEILING)))


def _missing(value: Data) -> bool:
    while type(value) is At:
        value = value.value
    return value is None
