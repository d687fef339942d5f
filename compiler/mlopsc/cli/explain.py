"""``mlopsc explain``."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.codes import Entry


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> int:
    """Explain a code: what it means, an example, how to mend it. Without a code, list them all.

    \b
    Examples:
      mlopsc explain SPC-301
      mlopsc explain
    """
    from mlopsc.codes import catalogue, entries

    if code is not None and (known := entries([code.upper()]).get(code.upper())):
        _print(known)
        return 0
    codes = catalogue()
    if code is None:
        for entry in codes.values():
            click.echo(f"{entry.code}  {entry.severity:<6}  {entry.title}")
        return 0
    import difflib

    near = difflib.get_close_matches(code.upper(), codes, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ' "mlopsc explain" lists them all.'
    raise click.UsageError(f'There is no code "{code}".{hint}')


def _print(found: Entry) -> None:
    click.echo(f"{found.code} ({found.severity}): {found.title}\n\n{found.cause}\n")
    click.echo("Instead of\n\n" + _indented(found.example) + "\n\nwrite\n\n" + _indented(found.fix))


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())
