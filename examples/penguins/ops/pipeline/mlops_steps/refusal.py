# SPDX-License-Identifier: MIT-0
"""How a step says no. Everything else that a step raises is a fault of the step or of the user's code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One reason why something is refused, or one notice.

    Attributes:
        rule: what was judged, in the words of the spec: ``max_missing``, ``min``, ``max_drop``.
        subject: what it was judged on: a column, a metric, a slice, an environment.
        message: one sentence for people, with the values.
        facts: the values for machines.
    """

    rule: str
    subject: str
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the finding as it stands in a result file."""
        return {"rule": self.rule, "subject": self.subject, "message": self.message, "facts": dict(self.facts)}


class Refused(Exception):  # noqa: N818 - no error: an answer
    """The step did its work, and the answer is no. Exit code 1.

    Attributes:
        findings: all reasons, not only the first.
        result: what the step found out all the same; it goes into the result file.
    """

    def __init__(self, findings: Iterable[Finding], result: Mapping[str, Any] | None = None) -> None:
        self.findings = tuple(findings)
        self.result = dict(result or {})
        super().__init__("\n".join(finding.message for finding in self.findings))


class Unusable(Exception):  # noqa: N818 - reads as a word in `raise Unusable`
    """The step cannot do its work: a wrong argument, an earlier step that did not run, a missing package. Exit code 2.

    The message says what to do next.
    """


def refuse(rule: str, subject: str, message: str, **facts: Any) -> Refused:
    """Return the refusal for a single reason."""
    return Refused([Finding(rule, subject, message, facts)])
