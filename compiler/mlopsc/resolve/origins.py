"""Spec paths back to positions."""

from __future__ import annotations

from mlopsc.origin import Origin, Span
from mlopsc.record import Path
from mlopsc.resolve.overlay import Resolved
from mlopsc.source import Map, Node, Poison, Sequence

_UNMERGED = frozenset({"environments", "variables"})


class Origins:
    """Finds where a spec path was written, in the base or in an environment.

    Args:
        resolved: the spec; None when it could not even be read.
        file: name of the spec, for the position of what has none.
    """

    def __init__(self, resolved: Resolved | None, file: str) -> None:
        self.top = Span(file, 1, 1, 1, 1)
        self.root = resolved.root if resolved else None
        self.include = resolved.include if resolved else None
        self.base = resolved.base if resolved else None
        self.trees = {item.name: item.tree for item in resolved.environments} if resolved else {}

    def tree(self, path: Path, env: str | None) -> Node | None:
        """Return the tree that a path lives in."""
        if path and path[0] in _UNMERGED:
            return self.root
        if path and path[0] == "include" and self.include is not None and self.root is not None:
            return Map({"include": self.include}, {"include": self.include.span}, self.root.span)
        return self.trees.get(env, self.base) if env is not None else self.base

    def find(self, path: Path, env: str | None = None) -> tuple[Node | None, Span | None, int, bool]:
        """Walk to a path.

        Returns:
            The deepest node on the way, the position of its key, how many keys of the path exist, and whether a
            `Poison` lies on the way.
        """
        node = self.tree(path, env)
        key: Span | None = None
        depth = 0
        for part in path:
            following: Node | None = None
            at: Span | None = None
            if isinstance(node, Map):
                following = node.entries.get(str(part))
                at = node.keys.get(str(part))
            elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
                following = node.items[part]
                at = None
            if following is None:
                break
            node, key, depth = following, at, depth + 1
        return node, key, depth, isinstance(node, Poison)

    def of(self, path: Path, env: str | None = None) -> Origin:
        """Return where a path was written; what was not written has the position of what encloses it."""
        node, key, depth, _poisoned = self.find(path, env)
        if node is None:
            return Origin(self.top, None, (), default=True)
        if depth == 0:
            return Origin(self.top, None, (), default=True)
        return Origin(node.span, key, node.via, default=depth < len(path))
