# SPDX-License-Identifier: MIT-0
"""The release record of an environment, ``release.json``: what runs there now.

The format is release.v1.schema.json of mlopsc; kustomize copies images, versions, weights and copies from the file into
the manifests, which is why a track that is at rest still names an image.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn

from ..refusal import Finding, Refused
from . import record_format

NONE, AT_REST, CANARY, PROMOTED = "none", "at-rest", "canary", "promoted"
"""Phases of an environment: nothing was ever released; one release serves; a second one is tried beside it; a new one
is stable, and nobody has seen yet that it runs. Then the second track still has its copies, if it had any."""

FULL = 100
"""All traffic, in percent."""


@dataclass(frozen=True)
class Evaluation:
    """What metrics were computed on, and how.

    Attributes:
        digest: of the evaluation rows, ``sha256:...``.
        method: digest of what the metrics mean, ``sha256:...``; see evaluation/method.py.
    """

    digest: str
    method: str


@dataclass(frozen=True)
class Release:
    """A model with an image and manifests, which are released and taken back together.

    Attributes:
        id: digest over version, image and manifests, 64 hexadecimal digits; see identity.py.
        image: with its digest.
        version: of the model.
        commit: whose manifests they are.
        metrics: of the model on the evaluation rows, by name.
        evaluation: what they were computed on, and how.
    """

    id: str
    image: str
    version: str
    commit: str
    metrics: Mapping[str, float]
    evaluation: Evaluation


@dataclass(frozen=True)
class Record:
    """What one environment runs.

    Attributes:
        name: of the project.
        stable: what serves; None before the first release.
        canary: what the second track runs; None when it is at rest. After a promotion the same as `stable`.
        weight: share of the traffic that goes to the second track, in percent; all else goes to the first.
        replicas: number of copies of the second track.
        previous: what was stable before; None when there is nothing to go back to.
        unproven: whether `stable` got all of the traffic at once and nobody has seen yet that it runs.
        rejected: ids of the releases that were aborted or rolled back here.
        hold: why nothing may be released here; None when everything may.
    """

    name: str
    stable: Release | None = None
    canary: Release | None = None
    weight: int = 0
    replicas: int = 0
    previous: Release | None = None
    unproven: bool = False
    rejected: tuple[str, ...] = ()
    hold: str | None = None

    @property
    def phase(self) -> str:
        """How far the environment is: ``none``, ``at-rest``, ``canary`` or ``promoted``."""
        if self.stable is None:
            return NONE
        if self.canary is None:
            return PROMOTED if self.unproven else AT_REST
        return PROMOTED if self.canary.id == self.stable.id else CANARY

    def document(self) -> dict[str, Any]:
        """Return the record as it stands in the file."""
        document: dict[str, Any] = {
            "apiVersion": record_format.API_VERSION,
            "kind": record_format.KIND,
            "metadata": {"name": self.name, "annotations": {record_format.LOCAL: "true"}},
            "state": "none" if self.stable is None else "released",
        }
        if self.stable is not None:
            second = self.canary or self.stable
            document["stable"] = {**_identity(self.stable), "weight": FULL - self.weight, **_quality(self.stable)}
            document["canary"] = {**_identity(second), "weight": self.weight, "replicas": self.replicas}
            if self.phase == CANARY:
                document["canary"].update(_quality(second))
            if self.previous is not None:
                document["previous"] = {**_identity(self.previous), **_quality(self.previous)}
            if self.unproven:
                document["unproven"] = True
        if self.stable is not None or self.rejected:
            document["rejected"] = list(self.rejected)
        if self.hold is not None:
            document["hold"] = {"reason": self.hold}
        return document

    def text(self) -> str:
        """Return the content of the file."""
        return json.dumps(self.document(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read(text: str, place: str) -> Record:
    """Return the record that a file holds.

    Args:
        text: its content.
        place: the file and where it lies, for messages.

    Raises:
        Refused: with every reason why it is no release record.
    """
    try:
        document = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise _refused(place, [f"it is no JSON: {error}"]) from None
    wrong = problems(document)
    if wrong:
        raise _refused(place, wrong)
    stable = _release(document.get("stable"))
    record = Record(
        name=document["metadata"]["name"],
        stable=stable,
        previous=_release(document.get("previous")),
        unproven=document.get("unproven", False),
        rejected=tuple(document.get("rejected", ())),
        hold=document.get("hold", {}).get("reason"),
    )
    if stable is None:
        return record
    second = document["canary"]
    return replace(record, canary=_second(stable, second), weight=second["weight"], replicas=second["replicas"])


def problems(document: Any) -> list[str]:
    """Return what is wrong with a record, one sentence each without a full stop."""
    return list(record_format.problems(document)) or list(_contradictions(document))


def _second(stable: Release, slot: Mapping[str, Any]) -> Release | None:
    if slot["release"] != stable.id:
        return _release(slot)
    return stable if slot["replicas"] else None


def _release(slot: Mapping[str, Any] | None) -> Release | None:
    if slot is None:
        return None
    return Release(
        id=slot["release"],
        image=slot["image"],
        version=slot["version"],
        commit=slot["commit"],
        metrics=slot["metrics"],
        evaluation=Evaluation(**slot["evaluation"]),
    )


def _identity(release: Release) -> dict[str, Any]:
    return {"release": release.id, "image": release.image, "version": release.version, "commit": release.commit}


def _quality(release: Release) -> dict[str, Any]:
    return {"metrics": dict(release.metrics), "evaluation": asdict(release.evaluation)}


def _contradictions(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what cannot be true together, though each part is well formed."""
    if document["state"] == "none":
        return
    stable, canary = document["stable"], document["canary"]
    total = stable["weight"] + canary["weight"]
    if total != FULL:
        yield f"the weights of stable and canary add to {total}, not to {FULL}"
    if canary["weight"] and not canary["replicas"]:
        yield f"canary.weight is {canary['weight']} and canary.replicas 0: traffic would go to a track without copies"
    if canary["release"] == stable["release"]:
        for key in ("image", "version", "commit"):
            if canary[key] != stable[key]:
                yield f"canary.{key} differs from stable.{key}, and both name the release {stable['release'][:12]}"
    elif "metrics" not in canary:
        yield "canary lacks metrics and evaluation, which a release needs that is not stable yet"
    if document.get("unproven") and canary["release"] != stable["release"]:
        yield "unproven is true, and canary is another release than stable: only a proven one has another beside it"
    for slot in ("stable", "canary", "previous"):
        if document.get(slot, {}).get("release") in document["rejected"]:
            yield f"the release {document[slot]['release'][:12]} is {slot}, and it is rejected"


def _refused(place: str, reasons: Iterable[str]) -> Refused:
    advice = "correct the file on its branch; nothing was changed"
    return Refused([Finding("format", place, f"{place}: {reason}; {advice}") for reason in reasons])


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
