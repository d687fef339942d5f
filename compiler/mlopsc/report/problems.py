"""What the workspace found, as findings."""

from __future__ import annotations

from mlopsc.origin import Span
from mlopsc.report.finding import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlopsc.codes import Entry
    from mlopsc.workspace.problem import Problem

CODES = {
    "file-edited": "WSP-701",
    "file-foreign": "WSP-703",
    "place-outside": "WSP-704",
    "place-symlink": "WSP-705",
    "place-folder": "WSP-706",
    "place-not-a-folder": "WSP-707",
    "place-special": "WSP-708",
    "place-unreadable": "WSP-709",
    "place-unwritable": "WSP-710",
    "block-markers": "WSP-711",
    "block-encoding": "WSP-712",
    "file-moved": "WSP-713",
    "lock-format": "WSP-714",
    "lock-shared": "WSP-715",
    "file-unlocked": "WSP-716",
    "file-shared": "WSP-717",
    "lock-missing": "WSP-720",
    "lock-conflict": "WSP-721",
    "lock-malformed": "WSP-722",
    "interrupted": "WSP-723",
    "root-changed": "WSP-724",
    "spec-moved": "WSP-725",
    "compiler-changed": "WSP-726",
    "spec-changed": "WSP-727",
    "input-changed": "WSP-728",
    "file-missing": "WSP-729",
    "file-stale": "WSP-730",
    "lock-edited": "WSP-731",
    "lock-incomplete": "WSP-732",
}


def convert(problems: Iterable[Problem], codes: Mapping[str, Entry]) -> list[Finding]:
    """Return a finding for each problem, and one for all files that the same folder or spec is in the way of."""
    found = []
    for problem, count in _by_cause(problems):
        code = CODES[problem.kind]
        if problem.facts.get("conflict") == "yes":
            code = "WSP-702"
        facts = {"file": problem.file, **problem.facts}
        if count > 1:
            facts["file"] += f" and {count - 1} more {'file' if count == 2 else 'files'}"
        place = problem.facts.get("folder") or problem.file
        for name in ("locked", "found"):
            if name in facts:
                facts[name] = _short(facts[name])
        line = int(problem.facts.get("line", "1"))
        entry = codes[code]
        found.append(
            Finding(
                code=code,
                severity=entry.severity,
                title=entry.title,
                message=entry.message.format_map(facts),
                hint=entry.hint.format_map(facts),
                span=Span(place, line, 1, line, 1),
                related=(),
                spec="",
                environments=(),
                via=(),
            )
        )
    return sorted(found, key=lambda item: (item.code, item.span))


def _by_cause(problems: Iterable[Problem]) -> list[tuple[Problem, int]]:
    """Return the first problem of each cause, and how many there are of it."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda item: item.file):
        cause = problem.facts.get("folder", problem.facts.get("other"))
        key = (problem.kind, cause) if cause is not None else (problem.kind, problem.file, *problem.facts.values())
        groups.setdefault(key, []).append(problem)
    return [(group[0], len({problem.file for problem in group})) for group in groups.values()]


def _short(state: str) -> str:
    """Shorten a digest: a reader compares the first digits."""
    return state[: len("sha256:") + 12] if state.startswith("sha256:") else state
