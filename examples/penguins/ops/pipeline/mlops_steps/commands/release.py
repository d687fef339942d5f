# SPDX-License-Identifier: MIT-0
"""``release``: one move of a release, as a commit on the deploy branch of an environment."""

from __future__ import annotations

from ..release import command
from ..step import Step

STEP = Step(
    name="release",
    help="release a candidate to an environment step by step, or take it back",
    run=command.run,
    example="example: python ops/pipeline release start --env production --image ghcr.io/acme/churn@sha256:...",
    options=command.options,
)
