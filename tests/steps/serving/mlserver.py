"""MLServer as its image runs it: the generated settings, another user, a working directory that nobody can write."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from mlopsc.steps.mlops_steps.serving.client import Client, UnreachableError
from steps.project import PENGUINS

SETTINGS = PENGUINS / "ops" / "docker" / "settings.json"
NOBODY = 65534
START = 180.0
"""Seconds that the server may take until its model is ready."""


class Running(NamedTuple):
    """A server that runs.

    Attributes:
        url: of its REST interface.
        metrics_url: of the port that is scraped.
        grpc: host and port of its gRPC interface.
        folder: its working directory, laid out as in the image.
        pid: of its main process.
    """

    url: str
    metrics_url: str
    grpc: str
    folder: Path
    pid: int


@contextmanager
def serve(build: Path) -> Iterator[Running]:
    """Serve the model of a build folder while a test runs.

    Args:
        build: holds ``model`` and ``model-settings.json``.
    """
    prefix = another_user()
    with ExitStack() as stack:
        # Not below pytest's own folder, which other users may not enter.
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="served-")))
        place.chmod(0o755)
        folder, writable = place / "app", place / "tmp"
        http, grpc, metrics = _free_ports(3)
        _lay_out(build, folder, writable, {"http_port": http, "grpc_port": grpc, "metrics_port": metrics})
        stack.callback(release, folder)
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(writable),
            "TMPDIR": str(writable),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        log = stack.enter_context((place / "log").open("w+"))
        process = subprocess.Popen(
            [*prefix, str(Path(sys.executable).with_name("mlserver")), "start", str(folder)],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        stack.callback(_stop, process)
        url = f"http://127.0.0.1:{http}"
        name = json.loads((folder / "model-settings.json").read_text(encoding="utf-8"))["name"]
        _await(process, Client(url), f"/v2/models/{name}/ready", place / "log")
        yield Running(url, f"http://127.0.0.1:{metrics}", f"127.0.0.1:{grpc}", folder, process.pid)


def another_user() -> list[str]:
    """Return what goes before a command so that another user than the owner of the files runs it.

    Who is not root has no other user; for these a folder without the permission to write does the same.
    """
    if os.geteuid() != 0:
        return []
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    # The interpreter may lie in a home folder that only root may enter: reading is allowed everywhere, writing nowhere.
    reading = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    for prefix in (change, [*change, *reading]):
        # Whoever may not enter the folder of the interpreter gets the library of another one, if anything.
        command = [*prefix, sys.executable, "-c", "import sys; print(sys.base_prefix)"]
        try:
            tried = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            break
        if tried.stdout.strip() == sys.base_prefix:
            return prefix
    pytest.skip("root cannot run this Python as another user: setpriv is missing or may not change users")


def _lay_out(build: Path, folder: Path, writable: Path, ports: dict[str, int]) -> None:
    """Lay files out as serve.Dockerfile does; only ports and the folder for temporary files differ from the image."""
    folder.mkdir()
    writable.mkdir()
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    own = {name: settings[name].replace("/tmp", str(writable)) for name in ("metrics_dir", "environments_dir")}
    document = {**settings, **ports, **own, "host": "127.0.0.1"}
    (folder / "settings.json").write_text(json.dumps(document), encoding="utf-8")
    shutil.copy(build / "model-settings.json", folder)
    shutil.copytree(build / "model", folder / "model")
    protect(folder)
    if os.geteuid() == 0:
        os.chown(writable, NOBODY, NOBODY)


def protect(folder: Path) -> None:
    """Let nobody write below a folder."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def release(folder: Path) -> None:
    """Let a protected folder be removed."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def _await(process: subprocess.Popen[bytes], client: Client, path: str, log: Path) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get(path).status == 200:
                return
        except UnreachableError:
            pass
        time.sleep(0.5)
    ended = f"ended with {process.returncode}" if process.poll() is not None else f"is not ready after {START:g} s"
    pytest.fail(f"MLServer {ended}:\n{log.read_text(encoding='utf-8')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server with its worker processes."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
