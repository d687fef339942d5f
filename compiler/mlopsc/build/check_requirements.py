"""Builder ``check``: what the job installs that compares the generated files with the spec.

A compile is offline and cannot know the digests of packages: they are pins, which ``mlopsc update --pins`` writes.
"""

from __future__ import annotations

from mlopsc import __version__
from mlopsc.parts import File, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlopsc.diagnostics import Report
    from mlopsc.parts import Part
    from mlopsc.pins import CheckJob, Pins
    from mlopsc.project import Project

OWNER = "check"


def file(project: Project) -> str:
    """Return the path of the requirements, relative to the folder of the spec."""
    return f"{project.output.dir}/check/requirements.txt"


def build(project: Project, pins: Pins, report: Report) -> Iterator[Part]:
    """Return the requirements of the check job; a notice where workflows want it and the pins have none."""
    job = pins.mlopsc
    if job is None:
        if project.output.builders.workflows:
            report("PIN-730", ())
        return
    if job.version != __version__:
        report("PIN-731", (), running=__version__, pinned=job.version)
    at = (*project.output.builders.path, "check")
    lines = _lines(project.file, job)
    yield File(
        file=file(project),
        body=Text(lines=lines, refs=((None, ()),) * len(lines)),
        owner=OWNER,
        purpose="Packages of the check job, by hash; from mlops.pins.yaml.",
        at=at,
    )


def _lines(spec_file: str, job: CheckJob) -> tuple[str, ...]:
    from mlopsc.render.header import header

    lines = [
        f"# {header(spec_file)}",
        f"# mlopsc {job.version} and all that it needs, for Python {job.python}: section mlopsc of mlops.pins.yaml.",
        '# "mlopsc update --pins" renews it.',
        "--only-binary :all:",
        "--require-hashes",
    ]
    for item in job.requirements:
        lines.append(f"{item.name}=={item.version} \\")
        lines += [f"    --hash={digest} \\" for digest in item.hashes[:-1]]
        lines.append(f"    --hash={item.hashes[-1]}")
    return tuple(lines)
