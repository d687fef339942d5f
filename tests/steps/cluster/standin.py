"""A stand-in for kubectl and the cluster behind it: keeps objects in a folder, and runs Jobs as processes.

Run as ``kubectl``, it answers the calls that the step ``submit`` makes and refuses all others. A Job that is created is
run by a process of its own, the controller, which runs each worker in a copy of the folder that stands for its image.
The folder of the state is named by ``STANDIN``. Its file ``images.json`` maps images to folder and command.
"""

# ruff: noqa: T201 - what it prints are its answers

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

STATE = Path(os.environ["STANDIN"])
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
JOB, INDEX = "batch.kubernetes.io/job-name", "batch.kubernetes.io/job-completion-index"
REPORT = "/dev/termination-log"


def main(arguments: list[str]) -> None:
    """Answer one call."""
    (STATE / "calls").open("a").write(json.dumps(arguments) + "\n")
    if (STATE / "unreachable").exists():
        fail("Unable to connect to the server: dial tcp 192.0.2.1:443: i/o timeout")
    signed_in()
    words = [word for word in arguments if not word.startswith("-")]
    options = dict(word.lstrip("-").partition("=")[::2] for word in arguments if word.startswith("-"))
    if "namespace" not in options:
        fail("no namespace was named")
    command = words[0]
    if command == "apply":
        apply(json.load(sys.stdin), options)
    elif command == "create":
        create(json.load(sys.stdin), options)
    elif command == "get" and words[1] == "job":
        path = STATE / "jobs" / f"{words[2]}.json"
        if path.exists():
            print(path.read_text())
        elif "ignore-not-found" not in options:
            fail(f'Error from server (NotFound): jobs.batch "{words[2]}" not found')
    elif command == "get" and words[1] == "pods":
        name = options["selector"].removeprefix(f"{JOB}=")
        print(json.dumps({"kind": "List", "items": pods(name)}))
    elif command == "logs":
        logs(words[1], options)
    elif command == "delete" and words[1] == "job":
        delete(words[2])
    else:
        fail(f"the stand-in does not know: {' '.join(arguments)}")


def fail(message: str) -> NoReturn:
    """End like kubectl does."""
    print(f"some context\n{message}", file=sys.stderr)
    raise SystemExit(1)


def signed_in() -> None:
    """Refuse whoever has not the kubeconfig that the state asks for."""
    wanted = STATE / "kubeconfig"
    if not wanted.exists():
        return
    given = Path(os.environ.get("KUBECONFIG", "/nonexistent"))
    if not given.is_file() or given.read_text() != wanted.read_text() or given.stat().st_mode & 0o077:
        fail("error: You must be logged in to the server (Unauthorized)")
    if "MLOPS_KUBECONFIG" in os.environ:
        fail("the content of the kubeconfig is in the environment")
    (STATE / "kubeconfig-was-at").write_text(str(given))


def apply(item: dict[str, Any], options: Mapping[str, str]) -> None:
    """Take an object that is no Job."""
    if "server-side" not in options or options.get("field-manager") != "mlops" or item["kind"] == "Job":
        fail("error: apply is for the other objects, by the server")
    if item["metadata"]["namespace"] != options["namespace"]:
        fail("error: the namespace from the provided object does not match the namespace option")
    save(STATE / "objects" / f"{item['kind']}-{item['metadata']['name']}.json", item)


