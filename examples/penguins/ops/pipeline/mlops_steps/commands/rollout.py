# SPDX-License-Identifier: MIT-0
"""``rollout``: a whole release, with every step judged by what Prometheus measures."""

from __future__ import annotations

from ..rollout import command
from ..step import Step

STEP = Step(
    name="rollout",
    help="bring a release to an environment: start, wait, judge every step, promote, or take it back",
    run=command.run,
    example="example: python ops/pipeline rollout --env production --image ghcr.io/acme/churn@sha256:...",
    options=command.options,
)
