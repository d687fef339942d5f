"""``mlopsc targets``."""

from __future__ import annotations

import click

from mlopsc.cli.common import usable


@click.command("targets")
@click.argument("name", required=False)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str | None, output_format: str) -> int:
    """List the installed targets, the roles that they fill and what they cannot do as the spec says.

    \b
    Examples:
      mlopsc targets
      mlopsc targets kubernetes --format json
    """
    from mlopsc import registry

    names = registry.names()
    if name is not None and name not in names:
        raise click.UsageError(f'No target "{name}" is installed. Installed: {", ".join(names)}.')
    found, code = usable([name] if name else names)
    if output_format == "json":
        import json

        document = [
            {
                "name": target.name,
                "roles": sorted(target.roles),
                "stack": {str(role): other for role, other in target.stack.items()},
                "capabilities": {
                    role: [{"field": item.field, "support": item.support, "note": item.note} for item in items]
                    for role, items in target.capabilities().items()
                },
            }
            for target in found
        ]
        click.echo(json.dumps(document, indent=2))
        return code
    for target in found:
        stack = ", ".join(f"{role}: {other}" for role, other in target.stack.items())
        click.echo(f"{target.name}: fills {', '.join(sorted(target.roles))}; default stack {{{stack}}}")
        for role, items in target.capabilities().items():
            for item in items:
                click.echo(f"  {role}: {item.field}: {item.support}" + (f" - {item.note}" if item.note else ""))
    return code
