"""Compile the outputs of a JSON file into a repository and be killed before the n-th call that changes the disk.

Usage: killed_compile.py ROOT OUTPUTS.json N
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlopsc.parts import Output, Rendered
from mlopsc.workspace.apply import apply
from mlopsc.workspace.disk import Disk
from mlopsc.workspace.plan import plan

CALLS = ("open", "write", "fsync", "chmod", "replace", "remove", "mkdir", "rmdir")


def main(root: str, outputs: str, last: int) -> None:
    made = {}
    for file, (kind, text) in json.loads(Path(outputs).read_text()).items():
        rendered = Rendered(text=text, refs=())
        made[file] = Output(file=file, rendered=rendered, kind=kind, executable=False, owner="", purpose="")
    disk = Disk(root)
    decided = plan(disk, made, spec="ml/mlops.yaml", compiler="1", inputs={})
    count = 0

    def killing(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == last:
                if name == "write":  # half of it reaches the disk
                    call(arguments[0], arguments[1][: len(arguments[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return counted

    for name in CALLS:
        setattr(os, name, killing(name, getattr(os, name)))
    problems = apply(decided, disk)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
