"""``mlopsc show``."""

from __future__ import annotations

import click

from mlopsc.cli.common import Outcome, Place, finish, locate, located, spec_argument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mlopsc.compiler import Analysis
    from mlopsc.record import Path


@click.command("show")
@spec_argument
@click.option("--env", "environment", metavar="NAME", help="Show the spec as it holds in this environment.")
@click.option("--origin", is_flag=True, help="Say behind each value where it comes from.")
def command(spec: str, root: str | None, environment: str | None, origin: bool) -> int:
    """Print the resolved spec: includes and overlays merged, variables replaced, defaults filled in.

    \b
    Examples:
      mlopsc show                              the base, without any overlay
      mlopsc show --env production --origin    each value with its file and line
    """
    from mlopsc.compiler import analyze, stops

    place = locate(spec, root)
    analysis = analyze(place.file, place.inputs)
    if analysis.project is None or stops(analysis.diagnostics):
        findings = located(place, analysis, analysis.diagnostics)
        return finish(place, findings, Outcome(skipped=analysis.skipped), "text")
    names = [item.name for item in analysis.project.environments]
    if environment is not None and environment not in names:
        raise click.UsageError(f'There is no environment "{environment}". There are: {", ".join(names)}.')
    click.echo("\n".join(_lines(place, analysis, environment, origin=origin)))
    return 0


def _lines(place: Place, analysis: Analysis, environment: str | None, *, origin: bool) -> list[str]:
    from mlopsc.parts import At
    from mlopsc.render.yaml import emit
    from mlopsc.resolve.thaw import thaw

    assert analysis.project is not None  # noqa: S101 - the caller has checked it
    rendered = emit([At(thaw(analysis.project, environment), (), environment)])
    lines = rendered.text.splitlines()
    if not origin:
        return lines
    width = min(max(map(len, lines)), 70)
    seen: Path | None = None
    out = []
    for line, (_, path) in zip(lines, rendered.refs, strict=True):
        note = _note(place, analysis, path, environment) if path and path != seen else ""
        seen = path
        out.append(f"{line:<{width}}  # {note}" if note else line)
    return out


def _note(place: Place, analysis: Analysis, path: Path, environment: str | None) -> str:
    if path[0] == "stack" and analysis.project is not None:
        where = analysis.project.stack.path
        path = where if where == ("target",) else (*where, *path[1:])  # "target" stands for a whole stack
    found: Any = analysis.origins.of(path, environment)
    if found.default:
        return "default"
    span = found.value
    steps = [f"{step.kind} at {place.display(step.span.file)}:{step.span.line}" for step in found.via]
    overlay = " (overlay)" if _in_overlay(analysis, path, environment) else ""
    return f"{place.display(span.file)}:{span.line}:{span.col}{overlay}" + "".join(f", {step}" for step in steps)


def _in_overlay(analysis: Analysis, path: Path, environment: str | None) -> bool:
    if environment is None:
        return False
    here = analysis.origins.of(path, environment)
    base = analysis.origins.of(path, None)
    return here.value != base.value or base.default
