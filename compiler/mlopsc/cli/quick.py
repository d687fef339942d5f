"""``compile --check --quick`` without anything that takes time to import."""

from __future__ import annotations

import os
import sys

from mlopsc import __version__
from mlopsc.cli.display import display
from mlopsc.workspace.quick import quick as compare
from mlopsc.workspace.root import detect, relative


def quick(arguments: list[str]) -> int | None:
    """Compare digests and say what differs.

    Args:
        arguments: what follows ``compile``.

    Returns:
        The exit code; None when other options are given, which the full command line handles.
    """
    root = None
    specs = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--root":
            root = next(rest, None)
            if root is None or not os.path.isdir(root):
                return None
        elif argument not in ("--check", "--quick"):
            if argument.startswith("-"):
                return None
            specs.append(argument)
    if "--check" not in arguments or len(specs) > 1:
        return None
    spec = specs[0] if specs else "mlops.yaml"
    if os.path.isdir(spec):
        spec = os.path.join(spec, "mlops.yaml")
    if not os.path.isfile(spec):
        return None
    top = detect(spec, root)
    if relative(spec, top).startswith("../"):
        return None
    problems = compare(spec, __version__, root)
    if not problems:
        sys.stdout.write("up to date by digests; CI compares with a full compile\n")
        return 0
    from mlopsc.codes import entries
    from mlopsc.report import text
    from mlopsc.report.problems import CODES, convert

    lines = text.lines(convert(problems, entries(CODES.values())), lambda file: display(top, file))
    sys.stdout.write("\n".join(lines) + "\n")
    return 1
