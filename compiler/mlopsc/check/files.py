"""Files that the spec names and that must be there. Data sets are asked for existence only."""

from __future__ import annotations

from mlopsc.build.requirements import frameworks, lock_command, requirements_of
from mlopsc.check import lock
from mlopsc.check.rule import Context, rule
from mlopsc.inputs import InputError
from mlopsc.record import Path, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mlopsc.parts import Part
    from mlopsc.project import Project

LOCK_LIMIT = 16 * 1024 * 1024
"""Largest lock that is read, in bytes."""


class _Reference(Record):
    """A file that the spec names: what it is, where it is, and the place of the spec that names it."""

    what: str
    file: str
    at: Path
    env: str | None = None


_SECTIONS = ("model", "data", "tests")
"""The sections that name files."""


def _references(project: Project, context: Context) -> Iterator[_Reference]:
    read = {"model": _of_model, "data": _of_data, "tests": _of_tests}
    for section in context.intact(*_SECTIONS):
        yield from read[section](project)


def _of_model(project: Project) -> Iterator[_Reference]:
    model = project.model
    yield _Reference(what="the folder with the code", file=model.source, at=(*model.path, "source"))


def _of_data(project: Project) -> Iterator[_Reference]:
    for name, dataset in project.data.datasets.items():
        fixed = dataset.version.dvc if dataset.version is not None else None
        if dataset.version is not None and fixed is not None:
            yield _Reference(what="the DVC file", file=fixed, at=(*dataset.version.path, "dvc"))
        elif dataset.uri is not None and "://" not in dataset.uri:  # DVC keeps the data itself out of the repository
            yield _Reference(what=f'the data set "{name}"', file=dataset.uri, at=(*dataset.path, "uri"))


def _of_tests(project: Project) -> Iterator[_Reference]:
    for environment in project.environments:
        for smoke in environment.tests.smoke:
            at, env = (*smoke.path, "request"), environment.name
            yield _Reference(what="the smoke request", file=smoke.request, at=at, env=env)
            if smoke.expect.values is not None:
                at = (*smoke.expect.path, "values")
                yield _Reference(what="the expected answer", file=smoke.expect.values, at=at, env=env)


@rule("CHK-490", each=_SECTIONS)
def missing_file(project: Project, context: Context) -> None:
    """Files that the spec names exist."""
    for reference in _references(project, context):
        if _exists(context, reference.file) is False:
            context.report("CHK-490", reference.at, env=reference.env, what=reference.what, file=reference.file)


@rule("CHK-491", "data", "model")
def missing_module(project: Project, context: Context) -> None:
    """The modules of functions that the spec names are in the folder with the code."""
    source = project.model.source
    if _exists(context, source) is not True:
        return
    for call, path in _calls(project):
        module = f"{source.rstrip('/')}/{call.partition(':')[0].replace('.', '/')}"
        places = (f"{module}.py", f"{module}/__init__.py")
        if not any(_exists(context, place) for place in places):
            context.report("CHK-491", path, (*project.model.path, "source"), call=call, file=places[0], other=places[1])


def _calls(project: Project) -> Iterator[tuple[str, Path]]:
    train = project.model.train
    for name in ("call", "preprocess"):
        if getattr(train, name) is not None:
            yield getattr(train, name), (*train.path, name)
    for dataset in project.data.datasets.values():
        if dataset.loader is not None:
            yield dataset.loader, (*dataset.path, "loader")


@rule("CHK-492", each=_SECTIONS)
def outside_repository(project: Project, context: Context) -> None:
    """Nothing outside the repository is read, since it is not there in CI."""
    for reference in (*_references(project, context), *_locks(project, context)):
        if _exists(context, reference.file) is None:
            context.report("CHK-492", reference.at, env=reference.env, what=reference.what, file=reference.file)


def _locks(project: Project, context: Context) -> Iterator[_Reference]:
    for _section in context.intact("model"):
        dependencies = project.model.dependencies
        yield _Reference(what="the lock", file=dependencies.lock, at=(*dependencies.path, "lock"))


def _exists(context: Context, file: str) -> bool | None:
    """Say whether a path exists; None when it lies outside the repository."""
    try:
        return context.exists(file)
    except InputError:
        return None


