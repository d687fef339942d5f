# SPDX-License-Identifier: MIT-0
"""Submitting a training to the cluster, waiting for it, and taking its model over."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from .. import interruption
from ..context import Context
from ..refusal import Unusable, refuse
from . import archive, manifests, receipt, status
from .jobs import Jobs
from .manifests import Training
from .receipt import Receipt
from .store import Store
from .waiting import Wait


def submit(context: Context, image: str, run: str | None, seconds: float | None) -> dict[str, Any]:
    """Train in the cluster, and leave in the build folder what the steps up to ``package`` leave there.

    The same call again finds the same Job: it waits for it, or takes what it made. Where this is interrupted, the Job
    is deleted.

    Args:
        context: of the run.
        image: the training image by digest.
        run: name that the caller gives; None for the only training of this image.
        seconds: longest time to wait; None for as long as the cluster lets it run.

    Returns:
        Facts of the training, for the result file.

    Raises:
        Refused: the training failed or took too long, or its archive is not the one that it stored.
        Unusable: the cluster or the store cannot be used.
    """
    training = manifests.read(manifests.folder(context), image, run)
    store = Store(context.config, training.name)
    jobs = Jobs(training)
    with interruption.noticed():
        try:
            pods = _trained(context, training, jobs, seconds)
        except KeyboardInterrupt:
            _abandon(context, training, jobs)
            raise
    found = _receipt(training, pods)
    _take_over(context, store, found)
    version = context.results.read("train")["version"]
    context.results.read("package")  # says so where the image is not of this configuration
    context.output("job", training.name)
    context.output("version", version)
    context.console.say(f"  model {version} comes from {training.name} in {training.namespace}")
    return {
        "job": training.name,
        "namespace": training.namespace,
        "image": image,
        "workers": training.workers,
        "version": version,
        "archive": {"sha256": found.sha256, "bytes": found.size},
    }


def _trained(context: Context, training: Training, jobs: Jobs, seconds: float | None) -> list[status.Object]:
    if jobs.find() is None:
        jobs.create()
        context.console.say(f"  created {training.name} in {training.namespace}, workers: {training.workers}")
    else:
        context.console.say(f"  found {training.name} in {training.namespace}")
    return Wait(training, jobs, context.console, seconds).end()


def _abandon(context: Context, training: Training, jobs: Jobs) -> None:
    with interruption.ignored():
        try:
            jobs.delete()
        except Unusable as error:
            context.console.problem(f"{training.name} could not be deleted and may go on: {error}")
        else:
            context.console.notice(f"{training.name} is deleted")


def _receipt(training: Training, pods: list[status.Object]) -> Receipt:
    done = [pod for pod in pods if status.phase(pod) == "Succeeded"]
    first = status.newest(done, 0)
    if first is None:
        raise Unusable(
            f"{training.name} succeeded, and its pod, which knows the digest of the archive, is gone: train again with "
            "another --run"
        )
    return receipt.parse(status.message_of(first))


def _take_over(context: Context, store: Store, expected: Receipt) -> None:
    names = archive.content(context.config)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=context.build) as place:
        fetched, unpacked = Path(place) / archive.FILE, Path(place) / "build"
        store.get(fetched)
        if receipt.of(fetched) != expected:
            message = (
                f"the archive in {store.uri} is not the one that the training stored, {expected.size} bytes with the "
                f"SHA-256 {expected.sha256}: see who can write to the store, and train again"
            )
            raise refuse("archive", archive.FILE, message, sha256=expected.sha256)
        unpacked.mkdir()
        archive.unpack(fetched, names, unpacked)
        archive.bring_in(unpacked, context.build)
