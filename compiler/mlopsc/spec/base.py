"""What all models of the spec share: the closed base model and the annotated string types.

Models hold types, constraints, patterns and literal defaults only. A function in a model could not be precompiled
(see `mlopsc.spec.precompile`) and would not show in the published schema. A field that may be left out has either a
literal default, which the project then holds, or ``None`` where absence means something of its own; an explicit null
in the spec is an error.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from mlopsc.spec import patterns


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

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = ()
    AT_MOST_ONE: ClassVar[tuple[tuple[str, ...], ...]] = ()


def values(**docs: str) -> dict[str, Any]:
    """Describe the values of an enumeration, for the published schema; ``_`` stands for ``-``."""
    return {"x-values": docs}


LITERAL: dict[str, Any] = {"x-literal": True}
"""Marks a string in which ``${...}`` is not substituted."""

Text = Annotated[str, Field(min_length=1)]
CommandLine = Annotated[str, Field(min_length=1, json_schema_extra={**LITERAL, "x-command": True})]
Percent = Annotated[str, Field(pattern=patterns.PERCENT.pattern)]
Duration = Annotated[str, Field(pattern=patterns.DURATION.pattern)]
Rate = Annotated[str, Field(pattern=patterns.RATE.pattern)]
DnsLabel = Annotated[str, Field(pattern=patterns.LABEL.pattern)]
Host = Annotated[str, Field(pattern=patterns.HOST.pattern)]
Name = Annotated[str, Field(pattern=patterns.NAME.pattern)]
Word = Annotated[str, Field(pattern=patterns.WORD.pattern)]
Sha256 = Annotated[str, Field(pattern=patterns.SHA256.pattern)]
CallRef = Annotated[str, Field(pattern=patterns.CALL.pattern)]
Date = Annotated[str, Field(pattern=patterns.DATE.pattern)]
DataUri = Annotated[str, Field(pattern=patterns.DATA_URI.pattern)]
StoreUri = Annotated[str, Field(pattern=patterns.STORE_URI.pattern)]
HttpUrl = Annotated[str, Field(pattern=patterns.HTTP_URL.pattern)]
GitUrl = Annotated[str, Field(pattern=patterns.GIT_URL.pattern)]
ImageName = Annotated[str, Field(pattern=patterns.IMAGE.pattern)]
ImageRef = Annotated[str, Field(pattern=patterns.IMAGE_REF.pattern)]
FilePath = Annotated[str, Field(pattern=patterns.FILE.pattern)]
Owner = Annotated[str, Field(pattern=patterns.OWNER.pattern)]
Control = Annotated[str, Field(pattern=patterns.CONTROL.pattern)]
ControlId = Annotated[str, Field(pattern=patterns.CONTROL_ID.pattern)]
Advisory = Annotated[str, Field(pattern=patterns.ADVISORY.pattern)]
Peer = Annotated[str, Field(pattern=patterns.PEER.pattern)]
AwsRole = Annotated[str, Field(pattern=patterns.AWS_ROLE.pattern)]
Uuid = Annotated[str, Field(pattern=patterns.UUID.pattern)]
Pointer = Annotated[str, Field(pattern=patterns.POINTER.pattern)]
DottedPath = Annotated[str, Field(pattern=patterns.DOTTED.pattern)]
Scalar: TypeAlias = bool | int | float | str
"""A value of a column or of a variable."""
NonNegative = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Ratio = Annotated[float, Field(ge=0)]
Quantity: TypeAlias = NonNegative | Ratio | Annotated[str, Field(pattern=patterns.QUANTITY.pattern)]


class SecretRef(Closed):
    """A secret of the section ``secrets``, by its name."""

    secret: Word = Field(examples=["PAGER", "REGISTRY_TOKEN"])
    """Name of an entry of the section `secrets`. The value itself never stands in a file."""
