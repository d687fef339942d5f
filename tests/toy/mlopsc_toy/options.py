"""Options of the target: ``deployment.toy``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Options(BaseModel):
    """How the toy is painted."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    color: Literal["red", "blue"] = "red"
    """Colour of the toy."""
    wheels: int = Field(default=4, ge=1)
    """Number of wheels."""
