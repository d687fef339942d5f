"""What several records of the project share."""

from __future__ import annotations

from typing import Any

from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Scalar: TypeAlias = bool | int | float | str
else:
    Scalar = Any  # read at run time by the builder of the records, which takes such a value as it is


class SecretRef(Record):
    """A secret of the section ``secrets``, by its name."""

    secret: str
