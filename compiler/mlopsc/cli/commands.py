"""The group of commands. Each is imported when it is called, and for the help page."""

from __future__ import annotations

from importlib import import_module

import click

from mlopsc import __version__

COMMANDS = {
    "validate": "Check a spec without writing anything.",
    "compile": "Check a spec and write every file that it describes.",
    "show": "Print the resolved spec, and where each value comes from.",
    "why": "Say which line of the spec a generated line comes from.",
    "explain": "Explain a code: what it means, an example, how to mend it.",
    "schema": "Print the JSON Schema of mlops.yaml for editors.",
    "targets": "List the targets and what each can do.",
    "eject": "Take a generated file over: mlopsc leaves it alone from then on.",
    "update": "Look for newer actions, images and packages (the only command that uses the network).",
}


class Lazy(click.Group):
    """Imports a command only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """See click; in the order of use, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """See click."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"mlopsc.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """See click; from the table, so that the help page imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click; with the nearest name for a misspelt one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            ctx.fail(f'No such command "{args[0]}".{hint}')
        return super().resolve_command(ctx, args)


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Compile one mlops.yaml into every file that runs a model in production.

    \b
    Examples:
      mlopsc validate                    check mlops.yaml in this folder
      mlopsc compile path/to/mlops.yaml  write the generated files
      mlopsc compile --check             in CI: are the committed files what the spec says?
      mlopsc explain SPC-301             what a code means
    """
