"""The `kubectl` program: kustomize is the real one; what is applied is kept in the state, as a cluster would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from e2e.world.options import Given, parse
from e2e.world.state import RefusedError, State

VARIABLE = "STAND_IN_KUBECTL"
"""Names the real program, for what needs no cluster."""


def run(state: State, arguments: Sequence[str]) -> None:
    """Run kubectl.

    Raises:
        RefusedError: it fails.
    """
    if arguments[:1] == ["kustomize"]:
        done = subprocess.run([os.environ[VARIABLE], *arguments], check=False)
        if done.returncode:
            raise RefusedError("kustomize failed")
        return
    values = ("--kubeconfig", "--context", "--namespace", "-n", "--filename", "-f", "--field-manager", "--selector",
              "-l", "--output", "-o", "--timeout", "--request-timeout", "--cascade", "--for")  # fmt: skip
    given = parse(
        arguments, flags=("--server-side", "--force-conflicts", "--ignore-not-found", "--wait=false"), values=values
    )
    if state.read("cluster/unreachable", default=False):
        raise RefusedError("Unable to connect to the server: dial tcp: connection refused")
    config = given.get("--kubeconfig") or os.environ.get("KUBECONFIG", "")
    if not config or not Path(config).is_file():
        raise RefusedError("error: no configuration has been provided, try setting KUBERNETES_MASTER")
    command = given.words[0]
    if command not in _COMMANDS:
        raise RefusedError(f"error: unknown command {command!r} for kubectl")
    _COMMANDS[command](state, given)


def _key(document: dict[str, Any], namespace: str) -> str:
    metadata = document["metadata"]
    return "/".join((metadata.get("namespace") or namespace, document["kind"].lower(), metadata["name"]))


def _namespace(given: Given) -> str:
    return given.get("--namespace") or given.get("-n") or "default"


def _apply(state: State, given: Given) -> None:
    named = given.get("--filename") or given.get("-f")
    text = sys.stdin.read() if named == "-" else Path(named).read_text(encoding="utf-8")
    with state.changing("cluster/objects", {}) as objects:
        for document in filter(None, yaml.safe_load_all(text)):
            key = _key(document, _namespace(given))
            objects[key] = document
            sys.stdout.write(f"{document['kind'].lower()}/{document['metadata']['name']} serverside-applied\n")


def _get(state: State, given: Given) -> None:
    kinds = given.words[1].lower().split(",")
    labels = dict(pair.split("=", 1) for pair in filter(None, (given.get("--selector") or given.get("-l")).split(",")))
    found = []
    for key, document in sorted(state.read("cluster/objects", {}).items()):
        namespace, kind, name = key.split("/", 2)
        own = document["metadata"].get("labels", {})
        plural = {kind, f"{kind}s", f"{kind}es", f"{kind[:-1]}ies"}
        if (
            namespace == _namespace(given)
            and any(wanted.split(".")[0] in plural for wanted in kinds)
            and labels.items() <= own.items()
            and given.words[2:] in ([], [name])
        ):
            found.append((key, document))
    style = given.get("--output") or given.get("-o")
    if style == "name":
        sys.stdout.write("".join(f"{key.split('/')[1]}/{key.split('/')[2]}\n" for key, _ in found))
    elif style == "json":
        import json

        sys.stdout.write(json.dumps({"kind": "List", "items": [document for _, document in found]}))
    else:
        raise RefusedError(f"error: unable to match a printer suitable for the output format {style!r}")


def _delete(state: State, given: Given) -> None:
    with state.changing("cluster/objects", {}) as objects:
        for word in given.words[1:]:
            kind, _, name = word.partition("/")
            key = f"{_namespace(given)}/{kind.split('.')[0]}/{name}"
            if objects.pop(key, None) is None and not given.flag("--ignore-not-found"):
                raise RefusedError(f"Error from server (NotFound): {word} not found")


def _rollout(state: State, given: Given) -> None:
    action, target = given.words[1:]
    if action != "status":
        raise RefusedError(f"error: unknown command rollout {action!r}")
    kind, _, name = target.partition("/")
    if f"{_namespace(given)}/{kind.split('.')[0]}/{name}" not in state.read("cluster/objects", {}):
        raise RefusedError(f'Error from server (NotFound): {kind} "{name}" not found')
    if state.read("cluster/stuck", default=False):
        raise RefusedError("error: timed out waiting for the condition")


def _api_resources(state: State, given: Given) -> None:
    del given
    for name in state.read("cluster/resources", []):
        sys.stdout.write(f"{name}\n")


_COMMANDS = {
    "apply": _apply,
    "get": _get,
    "delete": _delete,
    "rollout": _rollout,
    "api-resources": _api_resources,
}
