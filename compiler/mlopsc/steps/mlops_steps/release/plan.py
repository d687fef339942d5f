# SPDX-License-Identifier: MIT-0
"""The plan of a release, ``rollout.json`` of an environment: the steps on which a new release gets traffic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        weight: share of the traffic for the new release, in percent.
        replicas: number of its copies.
    """

    weight: int
    replicas: int


@dataclass(frozen=True)
class Plan:
    """The plan.

    Attributes:
        steps: in order; empty where a release replaces the last one at once, or a controller in the cluster does it.
        document: the whole file.
    """

    steps: tuple[Step, ...]
    document: Mapping[str, Any]

    def at(self, weight: int) -> Step | None:
        """Return the step with a weight."""
        return next((step for step in self.steps if step.weight == weight), None)


def read(text: bytes) -> Plan:
    """Return the plan that a generated file holds.

    Raises:
        ValueError: somebody edited it, and it is none any more.
    """
    document = json.loads(text)
    try:
        return Plan(tuple(Step(step["weight"], step["replicas"]) for step in document["steps"]), document)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no plan: {error}") from None
