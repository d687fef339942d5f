# SPDX-License-Identifier: MIT-0
"""What a rollout did and measured, for its result and its summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .judge import Judgement


@dataclass(frozen=True)
class Made:
    """A move that changed something.

    Attributes:
        move: its name.
        message: what it did.
        commit: id of its commit.
    """

    move: str
    message: str
    commit: str


@dataclass(frozen=True)
class Judged:
    """A step that was judged; one that had too few requests is judged again after some more time.

    Attributes:
        weight: share of the traffic, in percent.
        judgement: what it showed.
    """

    weight: int
    judgement: Judgement


@dataclass
class Journal:
    """Everything, in order."""

    moves: list[Made] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Return it as it stands in the result file."""
        return {
            "moves": [{"move": made.move, "message": made.message, "commit": made.commit} for made in self.moves],
            "steps": [_step(judged.weight, judged.judgement) for judged in self.judged],
        }


def _step(weight: int, judgement: Judgement) -> dict[str, Any]:
    return {
        "weight": weight,
        "window_seconds": judgement.seconds,
        "requests": judgement.requests,
        "min_requests": judgement.min_requests,
        "verdict": judgement.verdict,
        "checks": [
            {"check": item.check, "value": item.value, "max": item.max, "verdict": item.verdict}
            for item in judgement.measured
        ],
    }
