"""The programs that workflows call: cosign, gh, docker, kubectl, pip, and git's leave to push."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from e2e.world import github, images, interpreters, kubernetes, signatures
from e2e.world.job import Job
from e2e.world.options import parse
from e2e.world.state import RefusedError, State


def run(state: State, name: str, arguments: Sequence[str]) -> None:
    """Run a program.

    Raises:
        RefusedError: it fails.
    """
    _PROGRAMS[name](state, arguments)


def cosign(state: State, arguments: Sequence[str]) -> None:
    """Sign an image, or verify a signature."""
    job = Job(state)
    command, *rest = arguments
    if command == "sign":
        given = parse(rest, flags=("--yes",), values=())
        if not given.flag("--yes"):
            raise RefusedError("Error: signing [...]: should upload to tlog: non-interactive, pass --yes")
        (reference,) = given.words
        name, digest = _by_digest(reference)
        registry = images.Registry(state, job)
        registry.admit(name, "write")
        signatures.sign(state, job, registry.resolve(name, digest))
    elif command == "verify":
        given = parse(rest, flags=(), values=("--certificate-identity", "--certificate-oidc-issuer", "--output"))
        (reference,) = given.words
        name, digest = _by_digest(reference)
        digest = images.Registry(state, job).resolve(name, digest)
        identity, issuer = given.need("--certificate-identity"), given.need("--certificate-oidc-issuer")
        signatures.verify(state, digest, identity, issuer)
        sys.stdout.write(f'[{{"critical": {{"image": {{"docker-manifest-digest": "{digest}"}}}}}}]\n')
    else:
        raise RefusedError(f"Error: unknown command {command!r}")


def docker(state: State, arguments: Sequence[str]) -> None:
    """Look at images, tag them, and copy out of them."""
    job = Job(state)
    registry = images.Registry(state, job)
    if arguments[:3] == ["buildx", "imagetools", "inspect"]:
        given = parse(arguments[3:], flags=(), values=("--format",))
        if given.need("--format") != "{{.Manifest.Digest}}":
            raise RefusedError(f"unknown format {given.need('--format')}")
        (reference,) = given.words
        sys.stdout.write(registry.resolve(*images.split(reference)))
    elif arguments[:3] == ["buildx", "imagetools", "create"]:
        given = parse(arguments[3:], flags=("--prefer-index=false",), values=("--tag",))
        (source,) = given.words
        name, digest = images.split(source)
        target, tag = images.split(given.need("--tag"))
        if target != name:
            raise RefusedError(f"{target} is another repository than {name}")
        registry.tag(name, digest, tag, as_index=not given.flag("--prefer-index=false"))
    elif arguments[:1] == ["create"]:
        (reference,) = parse(arguments[1:], flags=(), values=()).words
        name, digest = images.split(reference)
        digest = registry.resolve(name, digest)
        with state.changing("containers", {}) as containers:
            container = f"c{len(containers)}"
            containers[container] = [name, digest]
        sys.stdout.write(f"{container}\n")
    elif arguments[:1] == ["cp"]:
        source, target = arguments[1:]
        container, _, inside = source.partition(":")
        name, digest = _container(state, container)
        registry.copy(name, digest, inside, Path(target))
    elif arguments[:1] == ["rm"]:
        (container,) = arguments[1:]
        _container(state, container)
        with state.changing("containers", {}) as containers:
            containers[container] = None
        sys.stdout.write(f"{container}\n")
    elif arguments[:1] == ["login"]:
        given = parse(arguments[1:], flags=("--password-stdin",), values=("--username",))
        (host,) = given.words
        registry.login(host, given.need("--username"), sys.stdin.read().strip())
    else:
        raise RefusedError(f"docker: {' '.join(arguments)!r} is not what a workflow should need")


def pip(state: State, arguments: Sequence[str]) -> None:
    """Link what a requirements file names; the first argument is the prefix of the interpreter."""
    interpreters.install(state, arguments[0], arguments[1:])


def push(state: State, arguments: Sequence[str]) -> None:
    """Say whether the job may push, before git does."""
    del arguments
    Job(state).need("contents", "write", "git push")


def _by_digest(reference: str) -> tuple[str, str]:
    if "@" not in reference:
        raise RefusedError(f"{reference} names no digest: what a tag means can change")
    return images.split(reference)


def _container(state: State, name: str) -> tuple[str, str]:
    found = state.read("containers", {}).get(name)
    if not found:
        raise RefusedError(f"Error response from daemon: No such container: {name}")
    image, digest = found
    return image, digest


_PROGRAMS: dict[str, Callable[[State, Sequence[str]], None]] = {
    "cosign": cosign,
    "docker": docker,
    "gh": github.run,
    "kubectl": kubernetes.run,
    "pip": pip,
    "push": push,
}

WRAPPERS = ("docker", "gh", "kubectl")
"""On PATH from the start; cosign comes with its installer."""


def wrap(name: str, folder: Path) -> None:
    """Write the script under whose name a program is found."""
    folder.mkdir(parents=True, exist_ok=True)
    world = Path(__file__).resolve().parent
    script = folder / name
    script.write_text(f'#!/bin/sh\nexec "$STAND_IN_PYTHON" -I "{world}" program {name} "$@"\n', encoding="utf-8")
    script.chmod(0o755)


def wrap_git(git: str, folder: Path) -> None:
    """Write the script that asks for leave before ``git push``, and else is git."""
    world = Path(__file__).resolve().parent
    script = folder / "git"
    ask = f'[ -z "$GITHUB_JOB" ] || "$STAND_IN_PYTHON" -I "{world}" program push "$@" || exit 1'
    text = f'#!/bin/sh\nfor word in "$@"; do\n  if [ "$word" = push ]; then\n    {ask}\n    break\n  fi\ndone\n'
    script.write_text(f'{text}exec "{git}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
