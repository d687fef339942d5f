# SPDX-License-Identifier: MIT-0
"""What changed since the champion was made, as far as git knows: code, lock, and settings of model, data and tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .. import git
from ..context import Context
from ..release.record import Release
from .data import short
from .facts import Facts
from .markdown import code
from .section import Entry, Section

_SECTIONS = ("model", "data", "tests")
_SHOWN = 5
"""Files of the code that are named."""


@dataclass(frozen=True)
class _Missing:
    """Stands for a setting that is not there."""


_MISSING = _Missing()


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the section, one item for each change, when there is a champion whose commit is to be had."""
    release, context = facts.champion, facts.context
    if release is None or not _is_known(context, release.commit):
        return
    rows = [Entry((text,)) for text in _changes(context, release)]
    title = f"Changed since the champion (commit {short(release.commit)})"
    below = "" if rows else "Nothing in code, lock and settings that git knows of."
    yield Section(title, rows, below=below, noun="changes")


def _changes(context: Context, release: Release) -> Iterator[str]:
    model = context.config["model"]
    scripts = [word for word in model["train"].get("command", ()) if (context.root / word).is_file()]
    files = _changed(context, release.commit, model["source"], *scripts)
    if files:
        named = ", ".join(code(path) for path in files[:_SHOWN])
        more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
        yield f"code: {named}{more}"
    lock = model["dependencies"]["lock"]
    if _changed(context, release.commit, lock):
        yield f"lock: {code(lock)}"
    before = _config(context, release.commit)
    if before is None:
        return
    was, now = (dict(_settings(config)) for config in (before, context.config))
    for name in dict.fromkeys((*was, *now)):
        old, new = was.get(name, _MISSING), now.get(name, _MISSING)
        if old != new:
            yield f"{code(name)}: {_shown(old)} → {_shown(new)}"


def _settings(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in _SECTIONS:
        yield from _leaves(name, config.get(name))


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield all that is no map, by its path. A list is one value: its order may count."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", inner)
    else:
        yield name, value


def _shown(value: Any) -> str:
    if value is _MISSING:
        return "none"
    return code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _is_known(context: Context, commit: str) -> bool:
    return _ask(context, "cat-file", "-e", f"{commit}^{{commit}}") is not None


def _changed(context: Context, commit: str, *paths: str) -> list[str]:
    """Return the files below some paths that are others than in a commit, relative to the folder of the spec."""
    options = ("--no-ext-diff", "--no-renames", "--relative", "--name-only", "-z")
    found = _ask(context, "diff", *options, commit, "--", *(f":(literal){path}" for path in paths))
    return [] if found is None else sorted(path for path in found.split("\0") if path)


def _config(context: Context, commit: str) -> dict[str, Any] | None:
    """Return ``config.json`` of a commit; None when it had none at this place."""
    place = os.path.relpath(context.pipeline / "config.json", context.root).replace(os.sep, "/")
    text = _ask(context, "show", f"{commit}:./{place}")
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _ask(context: Context, *arguments: str) -> str | None:
    """Return what git answers; None when it does not know, or is not here."""
    try:
        ended = git.run(context.root, *arguments, environment={"GIT_OPTIONAL_LOCKS": "0"})
    except FileNotFoundError:
        return None
    return None if ended.returncode else ended.stdout.decode(errors="replace")
