"""Positions: where in which file a value of the project was written, and on which way it got there."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    StepKind: TypeAlias = Literal["alias", "include", "overlay", "variable"]


class Span(NamedTuple):
    """A stretch of a file; lines and columns count from 1, the end is exclusive."""

    file: str
    line: int
    col: int
    end_line: int
    end_col: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}"


class Step(NamedTuple):
    """One step between the written value and the place that uses it.

    Attributes:
        kind: what made the step.
        span: the place that used the value (the alias, the ``${var.x}``) or defined it (the overlay, the include).
    """

    kind: StepKind
    span: Span


class Origin(NamedTuple):
    """Where a spec path got its value from.

    Attributes:
        value: the written value, or the nearest enclosing one when the path itself was not written.
        key: the key that carries it; None for list items and for the top of a file.
        via: the steps in between, outermost first.
        default: the path was not written; its value is a default.
    """

    value: Span
    key: Span | None
    via: tuple[Step, ...]
    default: bool
