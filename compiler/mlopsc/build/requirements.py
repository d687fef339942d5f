"""Builder ``requirements``: what the generated pipeline needs of PyPI, as ranges for the user's lock.

A compile is offline and cannot lock; it names the ranges, and the one lock of the spec must satisfy them.
"""

from __future__ import annotations

from mlopsc import assets
from mlopsc.parts import At, Contribution, File, Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project

SLOT = "requirements"
"""Slot of the lines: the key is a distribution with its extras, the value its version specifier."""


def build(project: Project, pins: Pins, report: Report) -> Iterator[Part]:
    """Return ``pipeline/requirements.in`` and the lines that the pipeline itself needs."""
    yield File(
        file=f"{project.output.dir}/pipeline/requirements.in",
        body=Lines(
            slot=SLOT,
            comment=(
                "What the generated pipeline needs, beside the requirements of your own code. The lock of the spec",
                "must satisfy both.",
            ),
        ),
        owner="requirements",
        purpose="Packages that the pipeline needs, as ranges; your lock must satisfy them.",
        at=(*project.model.dependencies.path, "lock"),
    )
    yield from _own(project)


def requirements_of(project: Project, contributions: Iterable[Part]) -> list[tuple[str, str]]:
    """Return what the lock of a project must satisfy: (distribution with extras, version specifier), sorted.

    Args:
        project: the project.
        contributions: parts of the targets; all but those for the slot are passed over.
    """
    entries = [*_own(project), *contributions]
    return sorted(
        (part.key, str(_bare(part.value))) for part in entries if isinstance(part, Contribution) and part.slot == SLOT
    )


def lock_command(project: Project) -> str:
    """Return the command that makes the lock of a project, for a shell in the folder of the spec.

    The user's own requirements are expected beside the lock, under its name with the ending ``.in``.
    """
    import shlex

    dependencies = project.model.dependencies
    own = f"{dependencies.lock.rpartition('.')[0] or dependencies.lock}.in"
    ranges = f"{project.output.dir}/pipeline/requirements.in"
    options = ("--generate-hashes", "--python-version", dependencies.python)
    return shlex.join(("uv", "pip", "compile", *options, own, ranges, "-o", dependencies.lock))


def _own(project: Project) -> Iterator[Contribution]:
    raw = assets.data("mlopsc", "data/requirements.yaml")
    for name, entry in raw.items():
        if name == "pytest" and project.tests.unit is None:
            continue
        at = project.tests.unit.path if name == "pytest" and project.tests.unit is not None else ()
        yield Contribution(slot=SLOT, key=name, value=At(entry["version"], note=entry["reason"]), at=at)


def _bare(value: object) -> object:
    while type(value) is At:
        value = value.value
    return value
