"""The one handler at the edge: findings exit 1, wrong usage 2, a bug 3 with a report file. Never a traceback."""

from __future__ import annotations

import os
import sys

from mlopsc import __version__


def guarded(arguments: list[str]) -> int:
    """Run the command line and turn whatever happens into an exit code."""
    try:
        import click

        from mlopsc.cli.commands import cli

        try:
            result = cli.main(arguments, prog_name="mlopsc", standalone_mode=False)
            sys.stdout.flush()
        except click.exceptions.Exit as error:
            return error.exit_code
        except click.Abort:
            sys.stderr.write("interrupted\n")
            return 130
        except click.ClickException as error:
            error.show()
            return 2
        return result if isinstance(result, int) else 0
    except (Exception, KeyboardInterrupt) as error:
        return ended(error, arguments)


def ended(error: BaseException, arguments: list[str]) -> int:
    """Return the exit code for what nobody else caught."""
    if isinstance(error, KeyboardInterrupt):
        sys.stderr.write("interrupted\n")
        return 130
    if isinstance(error, BrokenPipeError):
        # whoever read the output has gone, as in "mlopsc show | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    return _bug(error, arguments)


def _bug(error: BaseException, arguments: list[str]) -> int:
    """Write what a maintainer needs to a file and say where it is."""
    import platform
    import tempfile
    import traceback

    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    report = (
        f"mlopsc {__version__}, Python {platform.python_version()}, {platform.system()}\n"
        f"arguments: {arguments!r}\n\n{trace}"
    )
    file = None
    try:
        handle, file = tempfile.mkstemp(prefix="mlopsc-bug-", suffix=".txt", text=True)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(report)
    except OSError:
        sys.stderr.write(report)
    sys.stderr.write(f"mlopsc stopped on a bug of its own: {type(error).__name__}: {error}\n")
    if file:
        sys.stderr.write(f"please report it with the file {file}; nothing was half written\n")
    return 3
