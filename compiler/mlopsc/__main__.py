"""Entry point. The quick check is handled here, before the command line library is imported: hooks run it all day."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def main() -> int:
    """Run the command line; the exit code is 0 fine, 1 findings, 2 usage, 3 a bug."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without a character is no reason to stop
    arguments = sys.argv[1:]
    if arguments[:1] == ["compile"] and "--quick" in arguments:
        from mlopsc.cli.quick import quick

        try:
            code = quick(arguments[1:])
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:
            from mlopsc.cli.edge import ended

            return ended(error, arguments)
        if code is not None:
            return code
    from mlopsc.cli.edge import guarded

    return guarded(arguments)


if __name__ == "__main__":
    sys.exit(main())