def create(job: dict[str, Any], options: Mapping[str, str]) -> None:
    """Take a Job and start its controller."""
    name, container = job["metadata"]["name"], job["spec"]["template"]["spec"]["containers"][0]
    last = f"{name}-{job['spec']['completions'] - 1}" if "completions" in job["spec"] else name
    path = STATE / "jobs" / f"{name}.json"
    if path.exists():
        fail(f'Error from server (AlreadyExists): jobs.batch "{name}" already exists')
    if not NAME.fullmatch(last) or job["metadata"]["namespace"] != options["namespace"]:
        fail(f"error: name or namespace of {name} cannot be")
    account = job["spec"]["template"]["spec"]["serviceAccountName"]
    if not (STATE / "objects" / f"ServiceAccount-{account}.json").exists():
        fail(f"error: there is no service account {account}")
    if container["image"] not in json.loads((STATE / "images.json").read_text()):
        fail(f"error: the registry has no {container['image']}")
    save(path, {**job, "status": {}})
    subprocess.Popen(
        [sys.executable, __file__, "controller", name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(STATE / "controller.log").open("a"),
        start_new_session=True,
    )
    print(f"job.batch/{name} created")


def delete(name: str) -> None:
    """Delete a Job with all that runs for it."""
    (STATE / "jobs" / f"{name}.json").unlink(missing_ok=True)
    stop(name)
    shutil.rmtree(STATE / "pods" / name, ignore_errors=True)


def stop(name: str) -> None:
    """End the controller of a Job and its workers, each of which leads a group of processes."""
    for path in sorted((STATE / "pods" / name).glob("*.pid")):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(path.read_text()), signal.SIGKILL)
        path.unlink()


def logs(pod: str, options: Mapping[str, str]) -> None:
    """Print the log of a worker; with ``follow`` until it has ended."""
    (path,) = (STATE / "pods").glob(f"*/{pod}.log")
    since = options.get("since-time", "")[:19]
    done = path.with_suffix(".done")
    broken = STATE / "break-after-lines"
    printed = 0
    with path.open() as file:
        while True:
            over = done.exists() or "follow" not in options
            lines = file.readlines()
            if "tail" in options:
                lines = lines[-int(options["tail"]) :]
            for line in lines:
                stamp, _, text = line.partition(" ")
                if stamp[:19] < since:
                    continue
                print(line if "timestamps" in options else text, end="", flush=True)
                printed += 1
                if broken.exists() and printed == int(broken.read_text()):
                    broken.unlink()
                    fail("error: unexpected EOF")
            if over:
                return
            time.sleep(0.05)


def pods(name: str) -> list[dict[str, Any]]:
    """Return the pods of a Job."""
    return [json.loads(path.read_text()) for path in sorted((STATE / "pods" / name).glob("*.json"))]


def save(path: Path, document: Any) -> None:
    """Write a document at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(document))
    part.rename(path)


def controller(name: str) -> None:
    """Run the workers of a Job, and write how they end."""
    path = STATE / "jobs" / f"{name}.json"
    job = json.loads(path.read_text())
    spec = job["spec"]
    folder = STATE / "pods" / name
    folder.mkdir(parents=True)
    (folder / "controller.pid").write_text(str(os.getpid()))
    hold = STATE / "pending"
    if hold.exists():
        for number in range(spec.get("completions", 1)):
            waiting(job, number, hold.read_text())
        while hold.exists():
            time.sleep(0.05)
    workers = [Worker(job, number) for number in range(spec.get("completions", 1))]
    end = time.monotonic() + spec["activeDeadlineSeconds"]
    while any(worker.running() for worker in workers):
        if time.monotonic() > end:
            for worker in workers:
                worker.kill(remove=True)
            return ended(path, "Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
        time.sleep(0.05)
    if any(worker.process.returncode for worker in workers):
        return ended(path, "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    return ended(path, "Complete", "CompletionsReached", "")


def ended(path: Path, kind: str, reason: str, message: str) -> None:
    """Write how a Job ended."""
    job = json.loads(path.read_text())
    condition = {"type": kind, "status": "True", "reason": reason, "message": message}
    save(path, {**job, "status": {"conditions": [condition]}})


def identity(job: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return the metadata of a worker's pod."""
    name = job["metadata"]["name"]
    labels = {JOB: name}
    if "completions" in job["spec"]:
        labels[INDEX] = str(number)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"name": f"{name}-{number}-x7k2p", "labels": labels, "creationTimestamp": now}


