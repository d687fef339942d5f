"""Cancelling a run as GitHub's runner does it.

The first process of the step that runs gets SIGINT, some seconds later SIGTERM, and then is killed; steps behind it see
a cancelled job. act kills the step at once. So act is stopped while the step winds up, and the step is traced: a parent
does not learn of the end of a traced child before the tracer does, so that act hears of the cancelling first. Where the
system forbids to trace, act may see a failed step instead of a cancelled one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5))
"""What a step is sent, and the seconds that it is left."""

HEARD = 0.5
"""Seconds in which act notices a signal."""

_SEIZE, _CONTINUE = 0x4206, 7
"""Requests of ptrace(2)."""

_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_ptrace.restype = ctypes.c_long


def cancel(act: int) -> None:
    """Cancel the run of an act process."""
    os.kill(act, signal.SIGSTOP)
    try:
        steps = children(act)
        for step in steps:
            _trace(_SEIZE, step, 0)
        for number, seconds in PATIENCE:
            for step in steps:
                _send(step, number)
            if _ended(steps, seconds):
                break
        os.kill(act, signal.SIGINT)
    finally:
        os.kill(act, signal.SIGCONT)
    # what is left is killed by act
    _ended(steps, HEARD, at_least=HEARD)
    for step in steps:
        _release(step)


def children(process: int) -> list[int]:
    """Return the processes that a process started and that run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == process and state != "Z":
            found.append(int(path.parent.name))
    return found


def family(process: int) -> list[int]:
    """Return a process with all that it started, itself first; those in groups of their own, too."""
    found = [process]
    for member in found:
        found += children(member)
    return found


def _send(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


def _trace(request: int, process: int, data: int) -> None:
    """Call ptrace; a process that is gone, or that may not be traced, is left alone."""
    if _ptrace(request, process, None, data) and ctypes.get_errno() not in (errno.ESRCH, errno.EPERM):
        raise OSError(ctypes.get_errno(), "ptrace")


def _ended(processes: Sequence[int], seconds: float, at_least: float = 0.0) -> bool:
    """Wait until traced processes ended, or for some time, and let the signals through on which they stop."""
    start = time.monotonic()
    while True:
        over = [_over(process) for process in processes]
        passed = time.monotonic() - start
        if passed >= seconds or (all(over) and passed >= at_least):
            return all(over)
        time.sleep(0.02)


def _over(process: int) -> bool:
    try:
        found = os.waitid(os.P_PID, process, os.WEXITED | os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return not _runs(process)
    if found is None:
        return False
    if found.si_code in (os.CLD_EXITED, os.CLD_KILLED, os.CLD_DUMPED):
        return True
    _, status = os.waitpid(process, os.WNOHANG)
    if os.WIFSTOPPED(status):
        _trace(_CONTINUE, process, os.WSTOPSIG(status))
    return False


def _runs(process: int) -> bool:
    """Tell whether a process that is not traced is there and has not ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _release(process: int) -> None:
    """Let the parent of a process that ended know."""
    try:
        os.waitpid(process, 0)
    except ChildProcessError:
        return
