"""Which image the generated ones start from."""

from __future__ import annotations

from mlopsc.parts import At
from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.diagnostics import Report
    from mlopsc.parts import Data
    from mlopsc.pins import Pins
    from mlopsc.project import Project

SYNTAX = "dockerfile-frontend"
"""Name of the pin of the program that reads the Dockerfile."""


class Base(Record):
    """What a Dockerfile begins with.

    Attributes:
        syntax: reference of the image that reads the Dockerfile.
        image: reference of the base image, by digest.
        version: the Python version as two numbers, to be checked in an image that the pins do not know; else None.
    """

    syntax: Data
    image: Data
    version: Data | None


def find(project: Project, pins: Pins, report: Report) -> Base | None:
    """Return the base image of a project; None when something is missing, which is reported."""
    dependencies = project.model.dependencies
    python = (*dependencies.path, "python")
    named = dependencies.base_image
    wanted = [SYNTAX] if named is not None else [SYNTAX, f"python-{dependencies.python}"]
    missing = [name for name in wanted if name not in pins.images]
    for name in missing:
        report("PIN-720", python, image=name)
    if named is not None and not _has_digest(named):
        report("PIN-721", (*dependencies.path, "base_image"), image=named)
    elif not missing:
        return Base(
            syntax=pins.images[SYNTAX].reference,
            image=At(named, (*dependencies.path, "base_image"))
            if named is not None
            else At(pins.images[wanted[-1]].reference, python),
            version=At(dependencies.python.replace(".", ", "), python) if named is not None else None,
        )
    return None


def _has_digest(reference: str) -> bool:
    import re

    from mlopsc.spec.patterns import IMAGE_REF

    return re.fullmatch(IMAGE_REF.pattern, reference) is not None
