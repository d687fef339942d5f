"""``mlopsc update``."""

from __future__ import annotations

import os
import sys

import click

from mlopsc.cli.common import Outcome, Place, finish, generated, locate, located, root_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.compiler import Analysis, Compiled
    from mlopsc.pins import Pins
    from mlopsc.update.network import Network
    from mlopsc.update.plan import Renewal, Wanted
    from mlopsc.update.refusal import Refused

SECTIONS = ("images", "actions", "mlopsc")


@click.command("update")
@click.argument("arguments", nargs=-1, metavar="[SPEC] [NAME]...")
@root_option
@click.option("--pins", "pins", is_flag=True, help="Look for newer actions, images and packages of the check job.")
@click.option("--only", type=click.Choice(SECTIONS), multiple=True, help="One kind of them; may be repeated.")
@click.option(
    "--cooldown",
    type=click.IntRange(0, 365),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="How long a release of an action or a package must be out.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change.")
def command(
    arguments: tuple[str, ...], root: str | None, pins: bool, only: tuple[str, ...], cooldown: int, dry_run: bool
) -> int:
    """Look for newer pins and write them into mlops.pins.yaml. The only command that uses the network.

    Without NAME, all images and actions that the generated files use or that mlops.pins.yaml names are looked up, and
    the packages of the check job. NAME is one of them, as it stands in mlops.pins.yaml, or "mlopsc". A first argument
    that is a file or a folder is the spec.

    An update stays with the major version of an action and with the tag of an image. It never takes a pin away and
    never goes back. GH_TOKEN raises the limit of questions to GitHub; GITHUB_API_URL, PIP_INDEX_URL and HTTPS_PROXY
    name other hosts.

    \b
    Examples:
      mlopsc update --pins                          everything
      mlopsc update --pins --dry-run                what is out?
      mlopsc update --pins --only actions           no images, no packages
      mlopsc update --pins models/churn mlopsc      after an upgrade of mlopsc
    """
    if not pins:
        raise click.UsageError("say what to update: --pins")
    spec, names = _sorted(arguments)
    place = locate(spec, root)
    made = generated(place)
    if isinstance(made, int):
        return made
    analysis, compiled = made
    current = analysis.pins
    assert current is not None  # noqa: S101 - files were generated with them
    wanted = _wanted(place, analysis, compiled, current, names, only or SECTIONS)
    if not wanted.count:
        raise click.UsageError("nothing is left to look up")
    from mlopsc.update.network import Internet
    from mlopsc.update.refusal import Refused

    try:
        renewal = look(wanted, current, Internet(), cooldown)
    except Refused as refusal:
        return _stop(place, analysis, refusal)
    return _write(place, analysis, renewal, wanted.count, dry_run=dry_run)


