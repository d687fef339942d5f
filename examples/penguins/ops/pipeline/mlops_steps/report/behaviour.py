# SPDX-License-Identifier: MIT-0
"""The section on behaviour: how the candidate's predictions react when a feature changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import judged
from .facts import Facts
from .figures import exact, figure
from .markdown import code, words
from .section import Entry, Section

HEAD = ("Feature", "when", "predictions", "limit", "status")


def sections(facts: Facts) -> Iterator[Section]:
    """Yield the section, one row for each test, when a model was evaluated."""
    evaluation, tests = facts.result("evaluate"), facts.context.config["tests"]["behaviour"]
    if not evaluation or not (tests["invariant_to"] or tests["directional"]):
        return
    checks = list(facts.checks("behaviour"))
    rows = [
        _row(
            checks, "invariant_to", name, _invariant(evaluation["behaviour"]["invariant_to"][name], values, evaluation)
        )
        for name, values in tests["invariant_to"].items()
    ]
    rows += [
        _row(checks, "directional", name, _directional(evaluation["behaviour"]["directional"][name], test))
        for name, test in tests["directional"].items()
    ]
    yield Section("Behaviour", rows, HEAD, noun="tests")


def _row(checks: Sequence[judged.Check], rule: str, name: str, cells: tuple[str, str, str]) -> Entry:
    found = [check for check in checks if (check["rule"], check["name"]) == (rule, name)]
    return Entry((code(name), *cells, judged.statuses(found) if found else "not judged"), judged.is_trouble(found))


def _invariant(found: Mapping[str, Any], values: list[Any], evaluation: Mapping[str, Any]) -> tuple[str, str, str]:
    shown = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
    return f"it is one of {words(shown)}", f"{found['changed']} of {evaluation['rows']} change", "none may"


def _directional(found: Mapping[str, Any], test: Mapping[str, Any]) -> tuple[str, str, str]:
    wrong = "fall" if test["expect"] == "increasing" else "rise"
    limit = f"at most a share of {exact(test['tolerance'])}"
    if found["share"] is None:
        return "it rises", "no direction", limit
    share = figure(found["share"], test["tolerance"])
    return "it rises", f"{found['violations']} of {found['rows']} {wrong}, a share of {share}", limit