@rule("CHK-493", "model", "output")
def no_lock_yet(project: Project, context: Context) -> None:
    """Without a lock nothing can be installed; the first compile has to do without."""
    dependencies = project.model.dependencies
    if _exists(context, dependencies.lock) is False:
        path = (*dependencies.path, "lock")
        context.report("CHK-493", path, file=dependencies.lock, command=lock_command(project))


@rule("CHK-494", "model", "output", "tests", "data", "execution", "deployment", "environments")
def lock_misses_packages(project: Project, context: Context) -> None:
    """The lock has every package of the pipeline; for those of the targets see `lock_fits`."""
    _report_misfits(project, context, ("CHK-494",), requirements_of(project, ()))


@rule("CHK-495", "model", "output", "tests", "data", "execution", "deployment", "environments")
def lock_outside_range(project: Project, context: Context) -> None:
    """The lock has versions that the pipeline works with."""
    _report_misfits(project, context, ("CHK-495",), requirements_of(project, ()))


def lock_fits(project: Project, context: Context, parts: Iterable[Part]) -> None:
    """Report what the lock lacks of the packages that the generated parts ask for beside the pipeline's own."""
    own = set(requirements_of(project, ()))
    added = [item for item in requirements_of(project, parts) if item not in own]
    _report_misfits(project, context, ("CHK-494", "CHK-495"), added)


def _report_misfits(
    project: Project, context: Context, codes: Iterable[str], requirements: Sequence[tuple[str, str]]
) -> None:
    packages = _packages(project, context)
    if packages is None:
        return
    for code in codes:
        find = lock.missing if code == "CHK-494" else lock.outside
        _report(project, context, code, find(packages, requirements))


@rule("CHK-496", "model", "output")
def lock_without_hashes(project: Project, context: Context) -> None:
    """Every package of the lock has a hash; the images install nothing without."""
    packages = _packages(project, context)
    if packages is not None:
        _report(project, context, "CHK-496", lock.unhashed(packages))


def _report(project: Project, context: Context, code: str, packages: list[str]) -> None:
    if packages:
        dependencies = project.model.dependencies
        path = (*dependencies.path, "lock")
        context.report(code, path, file=dependencies.lock, packages="; ".join(packages), command=lock_command(project))


@rule("CHK-497", "model")
def unreadable_lock(project: Project, context: Context) -> None:
    """The lock is a text file of a sensible size."""
    dependencies = project.model.dependencies
    try:
        _text(project, context)
    except InputError as error:
        reasons = {"too-large": "it is too large", "not-a-file": "it is a folder", "unreadable": error.detail}
        reason = reasons.get(error.reason)
    except UnicodeDecodeError:
        reason = "it is no text"
    else:
        reason = None
    if reason is not None:
        context.report("CHK-497", (*dependencies.path, "lock"), file=dependencies.lock, reason=reason)


def _packages(project: Project, context: Context) -> Mapping[str, lock.Locked] | None:
    """Return the packages of the lock; None when none can be read, which other rules report."""
    try:
        text = _text(project, context)
    except (InputError, UnicodeDecodeError):
        return None
    return None if text is None else lock.parse(text)


def _text(project: Project, context: Context) -> str | None:
    content = context.read(project.model.dependencies.lock, LOCK_LIMIT)
    return None if content is None else content.decode()


@rule("CHK-498", "model", "output")
def lock_misses_framework(project: Project, context: Context) -> None:
    """The lock has the framework, in a version that the pipeline can package; from which index is the user's choice."""
    packages = _packages(project, context)
    wanted = frameworks(project)
    if packages is None or not wanted:
        return
    if any(not lock.missing(packages, [item]) and not lock.outside(packages, [item]) for item in wanted):
        return
    dependencies = project.model.dependencies
    context.report(
        "CHK-498",
        (*project.model.path, "framework"),
        (*dependencies.path, "lock"),
        framework=project.model.framework,
        file=dependencies.lock,
        packages=" or ".join(f"{name}{specifier}" for name, specifier in wanted),
        command=lock_command(project),
    )


RULES = (
    missing_file,
    missing_module,
    outside_repository,
    no_lock_yet,
    lock_misses_packages,
    lock_outside_range,
    lock_without_hashes,
    unreadable_lock,
    lock_misses_framework,
)
