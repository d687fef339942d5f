"""Secrets: each reference leads somewhere, each secret is used, and its user can read it."""

from __future__ import annotations

from collections.abc import Mapping

from mlopsc.check.rule import Context, rule
from mlopsc.project.base import SecretRef
from mlopsc.project.deployment import Deployment, EnvFrom
from mlopsc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal, TypeAlias

    from mlopsc.project import Environment, Project
    from mlopsc.project.secrets import Secret
    from mlopsc.record import Path

    Reader: TypeAlias = Literal["cluster", "workflow"]

SECTIONS = ("execution", "tests", "deployment", "monitoring")
"""The sections that may refer to secrets."""

READERS: dict[Path, Reader] = {
    ("deployment", "image", "login"): "workflow",
    ("deployment", "image", "pull_secret"): "cluster",
    ("deployment", "model_store"): "cluster",
    ("deployment", "pod"): "cluster",
    ("deployment", "gitops", "flux"): "cluster",
    ("deployment", "gitops"): "workflow",
    ("monitoring", "alerts"): "cluster",
}
"""Who reads the secrets below a spec path; of two entries for one place the first counts."""

_KINDS: dict[Reader, tuple[str, ...]] = {"cluster": ("kubernetes", "external"), "workflow": ("github",)}
_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def uses(environment: Environment, sections: Iterable[str] = SECTIONS) -> Iterator[tuple[Path, str]]:
    """Yield the spec path and the name of every reference to a secret in some sections."""
    for section in sections:
        yield from _references(getattr(environment, section), (section,))


def _references(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, (SecretRef, EnvFrom)):
        if value.secret is not None:
            yield (*path, "secret"), value.secret
    elif isinstance(value, Record):
        names: tuple[str, ...] = value.__match_args__
        for name in names:
            if isinstance(value, Deployment) and name == "options":
                for target, options in value.options.items():
                    yield from _in_options(options, (*path, target))
            elif name != "path":
                yield from _references(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _references(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _references(item, (*path, index))


def _in_options(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Options of targets are plain data; a map with nothing but ``secret`` is a reference there."""
    if isinstance(value, dict):
        if set(value) == {"secret"} and isinstance(value["secret"], str):
            yield (*path, "secret"), value["secret"]
        for key, item in value.items():
            yield from _in_options(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _in_options(item, (*path, index))


@rule("CHK-460", "secrets", each=SECTIONS)
def unknown_secret(project: Project, context: Context) -> None:
    """A reference names an entry of the section."""
    for environment in project.environments:
        for path, name in uses(environment, context.intact(*SECTIONS)):
            if name not in project.secrets:
                names = tuple(project.secrets)
                context.report(
                    "CHK-460", path, env=environment.name, given=name, allowed=names, known=names or "none so far"
                )


@rule("CHK-461", "secrets", *SECTIONS)
def unused_secret(project: Project, context: Context) -> None:
    """Nobody keeps up a secret that nothing reads."""
    used = {name for environment in project.environments for _path, name in uses(environment)}
    meant = _nearest(used - project.secrets.keys(), project.secrets)
    for name, secret in project.secrets.items():
        if name not in used and name not in meant:
            context.report("CHK-461", secret.path, name=name)


def _nearest(unknown: Iterable[str], known: Iterable[str]) -> set[str]:
    """Return the names that misspelt references probably mean: to call those unused would mislead."""
    unknown = sorted(unknown)
    if not unknown:
        return set()
    from difflib import get_close_matches

    return {near for name in unknown for near in get_close_matches(name, known, n=1)}


@rule("CHK-462", "secrets", each=SECTIONS)
def secret_out_of_reach(project: Project, context: Context) -> None:
    """Pods cannot read secrets of GitHub, workflows cannot read those of the cluster."""
    for environment in project.environments:
        for path, name in uses(environment, context.intact(*SECTIONS)):
            secret, reader = project.secrets.get(name), reader_of(path)
            if secret is None or reader is None:
                continue
            kind = _kind(secret)
            if kind not in _KINDS[reader]:
                context.report(
                    "CHK-462",
                    path,
                    (*secret.path, kind),
                    env=environment.name,
                    name=name,
                    kind=kind,
                    reader=reader,
                    kinds=" or ".join(f'"{item}"' for item in _KINDS[reader]),
                )


def reader_of(path: Path) -> Reader | None:
    """Return who reads the secret that is referred to at a spec path, None when only a target knows."""
    return next((reader for place, reader in READERS.items() if path[: len(place)] == place), None)


def _kind(secret: Secret) -> str:
    return next(kind for kind in ("kubernetes", "github", "external") if getattr(secret, kind) is not None)


@rule("CHK-463", "secrets")
def reserved_github_name(project: Project, context: Context) -> None:
    """GitHub refuses secrets with its own prefix; the token of the workflow is the only one."""
    for secret in project.secrets.values():
        name = (secret.github or "").upper()
        if name.startswith("GITHUB_") and name != "GITHUB_TOKEN":
            context.report("CHK-463", (*secret.path, "github"), given=secret.github)


@rule("CHK-464", "secrets")
def key_of_kubernetes_secret(project: Project, context: Context) -> None:
    """Kubernetes takes few characters in the keys of a Secret."""
    for secret in project.secrets.values():
        held = secret.kubernetes
        if held is not None and (len(held.key) > 253 or held.key in (".", "..") or not set(held.key) <= _KEY):
            context.report("CHK-464", (*held.path, "key"), given=held.key)


RULES = (unknown_secret, unused_secret, secret_out_of_reach, reserved_github_name, key_of_kubernetes_secret)
