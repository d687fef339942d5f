"""Sections of a tree of nodes against the models: findings at positions, plain data with all defaults out."""

from __future__ import annotations

from mlopsc import spec
from mlopsc.resolve.overlay import OVERLAY_SECTIONS
from mlopsc.source import Map, Node, Poison, Scalar, Sequence, plain_data
from mlopsc.spec.one_of import AT_MOST_ONE_PATHS, ONE_OF_PATHS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mlopsc.diagnostics import Findings
    from mlopsc.record import Path
    from mlopsc.resolve.origins import Origins
    from mlopsc.resolve.overlay import Resolved
    from mlopsc.spec import SpecError

_CODES = {
    "unknown-key": "SPC-301",
    "missing": "SPC-302",
    "type": "SPC-303",
    "enum": "SPC-304",
    "pattern": "SPC-305",
    "range": "SPC-306",
    "length": "SPC-307",
    "empty": "SPC-308",
    "name": "SPC-312",
}


class Reader:
    """Validates sections one by one, so that a broken one hides nothing of the others.

    Args:
        resolved: the trees.
        origins: for the nodes that errors are about.
        findings: takes the errors.

    Attributes:
        broken: the sections with errors, in the base or in any environment.
        option_names: keys of ``deployment`` that are options of a target.
    """

    def __init__(self, resolved: Resolved, origins: Origins, findings: Findings) -> None:
        self.resolved = resolved
        self.origins = origins
        self.findings = findings
        self.broken: set[str] = set()
        self.option_names: tuple[str, ...] = ()

    def top_level(self) -> None:
        root = self.resolved.root
        for key in root.entries:
            if key in spec.SECTIONS or key.startswith("x-"):
                continue
            from mlopsc.spec.reserved import RESERVED

            if key in RESERVED:
                self.findings.report("SPC-311", (key,), key=key, instead=RESERVED[key])
            else:
                self.findings.report("SPC-301", (key,), key=key, allowed=spec.SECTIONS)
        for key in spec.REQUIRED:
            if key not in root.entries:
                self.broken.add(key)
                self.findings.report("SPC-302", (), key=key)

    def section(self, name: str, tree: Map, env: str | None) -> Any:
        """Return the validated data of a section with defaults; None when it is broken, which is recorded."""
        node = tree.entries.get(name)
        if node is None:
            return None if name in spec.REQUIRED else spec.absent(name)
        return self.validated(name, node, plain_data(node), (name,), env)

    def validated(self, name: str, node: Node, data: Any, path: Path, env: str | None) -> Any:
        if name == "patches":
            self.operations(data, path, env)
        result = spec.validate(name, data)
        extensions = [error.loc for error in result.errors if _is_extension(error)]
        if extensions:
            for loc in extensions:
                _remove(data, loc)
            result = spec.validate(name, data)
        for error in result.errors:
            self.spec_error(error, path, env)
        if result.errors or has_poison(node):
            self.broken.add(name)
            return None
        return result.data

    def operations(self, data: Any, prefix: Path, env: str | None) -> None:
        """Report patches that add or replace without saying what: ``value: null`` is a value, none is not."""
        for number, patch in enumerate(data if isinstance(data, list) else ()):
            ops = patch.get("ops") if isinstance(patch, dict) else None
            for position, op in enumerate(ops if isinstance(ops, list) else ()):
                if isinstance(op, dict) and op.get("op") in ("add", "replace") and "value" not in op:
                    self.findings.report("SPC-302", (*prefix, number, "ops", position), env=env, key="value")
                    self.broken.add("patches")

    def spec_error(self, error: SpecError, prefix: Path, env: str | None) -> None:
        path = (*prefix, *error.loc)
        node, _key, depth, poisoned = self.origins.find(path, env)
        if poisoned:
            return
        facts = dict(error.facts)
        if error.kind == "missing":
            path = path[:-1]
        elif error.kind == "empty" and isinstance(node, Scalar) and not node.is_empty:
            facts["key"] = facts["key"] or str(path[-1])
        if prefix[:1] == ("apiVersion",):
            self.findings.report("SPC-313", path, env=env, given=facts.get("given", "this"))
            return
        facts["quote"] = ""
        if isinstance(node, Scalar) and depth == len(path) and not isinstance(node.value(), str):
            wants_text = facts.get("expected", "").startswith(("text", "a name", "a host"))
            if error.kind == "enum" or (error.kind == "type" and wants_text):
                facts["given"] = node.text
                facts["quote"] = (
                    f'write it in quotes: "{node.text}"; ' if error.kind == "enum" else f'write "{node.text}"'
                )
        if error.kind == "unknown-key" and prefix == ("deployment",) and not error.loc[:-1]:
            facts["allowed"] += ", " + ", ".join(sorted(self.option_names))
        self.findings.report(_CODES[error.kind], path, env=env, **facts)

    def alternatives(self) -> None:
        """Report one-of sections without exactly one alternative, in the base and in every environment."""
        trees: list[tuple[str | None, Map]] = [(None, self.resolved.base)]
        trees += [(item.name, item.tree) for item in self.resolved.environments]
        for table, least in ((ONE_OF_PATHS, 1), (AT_MOST_ONE_PATHS, 0)):
            for pattern, groups in table.items():
                if pattern[:1] == ("environments",):
                    self.groups(self.resolved.root, pattern, groups, least, None)
                    continue
                for env, tree in trees:
                    if env is None or (pattern[:1] and pattern[0] in OVERLAY_SECTIONS):
                        self.groups(tree, pattern, groups, least, env)

    def groups(
        self, tree: Map, pattern: tuple[str, ...], groups: tuple[tuple[str, ...], ...], least: int, env: str | None
    ) -> None:
        for path, node in _matches(tree, pattern):
            for group in groups:
                found = [name for name in group if name in node.entries]
                if len(found) > 1:
                    both = f"{', '.join(found[:-1])} and {found[-1]} are {'both' if len(found) == 2 else 'all'} set"
                    self.findings.report(
                        "SPC-310", (*path, found[1]), (*path, found[0]), env=env, what=both, instead="keep one"
                    )
                elif len(found) < least:
                    # a misspelt alternative is one mistake, not two
                    if not self.misspelt(tree, path):
                        told = f"one of {', '.join(group)} is required"
                        self.findings.report("SPC-310", path, env=env, what=told, instead="add one of them")
                else:
                    continue
                self.broken.add(str(path[0]) if path else "stack")

    def misspelt(self, tree: Map, path: Path) -> bool:
        """Say whether the map at a path has a key that is reported as unknown."""
        if not path:
            from mlopsc.spec.reserved import RESERVED

            known = {*spec.SECTIONS, *RESERVED}
            return any(key not in known and not key.startswith("x-") for key in tree.entries)
        errors = spec.validate(str(path[0]), plain_data(tree.entries[str(path[0])])).errors
        return any(
            error.kind == "unknown-key" and not _is_extension(error) and (path[0], *error.loc[:-1]) == path
            for error in errors
        )


def _is_extension(error: SpecError) -> bool:
    return error.kind == "unknown-key" and str(error.loc[-1]).startswith("x-")


def _remove(data: Any, loc: Path) -> None:
    for key in loc[:-1]:
        data = data[key]
    del data[loc[-1]]


def has_poison(node: Node) -> bool:
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, Poison):
            return True
        if isinstance(top, Map):
            stack.extend(top.entries.values())
        elif isinstance(top, Sequence):
            stack.extend(top.items)
    return False


def _matches(tree: Map, pattern: tuple[str, ...]) -> Iterator[tuple[Path, Map]]:
    """Yield the maps at a path pattern, ``*`` standing for every key or position."""
    found: list[tuple[Path, Node]] = [((), tree)]
    for part in pattern:
        following: list[tuple[Path, Node]] = []
        for path, node in found:
            if isinstance(node, Map):
                names = list(node.entries) if part == "*" else [part] if part in node.entries else []
                following.extend(((*path, name), node.entries[name]) for name in names)
            elif isinstance(node, Sequence) and part == "*":
                following.extend(((*path, index), item) for index, item in enumerate(node.items))
        found = following
    for path, node in found:
        if isinstance(node, Map):
            yield path, node
