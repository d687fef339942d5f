"""Section ``include``: files merged below the main file."""

from __future__ import annotations

from mlopsc.spec.base import Closed, FilePath, Sha256


class Include(Closed):
    """One included file. Later files win over earlier ones, the main file wins over all of them."""

    path: FilePath
    """Path of the file, relative to the file that includes it."""
    sha256: Sha256 | None = None
    """Digest of the file, line ends as LF. A file that differs is an error."""
