"""What every framework is tried with: train, package, load as a server does, and compare."""

from __future__ import annotations

from typing import Any

from steps.packaging.small import Small


def pipeline_and_server(small: Small) -> tuple[list[Any], list[Any]]:
    """Train and package, and return what the pipeline predicts for the training rows and what MLServer answers."""
    from mlopsc.steps.mlops_steps.packaging import scoring

    small.train()
    small.package()
    features = small.frame[list(small.features)]
    values = scoring.predict(scoring.load(small.build / "model"), features).values
    return values.tolist(), small.serve(features)


def share_right(small: Small) -> float:
    """Return the share of training rows whose decided class is the true one."""
    from mlopsc.steps.mlops_steps.packaging import scoring

    predictions = scoring.predict(scoring.load(small.build / "model"), small.frame[list(small.features)])
    return float((predictions.labels() == small.frame["target"].to_numpy()).mean())
