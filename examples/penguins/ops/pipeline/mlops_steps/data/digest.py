# SPDX-License-Identifier: MIT-0
"""Digests of data: of files as they are, and of rows whatever file they came from."""

from __future__ import annotations

import csv
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_MISSING = r"\N"


class FileDigest:
    """The digest of a file, or of a folder, made file by file.

    That of a folder is the SHA-256 of what ``sha256sum`` prints for its files, sorted by name.

    Args:
        folder: whether it is a folder.
    """

    def __init__(self, *, folder: bool) -> None:
        self._folder = folder
        self._sha256 = hashlib.sha256()

    def add(self, name: str, content: bytes) -> None:
        """Add a file; those of a folder sorted by name."""
        if self._folder:
            self._sha256.update(f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode())
        else:
            self._sha256.update(content)

    def hex(self) -> str:
        """Return the digest as 64 hexadecimal digits."""
        return self._sha256.hexdigest()


def of_rows(frame: pd.DataFrame) -> str:
    """Return the digest of the rows in their order: SHA-256 over a canonical CSV, as 64 hexadecimal digits.

    Texts are quoted, floats have the fewest digits that read back as the same number, times are nanoseconds since 1970
    and ``\\N`` stands for a missing value.
    """
    # Times as numbers: the CSV writer of pandas chooses their form by what they hold, and cuts nanoseconds.
    times = frame.select_dtypes("datetime64[ns]")
    plain = frame.assign(
        **{name: times[name].astype("int64").where(times[name].notna()).astype("Int64") for name in times}
    )
    text = plain.to_csv(index=False, na_rep=_MISSING, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def in_result(hexadecimal: str) -> str:
    """Return a digest as it stands in results and records."""
    return f"sha256:{hexadecimal}"
