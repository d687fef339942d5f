# SPDX-License-Identifier: MIT-0
"""What a finished training says of its archive, by the termination message of its container.

The message goes through the API of the cluster and not through the store, so that whoever can write to the store cannot
exchange a model unseen.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ..refusal import Unusable
from . import archive

SCHEMA = 1

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Receipt:
    """Tells one archive from all others.

    Attributes:
        sha256: its digest in hex digits.
        size: its size in bytes.
    """

    sha256: str
    size: int

    def text(self) -> str:
        """Return the message."""
        return json.dumps({"schema": SCHEMA, "sha256": self.sha256, "bytes": self.size})


def of(path: Path) -> Receipt:
    """Return the receipt of an archive."""
    return Receipt(archive.digest(path), path.stat().st_size)


def parse(message: str) -> Receipt:
    """Return the receipt that a message holds.

    Raises:
        Unusable: it holds none.
    """
    try:
        found = json.loads(message)
        if found["schema"] == SCHEMA and _SHA256.fullmatch(found["sha256"]) and type(found["bytes"]) is int:
            return Receipt(found["sha256"], found["bytes"])
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise Unusable("the training says nothing of its archive: is the image built from this commit?")
