"""``mlopsc compile``."""

from __future__ import annotations

import os

import click

from mlopsc import __version__
from mlopsc.cli.common import Outcome, Place, finish, format_option, locate, located, spec_argument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.compiler import Analysis, Compiled
    from mlopsc.report.finding import Finding
    from mlopsc.workspace.judge import Change
    from mlopsc.workspace.plan import Plan
    from mlopsc.workspace.problem import Problem

_SHOWN_DIFF = 80


@click.command("compile")
@spec_argument
@format_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 unless the files are what the spec says.")
@click.option("--quick", is_flag=True, help="With --check: compare digests with the lock only, for hooks.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@click.option("--sarif", metavar="FILE", help="With --check: also write the findings to a file, as SARIF.")
@click.option("--overwrite", is_flag=True, help="Replace generated files that were edited by hand.")
def command(
    spec: str,
    root: str | None,
    output_format: str,
    check: bool,
    quick: bool,
    diff: bool,
    sarif: str | None,
    overwrite: bool,
) -> int:
    """Check a spec and write every file that it describes.

    Files that did not change are not touched; a file that somebody edited is never overwritten unasked.

    \b
    Examples:
      mlopsc compile                   write the files of mlops.yaml
      mlopsc compile --diff            what would change?
      mlopsc compile --check           in CI: exit 1 unless everything is committed
      mlopsc compile --check --quick   in a hook: compare digests only
    """
    if quick and not check:
        raise click.UsageError("--quick goes with --check")
    if sum((check, diff, overwrite)) > 1:
        raise click.UsageError("--check, --diff and --overwrite exclude each other")
    if sarif is not None and (quick or not check):
        raise click.UsageError("--sarif goes with --check, without --quick")
    place = locate(spec, root).replace(sarif=sarif)
    if quick and os.path.isfile(os.path.join(place.root, place.file)):  # else the compiler says what is wrong
        return _quick(place, output_format)
    from mlopsc.compiler import analyze, generate, stops

    analysis = analyze(place.file, place.inputs)
    if stops(analysis.diagnostics):
        findings = located(place, analysis, analysis.diagnostics)
        return finish(place, findings, Outcome(skipped=analysis.skipped), output_format)
    compiled = generate(analysis)
    findings = located(place, analysis, compiled.diagnostics)
    if not compiled.outputs:
        return finish(place, findings, Outcome(skipped=analysis.skipped), output_format)
    return _write(place, analysis, compiled, findings, output_format, check=check, diff=diff, overwrite=overwrite)


def _write(
    place: Place,
    analysis: Analysis,
    compiled: Compiled,
    findings: list[Finding],
    output_format: str,
    *,
    check: bool,
    diff: bool,
    overwrite: bool,
) -> int:
    from mlopsc.workspace.disk import Disk
    from mlopsc.workspace.plan import plan

    lines: tuple[str, ...]
    disk = Disk(place.root)
    planned = plan(
        disk,
        compiled.outputs,
        spec=place.file,
        compiler=__version__,
        inputs=place.inputs.log,
        ejected=compiled.ejected,
    )
    if check:
        from mlopsc.workspace.check import compare

        problems = compare(planned)
        lines = () if problems else (f"{place.display(place.file)}: {len(compiled.outputs)} files are up to date",)
    elif diff:
        from mlopsc.workspace.apply import stops

        problems = stops(planned)
        lines = tuple(_diffs(planned)) or (() if problems else ("nothing would change",))
    else:
        from mlopsc.workspace.apply import apply

        problems = apply(planned, disk, overwrite=overwrite)
        lines = tuple(_edits(planned)) if problems else tuple(_summary(place, planned))
    outcome = Outcome(lines=lines, skipped=analysis.skipped, data={"changes": _changes(planned)})
    return finish(place, [*findings, *_converted(problems)], outcome, output_format)


def _quick(place: Place, output_format: str) -> int:
    from mlopsc.workspace.quick import quick

    problems = quick(f"{place.root}/{place.file}", __version__, place.root)
    return finish(place, _converted(problems), Outcome(), output_format)


def _converted(problems: tuple[Problem, ...]) -> list[Finding]:
    if not problems:
        return []
    from mlopsc.codes import entries
    from mlopsc.report.problems import CODES, convert

    return convert(problems, entries(CODES.values()))


def _changes(planned: Plan) -> list[dict[str, str]]:
    return [{"file": change.file, "verdict": change.verdict.value} for change in _told(planned)]


def _told(planned: Plan) -> list[Change]:
    """Return the changes that a user can see.

    After a move or a copy, names that the lock may have meant are looked for; that nothing is there is no news.
    """
    from mlopsc.workspace.verdict import Verdict

    guessed = planned.before is not None and planned.before.spec != planned.after.spec
    return [change for change in planned.changes if not (guessed and change.verdict is Verdict.DROP)]


def _summary(place: Place, planned: Plan) -> list[str]:
    """Return a line for each file that changed and one that counts."""
    from mlopsc.workspace.verdict import Verdict

    words = {
        Verdict.CREATE: "created",
        Verdict.RECREATE: "created anew",
        Verdict.UPDATE: "updated",
        Verdict.EDITED: "overwritten",
        Verdict.PRUNE: "removed",
        Verdict.KEEP: "left to you",
        Verdict.DROP: "forgotten",
    }
    lines, counts = [], dict.fromkeys(words.values(), 0)
    changes = _told(planned)
    for change in changes:
        word = words.get(change.verdict)
        if word is not None:
            counts[word] += 1
            lines.append(f"  {word:<13} {place.display(change.file)}")
    told = [f"{count} {word}" for word, count in counts.items() if count]
    unchanged = len(changes) - sum(counts.values())
    total = len(planned.after.outputs)
    told.append(f"{unchanged} unchanged")
    return [*lines, f"{place.display(place.file)}: {total} files: {', '.join(told)}"]


def _edits(planned: Plan) -> list[str]:
    """Return the edits that stopped a compile, as a diff from what would be written to what is there."""
    from mlopsc.workspace.check import diff
    from mlopsc.workspace.verdict import Verdict

    lines: list[str] = []
    for change in planned.changes:
        if change.verdict is Verdict.EDITED:
            swapped = change.replace(old=change.new, new=change.old)
            lines += diff(swapped).splitlines()
    if len(lines) > _SHOWN_DIFF:
        lines = [*lines[:_SHOWN_DIFF], f"... {len(lines) - _SHOWN_DIFF} more lines"]
    return lines


def _diffs(planned: Plan) -> list[str]:
    from mlopsc.workspace.check import diff

    lines: list[str] = []
    for change in planned.changes:
        if change.old != change.new:
            lines += diff(change).splitlines()
    return lines
