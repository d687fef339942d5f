"""Command lines of the stand-ins: what they do not know, they refuse."""

from __future__ import annotations

from collections.abc import Sequence

from e2e.world.state import RefusedError


class Given:
    """A command line, taken apart.

    Attributes:
        words: what is no option.
        options: every option with its values, in order; flags have none.
    """

    def __init__(self, words: list[str], options: dict[str, list[str]]) -> None:
        self.words = words
        self.options = options

    def flag(self, name: str) -> bool:
        """Tell whether an option was given."""
        return name in self.options

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of an option."""
        return self.options.get(name, [default])[-1]

    def need(self, name: str) -> str:
        """Return the value of an option that must be there.

        Raises:
            RefusedError: it is not.
        """
        if not self.options.get(name):
            raise RefusedError(f"Error: required flag {name} not set")
        return self.options[name][-1]


def parse(arguments: Sequence[str], flags: Sequence[str], values: Sequence[str]) -> Given:
    """Take a command line apart.

    Args:
        arguments: behind the name of the command.
        flags: options without a value.
        values: options with one.

    Raises:
        RefusedError: an option is unknown or lacks its value.
    """
    words: list[str] = []
    options: dict[str, list[str]] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word in flags:
            options.setdefault(word, [])
        elif name in values and word.startswith("-"):
            if not equals and not rest:
                raise RefusedError(f"flag needs an argument: {name}")
            options.setdefault(name, []).append(value if equals else rest.pop(0))
        elif word.startswith("-") and word != "-":
            raise RefusedError(f"unknown flag: {word}")
        else:
            words.append(word)
    return Given(words, options)
