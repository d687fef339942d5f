"""YAML scalars: the one-line spelling that every reader understands alike.

A string is written plain only if readers of YAML 1.1 (PyYAML, most Go tools) and of YAML 1.2 both read the same string
back; the quotes are those that prettier would choose.
"""

from __future__ import annotations

import re
from decimal import Decimal

from mlopsc.parts import Slot
from mlopsc.render.characters import HIDDEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from mlopsc.parts import Ref

MAX_KEY = 1000
"""Longest spelling of a map key; YAML ends an implicit key after 1,024 characters."""

# Words that some reader takes for a boolean, a null, a merge key or a default value.
_WORDS = frozenset(
    spelling
    for word in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    for spelling in (word, word.capitalize(), word.upper())
) | {"~", "<<", "=", "-", "?", ""}

# Integers (also octal, hexadecimal, binary, with underscores), floats, base 60 numbers, infinity and dates. Wider than
# any one specification, because readers differ; tried only on text that begins like a number.
_NUMBER = re.compile(
    r"[-+]?(?:0x[0-9a-f_]*|0o[0-7_]*|0b[01_]*"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9_]*)?"
    r"|[0-9_]+(?::[0-9_]+)+(?:\.[0-9_]*)?"
    r"|\.(?:inf|nan))"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?",
    re.IGNORECASE,
)
_NUMBER_START = frozenset("0123456789+-._")

# First characters that have a meaning in YAML; "-" and "?" only before a space.
_INDICATORS = frozenset(",[]{}#&*!|>'\"%@`:? ")
_LONGEST_POSITIONAL = 20  # largest exponent written out

_ESCAPED = re.compile(rf'["\\\t\n]|{HIDDEN.pattern}')
_SHORT = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def text_scalar(text: str) -> str:
    """Return a string as a one-line scalar: plain, single-quoted or double-quoted.

    The text of any length stays on one line: readers of diffs and prettier alike leave long lines alone.
    """
    if _is_plain(text):
        return text
    if "\n" in text or "\t" in text or HIDDEN.search(text):
        return '"' + _ESCAPED.sub(_escape, text) + '"'
    # prettier: single quotes where a double quote stands in the text.
    if '"' in text:
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\") + '"'


def key_scalar(key: str) -> str:
    """Return a string as a map key.

    Raises:
        ValueError: the key is longer than YAML allows.
    """
    text = text_scalar(key)
    if len(text) > MAX_KEY:
        raise ValueError(f"a key of {len(text)} characters; YAML ends a key after {MAX_KEY}: {text[:40]}...")
    return text


def float_scalar(number: float) -> str:
    """Return the shortest spelling that both versions of YAML read back as the same float.

    Without an exponent as long as that takes no more than some twenty digits, for it is what people read.
    """
    text = float.__repr__(number)
    if text[-1] in "fn":
        return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}[text]
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    if abs(int(exponent)) <= _LONGEST_POSITIONAL:
        positional = format(Decimal(text), "f")
        return positional if "." in positional else positional + ".0"
    # YAML 1.1 takes 1e-50 for a string: a float needs its point.
    return text if "." in mantissa else f"{mantissa}.0e{exponent}"


def decimal_text(number: Decimal) -> str:
    """Return a decimal number without exponent and without trailing zeros.

    Raises:
        ValueError: infinity or not a number.
    """
    if not number.is_finite():
        raise ValueError(f"{number} is no number")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_plain(text: str) -> bool:
    if text in _WORDS:
        return False
    first = text[0]
    # Some tools trim more than the space that YAML knows, so no other white space stands at the edges either.
    if first in _INDICATORS or first.isspace() or text[-1] == ":" or text[-1].isspace():
        return False
    if first in _NUMBER_START and (text.startswith(("- ", "---", "...")) or _NUMBER.fullmatch(text) is not None):
        return False
    return not (": " in text or " #" in text or "\t" in text or "\n" in text or HIDDEN.search(text))


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def constant(value: object, ref: Ref, number: Callable[[float], str]) -> str:
    """Return a value that YAML and JSON spell alike: null, a boolean, a number.

    Args:
        value: neither text, nor a map, nor a list.
        ref: where it came from, for the error.
        number: how the format writes a float.

    Raises:
        TypeError: a value of another type, or a `Slot` that nothing filled.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, Slot):
        raise TypeError(f"{ref}: slot {value.name!r} was not filled")
    raise TypeError(f"{ref}: cannot write a {type(value).__name__}")
