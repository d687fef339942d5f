"""What all models of the spec share: the closed base model and the annotated string types.

Models hold types, constraints, patterns and literal defaults only. A function in a model could not be precompiled
(see `mlopsc.spec.precompile`) and would not show in the published schema. A field that may be left out has either a
literal default, which the project then holds, or ``None`` where absence means something of its own; an explicit null
in the spec is an error.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

from annotated_types import Ge
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mlopsc.spec import patterns

Groups = tuple[tuple[str, ...], ...]
"""Groups of keys that exclude each other."""


class Closed(BaseModel):
    """Base of every object of the spec: unknown keys are errors, values are never converted.

    Keys that begin with ``x-`` are removed before the validation and allowed by the published schema.

    Attributes:
        ONE_OF: groups of keys; exactly one key of each group must be set.
        AT_MOST_ONE: groups of keys that exclude each other, all of them optional.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, use_attribute_docstrings=True, allow_inf_nan=False, populate_by_name=False
    )

    ONE_OF: ClassVar[Groups] = ()
    AT_MOST_ONE: ClassVar[Groups] = ()


def values(**docs: str) -> dict[str, Any]:
    """Describe the values of an enumeration, for the published schema; ``_`` stands for ``-``."""
    return {"x-values": docs}


LITERAL: dict[str, Any] = {"x-literal": True}
"""Marks a field in which ``${...}`` is not substituted."""

COMMAND: dict[str, Any] = {**LITERAL, "x-command": True}
"""Marks a field that holds a command."""

# No Field() in these aliases: some versions of pydantic keep the default of one field in the shared object.

Text = Annotated[str, StringConstraints(min_length=1)]
CommandLine = Annotated[str, StringConstraints(min_length=1)]
Percent = Annotated[str, StringConstraints(pattern=patterns.PERCENT.pattern)]
Duration = Annotated[str, StringConstraints(pattern=patterns.DURATION.pattern)]
Rate = Annotated[str, StringConstraints(pattern=patterns.RATE.pattern)]
DnsLabel = Annotated[str, StringConstraints(pattern=patterns.LABEL.pattern)]
Host = Annotated[str, StringConstraints(pattern=patterns.HOST.pattern)]
Name = Annotated[str, StringConstraints(pattern=patterns.NAME.pattern)]
Word = Annotated[str, StringConstraints(pattern=patterns.WORD.pattern)]
Sha256 = Annotated[str, StringConstraints(pattern=patterns.SHA256.pattern)]
CallRef = Annotated[str, StringConstraints(pattern=patterns.CALL.pattern)]
Date = Annotated[str, StringConstraints(pattern=patterns.DATE.pattern)]
DataUri = Annotated[str, StringConstraints(pattern=patterns.DATA_URI.pattern)]
WritableUri = Annotated[str, StringConstraints(pattern=patterns.WRITABLE_URI.pattern)]
StoreUri = Annotated[str, StringConstraints(pattern=patterns.STORE_URI.pattern)]
HttpUrl = Annotated[str, StringConstraints(pattern=patterns.HTTP_URL.pattern)]
GitUrl = Annotated[str, StringConstraints(pattern=patterns.GIT_URL.pattern)]
ImageName = Annotated[str, StringConstraints(pattern=patterns.IMAGE.pattern)]
ImageRef = Annotated[str, StringConstraints(pattern=patterns.IMAGE_REF.pattern)]
FilePath = Annotated[str, StringConstraints(pattern=patterns.FILE.pattern)]
Owner = Annotated[str, StringConstraints(pattern=patterns.OWNER.pattern)]
Control = Annotated[str, StringConstraints(pattern=patterns.CONTROL.pattern)]
ControlId = Annotated[str, StringConstraints(pattern=patterns.CONTROL_ID.pattern)]
Advisory = Annotated[str, StringConstraints(pattern=patterns.ADVISORY.pattern)]
Peer = Annotated[str, StringConstraints(pattern=patterns.PEER.pattern)]
BranchName = Annotated[str, StringConstraints(pattern=patterns.BRANCH.pattern)]
AwsRole = Annotated[str, StringConstraints(pattern=patterns.AWS_ROLE.pattern)]
Uuid = Annotated[str, StringConstraints(pattern=patterns.UUID.pattern)]
Pointer = Annotated[str, StringConstraints(pattern=patterns.POINTER.pattern)]
DottedPath = Annotated[str, StringConstraints(pattern=patterns.DOTTED.pattern)]
Scalar: TypeAlias = bool | int | float | str
"""A value of a column or of a variable."""
NonNegative = Annotated[int, Ge(0)]
Positive = Annotated[int, Ge(1)]
Ratio = Annotated[float, Ge(0)]
Quantity: TypeAlias = NonNegative | Ratio | Annotated[str, StringConstraints(pattern=patterns.QUANTITY.pattern)]


class SecretRef(Closed):
    """A secret of the section ``secrets``, by its name."""

    secret: Word = Field(examples=["PAGER", "REGISTRY_TOKEN"])
    """Name of an entry of the section `secrets`. The value itself never stands in a file."""