def look(wanted: Wanted, pins: Pins, network: Network, cooldown: int) -> Renewal:
    """Look everything up today.

    Raises:
        Refused: see `mlopsc.update.plan.renew`.
    """
    from datetime import datetime, timezone

    from mlopsc.update.plan import renew

    shown = sys.stderr.isatty()

    def tell(name: str) -> None:
        if shown:
            click.echo(f"\r\x1b[Klooking up {name}", nl=False, err=True)

    try:
        return renew(wanted, pins, network, datetime.now(timezone.utc).date(), cooldown, tell)
    finally:
        if shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def _sorted(arguments: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the spec and the names."""
    if arguments and (os.path.exists(arguments[0]) or arguments[0].endswith((".yaml", ".yml"))):
        return arguments[0], arguments[1:]
    return "mlops.yaml", arguments


def _wanted(
    place: Place,
    analysis: Analysis,
    compiled: Compiled,
    pins: Pins,
    names: tuple[str, ...],
    sections: tuple[str, ...],
) -> Wanted:
    """Return what to look up: what is named, else what is used and what the user pins already.

    Raises:
        click.UsageError: a name that is none.
    """
    from mlopsc import __version__
    from mlopsc.update.plan import Wanted, in_use

    assert analysis.project is not None  # noqa: S101 - files were generated from it
    if names:
        known = [*pins.images, *pins.actions, "mlopsc"]
        for name in names:
            if name not in known:
                import difflib

                near = difflib.get_close_matches(name, known, n=1)
                hint = f' Did you mean "{near[0]}"?' if near else ""
                raise click.UsageError(f'No pin is called "{name}".{hint}')
        images, actions, job = {*names} & {*pins.images}, {*names} & {*pins.actions}, "mlopsc" in names
    else:
        images, actions = in_use(pins, (output.rendered.text for output in compiled.outputs.values()))
        own = _own(place, analysis)
        images, actions = images | own["images"], actions | own["actions"]
        job = analysis.project.output.builders.check or pins.mlopsc is not None
    return Wanted(
        images=tuple(sorted(images)) if "images" in sections else (),
        actions=tuple(sorted(actions)) if "actions" in sections else (),
        version=__version__ if job and "mlopsc" in sections else None,
    )


def _own(place: Place, analysis: Analysis) -> dict[str, set[str]]:
    """Return the names that the user's file pins, by section."""
    from mlopsc.diagnostics import Findings
    from mlopsc.source import Map, parse

    content = _content(place, analysis)
    root = None if content is None else parse("", content, Findings())
    sections = {name: root.get(name) if root is not None else None for name in ("images", "actions")}
    return {name: set(node.entries) if isinstance(node, Map) else set() for name, node in sections.items()}


def _content(place: Place, analysis: Analysis) -> bytes | None:
    from mlopsc.pins import beside
    from mlopsc.source import MAX_BYTES

    return place.inputs.read(beside(analysis.folder), MAX_BYTES)


def _write(place: Place, analysis: Analysis, renewal: Renewal, count: int, *, dry_run: bool) -> int:
    from mlopsc.cli.replace import replace
    from mlopsc.pins import beside
    from mlopsc.update.edit import edited
    from mlopsc.update.plan import table
    from mlopsc.update.refusal import refuse

    file = beside(analysis.folder)
    shown = place.display(file)
    lines = [*table(renewal.changes), *(f"note: {note}" for note in renewal.notes)]
    if not renewal.changes:
        looked = "1 pin is" if count == 1 else f"{count} pins are"
        return finish(place, (), Outcome(lines=(*lines, f"{looked} up to date")), "text")
    content = edited(_content(place, analysis), renewal.pins)
    if content is None:
        example = "actions/checkout: {tag: v7.0.1, sha: 3d3c42e5aac5ba805825da76410c181273ba90b1}"
        return _stop(place, analysis, refuse("PIN-744", file=shown, example=example), *lines)
    if dry_run:
        return finish(place, (), Outcome(lines=(*lines, f"{shown}: nothing was written")), "text")
    try:
        replace(os.path.join(place.root, file), content)
    except OSError as error:
        from mlopsc.codes import entries
        from mlopsc.report.problems import CODES, convert
        from mlopsc.workspace.problem import Problem

        problem = Problem(kind="place-unwritable", file=file, facts={"error": error.strerror or str(error)})
        return finish(place, convert([problem], entries(CODES.values())), Outcome(lines=tuple(lines)), "text")
    done = f'{shown}: written; run "mlopsc compile" and review what changes'
    return finish(place, (), Outcome(lines=(*lines, done)), "text")


def _stop(place: Place, analysis: Analysis, refusal: Refused, *lines: str) -> int:
    """Print why nothing was written, at the pin that it is about."""
    from mlopsc.diagnostics import Diagnostic, Findings
    from mlopsc.origin import Span
    from mlopsc.pins import beside
    from mlopsc.source import Map, parse

    file = beside(analysis.folder)
    span = Span(file, 1, 1, 1, 1)
    content = _content(place, analysis)
    root = None if content is None else parse(file, content, Findings())
    for section in ("images", "actions") if root is not None else ():
        node = root.get(section) if root is not None else None
        if isinstance(node, Map):
            span = node.keys.get(refusal.facts.get("name", ""), span)
    found = Diagnostic(code=refusal.code, facts=refusal.facts, spans=(span,))
    return finish(place, located(place, analysis, [found]), Outcome(lines=lines), "text")
