# SPDX-License-Identifier: MIT-0
"""``environments``: protect the environments of GitHub, read the protection back, count approvals."""

from __future__ import annotations

from ..protection import command
from ..step import Step

STEP = Step(
    name="environments",
    help="protect the environments of GitHub, check their protection, count the approvals of a release",
    run=command.run,
    example="example: python ops/pipeline environments apply --dry-run",
    options=command.options,
)
