# SPDX-License-Identifier: MIT-0
"""The steps, one module each: its options and what it calls. The table below is the command line."""

from __future__ import annotations

from ..step import Step
from . import (
    champion,
    data,
    environments,
    evaluate,
    exceptions,
    gate,
    image,
    key,
    load,
    package,
    register,
    release,
    report,
    reproduce,
    rollout,
    score,
    smoke,
    split,
    submit,
    train,
    worker,
)

PIPELINE = (data.STEP, split.STEP, train.STEP, package.STEP, evaluate.STEP, gate.STEP, register.STEP)
"""What makes and judges a model, in this order."""

STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        *PIPELINE,
        champion.STEP,
        key.STEP,
        report.STEP,
        image.STEP,
        reproduce.STEP,
        release.STEP,
        rollout.STEP,
        environments.STEP,
        exceptions.STEP,
        smoke.STEP,
        load.STEP,
        score.STEP,
        submit.STEP,
        worker.STEP,
    )
}
"""All steps by name."""


def from_here(name: str) -> tuple[str, ...]:
    """Return the names of a step and of those of the pipeline that build on it."""
    names = tuple(step.name for step in PIPELINE)
    return names[names.index(name) :] if name in names else (name,)
