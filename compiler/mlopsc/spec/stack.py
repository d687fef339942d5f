"""Section ``stack``: which target fills which role."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlopsc.spec.base import Closed
from mlopsc.spec.patterns import LABEL

TargetName = Annotated[
    str,
    Field(pattern=LABEL.pattern, examples=["kubernetes", "mlflow", "kubeflow", "seldon"]),
]


class Stack(Closed):
    """Which target fills which role. `target: NAME` at the top level is the short form."""

    train: TargetName | None = None
    """Target that trains the model. Left out: the CI runner."""
    track: TargetName | None = None
    """Target that records runs and versions. Left out: the release records in Git."""
    serve: TargetName | None = None
    """Target that serves the model."""
    report: TargetName | None = None
    """Target that receives reports on the model in production. Left out: none."""
