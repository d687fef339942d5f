"""The journal: what a compile is about to write, kept beside the lock until the lock itself is written.

A compile that is killed leaves it behind. The next one takes the digests in it for digests of the lock, so that files
which were replaced already do not look like somebody's edits. It has the format of a lock with several digests a
path, and no inputs.
"""

from __future__ import annotations

from mlopsc.workspace import lock
from mlopsc.workspace.digest import digest
from mlopsc.workspace.lock import Entry, Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "mlops.lock.journal"


def render(compiler: str, spec: str, entries: Mapping[str, Entry]) -> str:
    """Return the text of a journal."""
    return lock.render(Lock(compiler=compiler, spec=spec, inputs={}, outputs=entries))


def parse(data: bytes, spec: str) -> Mapping[str, Entry]:
    """Return the entries of a journal; none if it belongs to a spec at another place.

    What makes no sense is skipped: the journal only ever adds to what counts as ours.
    """
    found = lock.parse(data)
    return found.outputs if found.spec == spec else {}


def temporary(spec: str, file: str) -> str:
    """Return the path of the file that the new content of `file` is written to before it takes its place.

    The name is short whatever the file is called, the same in every run, so that the next one can clean up, and
    different for two specs, which may share a file.
    """
    code = digest(f"{spec}\0{file}".encode("utf-8", "surrogatepass"))[7:23]
    return lock.beside(file, f".mlopsc-{code}.tmp")