def waiting(job: Mapping[str, Any], number: int, reason: str) -> None:
    """Write a pod that does not start."""
    state = {"waiting": {"reason": "ImagePullBackOff", "message": reason}}
    metadata = identity(job, number)
    status = {"phase": "Pending", "containerStatuses": [{"name": "train", "state": state}]}
    save(
        STATE / "pods" / job["metadata"]["name"] / f"{metadata['name']}.json", {"metadata": metadata, "status": status}
    )


class Worker:
    """A pod: a process in a copy of the image's folder, its log and its state as files."""

    def __init__(self, job: Mapping[str, Any], number: int) -> None:
        self.metadata = identity(job, number)
        name, container = job["metadata"]["name"], job["spec"]["template"]["spec"]["containers"][0]
        image = json.loads((STATE / "images.json").read_text())[container["image"]]
        self.path = STATE / "pods" / name / f"{self.metadata['name']}.json"
        self.report = self.path.with_suffix(".report")
        self.report.touch()
        root = self.path.with_suffix(".root")
        shutil.copytree(image["folder"], root)
        (root / "build").mkdir()
        words = [str(self.report) if word == REPORT else word for word in container["args"]]
        self.log = self.path.with_suffix(".log")
        self.log.touch()
        self.process = subprocess.Popen(
            [*image["command"], *words],
            cwd=root,
            env=self.variables(container),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.path.with_suffix(".pid").write_text(str(self.process.pid))
        self.save({"phase": "Running", "containerStatuses": [{"name": "train", "state": {"running": {}}}]})
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.rest = b""

    def variables(self, container: Mapping[str, Any]) -> dict[str, str]:
        """Return the environment as a cluster makes it of the manifest."""
        own = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        own |= {"HOME": str(STATE), "PYTHONDONTWRITEBYTECODE": "1"}
        for item in container.get("env", ()):
            if "value" in item:
                own[item["name"]] = re.sub(r"\$\((\w+)\)", lambda found: own[found[1]], item["value"])
            elif "fieldRef" in item["valueFrom"]:
                label = item["valueFrom"]["fieldRef"]["fieldPath"].partition("['")[2].removesuffix("']")
                own[item["name"]] = self.metadata["labels"][label]
        return own

    def running(self) -> bool:
        """Take over what the worker said, and its end."""
        if self.path.with_suffix(".done").exists():
            return False
        over = self.process.poll() is not None
        assert self.process.stdout is not None
        self.rest += self.process.stdout.read() or b""
        *lines, self.rest = self.rest.split(b"\n")
        if over and self.rest:
            lines.append(self.rest)
        with self.log.open("a") as file:
            for line in lines:
                file.write(f"{stamp()} {line.decode(errors='replace')}\n")
        if over:
            code = self.process.returncode
            reason = "Completed" if code == 0 else "Error"
            terminated = {"exitCode": code, "reason": reason, "message": self.report.read_text()}
            status = {"name": "train", "state": {"terminated": terminated}}
            self.save({"phase": "Failed" if code else "Succeeded", "containerStatuses": [status]})
            self.path.with_suffix(".done").touch()
        return not over

    def save(self, status: Mapping[str, Any]) -> None:
        """Write the pod."""
        save(self.path, {"metadata": self.metadata, "status": status})

    def kill(self, *, remove: bool) -> None:
        """End the worker; a deadline removes its pod, too."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.path.with_suffix(".done").touch()
        if remove:
            self.path.unlink()


_LAST = [0]


def stamp() -> str:
    """Return a time with nine digits behind the second, as the kubelet prints it; each one is later than the last."""
    _LAST[0] = max(_LAST[0] + 1, time.time_ns())
    seconds, rest = divmod(_LAST[0], 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:09d}Z"


if __name__ == "__main__":
    if sys.argv[1] == "controller":
        controller(sys.argv[2])
    else:
        main(sys.argv[1:])
