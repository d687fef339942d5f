"""``${var.x}``, ``${env.name}`` and ``${env.namespace}``; any other ``${`` is literal, ``$${`` escapes.

A value that is one reference as a whole keeps the type of the variable. What cannot be resolved, and what holds a
reference where none is replaced, becomes a `Poison` node, so that nothing below it is reported a second time.
"""

from __future__ import annotations

import re

from mlopsc.origin import Span, Step
from mlopsc.source import Map, Node, Poison, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlopsc.diagnostics import Findings

_REFERENCE = re.compile(r"\$\$\{|\$\{(?:(?P<space>var|env)\.(?P<name>[A-Za-z0-9_-]*))\}")
_LITERAL_KEYS = frozenset({"command"})
LITERAL_SECTIONS = frozenset({"$schema", "apiVersion", "metadata", "target", "stack", "eject", "variables"})
"""Sections in which a reference is an error."""


class Values:
    """What references stand for.

    Args:
        variables: the merged ``variables`` map of an environment, or that of the base.
        facts: ``name`` and ``namespace`` of the environment, the value None for what is unknown here and reported
            elsewhere; None itself where one value holds for all environments.
        elsewhere: environments by the variables that only they define.
    """

    def __init__(
        self,
        variables: Map | None,
        facts: Mapping[str, str | None] | None,
        elsewhere: Mapping[str, list[str]] | None = None,
    ) -> None:
        self.variables = variables.entries if variables else {}
        self.facts = facts
        self.elsewhere = elsewhere or {}

    def remedy(self, space: str, name: str) -> str:
        """Return what to do about a reference to what is not there."""
        if space == "env":
            return 'write one of "name" and "namespace": an environment has no other facts'
        if name in self.elsewhere:
            where = ", ".join(self.elsewhere[name])
            return f'define it under "variables" of the base: all environments share this value, not only {where}'
        if self.variables:
            return f'define it under "variables"; known here: {", ".join(sorted(self.variables))}'
        return 'define it under "variables"; no variable is defined so far'


class Substitution:
    """Replaces the references of a tree; maps and lists without any are shared, not copied."""

    def __init__(self, values: Values, findings: Findings) -> None:
        self.values = values
        self.findings = findings

    def resolve(self, node: Node) -> Node:
        """Return the tree with all references replaced."""
        if isinstance(node, Map):
            entries = {
                key: refuse(value, "a command", self.findings) if key in _LITERAL_KEYS else self.resolve(value)
                for key, value in node.entries.items()
            }
            if all(entries[key] is value for key, value in node.entries.items()):
                return node
            return Map(entries, node.keys, node.span, node.via)
        if isinstance(node, Sequence):
            items = [self.resolve(item) for item in node.items]
            if all(new is old for new, old in zip(items, node.items, strict=True)):
                return node
            return Sequence(items, node.span, node.via)
        if isinstance(node, Scalar) and "${" in node.text:
            return self.scalar(node)
        return node

    def scalar(self, node: Scalar) -> Node:
        whole = _REFERENCE.fullmatch(node.text)
        if whole and whole["space"]:
            value = self.look_up(whole, node)
            if value is None:
                return Poison(node.span, node.via)
            step = Step("variable", node.span)
            return Scalar(value.text, value.plain, value.span, (step, *value.via, *node.via))
        steps: list[Step] = []
        missing = False

        def replace(match: re.Match[str]) -> str:
            nonlocal missing
            if not match["space"]:
                return "${"
            value = self.look_up(match, node)
            if value is None:
                missing = True
                return ""
            if value.span != node.span:
                steps.append(Step("variable", value.span))
            return value.text

        text = _REFERENCE.sub(replace, node.text)
        if missing:
            return Poison(node.span, node.via)
        return Scalar(text, False, node.span, (*steps, *node.via))

    def look_up(self, match: re.Match[str], node: Scalar) -> Scalar | None:
        space, name = match["space"], match["name"]
        allowed: list[str]
        if space == "env":
            if self.values.facts is None:
                self.findings.at("RES-214", node.span, reference=match[0])
                return None
            if name in self.values.facts:
                fact = self.values.facts[name]
                return None if fact is None else Scalar(fact, False, node.span)
            allowed = sorted(self.values.facts)
        else:
            value = self.values.variables.get(name)
            if isinstance(value, Scalar):
                return value
            if value is not None:
                return None  # a map or list as a variable: the validation of `variables` reports it
            allowed = sorted(self.values.variables)
        remedy = self.values.remedy(space, name)
        self.findings.at("RES-211", node.span, reference=f"{space}.{name}", given=name, allowed=allowed, remedy=remedy)
        return None


def refuse(node: Node, where: str, findings: Findings) -> Node:
    """Report every reference below `node`, which are not replaced there; return it with a `Poison` for each."""
    if isinstance(node, Map):
        entries = {key: refuse(value, where, findings) for key, value in node.entries.items()}
        if all(entries[key] is value for key, value in node.entries.items()):
            return node
        return Map(entries, node.keys, node.span, node.via)
    if isinstance(node, Sequence):
        items = [refuse(item, where, findings) for item in node.items]
        if all(new is old for new, old in zip(items, node.items, strict=True)):
            return node
        return Sequence(items, node.span, node.via)
    if isinstance(node, Scalar) and _report(node.text, node.span, where, findings):
        return Poison(node.span, node.via)
    return node


def refuse_in_keys(node: Node, findings: Findings) -> Node:
    """Report every reference in a key of the tree; return it with a `Poison` as the value of each such key."""
    if isinstance(node, Map):
        entries = {}
        for key, value in node.entries.items():
            refused = _report(key, node.keys[key], "a key", findings)
            entries[key] = Poison(value.span, value.via) if refused else refuse_in_keys(value, findings)
        if all(entries[key] is value for key, value in node.entries.items()):
            return node
        return Map(entries, node.keys, node.span, node.via)
    if isinstance(node, Sequence):
        items = [refuse_in_keys(item, findings) for item in node.items]
        if all(new is old for new, old in zip(items, node.items, strict=True)):
            return node
        return Sequence(items, node.span, node.via)
    return node


def _report(text: str, span: Span, where: str, findings: Findings) -> bool:
    """Report the references of a text; say whether there are any."""
    found = [match[0] for match in _REFERENCE.finditer(text) if match["space"]] if "${" in text else []
    for reference in found:
        findings.at("RES-212", span, reference=reference, where=where)
    return bool(found)
