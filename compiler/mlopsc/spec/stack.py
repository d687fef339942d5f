"""Section ``stack``: which target fills which role."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from mlopsc.spec.base import Closed
from mlopsc.spec.patterns import LABEL

TargetName = Annotated[str, StringConstraints(pattern=LABEL.pattern)]
EXAMPLES = ["kubernetes", "mlflow", "kubeflow", "tfx", "seldon", "datarobot"]
"""The targets that the roles are written for."""


class Stack(Closed):
    """Which target fills which role. `target: NAME` at the top level is the short form."""

    train: TargetName | None = Field(default=None, examples=EXAMPLES)
    """Target that trains the model. Left out: the CI runner."""
    track: TargetName | None = Field(default=None, examples=EXAMPLES)
    """Target that records runs and versions. Left out: the release records in Git."""
    serve: TargetName | None = Field(default=None, examples=EXAMPLES)
    """Target that serves the model."""
    report: TargetName | None = Field(default=None, examples=EXAMPLES)
    """Target that receives reports on the model in production. Left out: none."""
