"""Values and conditions of the life cycle as GitHub spells them.

A text of the spec is always literal: what GitHub would evaluate in it is escaped, and no text ever stands inside an
expression but as a quoted string.
"""

from __future__ import annotations

import re

from mlopsc import lifecycle as cycle
from mlopsc.parts import At

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlopsc.lifecycle import Condition, Value
    from mlopsc.parts import Data, Ref

_FACTS = {
    "commit": "github.sha",
    "server": "github.server_url",
    "repository": "github.repository",
    "run": "github.run_id",
    "attempt": "github.run_attempt",
    "token": "github.token",
    "actor": "github.actor",
    "pull-request": "github.event.pull_request.number",
    # In a pull request the merge commit is checked out, whose first parent is what it is merged into.
    "base": "github.event.merge_group.base_sha || 'HEAD^1'",
}
_ENDED = {
    "succeeded": "success()",
    "failed": "failure()",
    "cancelled": "cancelled()",
    "ended": "!cancelled()",
    "always": "always()",
}
_OWN = "github.event.pull_request.head.repo.full_name == github.repository"
_OPERATORS = (" && ", " || ")


def value(given: Value) -> Data:
    """Return a value as text for YAML, with its origin: literal text escaped, everything else an expression."""
    if isinstance(given, At):
        return given._replace(value=value(given.value))
    if isinstance(given, str):
        return literal(given)
    if isinstance(given, cycle.Joined):
        return cycle.asked("".join(_text(part) for part in given.parts), refs(given))
    return cycle.asked("${{ " + expression(given) + " }}", refs(given))


def literal(text: str) -> str:
    """Return a text in which GitHub finds no expression."""
    return text.replace("${{", "${{ '${{' }}")


def expression(given: Value) -> str:
    """Return a value as a part of an expression."""
    if isinstance(given, At):
        return expression(given.value)
    if isinstance(given, str):
        return _string(given)
    if isinstance(given, cycle.Secret):
        return f"secrets.{given.name}"
    if isinstance(given, cycle.Input):
        return f"inputs.{given.name}"
    if isinstance(given, cycle.Output):
        return f"steps.{given.step}.outputs.{given.name}"
    if isinstance(given, cycle.Result):
        return f"needs.{given.job}.outputs.{given.name}"
    if isinstance(given, cycle.Outcome):
        return f"needs.{given.job}.result"
    if isinstance(given, cycle.Fact):
        return _FACTS[given.name]
    if isinstance(given, cycle.Either):
        return f"{expression(given.first)} || {expression(given.second)}"
    if isinstance(given, cycle.Chosen):
        return f"{_grouped(condition(given.when))} && {expression(given.then)} || {expression(given.otherwise)}"
    return _format(expression(part) for part in given.parts)


def condition(given: Condition) -> str:
    """Return a condition as an expression."""
    if isinstance(given, cycle.Is):
        return f"{expression(given.value)} == {expression(given.text)}"
    if isinstance(given, cycle.Not):
        if isinstance(given.condition, cycle.Is):
            return f"{expression(given.condition.value)} != {expression(given.condition.text)}"
        return f"!({condition(given.condition)})"
    if isinstance(given, cycle.All):
        return " && ".join(_grouped(condition(part), " || ") for part in given.conditions)
    if isinstance(given, cycle.Any):
        return " || ".join(condition(part) for part in given.conditions)
    if isinstance(given, cycle.After):
        return _ENDED[given.ended]
    if isinstance(given, cycle.Trusted):
        return f"github.event_name != 'pull_request' || {_OWN}"
    if isinstance(given, cycle.Forked):
        return (
            "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name != github.repository"
        )
    if isinstance(given, cycle.Proposed):
        return _OWN
    # Private repositories have code scanning only where it was bought; the variable says that it was.
    return "!github.event.repository.private || vars.MLOPS_CODE_SCANNING == 'true'"


def _string(text: str) -> str:
    """Return a text as a string of an expression, in which nobody who reads carelessly finds another expression."""
    dollar, *others = ("'" + piece.replace("'", "''") + "'" for piece in re.split(r"(?<=\$)(?=\{\{)", text))
    return _format((dollar, *others)) if others else dollar


def _format(parts: Iterable[str]) -> str:
    given = list(parts)
    holes = "".join(f"{{{number}}}" for number in range(len(given)))
    return f"format('{holes}', {', '.join(given)})"


def _text(part: Value) -> str:
    found = value(part)
    while isinstance(found, At):
        found = found.value
    return str(found)


def _grouped(text: str, *operators: str) -> str:
    return f"({text})" if any(operator in text for operator in operators or _OPERATORS) else text


def refs(given: Value) -> tuple[Ref, ...]:
    """Return where the texts inside of a value come from."""
    if isinstance(given, At):
        own = ((given.env, given.path),) if given.path else ()
        return (*own, *given.also, *refs(given.value))
    if isinstance(given, cycle.Joined):
        parts = given.parts
    elif isinstance(given, cycle.Either):
        parts = (given.first, given.second)
    elif isinstance(given, cycle.Chosen):
        parts = (given.then, given.otherwise)
    else:
        return ()
    return tuple(dict.fromkeys(ref for part in parts for ref in refs(part)))
