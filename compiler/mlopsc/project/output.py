"""Section ``output``: where generated files go and which builders run.

The fields are those of `mlopsc.spec.output`.
"""

from __future__ import annotations

from mlopsc.record import Record


class Builders(Record):
    """Parts of the output that can be switched off."""

    check: bool
    dependabot: bool
    docker: bool
    gitattributes: bool
    readme: bool
    workflows: bool


class Output(Record):
    """Where generated files go and which builders run."""

    dir: str
    builders: Builders
