"""The driver: runs the stages in order and turns what they find into diagnostics. It reads through `Inputs` only.

inputs -> source -> resolve -> spec -> project -> check -> lower -> link -> verify -> render
"""

from __future__ import annotations

from mlopsc import assets, pins, registry, spec
from mlopsc.check.rule import Context
from mlopsc.check.run import run
from mlopsc.diagnostics import Diagnostic, Findings
from mlopsc.project.assemble import Assembler
from mlopsc.record import Record
from mlopsc.resolve import include, overlay
from mlopsc.resolve.merge import alternatives
from mlopsc.resolve.origins import Origins
from mlopsc.spec.one_of import ONE_OF_PATHS
from mlopsc.spec.reader import Reader
from mlopsc.stack import Chooser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlopsc.inputs import Inputs
    from mlopsc.parts import Output, Part
    from mlopsc.pins import Pins
    from mlopsc.project import Project
    from mlopsc.target import Target


class Analysis(Record):
    """What is known about a spec before anything is generated.

    Attributes:
        file: the spec, from the repository root.
        diagnostics: everything that was found.
        origins: for positions.
        project: None when a stage before it failed; its sections in `broken` must not be touched.
        broken: sections with findings that keep rules from running.
        skipped: rules that did not run, with the reason.
        targets: the targets of the stack by name.
        pins: image digests and action commits; None when the project could not be made.
        context: for checks that need the generated parts; None as `pins`.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...]
    origins: Origins
    project: Project | None
    broken: frozenset[str]
    skipped: tuple[tuple[str, str], ...]
    targets: Mapping[str, Target]
    pins: Pins | None
    context: Context | None

    @property
    def folder(self) -> str:
        """Folder of the spec, from the repository root; empty at the root."""
        return self.file.rpartition("/")[0]


class Compiled(Record):
    """What one compile makes.

    Attributes:
        outputs: by path from the repository root; empty when there are errors.
        ejected: generated paths that belong to the user now.
        diagnostics: those of the analysis and of the later stages.
    """

    outputs: Mapping[str, Output]
    ejected: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]


def analyze(file: str, inputs: Inputs) -> Analysis:
    """Read, resolve, validate and check a spec.

    Args:
        file: path of the spec from the repository root, with ``/``.
        inputs: the repository.
    """
    findings = Findings()
    groups_at = alternatives(ONE_OF_PATHS)
    loaded = include.load(file, inputs, groups_at, findings)
    resolved = overlay.resolve(loaded, groups_at, findings) if loaded else None
    origins = Origins(resolved, file)
    if resolved is None:
        return Analysis(
            file=file,
            diagnostics=tuple(findings.items),
            origins=origins,
            project=None,
            broken=frozenset(spec.SECTIONS),
            skipped=(("all checks of the project", "the file could not be read"),),
            targets={},
            pins=None,
            context=None,
        )
    reader = Reader(resolved, origins, findings)
    chooser = Chooser(reader)
    reader.option_names = registry.builtin()
    reader.top_level()
    stack = chooser.choose()
    reader.option_names = tuple(sorted({*registry.builtin(), *chooser.targets}))
    reader.alternatives()
    project = Assembler(reader, file, chooser.targets).project(stack)
    folder = file.rpartition("/")[0]
    pinned = pins.load(inputs, folder, findings)
    context = Context(
        findings.report, inputs, folder, lambda path, env: not origins.of(path, env).default, reader.broken
    )
    skipped = run(project, reader.broken, chooser.targets, context)
    return Analysis(
        file=file,
        diagnostics=tuple(findings.items),
        origins=origins,
        project=project,
        broken=frozenset(reader.broken),
        skipped=skipped,
        targets=chooser.targets,
        pins=pinned,
        context=context,
    )


def generate(analysis: Analysis) -> Compiled:
    """Generate every file of a spec that was analyzed; nothing when there are errors.

    Raises:
        ValueError: the analysis has no project.
    """
    from mlopsc import link, verify
    from mlopsc.build import overviews
    from mlopsc.check.files import lock_fits
    from mlopsc.parts import Output
    from mlopsc.render.document import render

    project = analysis.project
    if project is None or analysis.pins is None or analysis.context is None:
        raise ValueError("there is nothing to generate from")
    findings = Findings()
    if not link.sound(project, analysis.folder, analysis.context.inputs.log, findings.report):
        return Compiled(outputs={}, ejected=frozenset(), diagnostics=(*analysis.diagnostics, *findings.items))
    parts = list(_parts(analysis, project, analysis.pins, findings))
    lock_fits(project, analysis.context.reporting_to(findings.report), parts)
    files = link.link(parts, project, analysis.folder, findings.report)
    for build in overviews(project):
        overview = build(project, files)
        place = link.locate(overview.file, analysis.folder)
        if place is not None:
            files[place] = overview
    ejected = link.eject(files, project, analysis.folder, findings.report)
    verify.verify(files.values(), findings.report)
    diagnostics = (*analysis.diagnostics, *findings.items)
    if stops(diagnostics):
        return Compiled(outputs={}, ejected=frozenset(), diagnostics=diagnostics)
    outputs = {
        path: Output(
            file=path,
            rendered=render(file, spec_file=_seen_from(path, analysis), static_reader=assets.text),
            kind=file.kind,
            executable=file.executable,
            owner=file.owner,
            purpose=file.purpose,
            env=file.env,
        )
        for path, file in sorted(files.items())
    }
    return Compiled(outputs=outputs, ejected=ejected, diagnostics=diagnostics)


def _seen_from(path: str, analysis: Analysis) -> str:
    """Return the spec as the header of a file names it: from the root, where the file is not below its folder."""
    folder = f"{analysis.folder}/" if analysis.folder else ""
    return analysis.file.removeprefix(folder) if path.startswith(folder) else analysis.file


def _parts(analysis: Analysis, project: Project, pins: Pins, findings: Findings) -> Iterator[Part]:
    from mlopsc import build
    from mlopsc.lifecycle import Training

    training: Training | None = None
    for role, name in project.stack.filled():
        for part in analysis.targets[name].lower(role, project, findings.report):
            if isinstance(part, Training):
                training = part
            else:
                yield part
    for builder in build.builders(project):
        yield from builder(project, pins, findings.report)
    for workflows in build.ci_systems(project):
        yield from workflows(project, pins, training)


def stops(diagnostics: Sequence[Diagnostic]) -> bool:
    """Say whether any finding keeps files from being generated.

    A notice does not, and neither does an error that only the generated files help to mend, such as a lock that has
    to be made anew from the generated requirements.
    """
    if not diagnostics:
        return False
    from mlopsc.codes import entries

    codes = entries(item.code for item in diagnostics)
    return any(codes[item.code].stops for item in diagnostics)
