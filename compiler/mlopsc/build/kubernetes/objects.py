"""An object of Kubernetes on its way into a file."""

from __future__ import annotations

from mlopsc.parts import At, Data
from mlopsc.patch import unwrap
from mlopsc.record import Path, Record


class Object(Record):
    """One object.

    Attributes:
        stem: name of its file without the suffix; one object a file.
        data: the object.
        purpose: one line for the table in ops/README.md.
    """

    stem: str
    data: Data
    purpose: str

    @property
    def path_of_data(self) -> Path:
        """Spec path that the object is there because of; empty when none stands out."""
        return self.data.path if type(self.data) is At else ()

    @property
    def kind(self) -> str:
        """Kind of the object."""
        return str(unwrap(unwrap(self.data)["kind"]))

    @property
    def name(self) -> Data:
        """Name of the object, with its spec path."""
        return unwrap(unwrap(self.data)["metadata"])["name"]
