"""The first line of a generated file: where it comes from and how to change it."""

from __future__ import annotations

from mlopsc.render.characters import visible


def header(spec_file: str) -> str:
    """Return the sentence, without comment marks; it holds no version and no date, so an upgrade touches no file.

    Args:
        spec_file: name of the spec as a reader of the generated file would look for it.
    """
    name = visible(spec_file).replace("\n", "\\n").replace("\t", "\\t")
    return f'Generated from {name}; do not edit: change {name} and run "mlopsc compile".'


def named(text: str) -> str | None:
    """Return the name of the spec in the header of a generated file; None in any other text.

    Args:
        text: the first lines of a file.
    """
    name = text.partition("Generated from ")[2].partition("; do not edit: change ")[0]
    return name if name and header(name) in text else None
