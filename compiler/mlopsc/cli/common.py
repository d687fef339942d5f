"""What the commands share: finding the spec, running the compiler, printing findings."""

from __future__ import annotations

import os
import sys
from typing import Any, TypeVar

import click

from mlopsc.cli.display import display
from mlopsc.inputs import DiskInputs
from mlopsc.record import Record
from mlopsc.workspace.root import detect, relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlopsc.compiler import Analysis, Compiled
    from mlopsc.diagnostics import Diagnostic
    from mlopsc.report.finding import Finding
    from mlopsc.target import Target

F = TypeVar("F", bound="Callable[..., Any]")

FORMATS = ("text", "json", "sarif", "github")


def spec_argument(function: F) -> F:
    """Add the SPEC argument and --root."""
    function = click.argument("spec", required=False, default="mlops.yaml", type=click.Path(), metavar="[SPEC]")(
        function
    )
    return root_option(function)


def root_option(function: F) -> F:
    """Add --root."""
    return click.option(
        "--root",
        type=click.Path(exists=True, file_okay=False),
        metavar="DIR",
        help="Repository root, for a spec outside git. Default: the nearest folder with .git or .mlops-root.",
    )(function)


def format_option(function: F) -> F:
    """Add --format."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="How findings are printed. github: annotations, and a table in the step summary.",
    )(function)


class Place(Record):
    """Where a command works.

    Attributes:
        root: absolute path of the repository root.
        file: the spec, from the root with ``/``.
        inputs: the repository.
        sarif: file that the findings are written to as well, as SARIF; None for nowhere.
    """

    root: str
    file: str
    inputs: DiskInputs
    sarif: str | None = None

    def display(self, file: str) -> str:
        """See `mlopsc.cli.display.display`."""
        return display(self.root, file)

    def source_line(self, file: str, line: int) -> str | None:
        """Return a line of a file of the repository, for a code frame."""
        try:
            with open(os.path.join(self.root, file), encoding="utf-8-sig") as handle:
                for number, text in enumerate(handle, start=1):
                    if number == line:
                        return text.rstrip("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return None


def locate(spec: str, root: str | None) -> Place:
    """Find the repository of a spec; a folder stands for the mlops.yaml in it."""
    if os.path.isdir(spec) or spec.endswith(("/", os.sep)):
        spec = os.path.join(spec, "mlops.yaml")
    top = detect(spec, root)
    file = relative(spec, top)
    if file.startswith("../"):
        raise click.UsageError(f"{spec} lies outside the root {top}")
    return Place(root=top, file=file, inputs=DiskInputs(top))


def generated(place: Place) -> tuple[Analysis, Compiled] | int:
    """Compile in memory, for commands that need the generated files; what stops it is printed.

    Returns:
        The analysis and the outputs, or the exit code when there are none.
    """
    from mlopsc.compiler import analyze, generate, stops

    analysis = analyze(place.file, place.inputs)
    if stops(analysis.diagnostics):
        findings = located(place, analysis, analysis.diagnostics)
        return finish(place, findings, Outcome(skipped=analysis.skipped), "text")
    compiled = generate(analysis)
    if stops(compiled.diagnostics):
        return finish(place, located(place, analysis, compiled.diagnostics), Outcome(), "text")
    return analysis, compiled


class Outcome(Record):
    """What a command tells besides findings.

    Attributes:
        lines: for people, printed after the findings.
        data: for ``--format json``.
        skipped: checks that did not run, with the reason.
    """

    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] = {}
    skipped: tuple[tuple[str, str], ...] = ()


def located(place: Place, analysis: Analysis, diagnostics: Sequence[Diagnostic]) -> list[Finding]:
    """Return the findings of a compile."""
    if not diagnostics:
        return []
    from mlopsc.codes import entries
    from mlopsc.report.finding import locate as find

    return find(diagnostics, analysis.origins, entries(item.code for item in diagnostics))


def usable(names: Sequence[str]) -> tuple[list[Target], int]:
    """Load targets for a command that lists them; return them, and the exit code: 1 when one cannot be used."""
    from mlopsc import registry

    found, code = [], 0
    for name in names:
        try:
            target = registry.get(name)
        except registry.TargetError as error:
            click.echo(f"the target {name} cannot be used: {error.reason}", err=True)
            code = 1
        else:
            found += [target] if target is not None else []
    return found, code


def finish(place: Place, findings: Sequence[Finding], outcome: Outcome, output_format: str) -> int:
    """Print findings and outcome; return the exit code."""
    errors = sum(item.severity == "error" for item in findings)
    if place.sarif is not None:
        _write_sarif(place.sarif, findings, outcome)
    if output_format == "json":
        from mlopsc.report.machine import to_json

        click.echo(to_json(findings, outcome.skipped, outcome.data))
    elif output_format == "sarif":
        click.echo(_sarif(findings, outcome))
    elif output_format == "github":
        _github(findings, outcome)
    else:
        _text(place, findings, outcome, errors)
    return 1 if errors else 0


def _sarif(findings: Sequence[Finding], outcome: Outcome) -> str:
    from mlopsc.codes import entries
    from mlopsc.report.machine import to_sarif

    return to_sarif(findings, outcome.skipped, entries(item.code for item in findings))


def _write_sarif(file: str, findings: Sequence[Finding], outcome: Outcome) -> None:
    try:
        with open(file, "w", encoding="utf-8", newline="\n") as handle:
            handle.write(_sarif(findings, outcome) + "\n")
    except OSError as error:
        raise click.UsageError(f"--sarif {file}: {error.strerror}") from None


def _text(place: Place, findings: Sequence[Finding], outcome: Outcome, errors: int) -> None:
    from mlopsc.report import text

    if findings:
        if sys.stdout.isatty():
            color = "NO_COLOR" not in os.environ
            printed = text.frames(findings, place.display, place.source_line, color=color)
        else:
            printed = text.lines(findings, place.display)
        click.echo("\n".join(printed))
    for check, reason in _grouped(outcome.skipped):
        click.echo(f"not checked: {check}: {reason}")
    for line in outcome.lines:
        click.echo(text.harmless(line))
    if errors:
        codes = dict.fromkeys(item.code for item in findings if item.severity == "error")
        noun = "error" if errors == 1 else "errors"
        click.echo(f'{errors} {noun}; "mlopsc explain {next(iter(codes))}" says more about the first', err=True)


def _grouped(skipped: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join the checks that were skipped for the same reason."""
    by_reason: dict[str, list[str]] = {}
    for check, reason in skipped:
        by_reason.setdefault(reason, []).append(check)
    from mlopsc.report.text import ranges

    return [(ranges(checks), reason) for reason, checks in by_reason.items()]


def _github(findings: Sequence[Finding], outcome: Outcome) -> None:
    from mlopsc.report import github
    from mlopsc.report.text import harmless

    for line in (*github.commands(findings), *map(harmless, outcome.lines)):
        click.echo(line)
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if place:
        try:
            with open(place, "a", encoding="utf-8", newline="\n") as handle:
                handle.write(github.summary(findings, outcome.skipped))
        except OSError as error:
            click.echo(f"the step summary cannot be written: {error}", err=True)
