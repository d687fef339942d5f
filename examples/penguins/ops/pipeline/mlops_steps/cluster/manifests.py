# SPDX-License-Identifier: MIT-0
"""The generated objects of a training, and what is filled in when one is submitted: its name, its image, its run."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import documents
from ..context import Context
from ..refusal import Unusable

Object = dict[str, Any]

CONTAINER = "train"
JOB = "job.json"
RUN = "mlops.run"
"""Annotation with the run that somebody gave."""

_AGAIN = 'run "mlopsc compile" again'
_IMAGE = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_DIGITS = 12  # hex digits of the digest in a name: 48 bits


@dataclass(frozen=True)
class Training:
    """A training that is to be submitted.

    Attributes:
        job: its Job, complete.
        others: the objects that the Job needs, such as its service account.
    """

    job: Object
    others: tuple[Object, ...]

    @property
    def name(self) -> str:
        """Name of the Job."""
        name: str = self.job["metadata"]["name"]
        return name

    @property
    def namespace(self) -> str:
        """Where it runs."""
        namespace: str = self.job["metadata"]["namespace"]
        return namespace

    @property
    def workers(self) -> int:
        """Number of its pods."""
        count: int = self.job["spec"].get("completions", 1)
        return count

    @property
    def seconds(self) -> int:
        """Longest time that the cluster lets it run."""
        seconds: int = self.job["spec"]["activeDeadlineSeconds"]
        return seconds


def folder(context: Context) -> Path:
    """Return the folder of the generated objects, beside that of the pipeline."""
    return context.pipeline.parent / "training"


def read(place: Path, image: str, run: str | None) -> Training:
    """Return the training of an image.

    The name of the Job ends with a digest of the run, the image and all that the Job says. So the same call always
    means the same Job, and a call that differs in anything never meets the Job of another.

    Args:
        place: folder of the generated objects.
        image: the training image by digest.
        run: name that the caller gives; None for the only training of this image.

    Raises:
        Unusable: there are no such objects, or image or run cannot be used.
    """
    if not _IMAGE.fullmatch(image):
        raise Unusable(f"--image {image}: give the image by digest, as NAME@sha256:<64 hex digits>")
    if run is not None and not _RUN.fullmatch(run):
        raise Unusable(f"--run {run!r}: up to 63 letters, digits and -_. are possible, a letter or digit first")
    missing = f"{place / JOB} is missing: write execution.train.on: cluster in the spec, and {_AGAIN}"
    template = documents.read_json(place / JOB, missing=missing, again=_AGAIN)
    others = [
        documents.read_json(path, missing=missing, again=_AGAIN)
        for path in sorted(place.glob("*.json"))
        if path.name != JOB
    ]
    try:
        return Training(_filled(template, image, run), tuple(others))
    except (KeyError, TypeError, IndexError, StopIteration) as error:
        raise Unusable(f"{place / JOB} lacks what a training needs ({error!r}): {_AGAIN}, see the patches") from None


def _filled(template: Object, image: str, run: str | None) -> Object:
    job = copy.deepcopy(template)
    container = next(item for item in job["spec"]["template"]["spec"]["containers"] if item["name"] == CONTAINER)
    container["image"] = image
    if run is not None:
        job["metadata"].setdefault("annotations", {})[RUN] = run
    text = json.dumps(job, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    name = f"{job['metadata']['name']}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"
    job["metadata"]["name"] = name
    container["args"] += ["--training", name]
    _ = job["metadata"]["namespace"], job["spec"]["activeDeadlineSeconds"]  # what is read later on
    return job
