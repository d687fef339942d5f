# SPDX-License-Identifier: MIT-0
"""Whether a model that was made again is the recorded one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import documents
from ..refusal import Finding, Unusable
from ..release import record
from ..results import Results
from . import candidate
from .git import Checkout

TOLERANCE = 1e-9
"""How far a metric may be from the recorded one, absolutely and relative to it."""


@dataclass(frozen=True)
class Recorded:
    """What a record says of a model.

    Attributes:
        version: digest of the recipe, or the beginning of it.
        recipe: digests of its parts, code, lock, data and model; empty in a release record, which has the version only.
        commit: that it was made from, or that its manifests are of; None if unknown.
        dirty: whether files differed from the commit; None if unknown.
        metrics: by name, without those that were undefined.
        evaluation: digest of the evaluation rows, ``sha256:...``.
        sample: number of rows that a sample was limited to; False when all rows were used.
    """

    version: str
    recipe: Mapping[str, str]
    commit: str | None
    dirty: bool | None
    metrics: Mapping[str, float]
    evaluation: str
    sample: int | bool


def read(path: Path, project: str) -> Recorded:
    """Read a candidate or a release record, of which the stable release counts.

    Args:
        path: the file.
        project: name of the project that it must belong to.

    Raises:
        Refused: it is a release record with an error.
        Unusable: it is missing, neither of the two, or of another project.
    """
    again = "give a candidate.json or a release.json"
    document = documents.read_json(path, missing=f"there is no record {path}: {again}", again=again)
    try:
        if "kind" in document:
            found = record.read(path.read_text(encoding="utf-8"), str(path))
            name, recorded = found.name, _of_release(found, path)
        else:
            documents.check_schema(document, candidate.SCHEMA, path, again)
            name, recorded = document["name"], _of_candidate(document)
    except (KeyError, TypeError):
        raise Unusable(f"{path} is neither a candidate.json nor a release.json of these steps") from None
    if name != project:
        raise Unusable(f"{path} is of {name}, and this is {project}: give a record of its own")
    return recorded


def made(results: Results, state: Checkout) -> Recorded:
    """Return what a record would say of the model that the steps just made."""
    trained, evaluation = results.read("train"), results.read("evaluate")
    return Recorded(
        version=trained["version"],
        recipe=trained["recipe"],
        commit=state.commit,
        dirty=state.dirty,
        metrics=candidate.defined(evaluation["metrics"]),
        evaluation=evaluation["digest"],
        sample=results.read("split")["sample"],
    )


def notices(recorded: Recorded, commit: str | None) -> Iterator[Finding]:
    """Yield why the model may be another one, before it is made.

    Args:
        recorded: what the record says.
        commit: what is checked out now; None if unknown.
    """
    if recorded.dirty:
        message = f"the record was made from files that differ from its commit {_short(recorded.commit)}"
        yield Finding("dirty", "commit", message, {"record": recorded.commit})
    if recorded.commit and commit and recorded.commit != commit:
        message = (
            f"the record is of commit {_short(recorded.commit)}, and {_short(commit)} is checked out: if the recipe "
            "differs, check out the commit of the record"
        )
        yield Finding("commit", "commit", message, {"record": recorded.commit, "now": commit})


def differences(recorded: Recorded, now: Recorded) -> Iterator[Finding]:
    """Yield one finding for each part of the recipe, and each metric, that is not as recorded."""
    for part, digest in recorded.recipe.items():
        yield from _unequal("recipe", part, digest, now.recipe[part], show=_short)
    length = min(len(recorded.version), len(now.version))
    if recorded.version[:length] != now.version[:length]:
        yield from _unequal("version", "version", recorded.version, now.version)
    yield from _unequal("evaluation", "evaluation rows", recorded.evaluation, now.evaluation, show=_short)
    for name in sorted({*recorded.metrics, *now.metrics}):
        was, found = recorded.metrics.get(name), now.metrics.get(name)
        if was is not None and found is not None and math.isclose(was, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
            continue
        yield from _unequal("metric", name, was, found, show=repr)


def _unequal(rule: str, subject: str, was: Any, now: Any, show: Callable[[Any], str] = str) -> Iterator[Finding]:
    if was != now:
        values = ["undefined" if value is None else show(value) for value in (was, now)]
        message = f"{_SUBJECTS[rule].format(subject)}: recorded {values[0]}, now {values[1]}; {_ADVICE[rule]}"
        yield Finding(rule, subject, message, {"record": was, "now": now})


_SUBJECTS = {
    "recipe": "the recipe differs in its part {}",
    "version": "the {} differs",
    "evaluation": "the {} differ",
    "metric": "the metric {} differs",
}
_ADVICE = {
    "recipe": "restore what the record was made from",
    "version": "restore the code, lock, data and model section that the record was made from",
    "evaluation": "the metrics are of other rows",
    "metric": "where the recipe is the same, the training draws on something that is not seeded",
}


def _short(digest: str | None) -> str:
    return "unknown" if digest is None else digest.removeprefix("sha256:")[:12]


def _of_candidate(document: candidate.Candidate) -> Recorded:
    return Recorded(
        version=document["version"],
        recipe=document["recipe"],
        commit=document["commit"],
        dirty=document["dirty"],
        metrics=document["metrics"],
        evaluation=document["evaluation"]["digest"],
        sample=document["sample"],
    )


def _of_release(found: record.Record, path: Path) -> Recorded:
    stable = found.stable
    if stable is None:
        raise Unusable(f"{path}: nothing was ever released there, so there is nothing to reproduce")
    return Recorded(stable.version, {}, stable.commit, False, stable.metrics, stable.evaluation.digest, sample=False)
