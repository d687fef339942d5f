"""Every name that is generated and used in more than one place."""

from __future__ import annotations

DEFAULT_ENVIRONMENT = "default"
"""Name of the only environment of a spec without ``environments``."""

LOCK = "mlops.lock"
PINS = "mlops.pins.yaml"

LABEL_MODEL = "mlops.model"
LABEL_TRACK = "mlops.track"
LABEL_ENVIRONMENT = "mlops.environment"
ANNOTATION_VERSION = "mlops.version"

STABLE = "stable"
CANARY = "canary"


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
