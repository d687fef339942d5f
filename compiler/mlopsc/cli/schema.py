"""``mlopsc schema``."""

from __future__ import annotations

import click


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
    from mlopsc.schema import schema
    from mlopsc.spec.generate import document

    options = {}
    for name in registry.names():
        target = registry.get(name)
        if target is not None:
            options[name] = target.options_model()
    click.echo(document(schema(options, "draft-07" if draft == "draft-07" else "2020-12")), nl=False)
    return 0
