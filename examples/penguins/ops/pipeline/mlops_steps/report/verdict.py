# SPDX-License-Identifier: MIT-0
"""The verdict in one sentence, before everything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..evaluation import checks
from ..results import FAILED, PASSED, REFUSED
from .facts import MISSING, STALE, Facts, Outcome
from .markdown import code, words

NONE = "no verdict"


@dataclass(frozen=True)
class Verdict:
    """What all results together say.

    Attributes:
        word: ``passed``, ``refused``, ``not judged``, ``not comparable`` or ``no verdict``.
        sentence: why, in Markdown on one line.
    """

    word: str
    sentence: str


def of(facts: Facts) -> Verdict:
    """Return the verdict: that of the gate, or why there is none."""
    gate = facts.steps["gate"]
    before = [outcome for outcome in _until(facts, "gate") if not outcome.is_fine]
    if facts.trains_nothing and all(facts.steps[name].is_fine for name in ("data", "split")):
        why = f"pull requests train no model here ({code('execution.pull_request.train: off')}), and the data is fine"
        return Verdict("not judged", f"**Not judged**: {why}.")
    if before and before[0] is not gate:
        return _stopped(before[0])
    if gate.status == REFUSED:
        return Verdict("refused", f"**Refused** because {_reasons(gate)}.")
    if gate.status == PASSED:
        return _passed(facts)
    if gate.is_fine:
        return _unjudged(facts, gate)
    return _stopped(gate)


def _until(facts: Facts, last: str) -> list[Outcome]:
    names = list(facts.steps)
    return [facts.steps[name] for name in names[: names.index(last) + 1]]


def _stopped(outcome: Outcome) -> Verdict:
    """Return that the gate was not reached, and what the step said at which it ended."""
    step = f"the step {code(outcome.step)}"
    if outcome.status == REFUSED:
        return Verdict("refused", f"**Refused** by {step}, before a model was judged: {_reasons(outcome)}.")
    if outcome.status == FAILED:
        return Verdict(NONE, f"**No verdict**, it did not get that far: {step} failed: {_reasons(outcome)}.")
    why = {
        MISSING: f"{step} left no result, since it did not run, could not, or was stopped: its log tells",
        STALE: f"the result of {step} is of another mlops.yaml: run it again, and the steps that follow it",
    }
    return Verdict(NONE, f"**No verdict**, it did not get that far: {why[outcome.status]}.")


def _passed(facts: Facts) -> Verdict:
    judged = [check["status"] for check in facts.result("gate")["checks"]]
    passed = judged.count(checks.PASSED)
    if not judged:
        text = "**Passed**: the spec has no tests of the model, so that there was nothing to judge"
    elif not passed:
        text = "**Passed**, and there was nothing to judge"
    else:
        text = f"**Passed**: {_counted(passed, 'limit holds', 'limits hold')}"
        text += f", {_counted(len(judged) - passed, 'was', 'were')} not judged" if passed < len(judged) else ""
    register = facts.steps["register"]
    if register.status in (REFUSED, FAILED):
        return Verdict("not registered", f"{text}. **Not registered**: {_reasons(register)}.")
    return Verdict("passed", f"{text}.")


def _unjudged(facts: Facts, gate: Outcome) -> Verdict:
    found = gate.result["verdict"]
    if facts.result("split").get("sample"):
        why = next(notice["message"] for notice in gate.notices if notice["rule"] == "sample")
        return Verdict("not judged", f"**Not judged**: {_plain(why.removeprefix('not judged: '))}.")
    unknown = [check for check in gate.result["checks"] if check["status"] == found]
    word = "not comparable" if found == checks.NOT_COMPARABLE else "not judged"
    return Verdict(word, f"**{word.capitalize()}**: {_first(unknown)}.")


def _reasons(outcome: Outcome) -> str:
    return _first(outcome.findings)


def _first(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the first message, and how many more there are."""
    more = f", and for {_counted(len(found) - 1, 'more reason', 'more reasons')}" if len(found) > 1 else ""
    return f"{_plain(found[0]['message'])}{more}"


def _plain(message: str) -> str:
    """Return the first line of a message as part of a sentence, of a traceback the last one as well."""
    return words(summary(message).rstrip(".:"))


def summary(message: str) -> str:
    """Return a message on one line: of a traceback its first line and its last."""
    lines = [line for line in message.splitlines() if line.strip()]
    return f"{lines[0].rstrip()} {lines[-1].strip()}" if len(lines) > 1 else message


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
