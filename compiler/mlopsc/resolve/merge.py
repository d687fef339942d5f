"""Deep merge of two trees: maps merge, everything else replaces, a one-of replaces as a whole, null removes."""

from __future__ import annotations

from mlopsc.origin import Span, Step
from mlopsc.record import Path
from mlopsc.source import Map, Node, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlopsc.diagnostics import Findings
    from mlopsc.origin import StepKind

    Alternatives = Callable[[Path], tuple[tuple[str, ...], ...]]


def alternatives(table: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]) -> Alternatives:
    """Return a lookup of the one-of groups at a path; ``*`` in the table stands for any key."""
    by_length: dict[int, list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]] = {}
    for pattern, groups in table.items():
        by_length.setdefault(len(pattern), []).append((pattern, groups))

    def groups_at(path: Path) -> tuple[tuple[str, ...], ...]:
        for pattern, groups in by_length.get(len(path), ()):
            if all(want in ("*", key) for want, key in zip(pattern, path, strict=True)):
                return groups
        return ()

    return groups_at


class Merger:
    """Merges later trees over earlier ones.

    Args:
        kind: how the later tree came in, for the trail of a value.
        groups_at: the one-of groups at a path.
        findings: takes empty values and removals of what is not there.
        strict: removing what is absent is an error (in overlays); otherwise an explicit null stays a value.
    """

    def __init__(self, kind: StepKind, groups_at: Alternatives, findings: Findings, *, strict: bool) -> None:
        self.kind = kind
        self.groups_at = groups_at
        self.findings = findings
        self.strict = strict

    def merge(self, base: Node | None, over: Node, path: Path, key: Span | None = None) -> Node:
        """Return `over` merged over `base`. Only maps on the way to a change are copied.

        Args:
            base: the earlier value; None when there is none.
            over: the later value.
            path: spec path of both.
            key: the later key, for the trail.
        """
        if not isinstance(over, Map):
            return over
        if not isinstance(base, Map):
            base = Map({}, {}, over.span, over.via)
        entries, keys = dict(base.entries), dict(base.keys)
        for group in self.groups_at(path):
            chosen = [name for name in group if name in over.entries and not _removes(over.entries[name])]
            if chosen:
                for name in group:
                    if name not in over.entries and name in entries:
                        del entries[name], keys[name]
        for name, node in over.entries.items():
            at = over.keys[name]
            if isinstance(node, Scalar) and node.is_empty:
                self.findings.at("RES-204", at, key=name)
            elif _removes(node) and (self.strict or name in entries):
                if name in entries:
                    del entries[name], keys[name]
                else:
                    self.findings.at("RES-205", at, key=name)
            else:
                entries[name] = self.merge(entries.get(name), node, (*path, name), at)
                keys[name] = at
        return Map(entries, keys, base.span if base.entries else over.span, base.via)


def _removes(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def mark(node: Node, step: Step) -> None:
    """Add a step to the trail of every leaf below `node`, in place (the tree was just parsed and is not shared)."""
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, Map):
            stack.extend(top.entries.values())
        top.via = (step, *top.via) if step not in top.via else top.via
        if hasattr(top, "items"):
            stack.extend(top.items)
