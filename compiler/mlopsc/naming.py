"""Every name that is generated and used in more than one place."""

from __future__ import annotations

DEFAULT_ENVIRONMENT = "default"
"""Name of the only environment of a spec without ``environments``."""

LOCK = "mlops.lock"
PINS = "mlops.pins.yaml"

LABEL_MODEL = "mlops.model"
LABEL_TRACK = "mlops.track"
LABEL_ENVIRONMENT = "mlops.environment"
LABEL_VERSION = "mlops.version"
ANNOTATION_RELEASE = "mlops.release"
"""Id of the release whose manifests a pod has; too long for a label."""

STABLE = "stable"
CANARY = "canary"

CI_ENVIRONMENT = "ci"
DELIVERY_ENVIRONMENT = "delivery"
"""Environments of GitHub for the jobs that sign in to a cloud and release nothing."""

_FURTHER = ("second", "third", "fourth", "fifth", "sixth")

MOST_APPROVALS = len(_FURTHER) + 1
"""Approvals of one release that there are names for."""


def namespace(model: str, environment: str) -> str:
    """Return the Kubernetes namespace of an environment that names none."""
    return model if environment == DEFAULT_ENVIRONMENT else f"{model}-{environment}"


def release_branch(model: str, environment: str) -> str:
    """Return the branch that holds what was released to an environment."""
    return f"deploy/{model}/{environment}"


def canary(name: str) -> str:
    """Return the name of the canary twin of an object."""
    return f"{name}-canary"


def metric_label(label: str) -> str:
    """Return a Kubernetes label's name as Prometheus shows it: every other character becomes ``_``."""
    return "".join(char if char.isalnum() else "_" for char in label)


def approval_environments(environment: str, approvals: int) -> tuple[str, ...]:
    """Return the environments of GitHub that a release passes, one after the other, each with one approval.

    The first one has the name of the environment itself, with or without approval.
    """
    return (environment, *(f"{environment}-{word}" for word in _FURTHER[: max(approvals - 1, 0)]))


def rollback_environment(environment: str) -> str:
    """Return the environment of GitHub that guards the rollbacks of an environment."""
    return f"{environment}-rollback"
