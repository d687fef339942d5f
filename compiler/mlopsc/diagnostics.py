"""Findings as data: a stable code, the places it is about, and facts. The wording lives in the catalogue (`codes`)."""

from __future__ import annotations

from mlopsc.origin import Span
from mlopsc.record import Path, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    class Report(Protocol):
        """What rules and targets call: a code, the spec paths it is about (the first one is the culprit), facts."""

        def __call__(self, code: str, *at: Path, env: str | None = None, **facts: object) -> None:
            """Record one finding."""
            ...


class Diagnostic(Record):
    """One finding, before its paths are turned into positions.

    Attributes:
        code: stable code of the catalogue.
        at: spec paths; the first is where the finding belongs.
        env: environment that it holds in; None for the base.
        facts: values for the wording.
        spans: positions, for findings that have no spec path (a file that does not parse).
    """

    code: str
    at: tuple[Path, ...] = ()
    env: str | None = None
    facts: Mapping[str, str] = {}
    spans: tuple[Span, ...] = ()


class Findings:
    """Collects the diagnostics of one compile and hands out reporters."""

    def __init__(self) -> None:
        self.items: list[Diagnostic] = []

    def report(self, code: str, *at: Path, env: str | None = None, **facts: object) -> None:
        """Record a finding at spec paths; see `Report`."""
        self.items.append(Diagnostic(code=code, at=at, env=env, facts=_texts(facts.items())))

    def at(self, code: str, *spans: Span, **facts: object) -> None:
        """Record a finding at positions."""
        self.items.append(Diagnostic(code=code, spans=spans, facts=_texts(facts.items())))


def _texts(facts: Iterable[tuple[str, object]]) -> dict[str, str]:
    return {name: _text(value) for name, value in facts}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return ", ".join(_text(item) for item in items)
    return str(value)


def dotted(path: Path) -> str:
    """Return a spec path as text: ``environments.staging.deployment``, ``patches[0].file``."""
    out = ""
    for key in path:
        if isinstance(key, int):
            out += f"[{key}]"
        elif key.replace("_", "").replace("-", "").isalnum():
            out += f".{key}" if out else key
        else:
            out += f'["{key}"]'
    return out
