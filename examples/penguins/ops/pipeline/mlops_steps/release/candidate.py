# SPDX-License-Identifier: MIT-0
"""What a release begins with: the candidate that the pipeline left in ``candidate.json``, and its image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import documents
from ..refusal import Unusable, refuse
from . import record_format
from .record import Evaluation, Release

SCHEMA = 1
PASSED = "passed"


@dataclass(frozen=True)
class Candidate:
    """A model that may be released.

    Attributes:
        version: of the model.
        commit: that it was made from; None if it was made outside of git.
        dirty: whether files differed from the commit; None if that is not known.
        metrics: on the evaluation rows, by name.
        evaluation: what they were computed on, and how.
    """

    version: str
    commit: str | None
    dirty: bool | None
    metrics: Mapping[str, float]
    evaluation: Evaluation


def read(path: Path, project: str) -> Candidate:
    """Return the candidate that the pipeline left.

    Args:
        path: the file.
        project: name of the project that it must belong to.

    Raises:
        Refused: the gate did not let it pass.
        Unusable: there is none, or it is not what the pipeline writes.
    """
    document = documents.read(
        path,
        SCHEMA,
        missing=f'there is no candidate at {path}: run the pipeline first, "run" for all steps',
        again="run the pipeline again",
    )
    try:
        return _candidate(document, path, project)
    except (KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"{path} is incomplete ({error}): run the pipeline again") from None


def _candidate(document: Mapping[str, Any], path: Path, project: str) -> Candidate:
    name, version, verdict = document["name"], document["version"], document["gate"]
    if name != project:
        raise Unusable(f"{path} is a candidate of {name}, and this is {project}: give its own candidate")
    if not re.fullmatch(record_format.VERSION, version):
        raise Unusable(f"{path} has the version {version!r}, which is none: run the pipeline again")
    if verdict != PASSED:
        raise refuse(
            "gate",
            version,
            f"the gate said {verdict} to {version}, and only what it let pass is released: see build/results/gate.json",
            verdict=verdict,
        )
    evaluation = document["evaluation"]
    return Candidate(
        version=version,
        commit=document["commit"],
        dirty=document["dirty"],
        metrics=document["metrics"],
        evaluation=Evaluation(digest=evaluation["digest"], method=evaluation["method"]),
    )


def moved(release: Release, source: str, environment: str, environments: Mapping[str, Mapping[str, Any]]) -> Release:
    """Return a release of one environment as another one names it.

    Their images may have different names, as in two registries; the digest says that they are the same.

    Args:
        release: of the first environment.
        source: name of the first environment.
        environment: name of the other one.
        environments: settings of all, by name.

    Raises:
        Unusable: the other environment runs no image.
    """
    name = _image_name(environment, environments[environment])
    if name == environments[source].get("image"):
        return release
    return replace(release, image=f"{name}@{release.image.partition('@')[2]}")


def image(given: str | None, environment: str, settings: Mapping[str, Any]) -> str:
    """Return the image of a release, which must be the one of the spec, with a digest.

    Args:
        given: what the caller asks for.
        environment: its name.
        settings: of the environment.

    Raises:
        Unusable: none was given, the environment runs none, or it is another one.
    """
    name = _image_name(environment, settings)
    if given is None:
        raise Unusable(f"start needs the image: --image {name}@sha256:...")
    if not re.fullmatch(rf"{re.escape(name)}@{record_format.DIGEST}", given):
        raise Unusable(
            f"the image of {environment} is {name} with a digest, and {given} is not: give {name}@sha256:..., with the "
            "digest that the registry told after the push"
        )
    return given


def _image_name(environment: str, settings: Mapping[str, Any]) -> str:
    name: str | None = settings.get("image")
    if name is None:
        raise Unusable(f"{environment} runs no image, so its releases are not made here")
    return name
