"""What stops an update, as data: a code of the catalogue and facts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Refused(Exception):  # noqa: N818 - a refusal is no error of the program
    """An update that cannot or must not be made.

    Attributes:
        code: of the catalogue.
        facts: for its wording; ``name`` is the pin that it is about, where it is about one.
    """

    def __init__(self, code: str, facts: Mapping[str, str]) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


def refuse(code: str, **facts: str) -> Refused:
    """Return the exception for a code and its facts."""
    return Refused(code, facts)
