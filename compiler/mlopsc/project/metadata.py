"""Section ``metadata``: what the project is called and whose it is.

The fields are those of `mlopsc.spec.metadata`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlopsc.record import Record


class Metadata(Record):
    """Name, purpose and owner of the project."""

    name: str
    description: str | None
    owner: str | None
    labels: Mapping[str, str]
