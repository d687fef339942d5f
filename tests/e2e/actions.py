"""The composite actions that stand in for those of others, with the inputs that the real ones have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from e2e import documents

FOLDER = Path(__file__).resolve().parent / "stand_ins"
"""``<owner>/<repository>[/<path>]/action.yml``; they name no input that the real one has not at the pinned commit."""


class MisuseError(Exception):
    """GitHub would not start this workflow, or the test asks for something that it does not offer."""


def chosen(workflows: Mapping[str, Mapping[str, Any]]) -> dict[str, Path]:
    """Return the stand-in of every action that workflows use, by ``owner/name@ref``.

    Raises:
        MisuseError: see `misuses`.
    """
    for misuse in misuses(workflows):
        raise MisuseError(misuse)
    found = {}
    for _, name, _ in documents.uses(workflows):
        place, _, ref = name.partition("@")
        owner, repository = place.split("/")[:2]
        found[f"{owner}/{repository}@{ref}"] = FOLDER / owner / repository
    return found


def misuses(workflows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the uses of actions without a stand-in, and inputs that an action does not know or that it lacks.

    Composite actions do not see unknown inputs, so this is looked at here.
    """
    for workflow, name, given in documents.uses(workflows):
        place = name.partition("@")[0]
        file = FOLDER / place / "action.yml"
        if not file.is_file():
            yield f"{workflow}: there is no stand-in for {place}"
            continue
        known = yaml.safe_load(file.read_text(encoding="utf-8")).get("inputs") or {}
        for key in sorted(set(given) - set(known)):
            yield f"{workflow}: {place} has no input {key!r}"
        for key, value in known.items():
            if value.get("required") and key not in given:
                yield f"{workflow}: {place} needs the input {key!r}"
