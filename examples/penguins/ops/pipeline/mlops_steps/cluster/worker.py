# SPDX-License-Identifier: MIT-0
"""What runs in the Job: the steps up to the packaged model, and the way back of what they made.

Of several workers each one loads the data and calls the training; the first one, number 0, packages and stores.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from ..context import Context
from ..refusal import Unusable
from . import archive, receipt
from .store import Store

NUMBER = "MLOPS_WORKER"
"""Environment variable with the number of this worker, from 0; absent where there is only one."""


def run(context: Context, training: str, report: Path) -> None:
    """Train, and store the result.

    Args:
        context: of the run.
        training: name of the training, a folder of the store.
        report: file that takes the receipt.

    Raises:
        Unusable: the store or the report cannot be written.
        SystemExit: a step failed and has said why; its exit code.
    """
    signal.signal(signal.SIGTERM, _stop)  # the first process of a container gets no signal that it does not ask for
    store = Store(context.config, training)
    first = os.environ.get(NUMBER, "0") == "0"
    if first:
        store.try_out()
        _write(report, "")
    _steps(context, archive.STEPS if first else archive.STEPS[: archive.STEPS.index("package")])
    if not first:
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / archive.FILE
        archive.pack(context.build, archive.content(context.config), packed)
        found = receipt.of(packed)
        store.put(packed)
    _write(report, found.text())
    context.console.say(f"  stored in {store.uri}: {found.size} bytes, sha256 {found.sha256}")


def _steps(context: Context, names: Sequence[str]) -> None:
    chosen = [word for name in names for word in ("--step", name)]
    command = [sys.executable, str(context.pipeline), "run", "--purpose", context.purpose, *chosen]
    if context.build_folder is not None:
        command += ["--build", str(context.build_folder)]
    process = subprocess.Popen(command)  # noqa: S603 - no shell
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        raise SystemExit(code if code > 0 else 128 - code)


def _write(report: Path, text: str) -> None:
    try:
        report.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"{report} cannot be written: {error.strerror}") from None


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
