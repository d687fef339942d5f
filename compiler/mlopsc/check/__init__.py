"""Rules over the whole project: mistakes that no single section shows.

One rule is one code, one function, one fixture folder (tests/check/rules/CODE) and one heading in docs/codes.md. A
rule names the sections that it needs; when one of them is broken the rule is skipped and named as skipped.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlopsc.check.rule import Rule

FAMILIES = (
    "data",
    "model",
    "tests",
    "execution",
    "secrets",
    "deployment",
    "environments",
    "governance",
    "workflows",
    "monitoring",
    "files",
)


def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order of their families."""
    found: list[Rule] = []
    for family in FAMILIES:
        found.extend(import_module(f"mlopsc.check.{family}").RULES)
    return tuple(found)
