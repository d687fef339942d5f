"""Diagnostics to findings: positions looked up, wording filled in, duplicates merged, sorted."""

from __future__ import annotations

from mlopsc.diagnostics import Diagnostic, dotted
from mlopsc.origin import Span, Step
from mlopsc.record import Path, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Literal

    from mlopsc.codes import Entry
    from mlopsc.resolve.origins import Origins


class Finding(Record):
    """One finding as it is shown.

    Attributes:
        span: where to look and change something.
        related: other places it is about.
        spec: the spec path, dotted; empty when the file did not parse so far.
        environments: the environments that it holds in; empty for the base.
        via: how the value came to the place that uses it.
    """

    code: str
    severity: Literal["error", "notice"]
    title: str
    message: str
    hint: str
    span: Span
    related: tuple[Span, ...]
    spec: str
    environments: tuple[str, ...]
    via: tuple[Step, ...]

    @property
    def told(self) -> str:
        """The message with the environments that it holds in."""
        where = f" (in {', '.join(self.environments)})" if self.environments else ""
        return self.message + where


_FACT = 120
_LIST = 600
_LISTS = frozenset({"allowed", "expected", "instead", "known", "quote", "reason"})
"""Facts that the compiler words, or that list what may be chosen: they may be longer than a value that is quoted."""


def locate(diagnostics: Iterable[Diagnostic], origins: Origins, codes: Mapping[str, Entry]) -> list[Finding]:
    """Turn diagnostics into findings: one for each code and place; what holds in all environments names none.

    Raises:
        KeyError: a code or a fact that the catalogue does not know, which is a bug.
    """
    merged: dict[tuple[object, ...], Finding] = {}
    for diagnostic in diagnostics:
        found = _finding(diagnostic, origins, codes[diagnostic.code])
        key = (found.code, found.span, found.message)
        if key in merged:
            found = _merge(merged[key], found)
        merged[key] = found
    everywhere = set(origins.trees)
    shown = [
        item.replace(environments=()) if set(item.environments) == everywhere else item for item in merged.values()
    ]
    return sorted(shown, key=lambda item: (item.span, item.code, item.message))


def _merge(one: Finding, other: Finding) -> Finding:
    if not one.environments or not other.environments:
        return one if not one.environments else other
    return one.replace(environments=tuple(dict.fromkeys((*one.environments, *other.environments))))


def _finding(diagnostic: Diagnostic, origins: Origins, entry: Entry) -> Finding:
    spans = list(diagnostic.spans)
    via: tuple[Step, ...] = ()
    for number, path in enumerate(diagnostic.at):
        span, steps = _span(path, diagnostic.env, origins, entry.point if number == 0 else "value")
        spans.append(span)
        if number == 0:
            via = steps
    facts = {name: _shown(name, fact) for name, fact in _with_suggestion(diagnostic.facts).items()}
    return Finding(
        code=diagnostic.code,
        severity=entry.severity,
        title=entry.title,
        message=entry.message.format_map(facts),
        hint=entry.hint.format_map(facts),
        span=spans[0] if spans else origins.top,
        related=tuple(dict.fromkeys(span for span in spans[1:] if span != spans[0])),
        spec=dotted(diagnostic.at[0]) if diagnostic.at else "",
        environments=(diagnostic.env,) if diagnostic.env else (),
        via=via,
    )


def _span(path: Path, env: str | None, origins: Origins, point: str) -> tuple[Span, tuple[Step, ...]]:
    origin = origins.of(path, env)
    if (point == "key" or origin.default) and origin.key is not None:
        return origin.key, origin.via
    if origin.default and len(path) > 1:
        # a value that was not written, in a list or at the top: the nearest key above is the best place
        for end in range(len(path) - 1, 0, -1):
            above = origins.of(path[:end], env)
            if above.key is not None and not above.default:
                return above.key, above.via
    return origin.value, origin.via


def _with_suggestion(facts: Mapping[str, str]) -> dict[str, str]:
    """Add ``suggestion``: the allowed word nearest to the given one."""
    out = {"suggestion": "", "quote": "", **facts}
    given = facts.get("given") or facts.get("key", "")
    if given and len(given) <= _FACT and facts.get("allowed"):
        import difflib

        near = difflib.get_close_matches(given.strip("'\""), facts["allowed"].split(", "), n=1, cutoff=0.6)
        if near:
            out["suggestion"] = f'; did you mean "{near[0]}"?'
    return out


def _shown(name: str, fact: str) -> str:
    """Return a fact as it may be printed: on one line, cut, and nothing in it that a terminal or a runner obeys."""
    limit = _LIST if name in _LISTS else _FACT
    return escaped(fact if len(fact) <= limit else fact[:limit].rstrip() + "...")


def escaped(text: str) -> str:
    """Return a text on one line, with line ends, controls and bidirectional controls as visible escapes."""
    text = text.replace("##[", "#\\u0023[")  # a runner takes this for a command wherever it stands in a line
    if text.isprintable():
        return text
    from mlopsc.render.characters import visible

    return visible(text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"))
