"""Commands run without a shell: what in a command line only a shell would understand."""

from __future__ import annotations

_SHELL_ONLY = frozenset("|&;<>()$`*?\n")
_SHELL_ONLY_IN_DOUBLE_QUOTES = frozenset("$`")
_REFERENCES = ("${var.", "${env.")


def problem(command: str) -> str:
    """Return why a command cannot run as it is, as the end of a sentence; empty when it can.

    Quotes and backslashes protect characters as in a POSIX shell. A reference to a variable is left alone: the
    resolution reports it.
    """
    quote = ""
    text = command.strip()
    position = 0
    while position < len(text):
        char = text[position]
        if char == "\\" and quote != "'":
            position += 2
            if position > len(text):
                return "ends with a backslash"
            continue
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char in _special(quote) and not text.startswith(_REFERENCES, position):
            return f'has an unquoted "{char}", which needs a shell' if char != "\n" else "has several lines"
        elif char == "~" and not quote and (position == 0 or text[position - 1].isspace()):
            return 'has an unquoted "~", which needs a shell'
        position += 1
    if quote:
        return f"has a quote ({quote}) that is not closed"
    return _first_word(text)


def _special(quote: str) -> frozenset[str]:
    if quote:
        return _SHELL_ONLY_IN_DOUBLE_QUOTES if quote == '"' else frozenset()
    return _SHELL_ONLY


def _first_word(text: str) -> str:
    words = text.split(maxsplit=1)
    if not words:
        return "is empty"
    name, assigned, _value = words[0].partition("=")
    return f"begins with an assignment to {name}, which needs a shell" if assigned and name.isidentifier() else ""
