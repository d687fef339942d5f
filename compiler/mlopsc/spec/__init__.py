"""The spec: what users may write. The models live in one module a section and are the single source.

This facade validates without pydantic's model classes: `mlopsc.spec.generate` turns the models into plain data once,
and the validator is built from that. Import the models only to publish the schema.
"""

from __future__ import annotations

from mlopsc.record import Path, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SECTIONS: tuple[str, ...] = (
    "$schema",
    "apiVersion",
    "final",
    "metadata",
    "include",
    "variables",
    "target",
    "stack",
    "data",
    "model",
    "execution",
    "tests",
    "governance",
    "secrets",
    "deployment",
    "monitoring",
    "environments",
    "output",
    "patches",
    "eject",
)
"""All keys of the top level, in the order of the documentation."""

REQUIRED: tuple[str, ...] = ("apiVersion", "metadata", "data", "model")
"""The keys that every spec has. Besides, it has either ``target`` or ``stack``."""


class SpecError(Record):
    """One thing that is wrong with the shape of a section.

    Attributes:
        loc: where, below the section, as written in the spec. A missing key is named although it is not there.
        kind: ``unknown-key``, ``missing``, ``empty``, ``type``, ``enum``, ``pattern``, ``range``, ``length`` or
            ``name`` (a key of a map that cannot be a name).
        facts: texts for the message. ``key`` (unknown-key, missing, empty, name), ``allowed`` (unknown-key, enum:
            comma-separated), ``expected`` (all but unknown-key, missing and enum: ends a sentence "expected ..."),
            ``found`` (type: "the number 3"), ``given`` (the scalar as text, where there is one), ``shape`` (pattern,
            name: the `mlopsc.spec.patterns.Shape`).
    """

    loc: Path
    kind: str
    facts: Mapping[str, str]


class Validated(Record):
    """The outcome of a validation.

    Attributes:
        data: plain data with all defaults filled in; None when there are errors.
        errors: in the order of the input.
    """

    data: Any
    errors: tuple[SpecError, ...]


def validate(section: str, data: object) -> Validated:
    """Validate one section and fill in the defaults.

    Args:
        section: one of `SECTIONS`.
        data: plain data, variables substituted, without keys that begin with ``x-`` and without options of targets.

    Raises:
        KeyError: no section of that name.
    """
    from mlopsc.spec import _core, validation

    return validation.validate(_core.SECTIONS[section], data)


def validate_options(schema: dict[str, Any], data: object) -> Validated:
    """Validate the options of a target.

    Args:
        schema: what `mlopsc.spec.precompile.precompile` makes of the target's model.
        data: as in `validate`.
    """
    from mlopsc.spec import validation

    return validation.validate(schema, data)


def absent(section: str) -> Any:
    """Return what a section holds that the spec does not have; not to be changed.

    Raises:
        KeyError: the section is required, or there is none of that name.
    """
    from mlopsc.spec import _core

    return _core.ABSENT[section]
