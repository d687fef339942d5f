"""``${var.x}``, ``${env.name}`` and ``${env.namespace}``; any other ``${`` is literal, ``$${`` escapes.

A value that is one reference as a whole keeps the type of the variable. What cannot be resolved becomes a `Poison`
node, so that nothing below it is reported a second time.
"""

from __future__ import annotations

import re

from mlopsc.origin import Span, Step
from mlopsc.source import Map, Node, Poison, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlopsc.diagnostics import Findings

_REFERENCE = re.compile(r"\$\$\{|\$\{(?:(?P<space>var|env)\.(?P<name>[A-Za-z0-9_-]*))\}")
_LITERAL_KEYS = frozenset({"command"})
LITERAL_SECTIONS = frozenset({"$schema", "apiVersion", "metadata", "target", "stack", "eject", "variables"})
"""Sections in which a reference is an error."""


class Values:
    """What the references of one environment stand for.

    Args:
        variables: the merged ``variables`` map of the environment.
        facts: ``name`` and ``namespace`` of the environment; None: unknown here, and reported elsewhere.
    """

    def __init__(self, variables: Map | None, facts: Mapping[str, str | None]) -> None:
        self.variables = variables.entries if variables else {}
        self.facts = facts

    def names(self, space: str) -> list[str]:
        """Return what may follow ``${var.`` or ``${env.``."""
        return sorted(self.variables if space == "var" else self.facts)


class Substitution:
    """Replaces the references of a tree; maps and lists without any are shared, not copied."""

    def __init__(self, values: Values, findings: Findings) -> None:
        self.values = values
        self.findings = findings

    def resolve(self, node: Node) -> Node:
        """Return the tree with all references replaced."""
        if isinstance(node, Map):
            entries = {
                key: value if key in _LITERAL_KEYS else self.resolve(value) for key, value in node.entries.items()
            }
            for key in _LITERAL_KEYS & node.entries.keys():
                refuse(node.entries[key], "a command", self.findings)
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
        if space == "env":
            if name in self.values.facts:
                fact = self.values.facts[name]
                return None if fact is None else Scalar(fact, False, node.span)
        else:
            value = self.values.variables.get(name)
            if isinstance(value, Scalar):
                return value
            if value is not None:
                return None  # a map or list as a variable: the validation of `variables` reports it
        self.findings.at("RES-211", node.span, reference=f"{space}.{name}", allowed=self.values.names(space))
        return None


def refuse(node: Node, where: str, findings: Findings) -> None:
    """Report every reference below `node`: they are not replaced there."""
    _each(node, lambda scalar, text: findings.at("RES-212", scalar.span, reference=text, where=where))


def _each(node: Node, visit: Callable[[Scalar, str], None]) -> None:
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, Map):
            stack.extend(reversed(top.entries.values()))
        elif isinstance(top, Sequence):
            stack.extend(reversed(top.items))
        elif isinstance(top, Scalar) and "${" in top.text:
            for match in _REFERENCE.finditer(top.text):
                if match["space"]:
                    visit(top, match[0])


def refuse_in_keys(root: Node, findings: Findings) -> None:
    """Report every reference in a key of the tree."""
    stack = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, Map):
            for key, span in top.keys.items():
                if "${" in key:
                    for match in _REFERENCE.finditer(key):
                        if match["space"]:
                            findings.at("RES-212", Span(*span), reference=match[0], where="a key")
            stack.extend(reversed(top.entries.values()))
        elif isinstance(top, Sequence):
            stack.extend(reversed(top.items))
