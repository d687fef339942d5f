"""Builder ``requirements``: what the generated pipeline needs of PyPI, as ranges for the user's lock.

A compile is offline and cannot lock; it names the ranges, and the one lock of the spec must satisfy them.
"""

from __future__ import annotations

from mlopsc import assets
from mlopsc.build.pipeline.data import used
from mlopsc.parts import At, Contribution, File, Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Part, Ref
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


def frameworks(project: Project) -> list[tuple[str, str]]:
    """Return the distributions that hold the framework of a project, with their ranges; one of them is enough.

    They are the user's own requirements: which one it is, and from which index, only they can say. None where the
    pipeline itself always needs the framework.
    """
    return list(_table()["frameworks"][project.model.framework].items())


def _table() -> Any:
    return assets.data("mlopsc", "data/requirements.yaml")


def _own(project: Project) -> Iterator[Contribution]:
    table = _table()
    yield from _lines(table["always"], [(None, ())])
    unit = project.tests.unit
    if unit is not None:
        yield from _lines(table["unit"], [(None, unit.path)])
    loads = [(None, project.tests.load), *((item.name, item.tests.load) for item in project.environments)]
    if any(load is not None for _, load in loads):
        yield from _lines(table["load"], [(env, load.path) for env, load in loads if load is not None])
    for scheme, refs in _schemes(project).items():
        yield from _lines(table["schemes"][scheme], refs)


def _lines(entries: Mapping[str, Mapping[str, str]], refs: Sequence[Ref]) -> Iterator[Contribution]:
    """Yield the lines that some fields ask for; the first of them is the one that is named."""
    (env, path), *also = refs
    for name, entry in entries.items():
        value = At(entry["version"], note=entry["reason"], also=tuple(also))
        yield Contribution(slot=SLOT, key=name, value=value, at=path, env=env)


def _schemes(project: Project) -> dict[str, list[Ref]]:
    """Return the schemes of what the pipeline reads and writes, with the fields that name it."""
    datasets = [project.data.datasets[name] for name in used(project)]
    places: list[tuple[str, Ref]] = [
        (dataset.uri, (None, (*dataset.path, "uri"))) for dataset in datasets if dataset.uri is not None
    ]
    settings = [(None, project.deployment), *((item.name, item.deployment) for item in project.environments)]
    for env, deployment in settings:
        batch = deployment.batch
        if batch is not None and deployment.mode == "batch":
            places += [(getattr(batch, end), (env, (*batch.path, end))) for end in ("input", "output")]
    store = project.environments[0].deployment.model_store
    if project.execution.train.on == "cluster" and store is not None:
        cluster = (*project.execution.train.path, "on")
        places += [(store.uri, (project.environments[0].name, (*store.path, "uri"))), (store.uri, (None, cluster))]
    found: dict[str, list[Ref]] = {}
    for place, ref in places:
        scheme, mark, _ = place.partition("://")
        if mark:
            found.setdefault(scheme, []).append(ref)
    return found


def _bare(value: object) -> object:
    while type(value) is At:
        value = value.value
    return value
