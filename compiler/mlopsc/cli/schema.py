"""``mlopsc schema``."""

from __future__ import annotations

import click

from mlopsc.cli.common import usable


@click.command("schema")
@click.option("--draft", type=click.Choice(["2020-12", "draft-07"]), default="2020-12", show_default=True)
def command(draft: str) -> int:
    """Print the JSON Schema of mlops.yaml, with the options of the installed targets.

    \b
    Examples:
      mlopsc schema > schemas/mlops.v1.schema.json
      # and as the first line of mlops.yaml:
      # yaml-language-server: $schema=./schemas/mlops.v1.schema.json
    """
    from mlopsc import registry
    from mlopsc.render.json import emit
    from mlopsc.schema import schema

    targets, code = usable(registry.names())
    options = {target.name: target.options_model() for target in targets}
    click.echo(emit(schema(options, "draft-07" if draft == "draft-07" else "2020-12")).text, nl=False)
    return code
