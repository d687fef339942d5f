"""Reading the fixtures of the spec: plain data as the compiler would see it, without the compiler."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

SECTION4 = Path(__file__).parents[1] / "fixtures" / "section4" / "mlops.yaml"
BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
TARGETS = ("kubernetes",)
"""Targets whose options stand in the fixtures."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2 as far as the fixtures go: ``on`` and dates are text."""


_NOT_CORE = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NOT_CORE]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def load(text: str) -> dict[str, Any]:
    """Parse a spec."""
    data: dict[str, Any] = yaml.load(text, _Loader)
    return data


def for_compiler(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data as the validation gets it: variables substituted, options of targets taken out."""

    def substitute(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: substitute(item) for key, item in value.items()}
        if isinstance(value, list):
            return [substitute(item) for item in value]
        if isinstance(value, str):
            return re.sub(r"\$\{var\.(\w+)\}", lambda match: str(data["variables"][match[1]]), value)
        return value

    result: dict[str, Any] = substitute(data)
    for name in TARGETS:
        result.get("deployment", {}).pop(name, None)
    return result


def expectation(text: str) -> tuple[str, tuple[str | int, ...]]:
    """Return the kind and the place of the mistake that the first lines of a bad fixture announce."""
    kind, loc = re.match(r"# kind: (\S+)\n# loc: (.+)\n", text).groups()  # type: ignore[union-attr]
    return kind, tuple(int(part) if part.isdigit() else part for part in loc.split("/"))
