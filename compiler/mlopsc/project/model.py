"""Section ``model``: what is trained, with which code and which dependencies.

The fields are those of `mlopsc.spec.model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlopsc.project.base import Scalar
from mlopsc.record import Record
from mlopsc.units import Command


class Train(Record):
    """The code that trains the model."""

    call: str | None
    command: Command | None
    preprocess: str | None


class Evaluation(Record):
    """The user's own evaluation, for the task `custom`."""

    command: Command


class Prediction(Record):
    """What the model predicts and how a prediction becomes a decision."""

    output: str
    positive: Scalar | None
    threshold: float


class Dependencies(Record):
    """What the code needs to run. Training and serving use the same lock."""

    python: str
    lock: str
    system_packages: tuple[str, ...]
    index: str | None
    base_image: str | None


class Base(Record):
    """The pretrained model that this one starts from, for the model card and the bill of materials."""

    name: str | None
    version: str | None
    license: str | None


class Model(Record):
    """The model: task, code, parameters and dependencies."""

    task: str
    framework: str
    source: str
    train: Train
    evaluate: Evaluation | None
    params: Mapping[str, Any]
    seed: int
    prediction: Prediction
    dependencies: Dependencies
    registered_name: str | None
    base: Base
